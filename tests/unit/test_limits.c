#include "test.h"

#include "run/cgroup_find.h"
#include "run/cgroup_name.h"
#include "run/cgroup_set.h"
#include "run/devices.h"
#include "run/limit_value.h"
#include "run/limits.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

static void bytes_have_dockers_units(void **state)
{
	static const struct {
		const char *text;
		int64_t want; /* -1: refused */
	} cases[] = {
		{ "0", 0 },
		{ "4096", 4096 },
		{ "1b", 1 },
		{ "64m", 64 << 20 },
		{ "64M", 64 << 20 },
		{ "64MB", 64 << 20 },
		{ "64MiB", 64 << 20 },
		{ "64 mb", 64 << 20 },
		{ "1.5k", 1536 },
		{ "0.5g", 512 << 20 },
		{ "1.25t", (int64_t)1280 << 30 },
		{ "2p", (int64_t)2 << 50 },
		{ "0.999999p", 1125898780942717 },
		{ "8191p", (int64_t)8191 << 50 },
		{ "8192p", -1 },
		{ "9223372036854775807", INT64_MAX },
		{ "9223372036854775808", -1 },
		{ "99999999999999999999", -1 },
		{ "", -1 },
		{ "m", -1 },
		{ ".5m", -1 },
		{ "1.m", -1 },
		{ "-1", -1 },
		{ "+1", -1 },
		{ " 1", -1 },
		{ "1 ", -1 },
		{ "1  m", -1 },
		{ "1x", -1 },
		{ "1mm", -1 },
		{ "1mi", -1 },
		{ "1ib", -1 },
		{ "1e3", -1 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int64_t got = -1;
		if (!value_bytes(str_from(cases[i].text), &got))
			got = -1;
		if (got != cases[i].want)
			fail_msg("'%s': %" PRId64 ", not %" PRId64, cases[i].text, got,
				cases[i].want);
	}
}

static void cpus_are_a_decimal_number(void **state)
{
	static const struct {
		const char *text;
		int64_t want;
	} cases[] = { { "1", 100000 }, { "1.5", 150000 }, { ".5", 50000 }, { "0.01", 1000 },
		{ "0.12345", 12345 }, { "0.1234567", 12345 }, { "0.009", -1 }, { "", -1 },
		{ ".", -1 }, { "1.", -1 }, { "-1", -1 }, { "1,5", -1 }, { "8193", -1 } };
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int64_t got = -1;
		if (!value_cpus(str_from(cases[i].text), &got))
			got = -1;
		if (got != cases[i].want)
			fail_msg("'%s': %" PRId64, cases[i].text, got);
	}
}

static void a_cpu_list_is_a_set(void **state)
{
	(void)state;
	struct cpu_set a, b;
	assert_true(value_cpu_list(STR("0-3,8"), &a));
	assert_int_equal(a.bits[0], 0x10f);
	assert_true(value_cpu_list(STR("8,3,0-2,1"), &b));
	assert_true(cpu_set_eq(&a, &b));
	assert_true(value_cpu_list(STR("64,8191"), &b));
	assert_int_equal(b.bits[1], 1);
	assert_false(cpu_set_eq(&a, &b));
	static const char *const bad[] = { "", ",", "0,", "3-1", "-1", "1-", "a", "8192", "0-9999",
		"1 ", "0-3/2" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (value_cpu_list(str_from(bad[i]), &b))
			fail_msg("'%s' was taken", bad[i]);
}

static void ulimits_have_dockers_names(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	struct mkr_error err;
	struct ulimit u;
	assert_int_equal(ulimit_parse(&u, arena, "nofile=10:20", &err), 0);
	assert_int_equal(u.resource, RLIMIT_NOFILE);
	assert_int_equal(u.value.rlim_cur, 10);
	assert_int_equal(u.value.rlim_max, 20);
	assert_int_equal(ulimit_parse(&u, arena, "core=-1", &err), 0);
	assert_true(u.value.rlim_cur == RLIM_INFINITY && u.value.rlim_max == RLIM_INFINITY);
	assert_int_equal(ulimit_parse(&u, arena, "stack=5:-1", &err), 0);
	assert_true(u.value.rlim_cur == 5 && u.value.rlim_max == RLIM_INFINITY);
	assert_int_equal(ulimit_parse(&u, arena, "nofile=-1:5", &err), -EINVAL);
	assert_string_equal(err.text,
		"option '--ulimit': the soft limit is above the hard one in 'nofile=-1:5'");
	assert_int_equal(ulimit_parse(&u, arena, "what=1", &err), -EINVAL);
	assert_string_equal(err.text, "option '--ulimit' knows no 'what'");
	arena_free(arena);
}

static void expect_hierarchies(const char *mountinfo, const char *cgroup, const char *want)
{
	struct arena *arena = arena_new();
	struct hierarchies h = { 0 };
	const char *got = "";
	hierarchies_parse(&h, arena, mountinfo, cgroup);
	for (size_t i = 0; i < h.list.n; i++)
		got = arena_printf(arena, "%s%s %x %s %s\n", got, h.list.at[i].v2 ? "v2" : "v1",
			h.list.at[i].controllers, h.list.at[i].top,
			h.list.at[i].own ? h.list.at[i].own : "-");
	assert_string_equal(got, want);
	vec_free(&h.list);
	arena_free(arena);
}

static const char hybrid[] =
	"22 27 0:21 / /proc rw - proc proc rw\n"
	"30 27 0:26 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n"
	"31 30 0:27 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 master:1 - cgroup cgroup "
	"rw,cpu,cpuacct\n"
	"32 30 0:28 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
	"33 30 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
	"34 30 0:30 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd\n"
	"35 30 0:31 / /sys/fs/cgroup/uni\\040fied rw - cgroup2 cgroup2 rw";

static void hierarchies_of_a_hybrid(void **state)
{
	(void)state;
	expect_hierarchies(hybrid,
		"9:name=systemd:/a\n8:pids:/\n4:memory:/a/b:c\n3:cpuset:/\n1:cpu,cpuacct:/u\n0::/x",
		"v1 1 /sys/fs/cgroup/memory /sys/fs/cgroup/memory/a/b:c\n"
		"v1 4 /sys/fs/cgroup/cpuset /sys/fs/cgroup/cpuset\n"
		"v1 2 /sys/fs/cgroup/cpu,cpuacct /sys/fs/cgroup/cpu,cpuacct/u\n"
		"v2 0 /sys/fs/cgroup/uni fied /sys/fs/cgroup/uni fied/x\n");
}

static void hierarchies_in_a_container(void **state)
{
	(void)state;
	static const char v1[] =
		"33 30 0:29 /docker/12 /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory";
	static const char v2[] = "33 30 0:29 / /sys/fs/cgroup ro - cgroup2 cgroup rw";
	expect_hierarchies(
		v1, "4:memory:/docker/12", "v1 1 /sys/fs/cgroup/memory /sys/fs/cgroup/memory\n");
	expect_hierarchies(v1, "4:memory:/docker/12/x",
		"v1 1 /sys/fs/cgroup/memory /sys/fs/cgroup/memory/x\n");
	expect_hierarchies(v1, "4:memory:/docker/123", "v1 1 /sys/fs/cgroup/memory -\n");
	expect_hierarchies(v2, "0::/../other", "v2 0 /sys/fs/cgroup -\n");
	expect_hierarchies(v2, "0::/", "v2 0 /sys/fs/cgroup /sys/fs/cgroup\n");
	expect_hierarchies("", "0::/", "");
	expect_hierarchies("rubbish\n1 2 3 4\n- - - -", "0::/\n:\n0:\nx", "");
}

static void expect_settings(bool v2, unsigned controllers, const char *want)
{
	struct mkr_limits *l = mkr_limits_new();
	struct arena *arena = arena_new();
	struct settings s = { 0 };
	const char *got = "";
	assert_int_equal(mkr_limits_set(l, "memory", "64m", NULL), 0);
	assert_int_equal(mkr_limits_set(l, "cpus", "0.5", NULL), 0);
	assert_int_equal(mkr_limits_set(l, "cpuset-cpus", "0-1", NULL), 0);
	assert_int_equal(mkr_limits_set(l, "pids-limit", "7", NULL), 0);
	struct io_limit io = { IO_WRITE_IOPS, "/dev/x", 8, 16, 100 };
	vec_push(&l->io, io);
	settings_make(&s, arena, l, v2, controllers);
	for (size_t i = 0; i < s.list.n; i++)
		got = arena_printf(arena, "%s%s = %s%s\n", got, s.list.at[i].file,
			s.list.at[i].value, s.list.at[i].optional ? " ?" : "");
	assert_string_equal(got, want);
	vec_free(&s.list);
	arena_free(arena);
	mkr_limits_free(l);
}

static void limits_are_files_of_v1_or_v2(void **state)
{
	(void)state;
	expect_settings(false, ~0U,
		"memory.limit_in_bytes = 67108864\nmemory.memsw.limit_in_bytes = 134217728 ?\n"
		"cpu.cfs_period_us = 100000\ncpu.cfs_quota_us = 50000\ncpuset.cpus = 0-1\n"
		"pids.max = 7\nblkio.throttle.write_iops_device = 8:16 100\n");
	expect_settings(true, ~0U,
		"memory.max = 67108864\nmemory.swap.max = 67108864 ?\ncpu.max = 50000 100000\n"
		"cpuset.cpus = 0-1\npids.max = 7\nio.max = 8:16 wiops=100\n");
	expect_settings(true, 1U << CTL_PIDS, "pids.max = 7\n");
}

static void what_is_read_back_is_compared_by_its_kind(void **state)
{
	(void)state;
	static const struct {
		enum set_check check;
		const char *value, *text;
		bool holds;
	} cases[] = {
		{ CHECK_TEXT, "50000 100000", "50000 100000", true },
		{ CHECK_TEXT, "7", "max", false },
		{ CHECK_BYTES, "5000", "4096", true },
		{ CHECK_BYTES, "5000", "8192", false },
		{ CHECK_BYTES, "-1", "9223372036854771712", true },
		{ CHECK_BYTES, "max", "max", true },
		{ CHECK_BYTES, "4096", "max", false },
		{ CHECK_BYTES, "4096", "", false },
		{ CHECK_DEVICE, "8:0 100", "8:0 100", true },
		{ CHECK_DEVICE, "8:0 100", "18:0 100\n8:0 200", false },
		{ CHECK_DEVICE, "8:0 rbps=5", "7:0 rbps=5\n8:0 rbps=5 wbps=max", true },
		{ CHECK_DEVICE, "8:0 rbps=5", "8:0 rbps=50 wbps=max", false },
		{ CHECK_DEVICE, "8:0 rbps=5", "", false },
		{ CHECK_CPUS, "0,1", "0-1", true },
		{ CHECK_CPUS, "0-7", "0-1", false },
		{ CHECK_CPUS, "0", "", false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct setting s = { .check = cases[i].check, .value = cases[i].value };
		if (setting_holds(&s, cases[i].text, 4096) != cases[i].holds)
			fail_msg("'%s' and '%s'", cases[i].value, cases[i].text);
	}
}

static void a_group_is_named_after_its_launcher(void **state)
{
	(void)state;
	pid_t pid;
	unsigned long long start, now;
	char name[64];
	assert_int_equal(group_name(name, sizeof(name)), 0);
	assert_true(group_name_parse(name, &pid, &start));
	assert_int_equal(pid, getpid());
	assert_true(group_owner_lives(pid, start));
	assert_false(group_owner_lives(pid, start + 1));
	assert_true(group_name_parse("mkroot-12-345.aside", &pid, &start));
	assert_true(pid == 12 && start == 345);
	static const char *const others[] = { "mkroot", "mkroot-", "mkroot-1", "mkroot-1-",
		"mkroot-0-1", "mkroot-1-x", "xmkroot-1-2", "mkroot--1-2", "mkroot-99999999999-1",
		"mkroot-1-2-3" };
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (group_name_parse(others[i], &pid, &start))
			fail_msg("'%s' was taken", others[i]);
	assert_true(stat_start(
		"1 (a) b) c) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 777 1", &now));
	assert_int_equal(now, 777);
	assert_false(stat_start("1 (a) S 1 2", &now));
	assert_false(stat_start("", &now));
}

/* The part of the kernel's BPF that a device program uses. */
static int simulate(const struct device_program *p, const struct bpf_cgroup_dev_ctx *ctx)
{
	uint32_t reg[11] = { 0 };
	for (size_t i = 0; i < p->code.n; i++) {
		struct bpf_insn in = p->code.at[i];
		uint32_t *to = &reg[in.dst_reg];
		switch (in.code) {
		case BPF_LDX | BPF_W | BPF_MEM:
			memcpy(to, (const char *)ctx + in.off, 4);
			break;
		case BPF_ALU64 | BPF_MOV | BPF_X:
			*to = reg[in.src_reg];
			break;
		case BPF_ALU64 | BPF_MOV | BPF_K:
			*to = (uint32_t)in.imm;
			break;
		case BPF_ALU64 | BPF_AND | BPF_K:
			*to &= (uint32_t)in.imm;
			break;
		case BPF_ALU64 | BPF_RSH | BPF_K:
			*to >>= in.imm;
			break;
		case BPF_JMP | BPF_JNE | BPF_K:
			i += *to != (uint32_t)in.imm ? (size_t)in.off : 0;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			i += *to & (uint32_t)in.imm ? (size_t)in.off : 0;
			break;
		case BPF_JMP | BPF_EXIT:
			return (int)reg[0];
		default:
			fail_msg("instruction %zu: %02x", i, in.code);
		}
	}
	fail_msg("the program has no end");
	return -1;
}

static int allows(
	const struct device_program *p, char type, unsigned access, unsigned major, unsigned minor)
{
	uint32_t bits = (access & DEVICE_MKNOD ? BPF_DEVCG_ACC_MKNOD : 0) |
		(access & DEVICE_READ ? BPF_DEVCG_ACC_READ : 0) |
		(access & DEVICE_WRITE ? BPF_DEVCG_ACC_WRITE : 0);
	struct bpf_cgroup_dev_ctx ctx = {
		.access_type =
			bits << 16 | (type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR),
		.major = major,
		.minor = minor,
	};
	return simulate(p, &ctx);
}

static void a_device_program_allows_what_the_rules_do(void **state)
{
	(void)state;
	struct device_rules rules = { 0 };
	struct device_program p = { 0 };
	static const char *const devices[] = { "/dev/full:r", "/dev/zero:/dev/z:rw", NULL };
	assert_int_equal(device_rules_make(&rules, devices, NULL), 0);
	assert_true(rules.partly);
	struct device_rule disk = { 'b', 8, 16, DEVICE_READ };
	vec_push(&rules.list, disk);
	device_program_make(&p, &rules);
	assert_int_equal(allows(&p, 'c', DEVICE_READ | DEVICE_WRITE, 1, 3), 1);
	assert_int_equal(allows(&p, 'b', DEVICE_READ, 1, 3), 0);
	assert_int_equal(allows(&p, 'c', DEVICE_READ, 1, 1), 0);
	assert_int_equal(allows(&p, 'c', DEVICE_MKNOD, 1, 1), 1);
	assert_int_equal(allows(&p, 'c', DEVICE_MKNOD | DEVICE_READ, 1, 1), 0);
	assert_int_equal(allows(&p, 'b', DEVICE_MKNOD, 8, 0), 1);
	assert_int_equal(allows(&p, 'b', DEVICE_READ, 8, 16), 1);
	assert_int_equal(allows(&p, 'b', DEVICE_READ | DEVICE_WRITE, 8, 16), 0);
	assert_int_equal(allows(&p, 'b', DEVICE_READ, 8, 17), 0);
	assert_int_equal(allows(&p, 'c', DEVICE_READ | DEVICE_WRITE, 136, 4000), 1);
	vec_free(&p.code);
	vec_free(&rules.list);
}

static void device_options_are_checked(void **state)
{
	(void)state;
	static const struct {
		const char *spec;
		int want;
	} cases[] = {
		{ "/dev/null", 0 },
		{ "/dev/null:/dev/x", 0 },
		{ "/dev/null:/dev/x:mwr", 0 },
		{ "/dev/null:rr", -EINVAL },
		{ "/dev/null:rwmx", -EINVAL },
		{ "/dev/null:/dev/x:", -EINVAL },
		{ "/etc/passwd", -ENODEV },
		{ "/dev/no such", -ENOENT },
		{ "", -ENOENT },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct device_rules rules = { 0 };
		const char *const one[] = { cases[i].spec, NULL };
		int r = device_rules_make(&rules, one, NULL);
		if (r != cases[i].want)
			fail_msg("'%s': %d", cases[i].spec, r);
		vec_free(&rules.list);
	}
	struct arena *arena = arena_new();
	struct device_rule rule = { 'c', 136, DEVICE_ANY, DEVICE_READ | DEVICE_MKNOD };
	assert_string_equal(device_rule_text(&rule, arena), "c 136:* rm");
	arena_free(arena);
}

static void limits_are_told_as_text(void **state)
{
	(void)state;
	struct mkr_limits *l = mkr_limits_new();
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	mkr_limits_set(l, "memory", "64m", NULL);
	mkr_limits_set(l, "memory-swap", "-1", NULL);
	mkr_limits_set(l, "cpus", "1.5", NULL);
	mkr_limits_set(l, "cpuset-cpus", "0", NULL);
	mkr_limits_set(l, "pids-limit", "9", NULL);
	mkr_limits_set(l, "ulimit", "nofile=5:6", NULL);
	mkr_limits_print(out, l);
	fclose(out);
	assert_string_equal(text,
		"memory 67108864 bytes\nmemory and swap unlimited\ncpu time 150000 of each 100000 "
		"us\n"
		"cpus 0\nprocesses 9\nulimit nofile=5:6\n");
	free(text);
	mkr_limits_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_have_dockers_units),
		cmocka_unit_test(cpus_are_a_decimal_number),
		cmocka_unit_test(a_cpu_list_is_a_set),
		cmocka_unit_test(ulimits_have_dockers_names),
		cmocka_unit_test(hierarchies_of_a_hybrid),
		cmocka_unit_test(hierarchies_in_a_container),
		cmocka_unit_test(limits_are_files_of_v1_or_v2),
		cmocka_unit_test(what_is_read_back_is_compared_by_its_kind),
		cmocka_unit_test(a_group_is_named_after_its_launcher),
		cmocka_unit_test(a_device_program_allows_what_the_rules_do),
		cmocka_unit_test(device_options_are_checked),
		cmocka_unit_test(limits_are_told_as_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
