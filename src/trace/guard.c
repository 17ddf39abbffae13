#include "trace/guard.h"

#include "base/cleanup.h"
#include "trace/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { ROPE = 3, LISTENER = 4 };

/* No terminal, no pipe and no folder of the caller's: `x=$(mkroot trace ...)` returns, and what was
 * mounted can be unmounted. */
static bool let_go(int rope, int listener)
{
	/* dup'd above first: either may be the other's place. */
	int high = fcntl(listener, F_DUPFD, LISTENER + 1);
	if (high < 0 || dup2(rope, ROPE) < 0 || dup2(high, LISTENER) < 0 ||
		syscall(SYS_close_range, LISTENER + 1, ~0U, 0) < 0)
		return false;
	int null = open("/dev/null", O_RDWR);
	for (int fd = 0; fd < ROPE; fd++)
		if (null < 0 || dup2(null, fd) < 0)
			close(fd);
	if (null > LISTENER)
		close(null);
	return setsid() >= 0 && chdir("/") == 0;
}

static void guard(int rope, int listener) __attribute__((noreturn));

static void guard(int rope, int listener)
{
	sigset_t all;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	prctl(PR_SET_NAME, "mkroot-guard", 0, 0, 0);
	struct server s = { 0 };
	if (!let_go(rope, listener) || server_open(&s, LISTENER, NULL) < 0)
		_exit(1);
	char c;
	while (read(ROPE, &c, 1) < 0 && errno == EINTR)
		;
	struct pollfd p = { .fd = LISTENER, .events = POLLIN };
	for (;;) {
		if (poll(&p, 1, -1) < 0 && errno != EINTR)
			break;
		if (!(p.revents & POLLIN) && p.revents)
			break; /* POLLHUP: nobody is left */
		if (p.revents && server_serve(&s) < 0)
			break;
	}
	_exit(0);
}

int guard_start(int listener, int *ret_rope, struct mkr_error *err)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return mkr_fail(err, -errno, "cannot make a pipe");
	cleanup_fd int rope = ends[1], end = ends[0];
	pid_t pid = fork();
	if (pid < 0)
		return mkr_fail(err, -errno, "cannot fork");
	if (pid == 0) {
		pid_t grandchild = fork();
		if (grandchild == 0) {
			close(ends[1]);
			guard(end, listener);
		}
		_exit(grandchild < 0);
	}
	int status;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (status != 0)
		return mkr_failx(err, -EAGAIN, "cannot start a second process");
	*ret_rope = steal_fd(&rope);
	return 0;
}
