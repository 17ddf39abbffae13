#include "test.h"

#include "base/arena.h"
#include "run/bpf.h"
#include "run/seccomp.h"
#include "run/seccomp_ready.h"

#include <mkroot/run.h>

#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define CAP(name) (UINT64_C(1) << CAP_##name)
enum { X32 = 0x40000000, NUMBERS = 700, EPERM_RET = SECCOMP_RET_ERRNO | EPERM };

struct program {
	struct sock_filter *code;
	size_t n;
};

/* What the kernel does with it, as far as these programs go (net/core/filter.c). */
static uint32_t run(const struct program *p, const struct seccomp_data *data)
{
	uint32_t a = 0;
	for (size_t i = 0; i < p->n; i++) {
		const struct sock_filter *f = &p->code[i];
		bool yes = false;
		switch (f->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			assert_true(f->k <= sizeof(*data) - 4 && f->k % 4 == 0);
			memcpy(&a, (const char *)data + f->k, 4);
			continue;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= f->k;
			continue;
		case BPF_RET | BPF_K:
			return f->k;
		case BPF_JMP | BPF_JA:
			i += f->k;
			continue;
		case BPF_JMP | BPF_JEQ | BPF_K:
			yes = a == f->k;
			break;
		case BPF_JMP | BPF_JGT | BPF_K:
			yes = a > f->k;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			yes = a >= f->k;
			break;
		default:
			fail_msg("instruction 0x%x", f->code);
		}
		i += yes ? f->jt : f->jf;
	}
	fail_msg("no return");
	return 0;
}

static struct program compile(const struct seccomp_profile *profile, uint64_t caps)
{
	struct program p;
	struct mkr_error err;
	assert_int_equal(seccomp_compile(&p.code, &p.n, profile, caps, &err), 0);
	return p;
}

#if defined(__x86_64__)

static uint32_t ask(const struct program *p, uint32_t arch, uint32_t nr, uint64_t a0, uint64_t a1)
{
	struct seccomp_data data = { .nr = (int)nr, .arch = arch, .args = { a0, a1 } };
	return run(p, &data);
}

static int add_row(scmp_filter_ctx ctx, const struct seccomp_rule *r, const char *name)
{
	struct scmp_arg_cmp cmp[SECCOMP_ARGS];
	static const enum scmp_compare ops[] = { [SEC_EQ] = SCMP_CMP_EQ,
		[SEC_NE] = SCMP_CMP_NE,
		[SEC_LT] = SCMP_CMP_LT,
		[SEC_LE] = SCMP_CMP_LE,
		[SEC_GT] = SCMP_CMP_GT,
		[SEC_GE] = SCMP_CMP_GE,
		[SEC_MASKED_EQ] = SCMP_CMP_MASKED_EQ };
	for (size_t i = 0; i < r->n_args; i++) {
		const struct seccomp_arg *a = &r->args[i];
		bool masked = a->op == SEC_MASKED_EQ;
		cmp[i] = (struct scmp_arg_cmp){ a->index, ops[a->op], masked ? a->mask : a->value,
			masked ? a->value : 0 };
	}
	uint32_t action = r->action == SECCOMP_RET_ALLOW ? SCMP_ACT_ALLOW
							 : SCMP_ACT_ERRNO(r->action & 0xffff);
	int nr = seccomp_syscall_resolve_name(name);
	return nr == __NR_SCMP_ERROR
		? 0
		: seccomp_rule_add_array(ctx, action, nr, (unsigned)r->n_args, cmp);
}

static void add_docker_socket(scmp_filter_ctx ctx)
{
	static const struct seccomp_arg family[] = { { 0, SEC_LT, 38, 0 }, { 0, SEC_EQ, 39, 0 },
		{ 0, SEC_GT, 40, 0 } };
	for (size_t i = 0; i < COUNT(family); i++) {
		struct seccomp_rule rule = { NULL, SECCOMP_RET_ALLOW, &family[i], 1 };
		assert_int_equal(add_row(ctx, &rule, "socket"), 0);
	}
}

/* The same rows, made into a program by the library that docker's runtimes use. */
static struct program by_libseccomp(const struct seccomp_profile *profile, uint64_t caps)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	assert_int_equal(seccomp_arch_add(ctx, SCMP_ARCH_X86), 0);
	assert_int_equal(seccomp_arch_add(ctx, SCMP_ARCH_X32), 0);
	/* As docker has it: our rows about sockets are others. */
	add_docker_socket(ctx);
	for (size_t i = 0; i < profile->n; i++) {
		const struct seccomp_rule *r = &profile->rules[i];
		if (strcmp(r->names[0], "socket") == 0 || (caps & r->caps) != r->caps ||
			(caps & r->not_caps) || (r->arches && !(r->arches & ON_AMD64)))
			continue;
		for (const char *const *name = r->names; *name; name++)
			assert_int_equal(add_row(ctx, r, *name), 0);
	}
	int fd = memfd_create("filter", MFD_CLOEXEC);
	assert_int_equal(seccomp_export_bpf(ctx, fd), 0);
	off_t size = lseek(fd, 0, SEEK_END);
	struct program p = { malloc((size_t)size), (size_t)size / sizeof(struct sock_filter) };
	assert_int_equal(pread(fd, p.code, (size_t)size, 0), size);
	close(fd);
	seccomp_release(ctx);
	return p;
}

/* Equal, but for what is ours: newer calls, the two ioctls, and high halves: where libseccomp looks
 * at 64 bits (x86-64) the kernel takes 32 for an address family, and it never looks at more than 32
 * of x32. */
static void expect_same(
	const struct program *ours, const struct program *theirs, uint32_t arch, uint32_t nr)
{
	static const uint64_t values[] = { 0, 1, 2, 8, 16, 37, 38, 39, 40, 41, 0x20000, 0x20008,
		0x10000000, 0x7E020000, 0xffffffff, 0x100000000, 0x100000026, UINT64_MAX, 17 };
	const bool is_native = arch == AUDIT_ARCH_X86_64 && !(nr & X32);
	for (size_t i = 0; i < COUNT(values); i++) {
		uint32_t got = ask(ours, arch, nr, values[i], values[i]);
		uint32_t want = ask(theirs, arch, nr, values[i], values[i]);
		if (got == want || (!is_native && values[i] > UINT32_MAX))
			continue;
		if (got == (SECCOMP_RET_ERRNO | ENOSYS) && want == EPERM_RET)
			assert_true((nr & ~X32) > (arch == AUDIT_ARCH_X86_64 ? 330 : 380));
		else if (nr == 41 && values[i] == 0x100000026)
			assert_int_equal(got, EPERM_RET);
		else
			fail_msg("arch %x nr %u argument %llx: %x, libseccomp: %x", arch, nr,
				(unsigned long long)values[i], got, want);
	}
}

static void dockers_profile_is_what_libseccomp_makes_of_it(void **state)
{
	(void)state;
	static const uint64_t sets[] = { MKR_CAPS_DOCKER, 0, MKR_CAPS_ALL, CAP(SYS_PTRACE),
		CAP(SYS_MODULE) | CAP(SYS_TIME), CAP(BPF), CAP(SYS_NICE) | CAP(SYSLOG) };
	for (size_t i = 0; i < COUNT(sets); i++) {
		struct program ours = compile(&seccomp_docker, sets[i]);
		struct program theirs = by_libseccomp(&seccomp_docker, sets[i]);
		for (uint32_t nr = 0; nr < NUMBERS; nr++) {
			expect_same(&ours, &theirs, AUDIT_ARCH_X86_64, nr);
			expect_same(&ours, &theirs, AUDIT_ARCH_X86_64, nr | X32);
			expect_same(&ours, &theirs, AUDIT_ARCH_I386, nr);
		}
		free(ours.code);
		free(theirs.code);
	}
}

static void calls_newer_than_the_profile_are_not_there(void **state)
{
	(void)state;
	struct program p = compile(&seccomp_docker, MKR_CAPS_DOCKER);
	assert_int_equal(ask(&p, AUDIT_ARCH_X86_64, 600, 0, 0), SECCOMP_RET_ERRNO | ENOSYS);
	assert_int_equal(ask(&p, AUDIT_ARCH_I386, 600, 0, 0), SECCOMP_RET_ERRNO | ENOSYS);
	assert_int_equal(ask(&p, AUDIT_ARCH_X86_64, X32 | 600, 0, 0), SECCOMP_RET_ERRNO | ENOSYS);
	assert_int_equal(ask(&p, AUDIT_ARCH_X86_64, UINT32_MAX, 0, 0), SECCOMP_RET_ERRNO | ENOSYS);
	assert_int_equal(ask(&p, AUDIT_ARCH_X86_64, 425, 0, 0), EPERM_RET); /* io_uring_setup */
	assert_int_equal(
		ask(&p, AUDIT_ARCH_X86_64, 435, 0, 0), SECCOMP_RET_ERRNO | ENOSYS); /* clone3 */
	free(p.code);
}

static void a_machine_without_a_table_ends_the_process(void **state)
{
	(void)state;
	static const uint32_t one[] = { SCMP_ARCH_X86_64 };
	struct seccomp_profile profile = seccomp_docker;
	profile.arches = one;
	profile.n_arches = 1;
	struct program p = compile(&profile, MKR_CAPS_DOCKER);
	assert_int_equal(ask(&p, AUDIT_ARCH_X86_64, 0, 0, 0), SECCOMP_RET_ALLOW);
	assert_int_equal(ask(&p, AUDIT_ARCH_I386, 3, 0, 0), SECCOMP_RET_KILL_PROCESS);
	assert_int_equal(ask(&p, AUDIT_ARCH_X86_64, X32, 0, 0), SECCOMP_RET_KILL_PROCESS);
	assert_int_equal(ask(&p, AUDIT_ARCH_AARCH64, 63, 0, 0), SECCOMP_RET_KILL_PROCESS);
	free(p.code);
}

/* Also where the profile allows all; and its high half is nobody's business (CVE-2019-10063). */
static void nobody_types_into_a_terminal(void **state)
{
	(void)state;
	const struct seccomp_profile all = { .fallback = SECCOMP_RET_ALLOW,
		.arches = (const uint32_t[]){ SCMP_ARCH_X86_64, SCMP_ARCH_X86, SCMP_ARCH_X32 },
		.n_arches = 3 };
	static const struct {
		uint32_t arch, nr;
	} ioctls[] = { { AUDIT_ARCH_X86_64, 16 }, { AUDIT_ARCH_X86_64, X32 | 514 },
		{ AUDIT_ARCH_I386, 54 } };
	struct program p[] = { compile(&all, 0), compile(&seccomp_docker, MKR_CAPS_ALL) };
	for (size_t k = 0; k < COUNT(p); k++) {
		for (size_t i = 0; i < COUNT(ioctls); i++) {
			const uint32_t arch = ioctls[i].arch, nr = ioctls[i].nr;
			assert_int_equal(ask(&p[k], arch, nr, 0, TIOCSTI), EPERM_RET);
			assert_int_equal(ask(&p[k], arch, nr, 0, TIOCLINUX), EPERM_RET);
			assert_int_equal(ask(&p[k], arch, nr, 0, TIOCSTI | 1ULL << 32), EPERM_RET);
			assert_int_equal(ask(&p[k], arch, nr, 0, TIOCLINUX | 0xffffffffULL << 32),
				EPERM_RET);
			assert_int_equal(ask(&p[k], arch, nr, 0, TIOCGWINSZ), SECCOMP_RET_ALLOW);
			assert_int_equal(ask(&p[k], arch, nr, TIOCSTI, 0), SECCOMP_RET_ALLOW);
		}
		free(p[k].code);
	}
}

static void every_comparison_looks_at_all_64_bits(void **state)
{
	(void)state;
	static const uint64_t pivot = 0x500000005;
	static const uint64_t values[] = { 0, 4, 5, 6, 0x400000006, 0x500000004, 0x500000005,
		0x500000006, 0x600000000, 0x600000005, UINT64_MAX, 0xd0000000d };
	for (int op = SEC_EQ; op <= SEC_MASKED_EQ; op++) {
		struct seccomp_arg arg = { 1, (enum seccomp_op)op, pivot, 0x500000007 };
		struct seccomp_rule rule = { (const char *const[]){ "read", NULL },
			SECCOMP_RET_ALLOW, &arg, 1 };
		struct seccomp_profile profile = { .fallback = EPERM_RET,
			.rules = &rule,
			.n = 1,
			.arches = (const uint32_t[]){ SCMP_ARCH_X86_64 },
			.n_arches = 1 };
		struct program p = compile(&profile, 0);
		for (size_t i = 0; i < COUNT(values); i++) {
			const uint64_t v = values[i];
			const bool holds[] = { [SEC_EQ] = v == pivot,
				[SEC_NE] = v != pivot,
				[SEC_LT] = v<pivot, [SEC_LE] = v <= pivot, [SEC_GT] = v> pivot,
				[SEC_GE] = v >= pivot,
				[SEC_MASKED_EQ] = (v & arg.mask) == pivot };
			assert_int_equal(ask(&p, AUDIT_ARCH_X86_64, 0, 0, v),
				holds[op] ? SECCOMP_RET_ALLOW : EPERM_RET);
		}
		free(p.code);
	}
}

static int set_up(void **state)
{
	*state = arena_new();
	return 0;
}

static int tear_down(void **state)
{
	arena_free(*state);
	return 0;
}

static const struct seccomp_profile *parse(struct arena *a, const char *text)
{
	const struct seccomp_profile *p;
	struct mkr_error err;
	assert_int_equal(seccomp_parse(&p, a, text, strlen(text), &err), 0);
	return p;
}

/* Read back by both: the launcher's own parser, and the library that crun and runc hand it to. */
static void what_other_launchers_get_means_the_same(void **state)
{
	static const uint64_t sets[] = { MKR_CAPS_DOCKER, 0, MKR_CAPS_ALL };
	for (size_t i = 0; i < COUNT(sets); i++) {
		json_t *json = seccomp_runtime(&seccomp_docker, sets[i], "amd64");
		char *text = json_dumps(json, 0);
		const struct seccomp_profile *p = parse(*state, text);
		struct program docker = by_libseccomp(&seccomp_docker, sets[i]);
		struct program parsed = compile(p, sets[i]);
		struct program given = by_libseccomp(p, sets[i]);
		for (uint32_t nr = 0; nr < NUMBERS; nr++) {
			expect_same(&parsed, &docker, AUDIT_ARCH_X86_64, nr);
			expect_same(&parsed, &docker, AUDIT_ARCH_I386, nr);
			expect_same(&given, &docker, AUDIT_ARCH_X86_64, nr);
			expect_same(&given, &docker, AUDIT_ARCH_X86_64, nr | X32);
			expect_same(&given, &docker, AUDIT_ARCH_I386, nr);
		}
		free(parsed.code);
		free(given.code);
		free(docker.code);
		free(text);
		json_decref(json);
	}
}

static void a_profile_of_a_file_counts_as_docker_has_it(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct program p = compile(
		parse(a,
			"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":38,\"syscalls\":"
			"["
			"{\"names\":[\"read\",\"no_such_call\"],\"action\":\"SCMP_ACT_ALLOW\"},"
			"{\"name\":\"write\",\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":5,"
			" \"args\":[{\"index\":0,\"value\":7,\"op\":\"SCMP_CMP_EQ\"}]},"
			"{\"name\":\"write\",\"action\":\"SCMP_ACT_LOG\"},"
			"{\"names\":[\"close\"],\"action\":\"SCMP_ACT_ALLOW\","
			" \"args\":[{\"index\":0,\"value\":1,\"op\":\"SCMP_CMP_EQ\"},"
			"           {\"index\":1,\"value\":2,\"op\":\"SCMP_CMP_EQ\"}]},"
			"{\"names\":[\"dup\"],\"action\":\"SCMP_ACT_ALLOW\","
			" \"args\":[{\"index\":0,\"value\":1,\"op\":\"SCMP_CMP_EQ\"},"
			"           {\"index\":0,\"value\":2,\"op\":\"SCMP_CMP_EQ\"}]},"
			"{\"names\":[\"pause\"],\"action\":\"SCMP_ACT_KILL_PROCESS\"},"
			"{\"names\":[\"bpf\"],\"action\":\"SCMP_ACT_ALLOW\","
			" \"includes\":{\"caps\":[\"CAP_BPF\"]}},"
			"{\"names\":[\"open\"],\"action\":\"SCMP_ACT_ALLOW\","
			" \"includes\":{\"caps\":[\"CAP_NONE\"]}},"
			"{\"names\":[\"stat\"],\"action\":\"SCMP_ACT_ALLOW\","
			" \"excludes\":{\"arches\":[\"amd64\"]}},"
			"{\"names\":[\"poll\"],\"action\":\"SCMP_ACT_ALLOW\","
			" \"includes\":{\"arches\":[\"s390\"]}},"
			"{\"names\":[\"lseek\"],\"action\":\"SCMP_ACT_ALLOW\","
			" \"includes\":{\"minKernel\":\"4.8\"}},"
			"{\"names\":[\"mmap\"],\"action\":\"SCMP_ACT_ALLOW\","
			" \"includes\":{\"minKernel\":\"900.1\"}}"
			"]}"),
		CAP(BPF));
	static const struct {
		uint32_t nr, want;
		uint64_t a0, a1;
	} asked[] = {
		{ 0, SECCOMP_RET_ALLOW, 0, 0 },
		{ 1, SECCOMP_RET_ERRNO | 5, 7, 0 },
		{ 1, SECCOMP_RET_LOG, 8, 0 },
		{ 3, SECCOMP_RET_ALLOW, 1, 2 },
		{ 3, SECCOMP_RET_ERRNO | 38, 1, 3 },
		{ 3, SECCOMP_RET_ERRNO | 38, 2, 2 },
		{ 32, SECCOMP_RET_ALLOW, 1, 0 },
		{ 32, SECCOMP_RET_ALLOW, 2, 0 },
		{ 32, SECCOMP_RET_ERRNO | 38, 3, 0 },
		{ 34, SECCOMP_RET_KILL_PROCESS, 0, 0 },
		{ 321, SECCOMP_RET_ALLOW, 0, 0 },
		{ 2, SECCOMP_RET_ERRNO | 38, 0, 0 },
		{ 4, SECCOMP_RET_ERRNO | 38, 0, 0 },
		{ 7, SECCOMP_RET_ERRNO | 38, 0, 0 },
		{ 8, SECCOMP_RET_ALLOW, 0, 0 },
		{ 9, SECCOMP_RET_ERRNO | 38, 0, 0 },
	};
	for (size_t i = 0; i < COUNT(asked); i++)
		assert_int_equal(ask(&p, AUDIT_ARCH_X86_64, asked[i].nr, asked[i].a0, asked[i].a1),
			asked[i].want);
	assert_int_equal(ask(&p, AUDIT_ARCH_I386, 3, 0, 0), SECCOMP_RET_KILL_PROCESS);
	free(p.code);
	p = compile(parse(a,
			    "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"archMap\":[{\"architecture\":"
			    "\"SCMP_ARCH_X86_64\",\"subArchitectures\":[\"SCMP_ARCH_X86\"]},"
			    "{\"architecture\":\"SCMP_ARCH_AARCH64\",\"subArchitectures\":null}]}"),
		0);
	assert_int_equal(ask(&p, AUDIT_ARCH_I386, 3, 0, 0), SECCOMP_RET_ALLOW);
	assert_int_equal(ask(&p, AUDIT_ARCH_X86_64, X32, 0, 0), SECCOMP_RET_KILL_PROCESS);
	free(p.code);
	arena_free(a);
}

#endif

static void a_broken_profile_is_named(void **state)
{
	(void)state;
	static const struct {
		const char *text, *want;
	} bad[] = {
		{ "", "broken JSON at line 1, column 0: unexpected token near end of file" },
		{ "[]", "it is no JSON object" },
		{ "{}", "\"defaultAction\" is missing or no string" },
		{ "{\"defaultAction\":\"SCMP_ACT_NOTIFY\"}",
			"\"defaultAction\": no action 'SCMP_ACT_NOTIFY' here" },
		{ "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":4096}",
			"\"defaultErrnoRet\" is no number from 0 to 4095" },
		{ "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":{}}",
			"\"syscalls\" is no array" },
		{ "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[7]}",
			"\"syscalls\", number 1: \"action\" is missing or no string" },
		{ "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"action\":"
		  "\"SCMP_ACT_LOG\",\"names\":[7]}]}",
			"\"syscalls\", number 1: \"names\" holds something that is no string" },
		{ "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"action\":"
		  "\"SCMP_ACT_LOG\",\"args\":[{\"index\":6,\"op\":\"SCMP_CMP_EQ\"}]}]}",
			"\"syscalls\", number 1: \"args\": a number out of range" },
		{ "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"action\":"
		  "\"SCMP_ACT_LOG\",\"args\":[{\"op\":\"x\"}]}]}",
			"\"syscalls\", number 1: \"args\": no comparison 'x'" },
	};
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct arena *a = arena_new();
		const struct seccomp_profile *p;
		struct mkr_error err;
		assert_int_equal(
			seccomp_parse(&p, a, bad[i].text, strlen(bad[i].text), &err), -EBADMSG);
		assert_string_equal(err.text, bad[i].want);
		arena_free(a);
	}
}

/* Arguments of one call, each a chain of its own: more than the kernel takes. */
static void a_filter_that_is_too_long_is_refused(void **state)
{
	(void)state;
	enum { RULES = 1500 };
	static struct seccomp_arg args[RULES];
	static struct seccomp_rule rules[RULES];
	for (unsigned i = 0; i < RULES; i++) {
		args[i] = (struct seccomp_arg){ 0, SEC_EQ, i + 1, 0 };
		rules[i] = (struct seccomp_rule){ (const char *const[]){ "read", NULL },
			SECCOMP_RET_ALLOW, &args[i], 1 };
		rules[i].names = seccomp_docker.rules[1].names;
	}
	struct seccomp_profile p = seccomp_docker;
	p.rules = rules;
	p.n = RULES;
	struct sock_filter *code;
	size_t n;
	struct mkr_error err;
	assert_int_equal(seccomp_compile(&code, &n, &p, 0, &err), -E2BIG);
}

static void the_programs_of_the_build_are_those_made_now(void **state)
{
	(void)state;
	static const uint64_t sets[] = { MKR_CAPS_DOCKER, 0, CAP(NET_RAW),
		CAP(SYS_CHROOT) | CAP(CHOWN) };
	for (size_t i = 0; i < COUNT(sets) && seccomp_ready_rows[0].code; i++) {
		size_t n;
		const struct sock_filter *ready = seccomp_ready(sets[i], &n);
		struct program p = compile(&seccomp_docker, sets[i]);
		assert_non_null(ready);
		assert_int_equal(n, p.n);
		assert_memory_equal(ready, p.code, n * sizeof(*ready));
		free(p.code);
	}
	size_t n;
	assert_null(seccomp_ready(MKR_CAPS_DOCKER | CAP(SYS_PTRACE), &n));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#if defined(__x86_64__)
		cmocka_unit_test(dockers_profile_is_what_libseccomp_makes_of_it),
		cmocka_unit_test(calls_newer_than_the_profile_are_not_there),
		cmocka_unit_test(a_machine_without_a_table_ends_the_process),
		cmocka_unit_test(nobody_types_into_a_terminal),
		cmocka_unit_test(every_comparison_looks_at_all_64_bits),
		cmocka_unit_test_setup_teardown(
			what_other_launchers_get_means_the_same, set_up, tear_down),
		cmocka_unit_test(a_profile_of_a_file_counts_as_docker_has_it),
#endif
		cmocka_unit_test(a_broken_profile_is_named),
		cmocka_unit_test(a_filter_that_is_too_long_is_refused),
		cmocka_unit_test(the_programs_of_the_build_are_those_made_now),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
