/* The values of run's limit options, and what the kernel says of cgroups and mounts. */
#include "fuzz.h"

#include "run/cgroup_find.h"
#include "run/cgroup_name.h"
#include "run/limit_value.h"
#include "run/mountinfo.h"
#include "run/pivot.h"

#include <mkroot/run.h>

#include <stdlib.h>
#include <string.h>

static void options(const char *text)
{
	static const char *const names[] = { "memory", "memory-swap", "cpus", "cpuset-cpus",
		"pids-limit", "device-read-bps", "device-write-iops", "ulimit" };
	struct mkr_limits *l = mkr_limits_new();
	struct mkr_error err;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		mkr_limits_set(l, names[i], text, &err);
	mkr_limits_check(l, &err);
	mkr_limits_free(l);
	int64_t n = 0;
	if ((value_bytes(str_from(text), &n) || value_cpus(str_from(text), &n)) && n < 0)
		abort();
}

static void mounts(struct arena *arena, const char *mountinfo)
{
	struct mounts_below below = { 0 };
	for (uint64_t top = 20; top < 40; top++)
		if (mounts_below(&below, arena, mountinfo, top) == 0 &&
			mount_is_initramfs(mountinfo, top))
			break;
	for (size_t i = 0; i < below.list.n; i++)
		if (below.list.at[i].point[0] != '/' || !below.list.at[i].type)
			abort();
	vec_free(&below.list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	char *text = arena_dup_str(arena, (struct str){ (const char *)data, size });
	options(text);
	/* "MOUNTINFO\n\nCGROUP" */
	char *second = strstr(text, "\n\n");
	if (second) {
		struct hierarchies h = { 0 };
		*second = '\0';
		mounts(arena, text);
		hierarchies_parse(&h, arena, text, second + 2);
		for (size_t i = 0; i < h.list.n; i++)
			if (!h.list.at[i].top)
				abort();
		vec_free(&h.list);
	}
	pid_t pid;
	unsigned long long start;
	if (group_name_parse(text, &pid, &start) && pid <= 0)
		abort();
	stat_start(text, &start);
	arena_free(arena);
	return 0;
}
