#include "cli/rights.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/read.h"
#include "base/vec.h"
#include "cli/report.h"

#include <mkroot/run.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PROFILE_MAX = 1 << 20, FD_MAX = 1 << 20 };

static int read_profile(
	struct mkr_box *box, struct arena *arena, const char *path, struct mkr_error *err)
{
	/* Not to wait for somebody to open the other end of a pipe. */
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0)
		return mkr_fail(err, -errno, "cannot open the seccomp profile '%s'", path);
	if (!S_ISREG(st.st_mode))
		return mkr_failx(err, -EINVAL, "the seccomp profile '%s' is no file", path);
	if (st.st_size > PROFILE_MAX)
		return mkr_failx(err, -EFBIG, "the seccomp profile '%s' is over %d bytes long",
			path, PROFILE_MAX);
	char *text = arena_alloc(arena, (size_t)st.st_size + 1);
	ssize_t n = read_at(fd, text, (size_t)st.st_size, 0);
	if (n < 0)
		return mkr_fail(err, (int)n, "cannot read the seccomp profile '%s'", path);
	box->seccomp = text;
	box->seccomp_size = (size_t)n;
	return 0;
}

static int read_seccomp(
	struct mkr_box *box, struct arena *arena, const char *value, struct mkr_error *err)
{
	box->seccomp = NULL;
	box->seccomp_unconfined = strcmp(value, "unconfined") == 0;
	if (box->seccomp_unconfined || strcmp(value, "builtin") == 0)
		return 0;
	return read_profile(box, arena, value, err);
}

/* docker run takes "NAME=VALUE" and, as in its first years, "NAME:VALUE". */
static int read_security(
	struct mkr_box *box, struct arena *arena, const char *option, struct mkr_error *err)
{
	size_t n = strcspn(option, "=:");
	const char *value = option[n] ? option + n + 1 : NULL;
	const struct str name = { option, n };
	if (str_eq(name, STR("seccomp")) && value && *value)
		return read_seccomp(box, arena, value, err);
	if (str_eq(name, STR("no-new-privileges")) && (!value || strcmp(value, "true") == 0)) {
		box->no_new_privs = true;
		return 0;
	}
	if (str_eq(name, STR("landlock")) && value && strcmp(value, "unconfined") == 0) {
		box->landlock_unconfined = true;
		return 0;
	}
	/* There is none to be free of. */
	if (strcmp(option, "apparmor=unconfined") == 0 || strcmp(option, "label=disable") == 0)
		return 0;
	mkr_failx(err, -EINVAL, "option '--security-opt' does not know '%s'", option);
	mkr_detail(err, "hint",
		"seccomp=FILE, seccomp=unconfined, landlock=unconfined, no-new-privileges");
	return -EINVAL;
}

static int add_fd(
	int *fds, size_t *n, const char *text, size_t size, bool quiet, struct mkr_error *err)
{
	char *end;
	errno = 0;
	long fd = isdigit((unsigned char)*text) ? strtol(text, &end, 10) : -1;
	if (fd < 0 || errno || end != text + size || fd > FD_MAX)
		return mkr_failx(err, -EINVAL, "option '--preserve-fd' takes numbers, not '%.*s'",
			(int)size, text);
	struct stat st;
	if (fstat((int)fd, &st) < 0)
		return mkr_failx(
			err, -EBADF, "option '--preserve-fd': descriptor %ld is not open", fd);
	if (S_ISDIR(st.st_mode) && !quiet)
		report_warning("descriptor %ld is a folder: the command can leave the root "
			       "through it",
			fd);
	if (fd < 3)
		return 0; /* always there */
	size_t at = 0;
	while (at < *n && fds[at] < (int)fd)
		at++;
	if (at < *n && fds[at] == (int)fd)
		return 0;
	for (size_t i = (*n)++; i > at; i--)
		fds[i] = fds[i - 1];
	fds[at] = (int)fd;
	return 0;
}

static int read_fds(struct mkr_box *box, struct arena *arena, const struct launch_args *args,
	struct mkr_error *err)
{
	size_t most = 0;
	for (size_t i = 0; i < args->preserve_fd.n; i++)
		most += strlen(args->preserve_fd.at[i]) / 2 + 1;
	int *fds = arena_array(arena, int, most + 1);
	for (size_t i = 0; i < args->preserve_fd.n; i++) {
		struct str rest = str_from(args->preserve_fd.at[i]), one;
		while (str_split(&rest, ",", &one)) {
			int r = add_fd(fds, &box->n_keep_fds, one.p, one.n, args->quiet, err);
			if (r < 0)
				return r;
		}
	}
	box->keep_fds = fds;
	return 0;
}

int rights_read(struct mkr_box *box, struct arena *arena, const struct launch_args *args,
	struct mkr_error *err)
{
	/* chroot(8) takes nothing away; what it gives up is in the launcher. */
	box->caps = box->chroot ? MKR_CAPS_ALL : MKR_CAPS_DOCKER;
	int r = mkr_caps_change(&box->caps, args->cap_add.at, args->cap_drop.at, err);
	if (r == 0)
		r = mkr_caps_change(&box->caps_must, args->cap_add.at, NULL, err);
	if (r < 0)
		return r;
	if (box->caps_must == MKR_CAPS_ALL)
		box->caps_must = 0; /* all that there are */
	box->no_new_privs = args->no_new_privs;
	for (size_t i = 0; r == 0 && i < args->security_opt.n; i++)
		r = read_security(box, arena, args->security_opt.at[i], err);
	return r < 0 ? r : read_fds(box, arena, args, err);
}
