/* Changes above the root: overlayfs, with an upper folder in a tmpfs or in a folder of the host. */
#include "run/carry.h"

#include "base/cleanup.h"
#include "run/mount.h"
#include "run/host_file.h"
#include "run/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

/* The folder that holds upper/ and work/, in our own mount namespace. */
static int open_above_root(const struct op *op, struct mkr_error *err)
{
	cleanup_fd int mount = -1;
	if (op->source) {
		mount = host_file_mount(op->source, OP_NOSUID | OP_NODEV, err);
		if (mount < 0)
			return mount;
	} else {
		char options[64];
		snprintf(options, sizeof(options), "mode=0700%s%s", op->data ? "," : "",
			op->data ? op->data : "");
		mount = mount_new("tmpfs", options, OP_NOSUID | OP_NODEV);
		if (mount < 0)
			return mkr_fail(err, mount, "cannot make a tmpfs for the changes");
	}
	/* Overlayfs takes no mount that is attached nowhere; pivot_root(2) hides it. */
	if (sys_move_mount(mount, AT_FDCWD, "/", 0) < 0)
		return mkr_fail(err, -errno, "cannot attach the folder for the changes");
	return steal_fd(&mount);
}

/* The merged root takes mode and owner of the upper folder. */
static int make_upper(int above, int lower, struct mkr_error *err)
{
	struct stat st;
	if (mkdirat(above, "work", 0700) < 0 && errno != EEXIST)
		return mkr_fail(err, -errno, "cannot make the folder 'work' for an overlay");
	if (mkdirat(above, "upper", 0755) < 0)
		return errno == EEXIST
			? 0
			: mkr_fail(err, -errno, "cannot make the folder 'upper' for an overlay");
	if (fstat(lower, &st) < 0 || fchmodat(above, "upper", st.st_mode & 07777, 0) < 0)
		return mkr_fail(err, -errno, "cannot set the mode of the folder 'upper'");
	/* An owner that has no id here cannot be given. */
	if (fchownat(above, "upper", st.st_uid, st.st_gid, AT_SYMLINK_NOFOLLOW) < 0 &&
		errno != EINVAL && errno != EPERM)
		return mkr_fail(err, -errno, "cannot set the owner of the folder 'upper'");
	return 0;
}

static int open_part(int above, const char *name, struct mkr_error *err)
{
	int fd = openat(above, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? mkr_fail(err, -errno, "the folder '%s' of an overlay", name) : fd;
}

/* Paths of users hold commas and colons; descriptors do not. */
static int mount_overlay(const struct stage *s, int lower, int upper, int work, const char **why)
{
	char options[160];
	snprintf(options, sizeof(options),
		"lowerdir=/proc/self/fd/%d,upperdir=/proc/self/fd/%d,workdir=/proc/self/fd/%d%s",
		lower, upper, work, s->userns ? ",userxattr" : "");
	int mount = mount_new("overlay", options, OP_NOSUID | OP_NODEV);
	*why = NULL;
	if (mount == -ENODEV)
		*why = "this kernel has no overlay file system (CONFIG_OVERLAY_FS; as a module: "
		       "modprobe overlay)";
	else if (mount == -EPERM && s->userns)
		*why = "this kernel gives overlays to root only (Linux 5.11 gives them to users)";
	else if (mount == -EINVAL)
		*why = s->userns
			? "a file system here cannot be part of an overlay: one without extended "
			  "attributes, an overlay itself, or one with others mounted below it"
			: "a file system here cannot be part of an overlay: one without extended "
			  "attributes, or an overlay itself";
	else if (mount == -ELOOP)
		*why = "the root and the folder for the changes lie in each other";
	return mount;
}

int carry_overlay(struct stage *s, const struct op *op, struct mkr_error *err)
{
	const char *why;
	int r = s->root < 0 ? open_from(s, err) : 0;
	if (r < 0)
		return r;
	int lower = s->root < 0 ? s->from : s->root;
	cleanup_fd int above = open_above_root(op, err);
	if (above < 0)
		return above;
	r = make_upper(above, lower, err);
	if (r < 0)
		return r;
	cleanup_fd int upper = open_part(above, "upper", err);
	if (upper < 0)
		return upper;
	cleanup_fd int work = open_part(above, "work", err);
	if (work < 0)
		return work;
	int mount = mount_overlay(s, lower, upper, work, &why);
	if (mount < 0) {
		mkr_fail(err, mount, "cannot make an overlay of the root");
		if (why)
			mkr_detail(err, "cause", "%s", why);
		return mount;
	}
	if (s->root >= 0)
		close(s->root);
	r = attach_root(s, mount, "make an overlay of", err);
	return r == 0 ? own_mount(s, s->root) : r;
}
