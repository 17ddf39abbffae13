#include "run/spec.h"

#include "base/str.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

const char *path_clean(struct arena *a, const char *path)
{
	size_t n = 0, size = strlen(path);
	if (path[0] != '/' || size >= PATH_MAX)
		return NULL;
	char *out = arena_alloc(a, size + 1);
	struct str rest = str_from(path), part;
	while (str_split(&rest, "/", &part)) {
		if (part.n == 0 || str_eq(part, STR(".")))
			continue;
		if (part.n > NAME_MAX)
			return NULL;
		if (str_eq(part, STR(".."))) {
			while (n && out[--n] != '/')
				;
			continue;
		}
		if (n)
			out[n++] = '/';
		memcpy(out + n, part.p, part.n);
		n += part.n;
	}
	out[n] = '\0';
	return out;
}

int size_parse(uint64_t *out, const char *text)
{
	char *end;
	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	unsigned long long n = strtoull(text, &end, 10);
	static const char units[] = "bkmgt";
	unsigned shift = 0;
	if (*end) {
		const char *unit = strchr(units, *end | 0x20);
		if (!unit || end[1])
			return -EINVAL;
		shift = 10 * (unsigned)(unit - units);
	}
	if (errno || n == 0 || n > (uint64_t)INT64_MAX >> shift)
		return -EINVAL;
	*out = n << shift;
	return 0;
}

/* The place inside: not the root itself, and nothing below /proc, where no file is the root's. */
static int target_parse(const char **out, struct arena *a, const char *option, const char *text,
	const char *target, struct mkr_error *err)
{
	const char *clean = path_clean(a, target);
	if (!clean)
		return mkr_failx(err, -EINVAL, "option '--%s': '%s' in '%s' is no absolute path",
			option, target, text);
	if (!*clean)
		return mkr_failx(err, -EINVAL, "option '--%s': '%s' leaves no root", option, text);
	if (str_eq(str_from(clean), STR("proc")) || str_starts(str_from(clean), STR("proc/")))
		return mkr_failx(err, -EINVAL,
			"option '--%s': nothing can be mounted in /proc: '%s'", option, text);
	*out = clean;
	return 0;
}

int volume_parse(struct volume_spec *out, struct arena *a, const char *text, struct mkr_error *err)
{
	struct volume_spec v = { 0 };
	struct str rest = str_from(text), source, target = { 0 }, mode = { 0 };
	str_split(&rest, ":", &source);
	if (rest.p)
		str_split(&rest, ":", &target);
	if (rest.p)
		str_split(&rest, ":", &mode);
	if (rest.p || source.n == 0 || target.n == 0) {
		mkr_failx(err, -EINVAL, "option '--volume' takes SRC:DST[:ro], not '%s'", text);
		if (source.n && !target.p)
			mkr_detail(err, "cause", "there is no store for volumes without a SRC");
		return -EINVAL;
	}
	v.source = arena_dup_str(a, source);
	if (!strchr(v.source, '/') && v.source[0] != '.') {
		mkr_failx(err, -EINVAL, "the volume '%s' has a SRC that is no path", text);
		mkr_detail(err, "hint", "a folder here is written ./%s; named volumes do not exist",
			v.source);
		return -EINVAL;
	}
	if (mode.p && str_eq(mode, STR("ro")))
		v.read_only = true;
	else if (mode.p && !str_eq(mode, STR("rw")))
		return mkr_failx(err, -EINVAL,
			"option '--volume': '%.*s' in '%s' is neither ro nor rw", (int)mode.n,
			mode.p, text);
	int r = target_parse(&v.target, a, "volume", text, arena_dup_str(a, target), err);
	if (r == 0)
		*out = v;
	return r;
}

static int tmpfs_option(struct tmpfs_spec *t, struct arena *a, struct str option)
{
	uint64_t size;
	char *end;
	if (str_eq(option, STR("ro")) || str_eq(option, STR("rw"))) {
		t->read_only = option.p[1] == 'o';
		return 0;
	}
	if (str_eq(option, STR("exec")) || str_eq(option, STR("noexec"))) {
		t->exec = option.p[0] == 'e';
		return 0;
	}
	if (str_eq(option, STR("nosuid")) || str_eq(option, STR("nodev")))
		return 0; /* they always hold */
	const char *text = arena_dup_str(a, option);
	if (str_starts(option, STR("size="))) {
		if (size_parse(&size, text + 5) < 0)
			return -EINVAL;
		t->options = arena_printf(a, "%s,size=%llu", t->options, (unsigned long long)size);
		return 0;
	}
	if (!str_starts(option, STR("mode=")))
		return -EINVAL;
	unsigned long mode = strtoul(text + 5, &end, 8);
	if (end == text + 5 || *end || mode > 07777)
		return -EINVAL;
	t->options = arena_printf(a, "%s,mode=%04lo", t->options, mode);
	return 0;
}

int tmpfs_parse(struct tmpfs_spec *out, struct arena *a, const char *text, struct mkr_error *err)
{
	/* Docker's defaults: rw,noexec,nosuid,nodev, and the mode of /tmp. */
	struct tmpfs_spec t = { .options = "mode=1777" };
	struct str rest = str_from(text), target, option;
	str_split(&rest, ":", &target);
	while (rest.p && str_split(&rest, ",", &option))
		if (tmpfs_option(&t, a, option) < 0) {
			mkr_failx(err, -EINVAL, "option '--tmpfs': cannot use '%.*s' of '%s'",
				(int)option.n, option.p, text);
			mkr_detail(err, "known here", "size=N[kmg] mode=OCTAL ro rw exec noexec");
			return -EINVAL;
		}
	int r = target_parse(&t.target, a, "tmpfs", text, arena_dup_str(a, target), err);
	if (r == 0)
		*out = t;
	return r;
}

int device_parse(struct device_spec *out, struct arena *a, const char *text, struct mkr_error *err)
{
	struct str rest = str_from(text), source, second = { 0 }, rights = { 0 };
	str_split(&rest, ":", &source);
	if (rest.p)
		str_split(&rest, ":", &second);
	if (rest.p)
		str_split(&rest, ":", &rights);
	/* As docker: DEV:rwm without a DST is understood. */
	if (second.p && !rights.p && second.n && second.p[0] != '/') {
		rights = second;
		second = (struct str){ 0 };
	}
	char has[4] = "";
	size_t n = 0;
	for (const char *c = "rwm"; *c; c++)
		if (!rights.p || memchr(rights.p, *c, rights.n))
			has[n++] = *c;
	if (rest.p || source.n == 0 || source.p[0] != '/' || (second.p && second.n == 0) ||
		(rights.p && (rights.n == 0 || rights.n != n)))
		return mkr_failx(
			err, -EINVAL, "option '--device' takes DEV[:DST[:rwm]], not '%s'", text);
	struct device_spec d = { .source = arena_dup_str(a, source), .rights = arena_dup(a, has) };
	int r = target_parse(
		&d.target, a, "device", text, arena_dup_str(a, second.p ? second : source), err);
	if (r == 0)
		*out = d;
	return r;
}
