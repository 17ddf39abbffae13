#include "trace/start.h"

#include "base/cleanup.h"
#include "trace/filter.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>

/* What the child says, first with the listener and then, if at all, when it could not be executed.
 */
struct word {
	int code; /* negative: it failed */
	bool bare;
	struct mkr_error err;
};

union fd_room {
	struct cmsghdr head; /* for its alignment */
	char bytes[CMSG_SPACE(sizeof(int))];
};

static void say(int link, const struct word *w, int fd)
{
	union fd_room room = { 0 };
	struct iovec iov = { (void *)(uintptr_t)w, sizeof(*w) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	if (fd >= 0) {
		msg.msg_control = room.bytes;
		msg.msg_controllen = sizeof(room.bytes);
		struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	}
	if (sendmsg(link, &msg, MSG_NOSIGNAL) < 0)
		_exit(125);
}

static int hear(int link, struct word *w, int *ret_fd)
{
	union fd_room room = { 0 };
	struct iovec iov = { w, sizeof(*w) };
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = room.bytes,
		.msg_controllen = sizeof(room.bytes) };
	ssize_t n;
	do
		n = recvmsg(link, &msg, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)sizeof(*w))
		return n < 0 ? -errno : -ECHILD;
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
		memcpy(ret_fd, CMSG_DATA(c), sizeof(*ret_fd));
	return 0;
}

static void child(int link, const char *const argv[], const sigset_t *mask,
	const struct sigaction *child_action) __attribute__((noreturn));

static void child(int link, const char *const argv[], const sigset_t *mask,
	const struct sigaction *child_action)
{
	struct word w = { 0 };
	int listener = filter_install(&w.bare, &w.err);
	if (listener < 0) {
		w.code = listener;
		filter_explain(&w.err, listener);
		say(link, &w, -1);
		_exit(125);
	}
	say(link, &w, listener);
	close(listener);
	char go;
	if (read(link, &go, 1) != 1)
		_exit(125); /* there is nobody who would tell of our calls */
	sigaction(SIGCHLD, child_action, NULL);
	signal(SIGPIPE, SIG_DFL); /* which callers ignore, for the sake of their own output */
	sigprocmask(SIG_SETMASK, mask, NULL);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	w.code = -errno;
	say(link, &w, -1);
	_exit(w.code == -ENOENT ? 127 : 126);
}

int start_command(struct started *out, const char *const argv[], const sigset_t *mask,
	const struct sigaction *child_action, struct mkr_error *err)
{
	int ends[2];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return mkr_fail(err, -errno, "cannot make a socket");
	cleanup_fd int ours = ends[0], theirs = ends[1];
	pid_t pid = fork();
	if (pid < 0)
		return mkr_fail(err, -errno, "cannot fork");
	if (pid == 0) {
		close(ends[0]);
		child(ends[1], argv, mask, child_action);
	}
	close(steal_fd(&theirs));
	struct word w = { 0 };
	cleanup_fd int listener = -1;
	int r = hear(ours, &w, &listener);
	if (r == 0 && w.code < 0) {
		r = w.code;
		if (err)
			*err = w.err;
	} else if (r < 0 || listener < 0) {
		r = mkr_failx(err, r < 0 ? r : -EPROTO, "the command was killed before it began");
	}
	if (r < 0) {
		close(steal_fd(&ours));
		waitpid(pid, NULL, 0);
		return r;
	}
	out->pid = pid;
	out->link = steal_fd(&ours);
	out->listener = steal_fd(&listener);
	out->bare = w.bare;
	return 0;
}

int start_go(const struct started *s, struct mkr_error *err)
{
	if (send(s->link, "", 1, MSG_NOSIGNAL) != 1)
		return mkr_fail(err, -errno, "cannot start the command");
	return 0;
}

int start_outcome(const struct started *s)
{
	struct word w = { 0 };
	int none = -1;
	return hear(s->link, &w, &none) == 0 ? w.code : 0;
}
