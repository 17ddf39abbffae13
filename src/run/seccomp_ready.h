/* Docker's profile as programs made at build time: making one takes as long as a tenth of all that
 * starting a command does. */
#ifndef RUN_SECCOMP_READY_H
#define RUN_SECCOMP_READY_H

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>

struct seccomp_ready {
	uint64_t caps; /* of those that the profile asks for */
	const struct sock_filter *code;
	size_t n;
};

/* Written by seccomp_gen.c; ends with a row without code. None when that could not run, because it
 * was built for another machine. */
extern const struct seccomp_ready seccomp_ready_rows[];

/* NULL: has to be made. */
const struct sock_filter *seccomp_ready(uint64_t caps, size_t *ret_n);

#endif
