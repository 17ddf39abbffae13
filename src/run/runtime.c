/* The box as a config.json for crun, runc and their like (runtime-spec, config.md,
 * config-linux.md). */
#include <mkroot/run.h>

#include "base/arena.h"
#include "base/json.h"
#include "run/op.h"
#include "run/seccomp.h"

#include <stdio.h>
#include <string.h>

static json_t *list(const char *const *texts)
{
	json_t *array = json_array();
	for (; texts && *texts; texts++)
		json_array_append_new(array, json_string(*texts));
	return array;
}

/* Paths of the root's. A glob is no path: what it stands for is the host's own affair. */
static json_t *absolute(const char *const *paths)
{
	json_t *array = json_array();
	for (; *paths; paths++)
		if (!strchr(*paths, '*'))
			json_array_append_new(array, json_sprintf("/%s", *paths));
	return array;
}

static json_t *caps_list(uint64_t caps)
{
	json_t *array = json_array();
	for (unsigned i = 0; i < 64; i++)
		if (caps >> i & 1 && mkr_cap_name(i))
			json_array_append_new(array, json_sprintf("CAP_%s", mkr_cap_name(i)));
	return array;
}

/* Who is not root has none until he executes a file that grants some. */
static json_t *capabilities(uint32_t uid)
{
	uint64_t has = uid == 0 ? MKR_CAPS_DOCKER : 0;
	return json_pack("{s:o, s:o, s:o}", "bounding", caps_list(MKR_CAPS_DOCKER), "effective",
		caps_list(has), "permitted", caps_list(has));
}

static json_t *process(const struct mkr_runtime *r)
{
	return json_pack("{s:o, s:o, s:s, s:{s:I, s:I}, s:o, s:b, s:b}", "args", list(r->args),
		"env", list(r->env), "cwd", r->workdir ? r->workdir : "/", "user", "uid",
		(json_int_t)r->uid, "gid", (json_int_t)r->gid, "capabilities", capabilities(r->uid),
		"noNewPrivileges", 1, "terminal", 0);
}

/* As box.c has them. */
static json_t *mounts(void)
{
	static const struct {
		const char *to, *type, *options[6];
	} rows[] = {
		{ "/proc", "proc", { "nosuid", "noexec", "nodev" } },
		{ "/dev", "tmpfs", { "nosuid", "noexec", "mode=755", "size=65536k" } },
		{ "/dev/pts", "devpts",
			{ "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620" } },
		{ "/dev/shm", "tmpfs",
			{ "nosuid", "noexec", "nodev", "mode=1777", "size=65536k" } },
		{ "/dev/mqueue", "mqueue", { "nosuid", "noexec", "nodev" } },
		{ "/sys", "sysfs", { "nosuid", "noexec", "nodev", "ro" } },
		{ "/tmp", "tmpfs", { "nosuid", "nodev", "mode=1777" } },
	};
	json_t *array = json_array();
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		json_array_append_new(array,
			json_pack("{s:s, s:s, s:s, s:o}", "destination", rows[i].to, "type",
				rows[i].type, "source", rows[i].type, "options",
				list(rows[i].options)));
	return array;
}

static json_t *linux_part(const struct mkr_runtime *r)
{
	static const char *const kinds[] = { "pid", "network", "ipc", "uts", "mount", "cgroup" };
	json_t *namespaces = json_array();
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		json_array_append_new(namespaces, json_pack("{s:s}", "type", kinds[i]));
	return json_pack("{s:o, s:o, s:o, s:o}", "namespaces", namespaces, "maskedPaths",
		absolute(box_masked), "readonlyPaths", absolute(box_readonly), "seccomp",
		seccomp_runtime(&seccomp_docker, MKR_CAPS_DOCKER, r->architecture));
}

static json_t *annotations(const char *const *pairs)
{
	json_t *map = json_object();
	for (; pairs && *pairs; pairs++) {
		size_t n = strcspn(*pairs, "=");
		json_t *key = json_stringn(*pairs, n);
		json_object_set_new(map, json_string_value(key), json_string(*pairs + n + 1));
		json_decref(key);
	}
	return map;
}

char *mkr_runtime_config(const struct mkr_runtime *r)
{
	json_t *c = json_pack("{s:s, s:s, s:{s:s, s:b}, s:o, s:o, s:o}", "ociVersion", "1.0.2",
		"hostname", "mkroot", "root", "path", "rootfs", "readonly", 0, "process",
		process(r), "mounts", mounts(), "linux", linux_part(r));
	if (!c)
		out_of_memory();
	if (r->annotations && *r->annotations)
		json_object_set_new(c, "annotations", annotations(r->annotations));
	char *text = json_dumps(c, JSON_SORT_KEYS | JSON_INDENT(1));
	if (!text)
		out_of_memory();
	json_decref(c);
	return text;
}
