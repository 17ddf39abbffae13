/* Words of the command line taken apart: volumes, tmpfs, devices, sizes. Pure. */
#ifndef RUN_SPEC_H
#define RUN_SPEC_H

#include "base/arena.h"

#include <mkroot/error.h>

#include <stdbool.h>
#include <stdint.h>

/* "SRC:DST[:ro|rw]", as docker run -v */
struct volume_spec {
	const char *source;
	const char *target; /* clean, without the leading slash */
	bool read_only;
};
int volume_parse(struct volume_spec *out, struct arena *a, const char *text, struct mkr_error *err);

/* "DST[:size=N,mode=M]", as docker run --tmpfs */
struct tmpfs_spec {
	const char *target;
	const char *options; /* for fsconfig(2), "mode=1777" at least */
	bool read_only, exec;
};
int tmpfs_parse(struct tmpfs_spec *out, struct arena *a, const char *text, struct mkr_error *err);

/* "DEV[:DST[:rwm]]", as docker run --device */
struct device_spec {
	const char *source; /* absolute */
	const char *target; /* as a volume's */
	const char *rights; /* "rwm" in that order, without what is not granted */
};
int device_parse(struct device_spec *out, struct arena *a, const char *text, struct mkr_error *err);

/* A number of bytes with k, m, g or t behind it (powers of 1024); at least 1. */
int size_parse(uint64_t *out, const char *text);

/* An absolute path without "", "." and "..", and without the leading slash; "" is the root. NULL:
 * it is not absolute, or too long. */
const char *path_clean(struct arena *a, const char *path);

#endif
