#include "run/limit_value.h"
#include "run/limits.h"

#include <errno.h>

/* docker/go-units, ulimit.go. The meaning of each is in getrlimit(2). */
static const struct {
	const char *name;
	int resource;
} names[] = {
	{ "core", RLIMIT_CORE }, { "cpu", RLIMIT_CPU }, { "data", RLIMIT_DATA },
	{ "fsize", RLIMIT_FSIZE }, { "locks", RLIMIT_LOCKS }, { "memlock", RLIMIT_MEMLOCK },
	{ "msgqueue", RLIMIT_MSGQUEUE }, { "nice", RLIMIT_NICE }, { "nofile", RLIMIT_NOFILE },
	{ "nproc", RLIMIT_NPROC }, { "rss", RLIMIT_RSS }, { "rtprio", RLIMIT_RTPRIO },
	{ "rttime", RLIMIT_RTTIME }, { "sigpending", RLIMIT_SIGPENDING }, { "stack", RLIMIT_STACK },
	{ "as", RLIMIT_AS }, /* not docker's, but prlimit(1)'s and bash's */
};

static int unknown(struct str name, struct mkr_error *err)
{
	char list[256] = "";
	for (size_t i = 0, used = 0; i < sizeof(names) / sizeof(*names); i++)
		used += (size_t)snprintf(
			list + used, sizeof(list) - used, "%s%s", i ? " " : "", names[i].name);
	mkr_failx(err, -EINVAL, "option '--ulimit' knows no '%.*s'", (int)name.n, name.p);
	mkr_detail(err, "hint", "it knows %s", list);
	return -EINVAL;
}

static bool parse_value(struct str text, rlim_t *ret)
{
	int64_t n;
	if (str_eq(text, STR("unlimited"))) {
		*ret = RLIM_INFINITY;
		return true;
	}
	if (!value_number(text, -1, &n))
		return false;
	*ret = n < 0 ? RLIM_INFINITY : (rlim_t)n;
	return true;
}

int ulimit_parse(struct ulimit *u, struct arena *arena, const char *text, struct mkr_error *err)
{
	struct str rest = str_from(text), name, soft, hard;
	struct rlimit value = { 0 };
	str_split(&rest, "=", &name);
	bool good = rest.p && str_split(&rest, ":", &soft) && parse_value(soft, &value.rlim_cur);
	value.rlim_max = value.rlim_cur;
	if (good && rest.p) {
		hard = rest;
		good = parse_value(hard, &value.rlim_max);
	}
	if (!good)
		return mkr_failx(err, -EINVAL,
			"option '--ulimit' takes TYPE=SOFT[:HARD] with whole numbers, not '%s'",
			text);
	if (value.rlim_cur > value.rlim_max)
		return mkr_failx(err, -EINVAL,
			"option '--ulimit': the soft limit is above the hard one in '%s'", text);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (str_eq(name, str_from(names[i].name))) {
			*u = (struct ulimit){ names[i].resource, arena_dup(arena, text), value };
			return 0;
		}
	}
	return unknown(name, err);
}

int ulimits_apply(const struct mkr_limits *limits)
{
	for (size_t i = 0; limits && i < limits->ulimits.n; i++)
		if (setrlimit((__rlimit_resource_t)limits->ulimits.at[i].resource,
			    &limits->ulimits.at[i].value) < 0)
			return (int)i;
	return -1;
}
