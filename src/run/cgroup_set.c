#include "run/cgroup_set.h"

#include "run/cgroup_file.h"
#include "run/limit_value.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

static const char *number(struct arena *arena, int64_t n)
{
	return arena_printf(arena, "%" PRId64, n);
}

/* What is written for a limit; NULL: there is none. */
typedef const char *value_fn(struct arena *arena, const struct mkr_limits *l);

static const char *memory(struct arena *arena, const struct mkr_limits *l)
{
	return l->memory ? number(arena, l->memory) : NULL;
}

static const char *memory_and_swap(struct arena *arena, const struct mkr_limits *l)
{
	return l->memory ? number(arena, limits_swap_total(l)) : NULL;
}

static const char *swap_alone(struct arena *arena, const struct mkr_limits *l)
{
	const int64_t total = limits_swap_total(l);
	if (!l->memory)
		return NULL;
	return total < 0 ? "max" : number(arena, total - l->memory);
}

static const char *period(struct arena *arena, const struct mkr_limits *l)
{
	(void)arena;
	return l->cpu_quota ? "100000" : NULL;
}

static const char *quota(struct arena *arena, const struct mkr_limits *l)
{
	return l->cpu_quota ? number(arena, l->cpu_quota) : NULL;
}

static const char *quota_and_period(struct arena *arena, const struct mkr_limits *l)
{
	return l->cpu_quota ? arena_printf(arena, "%" PRId64 " 100000", l->cpu_quota) : NULL;
}

static const char *cpu_list(struct arena *arena, const struct mkr_limits *l)
{
	(void)arena;
	return l->cpus;
}

static const char *pids(struct arena *arena, const struct mkr_limits *l)
{
	return l->pids ? number(arena, l->pids) : NULL;
}

/* In the order they are written in: v1 takes no limit on memory and swap that is below the one on
 * memory alone. v2 counts swap by itself, and has one file for period and quota.
 * Documentation/admin-guide/cgroup-v1: memory.rst, pids.rst, cpusets.rst; scheduler/sched-bwc.rst;
 * admin-guide/cgroup-v2.rst. */
static const struct limit {
	enum controller controller;
	enum set_check check;
	const char *option;
	struct {
		const char *file; /* NULL: that version has none */
		value_fn *value;
		const char *effective;
	} on[2]; /* v1, v2 */
} table[] = {
	{ CTL_MEMORY, CHECK_BYTES, "--memory",
		{ { "memory.limit_in_bytes", memory }, { "memory.max", memory } } },
	{ CTL_MEMORY, CHECK_BYTES, "--memory-swap",
		{ { "memory.memsw.limit_in_bytes", memory_and_swap },
			{ "memory.swap.max", swap_alone } } },
	{ CTL_CPU, CHECK_TEXT, "--cpus", { { "cpu.cfs_period_us", period } } },
	{ CTL_CPU, CHECK_TEXT, "--cpus",
		{ { "cpu.cfs_quota_us", quota }, { "cpu.max", quota_and_period } } },
	{ CTL_CPUSET, CHECK_CPUS, "--cpuset-cpus",
		{ { "cpuset.cpus", cpu_list, "cpuset.effective_cpus" },
			{ "cpuset.cpus", cpu_list, "cpuset.cpus.effective" } } },
	{ CTL_PIDS, CHECK_TEXT, "--pids-limit", { { "pids.max", pids }, { "pids.max", pids } } },
};

/* A rate is a file of its own on v1 (cgroup-v1/blkio-controller.rst), and a word in one on v2. */
static const struct {
	const char *file, *key;
} rates[IO_KINDS][2] = {
	[IO_READ_BPS] = { { "blkio.throttle.read_bps_device", "" }, { "io.max", "rbps=" } },
	[IO_WRITE_BPS] = { { "blkio.throttle.write_bps_device", "" }, { "io.max", "wbps=" } },
	[IO_READ_IOPS] = { { "blkio.throttle.read_iops_device", "" }, { "io.max", "riops=" } },
	[IO_WRITE_IOPS] = { { "blkio.throttle.write_iops_device", "" }, { "io.max", "wiops=" } },
};

static void add_rates(struct settings *s, struct arena *arena, const struct mkr_limits *l, bool v2)
{
	for (size_t i = 0; i < l->io.n; i++) {
		const struct io_limit *io = &l->io.at[i];
		struct setting one = { CTL_IO, CHECK_DEVICE, io_options[io->kind],
			rates[io->kind][v2].file,
			arena_printf(arena, "%u:%u %s%" PRId64, io->major, io->minor,
				rates[io->kind][v2].key, io->rate) };
		vec_push(&s->list, one);
	}
}

void settings_make(struct settings *s, struct arena *arena, const struct mkr_limits *l, bool v2,
	unsigned controllers)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		const struct limit *t = &table[i];
		if (!(controllers & (1U << t->controller)) || !t->on[v2].file)
			continue;
		struct setting one = { t->controller, t->check, t->option, t->on[v2].file,
			t->on[v2].value(arena, l), t->on[v2].effective };
		/* Not asked for: the kernel may be without it. */
		one.optional = strcmp(t->option, "--memory-swap") == 0 && !l->memory_swap;
		if (one.value)
			vec_push(&s->list, one);
	}
	if (controllers & (1U << CTL_IO))
		add_rates(s, arena, l, v2);
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
