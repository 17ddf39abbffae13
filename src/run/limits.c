#include "run/limits.h"

#include "base/cleanup.h"
#include "run/limit_value.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

struct mkr_limits *mkr_limits_new(void)
{
	struct arena *arena = arena_new();
	struct mkr_limits *l = arena_new_of(arena, struct mkr_limits);
	l->arena = arena;
	return l;
}

void mkr_limits_free(struct mkr_limits *l)
{
	if (!l)
		return;
	vec_free(&l->io);
	vec_free(&l->ulimits);
	arena_free(l->arena);
}

static int bad(const char *name, const char *what, const char *value, struct mkr_error *err)
{
	return mkr_failx(err, -EINVAL, "option '--%s' takes %s, not '%s'", name, what, value);
}

static int set_memory(
	struct mkr_limits *l, const char *name, const char *value, struct mkr_error *err)
{
	return value_bytes(str_from(value), &l->memory)
		? 0
		: bad(name, "bytes with b, k, m or g behind", value, err);
}

static int set_memory_swap(
	struct mkr_limits *l, const char *name, const char *value, struct mkr_error *err)
{
	if (strcmp(value, "-1") == 0) {
		l->memory_swap = -1;
		return 0;
	}
	return value_bytes(str_from(value), &l->memory_swap)
		? 0
		: bad(name, "bytes with b, k, m or g behind, or -1", value, err);
}

static int set_cpus(
	struct mkr_limits *l, const char *name, const char *value, struct mkr_error *err)
{
	int64_t none;
	if (value_number(str_from(value), 0, &none) && none == 0)
		return 0; /* as docker: no limit */
	return value_cpus(str_from(value), &l->cpu_quota)
		? 0
		: bad(name, "a number of CPUs from 0.01 on", value, err);
}

static int set_cpu_list(
	struct mkr_limits *l, const char *name, const char *value, struct mkr_error *err)
{
	struct cpu_set set;
	if (!value_cpu_list(str_from(value), &set))
		return bad(name, "a list like 0-2,4", value, err);
	l->cpus = arena_dup(l->arena, value);
	return 0;
}

static int set_pids(
	struct mkr_limits *l, const char *name, const char *value, struct mkr_error *err)
{
	int64_t n;
	if (!value_number(str_from(value), -1, &n))
		return bad(name, "a number of processes, or -1", value, err);
	l->pids = n < 0 ? 0 : n;
	return 0;
}

/* Where the kernel sees the device; what is no block device has no rate. */
static int find_device(struct io_limit *io, const char *name, struct mkr_error *err)
{
	struct stat st;
	if (stat(io->device, &st) < 0)
		return mkr_fail(err, -errno, "option '--%s': '%s'", name, io->device);
	if (!S_ISBLK(st.st_mode))
		return mkr_failx(
			err, -EINVAL, "option '--%s': '%s' is no block device", name, io->device);
	io->major = major(st.st_rdev);
	io->minor = minor(st.st_rdev);
	return 0;
}

const char *const io_options[IO_KINDS] = { "--device-read-bps", "--device-write-bps",
	"--device-read-iops", "--device-write-iops" };

static const char *io_name(enum io_kind kind)
{
	return io_options[kind] + strlen("--");
}

static int set_io(struct mkr_limits *l, const char *name, const char *value, struct mkr_error *err)
{
	struct str device, rate;
	struct io_limit io = { 0 };
	while (strcmp(io_name(io.kind), name) != 0)
		io.kind++;
	bool bytes = io.kind == IO_READ_BPS || io.kind == IO_WRITE_BPS;
	if (!value_device_rate(str_from(value), &device, &rate) ||
		!(bytes ? value_bytes(rate, &io.rate) : value_number(rate, 1, &io.rate)) ||
		io.rate <= 0)
		return bad(name,
			bytes ? "DEVICE:RATE, bytes in a second with b, k, m or g behind"
			      : "DEVICE:RATE, operations in a second",
			value, err);
	io.device = arena_dup_str(l->arena, device);
	int r = find_device(&io, name, err);
	if (r == 0)
		vec_push(&l->io, io);
	return r;
}

static int set_ulimit(
	struct mkr_limits *l, const char *name, const char *value, struct mkr_error *err)
{
	(void)name;
	struct ulimit u;
	int r = ulimit_parse(&u, l->arena, value, err);
	if (r == 0)
		vec_push(&l->ulimits, u);
	return r;
}

int mkr_limits_set(struct mkr_limits *l, const char *name, const char *value, struct mkr_error *err)
{
	static const struct {
		const char *name;
		int (*set)(struct mkr_limits *l, const char *name, const char *value,
			struct mkr_error *err);
	} options[] = {
		{ "memory", set_memory },
		{ "memory-swap", set_memory_swap },
		{ "cpus", set_cpus },
		{ "cpuset-cpus", set_cpu_list },
		{ "pids-limit", set_pids },
		{ "device-read-bps", set_io },
		{ "device-write-bps", set_io },
		{ "device-read-iops", set_io },
		{ "device-write-iops", set_io },
		{ "ulimit", set_ulimit },
	};
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		if (strcmp(options[i].name, name) == 0)
			return options[i].set(l, name, value, err);
	return mkr_failx(err, -EINVAL, "no limit is called '%s'", name);
}

int mkr_limits_check(const struct mkr_limits *l, struct mkr_error *err)
{
	if (l->memory_swap && !l->memory)
		return mkr_failx(err, -EINVAL,
			"option '--memory-swap' needs '--memory': it is memory and swap together");
	if (l->memory_swap > 0 && l->memory_swap < l->memory)
		return mkr_failx(err, -EINVAL,
			"option '--memory-swap' is memory and swap together: it cannot be below "
			"'--memory'");
	return 0;
}

int64_t limits_swap_total(const struct mkr_limits *l)
{
	int64_t twice;
	if (l->memory_swap)
		return l->memory_swap;
	return __builtin_mul_overflow(l->memory, 2, &twice) ? -1 : twice;
}

bool limits_need_cgroup(const struct mkr_limits *l)
{
	return l && (l->memory || l->cpu_quota || l->pids || l->cpus || l->io.n);
}

static void print_ulimit(FILE *out, const struct ulimit *u)
{
	fprintf(out, "ulimit %s\n", u->name);
}

void mkr_limits_print(FILE *out, const struct mkr_limits *l)
{
	if (l->memory)
		fprintf(out, "memory %" PRId64 " bytes\n", l->memory);
	int64_t swap = l->memory ? limits_swap_total(l) : 0;
	if (swap > 0)
		fprintf(out, "memory and swap %" PRId64 " bytes\n", swap);
	else if (swap < 0)
		fputs("memory and swap unlimited\n", out);
	if (l->cpu_quota)
		fprintf(out, "cpu time %" PRId64 " of each 100000 us\n", l->cpu_quota);
	if (l->cpus)
		fprintf(out, "cpus %s\n", l->cpus);
	if (l->pids)
		fprintf(out, "processes %" PRId64 "\n", l->pids);
	for (size_t i = 0; i < l->io.n; i++)
		fprintf(out, "%s %s (%u:%u) %" PRId64 "\n", io_name(l->io.at[i].kind),
			l->io.at[i].device, l->io.at[i].major, l->io.at[i].minor, l->io.at[i].rate);
	for (size_t i = 0; i < l->ulimits.n; i++)
		print_ulimit(out, &l->ulimits.at[i]);
}
