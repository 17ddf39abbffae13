/* The values of docker run's limit options. Nothing is looked up here: text in, numbers out. */
#ifndef RUN_LIMIT_VALUE_H
#define RUN_LIMIT_VALUE_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/* "64m", "1.5g", "512 kB", "4096": a number with a unit of docker's, powers of 1024
 * (docker/go-units, RAMInBytes). */
bool value_bytes(struct str text, int64_t *ret);

/* A plain whole number; negative where `least` allows it. */
bool value_number(struct str text, int64_t least, int64_t *ret);

/* A decimal number of CPUs, as microseconds in a period of 100 ms: "1.5" is 150000. */
bool value_cpus(struct str text, int64_t *ret_quota);

enum { CPUS_MAX = 8192 }; /* CONFIG_NR_CPUS at its largest, arch/x86/Kconfig */

struct cpu_set {
	uint64_t bits[CPUS_MAX / 64];
};

/* "0-3,8": the kernel's list format (cpuset(7)), without its strides. At least one CPU. */
bool value_cpu_list(struct str text, struct cpu_set *ret);
bool cpu_set_eq(const struct cpu_set *a, const struct cpu_set *b);

/* "/dev/sda:1mb": splits at the last colon. */
bool value_device_rate(struct str text, struct str *ret_device, struct str *ret_rate);

#endif
