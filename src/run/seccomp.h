/* System call filters, seccomp(2): a profile is rows of rules, as docker's and the OCI runtime
 * specification's JSON have them; a filter is the program that the kernel runs.
 *
 * The rules' order counts: the first one that fits a call decides. (libseccomp has no such order;
 * where two rules with different actions fit the same call, what it does depends on the rules.)
 */
#ifndef RUN_SECCOMP_H
#define RUN_SECCOMP_H

#include "base/json.h"

#include <mkroot/error.h>

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

enum seccomp_op { SEC_EQ, SEC_NE, SEC_LT, SEC_LE, SEC_GT, SEC_GE, SEC_MASKED_EQ };

/* The JSON's words for them. */
enum { SECCOMP_OPS = SEC_MASKED_EQ + 1 };
extern const char *const seccomp_ops[SECCOMP_OPS];

enum { SECCOMP_ARGS = 6, SECCOMP_FILTER_MAX = BPF_MAXINSNS };

struct seccomp_arg {
	unsigned index; /* 0 to 5 */
	enum seccomp_op op;
	uint64_t value;
	uint64_t mask; /* SEC_MASKED_EQ: argument & mask == value */
};

/* The machines that a rule may be for, as Go names them: what docker's profile means by "arches" is
 * the kernel's own machine. */
enum { ON_AMD64 = 1, ON_X86 = 2, ON_ARM64 = 4, ON_ARM = 8, ON_OTHER = 16 };

struct seccomp_rule {
	const char *const
		*names; /* of system calls, ends with NULL; unknown ones count for nothing */
	uint32_t action; /* SECCOMP_RET_* and its data */
	const struct seccomp_arg *args; /* all must hold */
	size_t n_args;
	uint64_t caps, not_caps; /* holds only with all of these, and with none of those */
	unsigned arches, not_arches; /* ON_*; 0: any */
};

struct seccomp_profile {
	uint32_t fallback; /* what no rule fits */
	const struct seccomp_rule *rules;
	size_t n;
	const uint32_t *arches; /* SCMP_ARCH_*; whose calls are known. Others end the process */
	size_t n_arches;
};

/* Docker's. Const data. */
extern const struct seccomp_profile seccomp_docker;

/* The capabilities that make a difference to a profile. */
uint64_t seccomp_caps(const struct seccomp_profile *p);

/* A profile in docker's or the OCI runtime specification's JSON: `n` bytes at `text`, not trusted.
 * In the arena. */
int seccomp_parse(const struct seccomp_profile **out, struct arena *arena, const char *text,
	size_t n, struct mkr_error *err);

/* The same as the OCI runtime specification's "seccomp" object (config-linux.md), for a process
 * with `caps` on the machine that Go calls `goarch`. There an order of rules means nothing: none
 * that agrees with the fallback is in it. The caller frees what jansson made. */
json_t *seccomp_runtime(const struct seccomp_profile *p, uint64_t caps, const char *goarch);

/* The program for a process with `caps`. With an action other than to allow as the fallback, calls
 * newer than any that a rule names are ENOSYS, as runc has it: a libc then does without. And
 * whatever the profile says, nobody types into the caller's terminal (TIOCSTI, TIOCLINUX). *out:
 * the caller's to free. -E2BIG: over SECCOMP_FILTER_MAX instructions. */
int seccomp_compile(struct sock_filter **out, size_t *ret_n, const struct seccomp_profile *p,
	uint64_t caps, struct mkr_error *err);

#endif
