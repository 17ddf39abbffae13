#include "run/outside.h"

#include "base/cleanup.h"
#include "run/hand.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/wait.h>

static int copy_mounts(
	struct view *view, const struct mkr_image *img, pid_t pid, struct mkr_error *err)
{
	int dir = mkr_image_dir(img);
	if (view->sources.n + 2 > HAND_MAX)
		return mkr_failx(err, -E2BIG, "more than %d volumes", HAND_MAX - 2);
	if (dir >= 0) {
		int r = idmap_mount(dir, pid, false, "the root", err);
		if (r < 0)
			return r;
		view->root_mount = r;
	}
	for (size_t i = 0; i < view->sources.n; i++) {
		struct host_file *s = view->sources.at[i];
		int r = idmap_mount(s->fd, pid, true, s->typed, err);
		if (r < 0)
			return r;
		s->mount = r;
	}
	return 0;
}

int outside_help(const struct idmap *ids, struct view *view, const struct mkr_image *img, pid_t pid,
	int link, struct mkr_error *err)
{
	int fds[HAND_MAX];
	size_t n = 0;
	if (ids->kind != IDMAP_HELPED && ids->kind != IDMAP_RANGE)
		return 0;
	int r = idmap_write(ids, pid, err);
	if (r == 0 && ids->kind == IDMAP_RANGE) {
		r = copy_mounts(view, img, pid, err);
		if (r == 0 && view->root_mount >= 0)
			fds[n++] = view->root_mount;
		for (size_t i = 0; r == 0 && i < view->sources.n; i++)
			fds[n++] = view->sources.at[i]->mount;
	}
	if (r < 0)
		return r;
	r = hand_out(link, "", 1, fds, n);
	return r < 0 ? mkr_fail(err, r, "cannot hand the mounts over") : 0;
}

int outside_wait(const struct idmap *ids, struct view *view, int link, struct mkr_error *err)
{
	int fds[HAND_MAX];
	size_t n = HAND_MAX, i = 0;
	char go;
	ssize_t got = hand_in(link, &go, 1, fds, &n);
	if (got == 0)
		_exit(MKR_EXIT_LAUNCHER); /* the launcher has said why */
	if (got < 0)
		return mkr_fail(err, (int)got, "cannot take the mounts over");
	if (ids->kind == IDMAP_RANGE) {
		bool root = n > view->sources.n;
		if (root)
			view->root_mount = fds[i++];
		for (size_t j = 0; j < view->sources.n && i < n; j++)
			view->sources.at[j]->mount = fds[i++];
	}
	return 0;
}

/* Files in a tmpfs or an overlay have the box's ids there, which nobody else can read as such. */
int outside_can_end(const struct mkr_box *box, const struct view *view, const struct idmap *ids,
	struct mkr_error *err)
{
	if (!box->ended || ids->kind != IDMAP_RANGE ||
		(view->kind != VIEW_ARCHIVE && view->kind != VIEW_OVERLAY))
		return 0;
	return mkr_failx(err, -ENOTSUP,
		"an archive, or changes above a root, cannot be saved from a box with other ids");
}

struct last_word {
	int code;
	struct mkr_error err;
};

static void call_inside(
	const struct mkr_box *box, int rootfd, int userns, const char *const *made, int out)
{
	struct last_word w = { 0 };
	if (setns(userns, CLONE_NEWUSER) < 0)
		w.code = mkr_fail(&w.err, -errno, "cannot enter the user namespace of the box");
	else
		w.code = box->ended(box->ended_ctx, rootfd, made, &w.err);
	_exit(write(out, &w, sizeof(w)) == sizeof(w) ? 0 : 1);
}

int outside_ended(const struct mkr_box *box, int rootfd, int userns, const char *const *made,
	struct mkr_error *err)
{
	int ends[2];
	struct last_word w;
	if (userns < 0)
		return box->ended(box->ended_ctx, rootfd, made, err);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return mkr_fail(err, -errno, "pipe");
	pid_t pid = fork();
	if (pid == 0)
		call_inside(box, rootfd, userns, made, ends[1]);
	close(ends[1]);
	cleanup_fd int from = ends[0];
	if (pid < 0)
		return mkr_fail(err, -errno, "cannot fork");
	ssize_t n = read(from, &w, sizeof(w)); /* below PIPE_BUF: all or nothing */
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (n != sizeof(w))
		return mkr_failx(err, -EIO, "the process that was to read the root has died");
	if (w.code < 0 && err)
		*err = w.err;
	return w.code;
}
