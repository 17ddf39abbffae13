#include "run/timens.h"

#include "base/cleanup.h"
#include "base/str.h"
#include "run/limit_value.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80 /* <linux/sched.h> */
#endif

/* The kernel's clocks end after 292 years (KTIME_SEC_MAX in include/linux/ktime.h). */
#define SECONDS_MAX INT64_C(9223372036)

int time_offsets_parse(struct time_offsets *t, const char *text, struct mkr_error *err)
{
	*t = (struct time_offsets){ .wanted = text != NULL };
	struct str rest = text ? str_from(text) : (struct str){ 0 }, one, clock;
	while (str_split(&rest, ",", &one)) {
		str_split(&one, "=", &clock);
		int64_t *to = str_eq(clock, STR("monotonic")) ? &t->monotonic
			: str_eq(clock, STR("boottime"))      ? &t->boottime
							      : NULL;
		if (!to || !one.p || !value_number(one, -SECONDS_MAX, to) || *to > SECONDS_MAX)
			return mkr_failx(err, -EINVAL,
				"option '--time-offset' takes monotonic=SECONDS,boottime=SECONDS, "
				"not '%s'",
				text);
	}
	return 0;
}

static int fail_unshare(int code, struct mkr_error *err)
{
	if (code != -EINVAL)
		return mkr_fail(err, code, "cannot make a time namespace for --time-offset");
	mkr_failx(err, code, "this kernel has no time namespaces for --time-offset");
	mkr_detail(err, "cause", "it is older than Linux 5.6, or made without CONFIG_TIME_NS");
	return code;
}

/* unshare(2) gives it to children alone, and no child that shares our memory could be had then
 * (copy_process() in kernel/fork.c): the init goes along. Entering it fixes the offsets. */
int time_offsets_enter(const struct time_offsets *t, struct mkr_error *err)
{
	char text[128];
	if (!t->wanted)
		return 0;
	if (unshare(CLONE_NEWTIME) < 0)
		return fail_unshare(-errno, err);
	int n = snprintf(text, sizeof(text), "monotonic %lld 0\nboottime %lld 0\n",
		(long long)t->monotonic, (long long)t->boottime);
	cleanup_fd int offsets = open("/proc/self/timens_offsets", O_WRONLY | O_CLOEXEC);
	if (offsets < 0)
		return mkr_fail(err, -errno, "cannot open '/proc/self/timens_offsets'");
	int code = write(offsets, text, (size_t)n) < 0 ? -errno : 0;
	if (code == -ERANGE) /* proc_timens_set_offset() in kernel/time/namespace.c */
		return mkr_failx(
			err, code, "--time-offset puts a clock below zero, or beyond 146 years");
	if (code < 0)
		return mkr_fail(err, code, "cannot set the clocks for --time-offset");
	cleanup_fd int ns = open("/proc/self/ns/time_for_children", O_RDONLY | O_CLOEXEC);
	if (ns < 0 || setns(ns, CLONE_NEWTIME) < 0)
		return mkr_fail(err, -errno, "cannot enter the time namespace");
	return 0;
}
