/* Capabilities as sets, one bit each; capabilities(7). */
#ifndef RUN_CAPS_H
#define RUN_CAPS_H

#include <mkroot/error.h>

#include <stdbool.h>
#include <stdint.h>

/* With or without "CAP_", in any case: a CAP_* of <linux/capability.h>, or -1. */
int cap_number(const char *name);

/* Those of `which` that this process may still hand on: permitted, and in the bounding set. */
uint64_t caps_own(uint64_t which);

/* Leaves the bounding set with `caps` alone. */
int caps_bound(uint64_t caps, struct mkr_error *err);

/* `caps` permitted and effective; inheritable and ambient empty, as with docker: what a program's
 * file capabilities could add is nothing (CVE-2022-24769). Async-signal-safe; returns -errno. */
int caps_set(uint64_t caps);

#endif
