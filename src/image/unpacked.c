/* An archive in a folder of its own. A process of its own takes the folder away: when the pipe from
 * its parent ends, that is asked for, or dead. */
#include "base/cleanup.h"
#include "image/aside.h"
#include "image/unpack.h"
#include "os/clear.h"
#include "os/temp.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* The root is one deeper: its own mode is the archive's, and nobody else may get at set-id programs
 * that are unpacked as root. */
#define INSIDE "root"

struct mkr_unpacked {
	char *path;
	int parent; /* the folder that it is in */
	char name[NAME_MAX + 1];
	int held; /* the folder, locked: by us, and by the keeper that has it too */
	pid_t keeper;
	int alive; /* our end of the pipe */
	struct aside *aside; /* NULL: the files have all that is said of them */
};

static void keep_until_end(const struct mkr_unpacked *u, int end)
{
	char byte;
	sigset_t all;
	/* Ctrl-C is for the program that reads in the folder. */
	setsid();
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	/* Whoever waits for the end of our parent's output must not wait for us. */
	for (int fd = 0; fd < 3; fd++)
		if (fd != end && fd != u->parent)
			close(fd);
	while (read(end, &byte, 1) < 0 && errno == EINTR)
		;
	_exit(clear_tree(u->parent, u->name) < 0);
}

static int start_keeper(struct mkr_unpacked *u, struct mkr_error *err)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return mkr_fail(err, -errno, "pipe");
	u->keeper = fork();
	if (u->keeper == 0) {
		close(ends[1]);
		keep_until_end(u, ends[0]);
	}
	int code = -errno;
	close(ends[0]);
	u->alive = ends[1];
	return u->keeper < 0 ? mkr_fail(err, code, "fork") : 0;
}

static int make_folder(struct mkr_unpacked *u, const char *dir, struct mkr_error *err)
{
	u->parent = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (u->parent < 0)
		return mkr_fail(err, -errno, "cannot open the folder '%s'", dir);
	u->held = temp_dir(u->name, u->parent, "image", 0700);
	if (u->held < 0)
		return mkr_fail(err, u->held, "cannot make a folder in '%s'", dir);
	const char *slash = dir[strlen(dir) - 1] == '/' ? "" : "/";
	if (asprintf(&u->path, "%s%s%s/" INSIDE, dir, slash, u->name) < 0)
		out_of_memory();
	int r = start_keeper(u, err);
	if (r < 0)
		unlinkat(u->parent, u->name, AT_REMOVEDIR);
	return r;
}

static int fill(const struct mkr_unpacked *u, const struct mkr_image *img, struct mkr_error *err)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	cleanup_fd int above = openat(u->parent, u->name, flags);
	if (above < 0 || mkdirat(above, INSIDE, 0755) < 0)
		return mkr_fail(err, -errno, "cannot make '%s'", u->path);
	cleanup_fd int fd = openat(above, INSIDE, flags);
	if (fd < 0)
		return mkr_fail(err, -errno, "cannot open '%s'", u->path);
	mode_t mask = umask(0);
	bool stored = geteuid() == 0 && !u->aside;
	int r = unpack_into(img, fd, stored ? MKR_OWNERS_STORED : MKR_OWNERS_CALLER, u->aside, err);
	umask(mask);
	return r;
}

static int unpack_below(struct mkr_unpacked **out, const struct mkr_image *img, const char *dir,
	struct aside *aside, struct mkr_error *err)
{
	struct mkr_unpacked *u = malloc(sizeof(*u));
	if (!u)
		out_of_memory();
	*u = (struct mkr_unpacked){
		.parent = -1, .held = -1, .keeper = -1, .alive = -1, .aside = aside
	};
	int r = make_folder(u, dir, err);
	if (r == 0)
		r = fill(u, img, err);
	if (r < 0)
		mkr_unpacked_free(u);
	else
		*out = u;
	return r;
}

int mkr_image_unpack_below(struct mkr_unpacked **out, const struct mkr_image *img, const char *dir,
	struct mkr_error *err)
{
	return unpack_below(out, img, dir, NULL, err);
}

int mkr_image_unpack_aside(struct mkr_unpacked **out, const struct mkr_image *img, const char *dir,
	struct mkr_error *err)
{
	return unpack_below(out, img, dir, aside_new(), err);
}

const struct mkr_stored *mkr_unpacked_stored(const struct mkr_unpacked *u, uint64_t ino)
{
	return u->aside ? aside_find(u->aside, ino) : NULL;
}

void mkr_unpacked_free(struct mkr_unpacked *u)
{
	if (!u)
		return;
	if (u->alive >= 0)
		close(u->alive);
	while (u->keeper > 0 && waitpid(u->keeper, NULL, 0) < 0 && errno == EINTR)
		;
	if (u->held >= 0)
		close(u->held);
	if (u->parent >= 0)
		close(u->parent);
	aside_free(u->aside);
	free(u->path);
	free(u);
}

const char *mkr_unpacked_path(const struct mkr_unpacked *u)
{
	return u->path;
}
