/* mkroot-PID-START: START is the launcher's start in ticks since boot, so a pid that is used again
 * is not taken for it. */
#ifndef RUN_CGROUP_NAME_H
#define RUN_CGROUP_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* "mkroot-PID-START" of this process. */
int group_name(char *buf, size_t size);

/* True when it is such a name, whatever follows a dot. */
bool group_name_parse(const char *name, pid_t *ret_pid, unsigned long long *ret_start);

/* Field 22 of the text of /proc/PID/stat (proc_pid_stat(5)). */
bool stat_start(const char *text, unsigned long long *ret);

/* False when that process is no longer. */
bool group_owner_lives(pid_t pid, unsigned long long start);

#endif
