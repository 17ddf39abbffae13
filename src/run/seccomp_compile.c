/* A profile to a program. Per machine the numbers of system calls fall into runs that have the same
 * action: a binary search over the runs is a fifth of what one comparison per call would be, and
 * the kernel has to check and translate each instruction at each start. */
#include "run/seccomp.h"

#include "base/vec.h"
#include "run/bpf.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>

/* x32 has the audit arch of x86-64; this bit of the number tells them apart (asm/unistd.h). */
#define X32_BIT 0x40000000U
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

#if defined(__x86_64__)
enum { MACHINE = ON_AMD64 };
#elif defined(__i386__)
enum { MACHINE = ON_X86 };
#elif defined(__aarch64__)
enum { MACHINE = ON_ARM64 };
#elif defined(__arm__)
enum { MACHINE = ON_ARM };
#else
enum { MACHINE = ON_OTHER };
#endif
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the low half of an argument is first");

/* A call that a rule names. */
struct call {
	uint32_t nr;
	uint32_t order; /* the rule's */
	const struct seccomp_rule *rule;
};

/* The calls from this number on, to the next run. */
struct run {
	uint32_t from;
	uint32_t action;
	size_t first, n; /* of `calls`: their arguments decide, one after the other */
};

struct compiler {
	const struct seccomp_profile *profile;
	uint64_t caps;
	VEC(struct call) calls; /* of one machine: by number in each of its tables */
	VEC(struct run) runs; /* of the same, by number */
	struct bpf bpf;
};

/* Pushes a character into a terminal's input, or pastes into it: what the launcher's caller types
 * next. The kernel looks at 32 bits only (CVE-2019-10063). */
static const struct seccomp_rule terminal[] = {
	{ (const char *const[]){ "ioctl", NULL }, SECCOMP_RET_ERRNO | EPERM,
		&(const struct seccomp_arg){ 1, SEC_MASKED_EQ, TIOCSTI, 0xffffffff }, 1 },
	{ (const char *const[]){ "ioctl", NULL }, SECCOMP_RET_ERRNO | EPERM,
		&(const struct seccomp_arg){ 1, SEC_MASKED_EQ, TIOCLINUX, 0xffffffff }, 1 },
};

static bool applies(const struct seccomp_rule *r, uint64_t caps)
{
	return (caps & r->caps) == r->caps && !(caps & r->not_caps) &&
		(!r->arches || (r->arches & MACHINE)) && !(r->not_arches & MACHINE);
}

/* What i386 got numbers of its own for between Linux 2.6.33 and 5.1
 * (arch/x86/entry/syscalls/syscall_32.tbl): libseccomp knows them only as parts of socketcall(2)
 * and ipc(2). */
static int number_on_i386(const char *name)
{
	static const struct {
		const char *name;
		int nr;
	} direct[] = { { "socket", 359 }, { "socketpair", 360 }, { "bind", 361 },
		{ "connect", 362 }, { "listen", 363 }, { "accept4", 364 }, { "getsockopt", 365 },
		{ "setsockopt", 366 }, { "getsockname", 367 }, { "getpeername", 368 },
		{ "sendto", 369 }, { "sendmsg", 370 }, { "recvfrom", 371 }, { "recvmsg", 372 },
		{ "shutdown", 373 }, { "recvmmsg", 337 }, { "sendmmsg", 345 }, { "semget", 393 },
		{ "semctl", 394 }, { "shmget", 395 }, { "shmctl", 396 }, { "shmat", 397 },
		{ "shmdt", 398 }, { "msgget", 399 }, { "msgsnd", 400 }, { "msgrcv", 401 },
		{ "msgctl", 402 } };
	for (size_t i = 0; i < COUNT(direct); i++)
		if (strcmp(direct[i].name, name) == 0)
			return direct[i].nr;
	return -1;
}

static void add_rules(struct compiler *c, uint32_t arch, const struct seccomp_rule *rules, size_t n,
	uint32_t order)
{
	for (size_t i = 0; i < n; i++, order++) {
		const struct seccomp_rule *rule = &rules[i];
		if (!applies(rule, c->caps))
			continue;
		for (const char *const *name = rule->names; *name; name++) {
			int nr = seccomp_syscall_resolve_name_arch(arch, *name);
			if (nr < 0 && arch == SCMP_ARCH_X86)
				nr = number_on_i386(*name);
			if (nr >= 0)
				vec_push(&c->calls, ((struct call){ (uint32_t)nr, order, rule }));
		}
	}
}

static int by_number(const void *a, const void *b)
{
	const struct call *x = a, *y = b;
	if (x->nr != y->nr)
		return x->nr < y->nr ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static void add_run(struct compiler *c, struct run run)
{
	const struct run *last = c->runs.n ? &c->runs.at[c->runs.n - 1] : NULL;
	if (!last || run.n || last->n || run.action != last->action)
		vec_push(&c->runs, run);
}

/* The rules of the number that the call at `first` has; up to one that always fits. */
static struct run run_of(const struct compiler *c, size_t first, size_t *ret_next)
{
	const struct call *calls = c->calls.at;
	struct run run = { calls[first].nr, c->profile->fallback, first, 0 };
	size_t i = first;
	while (i < c->calls.n && calls[i].nr == run.from && calls[i].rule->n_args)
		i++;
	run.n = i - first;
	if (i < c->calls.n && calls[i].nr == run.from)
		run.action = calls[i].rule->action;
	while (i < c->calls.n && calls[i].nr == run.from)
		i++;
	*ret_next = i;
	return run;
}

/* The numbers of `arch` from `base` on. */
static void add_table(struct compiler *c, uint32_t arch, uint32_t base)
{
	const struct seccomp_profile *p = c->profile;
	bool lenient = p->fallback == SECCOMP_RET_ALLOW || p->fallback == SECCOMP_RET_LOG;
	size_t i = c->calls.n;
	add_rules(c, arch, terminal, COUNT(terminal), 0);
	add_rules(c, arch, p->rules, p->n, COUNT(terminal));
	qsort(c->calls.at + i, c->calls.n - i, sizeof(*c->calls.at), by_number);
	uint32_t next = base;
	while (i < c->calls.n) {
		struct run run = run_of(c, i, &i);
		if (run.from > next)
			add_run(c, (struct run){ next, p->fallback });
		add_run(c, run);
		next = run.from + 1;
	}
	add_run(c, (struct run){ next, lenient ? p->fallback : SECCOMP_RET_ERRNO | ENOSYS });
}

/* Compares two halves: the low one decides only where the high ones are equal. */
static size_t put_test(struct bpf *b, const struct seccomp_arg *a, size_t yes, size_t no)
{
	uint32_t lo = (uint32_t)a->value, hi = (uint32_t)(a->value >> 32);
	uint32_t at = (uint32_t)offsetof(struct seccomp_data, args) + 8 * a->index;
	switch (a->op) {
	case SEC_NE:
	case SEC_LT:
	case SEC_LE: {
		struct seccomp_arg not = *a;
		not .op = a->op == SEC_NE ? SEC_EQ : a->op == SEC_LT ? SEC_GE : SEC_GT;
		return put_test(b, &not, no, yes);
	}
	case SEC_EQ:
		return bpf_load(b, at + 4,
			bpf_jump(b, BPF_JEQ, hi, bpf_load(b, at, bpf_jump(b, BPF_JEQ, lo, yes, no)),
				no));
	case SEC_GT:
	case SEC_GE: {
		uint16_t test = a->op == SEC_GT ? BPF_JGT : BPF_JGE;
		size_t label = bpf_load(b, at, bpf_jump(b, test, lo, yes, no));
		label = bpf_jump(b, BPF_JEQ, hi, label, no);
		return bpf_load(b, at + 4, bpf_jump(b, BPF_JGT, hi, yes, label));
	}
	case SEC_MASKED_EQ: {
		uint32_t mask = (uint32_t)a->mask, high_mask = (uint32_t)(a->mask >> 32);
		size_t label = bpf_and(b, mask, bpf_jump(b, BPF_JEQ, lo & mask, yes, no));
		label = bpf_load(b, at, label);
		if (!high_mask)
			return label;
		label = bpf_jump(b, BPF_JEQ, hi & high_mask, label, no);
		return bpf_load(b, at + 4, bpf_and(b, high_mask, label));
	}
	}
	return no;
}

static size_t put_run(struct bpf *b, const struct run *run, const struct call *calls)
{
	size_t otherwise = bpf_return(b, run->action);
	for (size_t i = run->n; i-- > 0;) {
		const struct seccomp_rule *rule = calls[run->first + i].rule;
		size_t label = bpf_return(b, rule->action);
		for (size_t k = rule->n_args; k-- > 0;)
			label = put_test(b, &rule->args[k], label, otherwise);
		otherwise = label;
	}
	return otherwise;
}

static size_t put_search(struct bpf *b, const struct run *runs, size_t n, const struct call *calls)
{
	if (n == 1)
		return put_run(b, runs, calls);
	size_t half = n / 2;
	size_t above = put_search(b, runs + half, n - half, calls);
	size_t below = put_search(b, runs, half, calls);
	return bpf_jump(b, BPF_JGE, runs[half].from, above, below);
}

static bool has_arch(const struct seccomp_profile *p, uint32_t arch)
{
	for (size_t i = 0; i < p->n_arches; i++)
		if (p->arches[i] == arch)
			return true;
	return false;
}

static void add_table_or_kill(struct compiler *c, uint32_t arch, uint32_t base)
{
	if (has_arch(c->profile, arch))
		add_table(c, arch, base);
	else
		add_run(c, (struct run){ base, SECCOMP_RET_KILL_PROCESS });
}

/* What the kernel calls `audit` goes to its own search, everything else to `others`. */
static size_t put_machine(struct compiler *c, uint32_t audit, size_t others)
{
	c->runs.n = c->calls.n = 0;
	add_table_or_kill(c, audit, 0);
	if (audit == AUDIT_ARCH_X86_64)
		add_table_or_kill(c, SCMP_ARCH_X32, X32_BIT);
	size_t label = put_search(&c->bpf, c->runs.at, c->runs.n, c->calls.at);
	label = bpf_load(&c->bpf, offsetof(struct seccomp_data, nr), label);
	return bpf_jump(&c->bpf, BPF_JEQ, audit, label, others);
}

uint64_t seccomp_caps(const struct seccomp_profile *p)
{
	uint64_t caps = 0;
	for (size_t i = 0; i < p->n; i++)
		caps |= p->rules[i].caps | p->rules[i].not_caps;
	return caps;
}

int seccomp_compile(struct sock_filter **out, size_t *ret_n, const struct seccomp_profile *p,
	uint64_t caps, struct mkr_error *err)
{
	struct compiler c = { .profile = p, .caps = caps };
	size_t start = bpf_return(&c.bpf, SECCOMP_RET_KILL_PROCESS);
	for (size_t i = p->n_arches; i-- > 0;) {
		bool is_x32 = p->arches[i] == SCMP_ARCH_X32;
		if (is_x32 && has_arch(p, SCMP_ARCH_X86_64))
			continue; /* comes along with that one */
		start = put_machine(&c, is_x32 ? AUDIT_ARCH_X86_64 : p->arches[i], start);
	}
	bpf_load(&c.bpf, offsetof(struct seccomp_data, arch), start);
	vec_free(&c.calls);
	vec_free(&c.runs);
	struct sock_filter *code = bpf_finish(&c.bpf, ret_n);
	if (*ret_n > SECCOMP_FILTER_MAX) {
		bpf_free(&c.bpf);
		return mkr_failx(err, -E2BIG,
			"the seccomp filter has %zu instructions, the kernel takes %d", *ret_n,
			SECCOMP_FILTER_MAX);
	}
	vec_free(&c.bpf.returns);
	*out = code;
	return 0;
}
