/* Which devices a box may open and make nodes for, held by a cgroup: a list on v1, a BPF program on
 * v2. The second wall behind a /dev of our own; for root only. */
#ifndef RUN_DEVICES_H
#define RUN_DEVICES_H

#include "base/arena.h"
#include "base/vec.h"

#include <mkroot/error.h>

#include <linux/bpf.h>
#include <stdbool.h>
#include <stdint.h>

enum { DEVICE_READ = 1, DEVICE_WRITE = 2, DEVICE_MKNOD = 4, DEVICE_ALL = 7, DEVICE_ANY = -1 };

struct device_rule {
	char type; /* 'c' or 'b' */
	int major, minor; /* or DEVICE_ANY */
	unsigned access; /* DEVICE_* */
};

struct device_rules {
	VEC(struct device_rule) list;
	bool partly; /* one of those that were asked for is not to be had in full */
};

/* Docker's defaults, and `devices`: "SRC[:DST[:rwm]]", NULL or ending with NULL. */
int device_rules_make(
	struct device_rules *rules, const char *const *devices, struct mkr_error *err);

/* "rwm" in any order. */
bool device_access(const char *text, unsigned *ret);

/* "c 1:3 rwm", as v1's devices.allow has it. */
const char *device_rule_text(const struct device_rule *rule, struct arena *arena);

/* `group`: a v1 group of the devices controller. */
int devices_set_v1(int group, const struct device_rules *rules, struct mkr_error *err);

struct device_program {
	VEC(struct bpf_insn) code;
};

/* The program that says 1 to what a rule allows and 0 to all else. */
void device_program_make(struct device_program *p, const struct device_rules *rules);

/* Loads it and attaches it to `group`, a folder of v2; it is gone with that. */
int devices_set_v2(int group, const struct device_rules *rules, struct mkr_error *err);

#endif
