#include "run/command.h"

#include "base/str.h"
#include "run/fds.h"
#include "run/limits.h"
#include "run/sys.h"
#include "run/user.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void fail_step(struct command_failure *f, const char *step, const char *arg)
{
	f->code = -errno;
	f->at = FAILED_SETUP;
	snprintf(f->what, sizeof(f->what), "%s '%s'", step, arg);
}

static bool set_ulimits(const struct mkr_limits *limits, struct command_failure *f)
{
	int failed = ulimits_apply(limits);
	if (failed >= 0)
		fail_step(f, "cannot set --ulimit", limits->ulimits.at[failed].name);
	return failed < 0;
}

static bool prepare(const struct command *c, struct command_failure *f)
{
	if (c->own_group && setpgid(0, 0) < 0) {
		fail_step(f, "cannot start the process group of", "the command");
		return false;
	}
	/* Before execve(2), so that the command never reads from a terminal it has not got; all
	 * signals are blocked still. The terminal may be gone by now: then reading says so. */
	if (c->foreground)
		tcsetpgrp(STDIN_FILENO, getpid());
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	if (c->mask)
		sigprocmask(SIG_SETMASK, c->mask, NULL);
	if (!set_ulimits(c->box->limits, f))
		return false;
	int r = c->user ? user_become(c->user) : 0;
	if (r < 0) {
		errno = -r;
		fail_step(f, "cannot become the user", c->box->user ? c->box->user : "0:0");
		return false;
	}
	umask(c->umask);
	/* Whatever is still open in here ends with execve(2); see enter() for why not sooner. */
	r = fds_hand_on(c->box->keep_fds, c->box->n_keep_fds);
	if (r < 0) {
		errno = -r;
		fail_step(f, "cannot close", "inherited descriptors");
		return false;
	}
	const char *what;
	r = rights_of_command(c->rights, &what);
	if (r < 0) {
		errno = -r;
		fail_step(f, "cannot set", what);
	}
	return r == 0;
}

/* A working directory such as /proc/self/fd/7 would lead out of the root (CVE-2024-21626). */
static bool enter(const char *dir, struct command_failure *f)
{
	char where[PATH_MAX];
	if (!dir)
		return true;
	if (chdir(dir) < 0) {
		fail_step(f, "cannot enter", dir);
		return false;
	}
	if (syscall(SYS_getcwd, where, sizeof(where)) < 0 || where[0] != '/') {
		errno = EXDEV;
		fail_step(f, "cannot enter", dir);
		return false;
	}
	return true;
}

static const char *path_of(const char *const *env)
{
	for (; *env; env++)
		if (strncmp(*env, "PATH=", 5) == 0)
			return *env + 5;
	return "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
}

static void exec_path(const char *path, const struct mkr_box *box, const char *const *argv,
	struct command_failure *f)
{
	execve(path, (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)box->env);
	f->code = -errno;
	f->at = FAILED_EXEC;
	snprintf(f->what, sizeof(f->what), "%s", path);
}

/* As execvp(3), but a file without "#!" is not handed to a shell, and of several failures the one
 * of a file that is there is kept: a missing interpreter is ENOENT too. */
static void exec_in_path(const char *name, const struct mkr_box *box, struct command_failure *f)
{
	struct str rest = str_from(path_of(box->env)), dir;
	f->code = -ENOENT;
	f->at = FAILED_EXEC;
	snprintf(f->what, sizeof(f->what), "%s", name);
	struct command_failure once;
	char path[PATH_MAX];
	while (str_split(&rest, ":", &dir)) {
		int n = snprintf(path, sizeof(path), "%.*s%s%s", (int)dir.n, dir.p,
			dir.n ? "/" : "./", name);
		struct stat st;
		if (n < 0 || (size_t)n >= sizeof(path))
			continue;
		if (stat(path, &st) == 0) {
			if (S_ISDIR(st.st_mode))
				continue;
			exec_path(path, box, box->argv, &once);
		} else if (errno == EACCES) {
			once.code = -EACCES; /* it may be there: execvp(3) tells that, too */
			once.at = FAILED_EXEC;
			snprintf(once.what, sizeof(once.what), "%s", path);
		} else {
			continue;
		}
		if (f->code == -ENOENT && !strchr(f->what, '/'))
			*f = once;
		if (once.code != -EACCES && once.code != -ENOENT)
			return;
	}
}

static void exec_shell(const struct mkr_box *box, struct command_failure *f)
{
	static const char *const shells[] = { "/bin/bash", "/bin/sh" };
	for (size_t i = 0; i < 2; i++) {
		struct stat st;
		f->code = -ENOENT;
		f->at = FAILED_EXEC;
		f->what[0] = '\0';
		if (stat(shells[i], &st) == 0) {
			exec_path(shells[i], box, (const char *const[]){ shells[i], NULL }, f);
			return;
		}
	}
}

void command_exec(const struct command *c, struct command_failure *f)
{
	const struct mkr_box *box = c->box;
	if (!enter(box->workdir, f) || !prepare(c, f))
		return;
	if (!box->argv)
		exec_shell(box, f);
	else if (!box->argv[0] || strchr(box->argv[0], '/') || !*box->argv[0])
		exec_path(box->argv[0] ? box->argv[0] : "", box, box->argv, f);
	else
		exec_in_path(box->argv[0], box, f);
}
