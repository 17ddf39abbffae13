#include "run/devices.h"

#include "base/str.h"
#include "run/cgroup_file.h"

#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* moby, oci/defaults.go and runc's AllowedDevices: nodes may be made, which nobody can open, and
 * the harmless ones may be opened; ptmx and the terminals of devpts with them. */
static const struct device_rule defaults[] = {
	{ 'c', DEVICE_ANY, DEVICE_ANY, DEVICE_MKNOD },
	{ 'b', DEVICE_ANY, DEVICE_ANY, DEVICE_MKNOD },
	{ 'c', 1, 3, DEVICE_ALL },
	{ 'c', 1, 5, DEVICE_ALL },
	{ 'c', 1, 7, DEVICE_ALL },
	{ 'c', 1, 8, DEVICE_ALL },
	{ 'c', 1, 9, DEVICE_ALL },
	{ 'c', 5, 0, DEVICE_ALL },
	{ 'c', 5, 2, DEVICE_ALL },
	{ 'c', 136, DEVICE_ANY, DEVICE_ALL },
};

bool device_access(const char *text, unsigned *ret)
{
	static const char letters[] = "rwm";
	unsigned access = 0;
	for (; *text; text++) {
		const char *at = strchr(letters, *text);
		if (!at || access & (1U << (at - letters)))
			return false;
		access |= 1U << (at - letters);
	}
	*ret = access;
	return access != 0;
}

static int add_device(struct device_rules *rules, const char *spec, struct mkr_error *err)
{
	struct str rest = str_from(spec), source, access;
	char path[PATH_MAX];
	struct device_rule rule = { .access = DEVICE_ALL };
	str_split(&rest, ":", &source);
	if (source.n >= sizeof(path))
		return mkr_failx(err, -ENAMETOOLONG, "option '--device': '%s'", spec);
	memcpy(path, source.p, source.n);
	path[source.n] = '\0';
	/* SRC:rwm, SRC:DST, SRC:DST:rwm: DST begins with a slash. */
	while (str_split(&rest, ":", &access)) {
		char letters[4] = "";
		if (access.n && access.p[0] == '/')
			continue;
		if (access.n < sizeof(letters))
			memcpy(letters, access.p, access.n);
		if (access.n >= sizeof(letters) || !device_access(letters, &rule.access))
			return mkr_failx(err, -EINVAL,
				"option '--device' takes r, w and m as access, not '%.*s'",
				(int)access.n, access.p);
	}
	struct stat st;
	if (stat(path, &st) < 0)
		return mkr_fail(err, -errno, "option '--device': '%s'", path);
	if (!S_ISCHR(st.st_mode) && !S_ISBLK(st.st_mode))
		return mkr_failx(err, -ENODEV, "option '--device': '%s' is no device", path);
	rule.type = S_ISCHR(st.st_mode) ? 'c' : 'b';
	rule.major = (int)major(st.st_rdev);
	rule.minor = (int)minor(st.st_rdev);
	rules->partly = rules->partly || rule.access != DEVICE_ALL;
	vec_push(&rules->list, rule);
	return 0;
}

int device_rules_make(struct device_rules *rules, const char *const *devices, struct mkr_error *err)
{
	for (size_t i = 0; i < sizeof(defaults) / sizeof(*defaults); i++)
		vec_push(&rules->list, defaults[i]);
	for (; devices && *devices; devices++) {
		int r = add_device(rules, *devices, err);
		if (r < 0)
			return r;
	}
	return 0;
}

const char *device_rule_text(const struct device_rule *rule, struct arena *arena)
{
	const char *number[2];
	for (int i = 0; i < 2; i++) {
		int n = i ? rule->minor : rule->major;
		number[i] = n == DEVICE_ANY ? "*" : arena_printf(arena, "%d", n);
	}
	return arena_printf(arena, "%c %s:%s %s%s%s", rule->type, number[0], number[1],
		rule->access & DEVICE_READ ? "r" : "", rule->access & DEVICE_WRITE ? "w" : "",
		rule->access & DEVICE_MKNOD ? "m" : "");
}

int devices_set_v1(int group, const struct device_rules *rules, struct mkr_error *err)
{
	struct arena *arena = arena_new();
	int r = write_text(group, "devices.deny", "a");
	for (size_t i = 0; r == 0 && i < rules->list.n; i++)
		r = write_text(group, "devices.allow", device_rule_text(&rules->list.at[i], arena));
	arena_free(arena);
	return r < 0 ? mkr_fail(err, r, "the devices of the box cannot be limited") : 0;
}
