/* MD5 sums of what a plan's files hold. */
#ifndef PLAN_MD5_H
#define PLAN_MD5_H

#include <mkroot/plan.h>

enum { MD5_DIGITS = 32 };

/* A regular file, and what comes of it, ending with a NUL. */
struct md5_sum {
	const struct mkr_entry *entry;
	char digits[MD5_DIGITS + 1];
};

/* Reads the files, on all CPUs. Fails with the first that cannot be read. */
int md5_of_entries(struct md5_sum *sums, size_t n, struct mkr_error *err);

#endif
