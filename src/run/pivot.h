/* Which old root pivot_root(2) cannot leave. */
#ifndef RUN_PIVOT_H
#define RUN_PIVOT_H

#include <stdbool.h>
#include <stdint.h>

/* From the text of /proc/self/mountinfo: the mount `id` is the initramfs. Its type "rootfs" is to
 * be had in no other way (mount(2) knows none of that name). */
bool mount_is_initramfs(const char *mountinfo, uint64_t id);

#endif
