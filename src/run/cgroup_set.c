#include "run/cgroup_set.h"

#include "run/cgroup_file.h"
#include "run/limit_value.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const io_options[IO_KINDS] = { "--device-read-bps", "--device-write-bps",
	"--device-read-iops", "--device-write-iops" };

static void add(struct settings *s, unsigned controllers, struct setting one)
{
	if (controllers & (1U << one.controller))
		vec_push(&s->list, one);
}

static const char *number(struct arena *arena, int64_t n)
{
	return arena_printf(arena, "%" PRId64, n);
}

/* Documentation/admin-guide/cgroup-v1: memory.rst, pids.rst, cpusets.rst, blkio-controller.rst;
 * scheduler/sched-bwc.rst. */
void settings_v1(
	struct settings *s, struct arena *arena, const struct mkr_limits *l, unsigned controllers)
{
	static const char *const io[IO_KINDS] = { "blkio.throttle.read_bps_device",
		"blkio.throttle.write_bps_device", "blkio.throttle.read_iops_device",
		"blkio.throttle.write_iops_device" };
	if (l->memory) {
		add(s, controllers,
			(struct setting){ CTL_MEMORY, CHECK_BYTES, "--memory",
				"memory.limit_in_bytes", number(arena, l->memory) });
		/* After the limit on memory alone, which it may never be below. */
		add(s, controllers,
			(struct setting){ CTL_MEMORY, CHECK_BYTES, "--memory-swap",
				"memory.memsw.limit_in_bytes", number(arena, limits_swap_total(l)),
				.optional = !l->memory_swap });
	}
	if (l->cpu_quota) {
		add(s, controllers,
			(struct setting){
				CTL_CPU, CHECK_TEXT, "--cpus", "cpu.cfs_period_us", "100000" });
		add(s, controllers,
			(struct setting){ CTL_CPU, CHECK_TEXT, "--cpus", "cpu.cfs_quota_us",
				number(arena, l->cpu_quota) });
	}
	if (l->cpus)
		add(s, controllers,
			(struct setting){ CTL_CPUSET, CHECK_CPUS, "--cpuset-cpus", "cpuset.cpus",
				l->cpus, "cpuset.effective_cpus" });
	if (l->pids)
		add(s, controllers,
			(struct setting){ CTL_PIDS, CHECK_TEXT, "--pids-limit", "pids.max",
				number(arena, l->pids) });
	for (size_t i = 0; i < l->io.n; i++) {
		const struct io_limit *one = &l->io.at[i];
		add(s, controllers,
			(struct setting){ CTL_IO, CHECK_DEVICE, io_options[one->kind],
				io[one->kind],
				arena_printf(arena, "%u:%u %" PRId64, one->major, one->minor,
					one->rate) });
	}
}

/* Documentation/admin-guide/cgroup-v2.rst. Swap is counted by itself there. */
void settings_v2(
	struct settings *s, struct arena *arena, const struct mkr_limits *l, unsigned controllers)
{
	static const char *const io[IO_KINDS] = { "rbps", "wbps", "riops", "wiops" };
	if (l->memory) {
		int64_t swap = limits_swap_total(l);
		add(s, controllers,
			(struct setting){ CTL_MEMORY, CHECK_BYTES, "--memory", "memory.max",
				number(arena, l->memory) });
		add(s, controllers,
			(struct setting){ CTL_MEMORY, CHECK_BYTES, "--memory-swap",
				"memory.swap.max",
				swap < 0 ? "max" : number(arena, swap - l->memory),
				.optional = !l->memory_swap });
	}
	if (l->cpu_quota)
		add(s, controllers,
			(struct setting){ CTL_CPU, CHECK_TEXT, "--cpus", "cpu.max",
				arena_printf(arena, "%" PRId64 " 100000", l->cpu_quota) });
	if (l->cpus)
		add(s, controllers,
			(struct setting){ CTL_CPUSET, CHECK_CPUS, "--cpuset-cpus", "cpuset.cpus",
				l->cpus, "cpuset.cpus.effective" });
	if (l->pids)
		add(s, controllers,
			(struct setting){ CTL_PIDS, CHECK_TEXT, "--pids-limit", "pids.max",
				number(arena, l->pids) });
	for (size_t i = 0; i < l->io.n; i++) {
		const struct io_limit *one = &l->io.at[i];
		add(s, controllers,
			(struct setting){ CTL_IO, CHECK_DEVICE, io_options[one->kind], "io.max",
				arena_printf(arena, "%u:%u %s=%" PRId64, one->major, one->minor,
					io[one->kind], one->rate) });
	}
}

/* "max", "-1" and, on v1, the largest number of pages all mean that there is no limit. */
static bool bytes_hold(const char *want, const char *text, long page_size)
{
	const int64_t none = INT64_MAX / page_size * page_size;
	int64_t w = none, t = none;
	if (strcmp(want, "max") != 0 && strcmp(want, "-1") != 0)
		w = strtoll(want, NULL, 10);
	if (strcmp(text, "max") != 0 && !value_number(str_from(text), 0, &t))
		return false;
	return w / page_size == t / page_size;
}

static bool device_holds(const char *want, const char *text)
{
	struct str device, value = str_from(want), rest = str_from(text), line, word;
	str_split(&value, " ", &device);
	while (str_split(&rest, "\n", &line)) {
		if (!str_split(&line, " ", &word) || !str_eq(word, device))
			continue;
		while (str_split(&line, " ", &word))
			if (str_eq(word, value))
				return true;
	}
	return false;
}

bool setting_holds(const struct setting *s, const char *text, long page_size)
{
	struct cpu_set want, have;
	switch (s->check) {
	case CHECK_TEXT:
		return strcmp(s->value, text) == 0;
	case CHECK_BYTES:
		return bytes_hold(s->value, text, page_size);
	case CHECK_DEVICE:
		return device_holds(s->value, text);
	case CHECK_CPUS:
		return value_cpu_list(str_from(s->value), &want) &&
			value_cpu_list(str_from(text), &have) && cpu_set_eq(&want, &have);
	}
	return false;
}

/* What the CPUs could have been is in the folder above. */
static void explain(const struct setting *s, struct arena *arena, int dir, struct mkr_error *err)
{
	const char *text;
	if (s->check == CHECK_CPUS &&
		read_text(&text, arena, dir, arena_printf(arena, "../%s", s->effective)) == 0)
		mkr_detail(err, "cause", "the CPUs here are %s", text);
	else if (s->check == CHECK_DEVICE)
		mkr_detail(err, "cause", "the kernel takes whole disks only, not partitions");
}

int setting_apply(const struct setting *s, struct arena *arena, int dir, const char *path,
	struct mkr_error *err)
{
	const char *file = s->effective ? s->effective : s->file, *text;
	int r = write_text(dir, s->file, s->value);
	if (r == -ENOENT && s->optional)
		return 0;
	if (r < 0) {
		mkr_fail(err, r, "%s cannot be set: writing '%s' to '%s/%s'", s->option, s->value,
			path, s->file);
		if (r == -ENOENT)
			mkr_detail(err, "cause", "this kernel's controller '%s' has no such file",
				controller_name(s->controller, false));
		else
			explain(s, arena, dir, err);
		return r;
	}
	r = read_text(&text, arena, dir, file);
	if (r < 0)
		return mkr_fail(
			err, r, "%s cannot be read back from '%s/%s'", s->option, path, file);
	if (setting_holds(s, text, sysconf(_SC_PAGESIZE)))
		return 0;
	mkr_failx(err, -EIO, "%s cannot be set: '%s/%s' took '%s' and says '%s'", s->option, path,
		file, s->value, text);
	explain(s, arena, dir, err);
	return -EIO;
}
