#include "run/ns.h"

#include "base/cleanup.h"
#include "run/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

bool ns_is_privileged(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct caps[2] = { 0 };
	if (geteuid() != 0 || syscall(SYS_capget, &head, caps) < 0)
		return false;
	return caps[CAP_TO_INDEX(CAP_SYS_ADMIN)].effective & CAP_TO_MASK(CAP_SYS_ADMIN);
}

pid_t ns_fork(uint64_t flags, int group, bool *into_group)
{
	struct clone_args args = { .flags = flags, .exit_signal = SIGCHLD };
	*into_group = group >= 0;
	if (group >= 0) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)group;
	}
	pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	/* Docker's seccomp filter answers ENOSYS, as it cannot look into the struct. */
	if (pid < 0 && errno == ENOSYS) {
		*into_group = false;
		pid = (pid_t)syscall(
			SYS_clone, (unsigned long)flags | SIGCHLD, NULL, NULL, NULL, 0);
	}
	return pid < 0 ? -errno : pid;
}

static int write_file(const char *path, const char *text, struct mkr_error *err)
{
	cleanup_fd int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return mkr_fail(err, -errno, "cannot open '%s'", path);
	if (write(fd, text, strlen(text)) < 0)
		return mkr_fail(err, -errno, "cannot write '%s'", path);
	return 0;
}

int ns_map_single(uid_t uid, gid_t gid, struct mkr_error *err)
{
	char map[64];
	/* "deny" first: without it a group that takes rights away could be dropped (CVE-2014-8989),
	 * and the kernel refuses gid_map from a caller without privilege. */
	int r = write_file("/proc/self/setgroups", "deny", err);
	if (r < 0)
		return r;
	snprintf(map, sizeof(map), "0 %u 1", gid);
	r = write_file("/proc/self/gid_map", map, err);
	if (r < 0)
		return r;
	snprintf(map, sizeof(map), "0 %u 1", uid);
	return write_file("/proc/self/uid_map", map, err);
}

/* True when the file is there and holds just `value`. */
static bool knob_is(const char *path, const char *value)
{
	char text[32];
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n < 0)
		return false;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return strcmp(text, value) == 0;
}

static bool in_chroot(void)
{
	struct stat mine, first;
	return stat("/", &mine) == 0 && stat("/proc/1/root/", &first) == 0 &&
		(mine.st_dev != first.st_dev || mine.st_ino != first.st_ino);
}

void ns_explain(struct mkr_error *err)
{
	/* user_namespaces(7), namespaces(7); the others are Debian's and Ubuntu's kernels. */
	static const struct {
		const char *path, *bad, *cause;
	} knobs[] = {
		{ "/proc/sys/user/max_user_namespaces", "0", "user.max_user_namespaces = 0" },
		{ "/proc/sys/kernel/unprivileged_userns_clone", "0",
			"kernel.unprivileged_userns_clone = 0" },
		{ "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1",
			"kernel.apparmor_restrict_unprivileged_userns = 1" },
	};
	size_t n = sizeof(knobs) / sizeof(*knobs), i = 0;
	while (i < n && !knob_is(knobs[i].path, knobs[i].bad))
		i++;
	if (i < n)
		mkr_detail(err, "cause", "%s", knobs[i].cause);
	else if (in_chroot())
		mkr_detail(err, "cause", "mkroot runs in a chroot, where the kernel allows none");
	mkr_detail(err, "hint", "run it as root: sudo mkroot run ...");
}
