/* docker run's limit options: their rows are in the verbs' tables, their values are the library's.
 */
#ifndef CLI_LIMIT_ARGS_H
#define CLI_LIMIT_ARGS_H

#include "cli/opt.h"

#include <mkroot/run.h>

struct limit_args {
	const char *memory, *memory_swap, *cpus, *cpuset_cpus, *pids_limit;
	struct opt_list device_read_bps, device_write_bps, device_read_iops, device_write_iops;
	struct opt_list ulimit;
};

/* *out: NULL when nothing is limited. */
int limits_from_args(struct mkr_limits **out, const struct limit_args *args, struct mkr_error *err);

/* Says on stderr that the kernel killed processes for what they took of --memory. */
void report_oom(unsigned kills, int status, const struct limit_args *args);

#endif
