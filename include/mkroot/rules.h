/* Rule sets: which run-time data comes along with a program (--with). */
#ifndef MKROOT_RULES_H
#define MKROOT_RULES_H

#include <mkroot/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A set that can be named. */
struct mkr_rule_set {
	const char *name, *help;
	bool automatic; /* part of "auto" */
};

/* The `i`th set; false: there are no more. */
bool mkr_rule_set_at(size_t i, struct mkr_rule_set *out);

enum { MKR_USER_NAME_MAX = 32 }; /* as useradd(8) */
#define MKR_USER_ANY UINT32_MAX /* the old root's id of that name, or the first that is free */

/* A user that shall be known in the new root. */
struct mkr_user {
	char name[MKR_USER_NAME_MAX + 1];
	uint32_t uid, gid;
};

#ifdef __cplusplus
}
#endif

#endif
