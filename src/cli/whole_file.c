#include "cli/whole_file.h"

#include "base/arena.h"
#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail(struct mkr_error *err, int code, const char *name)
{
	return mkr_fail(err, code, "cannot write '%s'", name);
}

bool whole_file_is_direct(const char *name)
{
	struct stat st;
	return strcmp(name, "-") == 0 || (stat(name, &st) == 0 && !S_ISREG(st.st_mode));
}

/* The folder that the name is in; the caller frees it. */
static char *folder_of(const char *name)
{
	const char *slash = strrchr(name, '/');
	char *folder = !slash ? strdup(".") : strndup(name, slash == name ? 1 : slash - name);
	if (!folder)
		out_of_memory();
	return folder;
}

int whole_file_check(const char *name, struct mkr_error *err)
{
	struct stat st;
	if (strcmp(name, "-") == 0)
		return 0;
	if (stat(name, &st) == 0 && S_ISDIR(st.st_mode))
		return fail(err, -EISDIR, name);
	if (whole_file_is_direct(name))
		return access(name, W_OK) < 0 ? fail(err, -errno, name) : 0;
	cleanup_free char *folder = folder_of(name);
	return access(folder, W_OK | X_OK) < 0 ? fail(err, -errno, name) : 0;
}

/* The stream has a copy: closing it says whether all has arrived, and the file is still to be
 * named.
 */
static int open_stream(struct whole_file *f, int of)
{
	cleanup_fd int fd = fcntl(of, F_DUPFD_CLOEXEC, 0);
	f->out = fd < 0 ? NULL : fdopen(fd, "w");
	if (!f->out)
		return -errno;
	steal_fd(&fd);
	return 0;
}

static int open_named(struct whole_file *f, const char *name)
{
	f->name = strdup(name);
	if (!f->name)
		out_of_memory();
	int r = new_file_open(&f->file, name, NULL);
	return r < 0 ? r : open_stream(f, f->file.fd);
}

int whole_file_open(struct whole_file *f, const char *name, struct mkr_error *err)
{
	*f = (struct whole_file){ .file = { .fd = -1, .dirfd = -1 } };
	int r = strcmp(name, "-") == 0 ? open_stream(f, STDOUT_FILENO) : open_named(f, name);
	if (r == 0)
		return 0;
	whole_file_drop(f);
	return fail(err, r, name);
}

int whole_file_close(struct whole_file *f, struct mkr_error *err)
{
	errno = 0;
	bool bad = ferror(f->out);
	bad |= fclose(f->out) != 0;
	f->out = NULL;
	const char *name = f->name ? f->name : "standard output";
	return bad ? fail(err, errno ? -errno : -EIO, name) : 0;
}

int whole_file_commit(struct whole_file *f, struct mkr_error *err)
{
	int r = f->name ? new_file_commit(&f->file) : 0;
	return r < 0 ? fail(err, r, f->name) : 0;
}

void whole_file_drop(struct whole_file *f)
{
	if (f->out)
		fclose(f->out);
	if (f->name)
		new_file_drop(&f->file);
	free(f->name);
	*f = (struct whole_file){ 0 };
}
