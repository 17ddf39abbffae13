/* What limits a box has, as numbers. */
#ifndef RUN_LIMITS_H
#define RUN_LIMITS_H

#include "base/arena.h"
#include "base/vec.h"

#include <mkroot/run.h>

#include <stdint.h>
#include <sys/resource.h>

enum io_kind { IO_READ_BPS, IO_WRITE_BPS, IO_READ_IOPS, IO_WRITE_IOPS, IO_KINDS };

extern const char *const io_options[IO_KINDS]; /* "--device-read-bps" */

struct io_limit {
	enum io_kind kind;
	const char *device; /* as it was typed */
	unsigned major, minor;
	int64_t rate; /* bytes, or operations, in a second */
};

struct ulimit {
	int resource; /* RLIMIT_* */
	const char *name;
	struct rlimit value;
};

struct mkr_limits {
	struct arena *arena;
	int64_t memory; /* bytes; 0: no limit */
	int64_t memory_swap; /* memory and swap together; 0: not said, -1: no limit */
	int64_t cpu_quota; /* us of each 100 ms; 0: no limit */
	int64_t pids; /* 0: no limit */
	const char *cpus; /* a list; NULL: all */
	VEC(struct io_limit) io;
	VEC(struct ulimit) ulimits;
};

/* True when a cgroup is needed for them. limits may be NULL. */
bool limits_need_cgroup(const struct mkr_limits *limits);

/* The memory limit's and swap limit's values that are in force (docker: as much swap as memory). */
int64_t limits_swap_total(const struct mkr_limits *limits);

/* "TYPE=SOFT[:HARD]" with docker's names. */
int ulimit_parse(struct ulimit *u, struct arena *arena, const char *text, struct mkr_error *err);

/* Sets them for the calling process. The index of the one that failed, or -1; see errno. */
int ulimits_apply(const struct mkr_limits *limits);

#endif
