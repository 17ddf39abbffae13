#include "image/upper.h"

#include "base/cleanup.h"
#include "base/map.h"
#include "os/clear.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

/* A name is known by the number of its folder, since links give folders many paths. */
enum about {
	MADE = 'm', /* the name is of this layer */
	HOLDS = 'h', /* with no name: something in this folder, or below it, is */
	CLEARED = 'c', /* what lower layers had there is gone; with no name: all in the folder */
};

struct mark {
	UT_hash_handle hh;
	char key[];
};

struct upper {
	struct arena *arena;
	struct mark *marks;
	ino_t root;
};

/* Folders inside each other that are partly of this layer; each is held open. */
enum { BYTES_MAX = 512 << 20, DEPTH_MAX = 128 };

struct upper *upper_new(int rootfd)
{
	struct upper *u = malloc(sizeof(*u));
	struct stat st;
	if (!u)
		out_of_memory();
	*u = (struct upper){ .arena = arena_new(),
		.root = fstat(rootfd, &st) == 0 ? st.st_ino : 0 };
	return u;
}

void upper_free(struct upper *u)
{
	if (!u)
		return;
	HASH_CLEAR(hh, u->marks);
	arena_free(u->arena);
	free(u);
}

struct key {
	size_t n;
	char bytes[sizeof(ino_t) + 1 + NAME_MAX];
};

static struct key make_key(ino_t folder, enum about about, const char *name)
{
	size_t n = strnlen(name, NAME_MAX);
	struct key key = { .n = sizeof(folder) + 1 + n };
	memcpy(key.bytes, &folder, sizeof(folder));
	key.bytes[sizeof(folder)] = (char)about;
	memcpy(key.bytes + sizeof(folder) + 1, name, n);
	return key;
}

static bool has(const struct upper *u, ino_t folder, enum about about, const char *name)
{
	struct key key = make_key(folder, about, name);
	struct mark *m;
	HASH_FIND(hh, u->marks, key.bytes, key.n, m);
	return m != NULL;
}

/* False when that is known already. */
static bool add(struct upper *u, ino_t folder, enum about about, const char *name)
{
	if (has(u, folder, about, name))
		return false;
	struct key key = make_key(folder, about, name);
	struct mark *m = arena_alloc(u->arena, sizeof(*m) + key.n);
	memcpy(m->key, key.bytes, key.n);
	HASH_ADD_KEYPTR(hh, u->marks, m->key, key.n, m);
	return true;
}

int upper_note(struct upper *u, int parent, const char *name, struct mkr_error *err)
{
	struct stat st;
	if (fstat(parent, &st) < 0)
		return mkr_fail(err, -errno, "cannot stat its folder");
	if (arena_used(u->arena) > BYTES_MAX)
		return mkr_failx(err, -EFBIG, "the layer has too many members");
	if (*name)
		add(u, st.st_ino, MADE, name);
	cleanup_fd int at = -1;
	while (add(u, st.st_ino, HOLDS, "")) {
		if (st.st_ino == u->root)
			break;
		int up = openat(at >= 0 ? at : parent, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (at >= 0)
			close(at);
		at = up;
		if (at < 0 || fstat(at, &st) < 0)
			return mkr_fail(err, -errno, "cannot open the folder above it");
	}
	return 0;
}

static int clear_in(const struct upper *u, int folder, unsigned depth);

static int clear_below(
	const struct upper *u, int parent, ino_t number, const char *name, unsigned depth)
{
	struct stat st;
	if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	bool made = has(u, number, MADE, name);
	if (!S_ISDIR(st.st_mode) || (!made && !has(u, st.st_ino, HOLDS, "")))
		return made ? 0 : clear_tree(parent, name);
	if (depth == DEPTH_MAX)
		return -ELOOP;
	cleanup_fd int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : clear_in(u, fd, depth + 1);
}

static int clear_in(const struct upper *u, int folder, unsigned depth)
{
	struct stat st;
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	cleanup_dir DIR *d = fdopendir(fd);
	if (!d)
		out_of_memory();
	if (fstat(fd, &st) < 0)
		return -errno;
	int r = 0;
	for (const struct dirent *e; r == 0 && (e = readdir(d));)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			r = clear_below(u, fd, st.st_ino, e->d_name, depth);
	return r;
}

int upper_clear_below(struct upper *u, int parent, const char *name, struct mkr_error *err)
{
	struct stat st;
	if (fstat(parent, &st) < 0)
		return mkr_fail(err, -errno, "cannot stat its folder");
	/* Once is enough, however often it is said. */
	if (!add(u, st.st_ino, CLEARED, name))
		return 0;
	int r = clear_below(u, parent, st.st_ino, name, 0);
	return r < 0 ? mkr_fail(err, r, "cannot take away what it hides") : 0;
}

int upper_clear_in(struct upper *u, int parent, struct mkr_error *err)
{
	struct stat st;
	if (fstat(parent, &st) < 0)
		return mkr_fail(err, -errno, "cannot stat it");
	if (!add(u, st.st_ino, CLEARED, ""))
		return 0;
	int r = clear_in(u, parent, 0);
	return r < 0 ? mkr_fail(err, r, "cannot take away what it hides") : 0;
}
