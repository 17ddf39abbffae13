/* ROOT is never changed to make room for /dev, /proc, /sys and /tmp. Where all four are real
 * folders they are mounted on, and the folder itself is the root: all that the command writes
 * stays. Where one is missing, or is a link, or a file, the root is a tmpfs with each entry of ROOT
 * bound into it: the command writes into ROOT's folders all the same, and only the top level cannot
 * change (it is read-only then: a write that would be lost says so). An overlay would hide the
 * writes from ROOT. */
#include "run/view.h"

#include "base/cleanup.h"
#include "run/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { ENTRIES_MAX = 10000 }; /* each is a mount; fs.mount-max is 100000 */

const char *const view_mount_points[] = { "dev", "proc", "sys", "tmp", NULL };

static bool is_mount_point(const char *name)
{
	for (const char *const *m = view_mount_points; *m; m++)
		if (strcmp(name, *m) == 0)
			return true;
	return false;
}

static bool has_mount_points(int dir)
{
	for (const char *const *m = view_mount_points; *m; m++)
		if (mount_kind(dir, *m) != S_IFDIR)
			return false;
	return true;
}

static int add_entry(
	struct view *v, struct arena *arena, int dir, const char *name, struct mkr_error *err)
{
	const int kind = mount_kind(dir, name);
	if (kind < 0)
		return kind == -ENOENT ? 0 : mkr_fail(err, kind, "cannot stat '%s'", name);
	struct view_entry e = { .name = arena_dup(arena, name), .is_dir = kind == S_IFDIR };
	if (kind == S_IFLNK) {
		char target[PATH_MAX];
		ssize_t n = readlinkat(dir, name, target, sizeof(target) - 1);
		if (n < 0)
			return mkr_fail(err, -errno, "cannot read the link '%s'", name);
		e.target = arena_dup_str(arena, (struct str){ target, (size_t)n });
	}
	if (v->entries.n == ENTRIES_MAX)
		return mkr_failx(err, -EFBIG, "more than %d entries at its top", ENTRIES_MAX);
	vec_push(&v->entries, e);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct view_entry *)a)->name, ((const struct view_entry *)b)->name);
}

static int read_entries(struct view *v, struct arena *arena, int dir, struct mkr_error *err)
{
	cleanup_fd int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return mkr_fail(err, -errno, "cannot list it");
	cleanup_dir DIR *list = fdopendir(fd);
	if (!list)
		return mkr_fail(err, -errno, "cannot list it");
	steal_fd(&fd); /* the stream's now */
	const struct dirent *d;
	while (errno = 0, (d = readdir(list))) {
		const char *name = d->d_name;
		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || is_mount_point(name))
			continue;
		int r = add_entry(v, arena, dir, name, err);
		if (r < 0)
			return r;
	}
	if (errno)
		return mkr_fail(err, -errno, "cannot list it");
	if (v->entries.n)
		qsort(v->entries.at, v->entries.n, sizeof(*v->entries.at), by_name);
	return 0;
}

static bool has_first(int dir, const char *target)
{
	char first[NAME_MAX + 1];
	size_t n = strcspn(target, "/");
	memcpy(first, target, n); /* path_clean() has seen to the length */
	first[n] = '\0';
	return mount_kind(dir, first) != -ENOENT;
}

/* A mount whose first folder is not there needs room at the top. */
static bool has_room(const struct view *v, int dir)
{
	bool has = true;
	for (size_t i = 0; has && i < v->mounts.n; i++)
		has = has_first(dir, v->mounts.at[i].target);
	for (size_t i = 0; has && i < v->devices.n; i++)
		has = has_first(dir, v->devices.at[i].target);
	return has;
}

int view_look(struct view *v, struct arena *arena, const struct mkr_image *img,
	const struct mkr_box *box, bool only_look, struct mkr_error *err)
{
	*v = (struct view){
		.kind = VIEW_ARCHIVE, .mode = 0755, .root_mount = -1, .only_look = only_look
	};
	int r = view_wishes(v, arena, box, err);
	if (r < 0)
		return r;
	int dir = mkr_image_dir(img);
	if (dir < 0)
		return 0;
	struct stat st;
	if (fstat(dir, &st) < 0)
		return mkr_fail(err, -errno, "cannot stat the root");
	v->mode = st.st_mode & 07777;
	if (v->overlay && v->overlay->st.st_dev == st.st_dev && v->overlay->st.st_ino == st.st_ino)
		return mkr_failx(err, -EINVAL, "the overlay folder '%s' is the root itself",
			v->overlay->typed);
	if (box->ephemeral || box->overlay) {
		v->kind = VIEW_OVERLAY;
		return 0;
	}
	if (has_mount_points(dir) && has_room(v, dir)) {
		v->kind = VIEW_DIRECT;
		return 0;
	}
	v->kind = VIEW_SKELETON;
	r = read_entries(v, arena, dir, err);
	return r < 0 ? mkr_wrap(err, r, "the root") : 0;
}

void view_free(struct view *v)
{
	for (size_t i = 0; i < v->sources.n; i++)
		host_file_close(v->sources.at[i]);
	for (size_t i = 0; i < v->devices.n; i++)
		host_file_close(v->devices.at[i].source);
	host_file_close(v->overlay);
	if (v->root_mount >= 0)
		close(v->root_mount);
	vec_free(&v->entries);
	vec_free(&v->mounts);
	vec_free(&v->devices);
	vec_free(&v->sources);
}
