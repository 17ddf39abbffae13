#include "cli/limit_args.h"

#include "base/cleanup.h"
#include "cli/report.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

DEFINE_CLEANUP(mkr_limits, mkr_limits_free);

static int set_list(struct mkr_limits *l, const char *name, const struct opt_list *values,
	struct mkr_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < values->n; i++)
		r = mkr_limits_set(l, name, values->at[i], err);
	return r;
}

int limits_from_args(struct mkr_limits **out, const struct limit_args *args, struct mkr_error *err)
{
	const struct {
		const char *name, *value;
	} single[] = {
		{ "memory", args->memory },
		{ "memory-swap", args->memory_swap },
		{ "cpus", args->cpus },
		{ "cpuset-cpus", args->cpuset_cpus },
		{ "pids-limit", args->pids_limit },
	};
	const struct {
		const char *name;
		const struct opt_list *values;
	} lists[] = {
		{ "device-read-bps", &args->device_read_bps },
		{ "device-write-bps", &args->device_write_bps },
		{ "device-read-iops", &args->device_read_iops },
		{ "device-write-iops", &args->device_write_iops },
		{ "ulimit", &args->ulimit },
	};
	cleanup_(mkr_limits) struct mkr_limits *l = mkr_limits_new();
	bool any = false;
	int r = 0;
	for (size_t i = 0; r == 0 && i < sizeof(single) / sizeof(*single); i++) {
		if (!single[i].value)
			continue;
		any = true;
		r = mkr_limits_set(l, single[i].name, single[i].value, err);
	}
	for (size_t i = 0; r == 0 && i < sizeof(lists) / sizeof(*lists); i++) {
		any = any || lists[i].values->n;
		r = set_list(l, lists[i].name, lists[i].values, err);
	}
	if (r == 0)
		r = mkr_limits_check(l, err);
	if (r == 0)
		*out = any ? steal_ptr(&l) : NULL;
	return r;
}

void report_oom(unsigned kills, int status, const struct limit_args *args)
{
	if (!kills)
		return;
	/* 137: 128 + SIGKILL. */
	report_note("%s was killed: it needed more than --memory %s",
		status == 137 ? "the command" : "a process of the command", args->memory);
}
