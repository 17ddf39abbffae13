#include <mkroot/survey.h>

#include "base/cleanup.h"
#include "base/vec.h"
#include "elf/script.h"
#include "os/root.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

/* Folders in folders: each holds a descriptor while it is read. */
enum { DEPTH_MAX = 200 };

struct walk {
	const struct mkr_root *root;
	struct arena *arena;
	VEC(struct mkr_found) found;
	VEC(struct mkr_unread) unread;
	char path[PATH_MAX]; /* where we are */
	size_t n;
};

static void add_unread(struct walk *w, const char *why)
{
	struct mkr_unread u = { arena_dup(w->arena, w->path), why };
	vec_push(&w->unread, u);
}

static const char *why_not(int error)
{
	switch (error) {
	case EACCES:
	case EPERM:
		return "permission denied";
	case EMFILE:
	case ENFILE:
		return "too many open files";
	default:
		return "cannot be read";
	}
}

/* The fields of the ELF header that stand at the same place in both classes. */
static bool parse_elf(struct mkr_found *f, const unsigned char *head, size_t n)
{
	if (n < sizeof(Elf32_Ehdr) || memcmp(head, ELFMAG, SELFMAG) != 0)
		return false;
	/* The more significant byte of a field stands first in a big-endian file. */
	bool little = head[EI_DATA] != ELFDATA2MSB;
	unsigned type = (unsigned)(head[16 + little] << 8 | head[16 + !little]);
	f->kind = MKR_FOUND_ELF;
	f->machine = (uint16_t)(head[18 + little] << 8 | head[18 + !little]);
	f->bits = head[EI_CLASS] == ELFCLASS64 ? 64 : 32;
	return type == ET_EXEC || type == ET_DYN;
}

static bool parse_script(struct walk *w, struct mkr_found *f, const char *head, size_t n)
{
	struct script s;
	if (!(f->mode & 0111) || !script_parse(&s, w->arena, head, n))
		return false;
	f->kind = MKR_FOUND_SCRIPT;
	f->interp = s.interp;
	f->command = s.command;
	return true;
}

/* Has needs: tells of it. */
static void look_at_file(struct walk *w, int fd, const struct stat *st)
{
	char head[SCRIPT_LINE_MAX];
	ssize_t n = pread(fd, head, sizeof(head), 0);
	if (n < 0) {
		add_unread(w, why_not(errno));
		return;
	}
	struct mkr_found f = { .mode = st->st_mode };
	if (!parse_elf(&f, (const unsigned char *)head, (size_t)n) &&
		!parse_script(w, &f, head, (size_t)n))
		return;
	f.path = arena_dup(w->arena, w->path);
	f.secure = (st->st_mode & 0111) &&
		((st->st_mode & S_ISUID) ||
			(st->st_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP) ||
			fgetxattr(fd, "security.capability", NULL, 0) > 0);
	vec_push(&w->found, f);
}

static void visit_file(struct walk *w, int dir, const char *name, const struct stat *st)
{
	/* Neither "#!" of a program nor the header of an ELF file fit in. */
	if (st->st_size < 4 || (!(st->st_mode & 0111) && (size_t)st->st_size < sizeof(Elf32_Ehdr)))
		return;
	cleanup_fd int fd =
		openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat now;
	if (fd < 0 || fstat(fd, &now) < 0)
		add_unread(w, why_not(errno));
	else if (S_ISREG(now.st_mode))
		look_at_file(w, fd, &now);
}

static void visit_link(struct walk *w, int dir, const char *name, const struct stat *st)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(dir, name, target, sizeof(target));
	if (n < 0 || n == sizeof(target)) {
		add_unread(w, "the link cannot be read");
		return;
	}
	struct mkr_found f = { .path = arena_dup(w->arena, w->path),
		.kind = MKR_FOUND_LINK,
		.mode = st->st_mode,
		.target = arena_dup_str(w->arena, (struct str){ target, (size_t)n }) };
	vec_push(&w->found, f);
}

/* File systems without files: what the kernel tells of itself. */
static bool is_of_kernel(int fd)
{
	static const long kinds[] = { PROC_SUPER_MAGIC, SYSFS_MAGIC, CGROUP_SUPER_MAGIC,
		CGROUP2_SUPER_MAGIC, DEVPTS_SUPER_MAGIC, DEBUGFS_MAGIC, TRACEFS_MAGIC,
		SECURITYFS_MAGIC, SELINUX_MAGIC, BPF_FS_MAGIC, PSTOREFS_MAGIC, EFIVARFS_MAGIC,
		HUGETLBFS_MAGIC, AUTOFS_SUPER_MAGIC, BINFMTFS_MAGIC, 0x62656570 /* configfs */,
		0x19800202 /* mqueue */ };
	struct statfs fs;
	if (fstatfs(fd, &fs) < 0)
		return false;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if ((long)fs.f_type == kinds[i])
			return true;
	return false;
}

static void visit_folder(struct walk *w, int fd, unsigned depth, dev_t above);

static void visit(struct walk *w, int dir, const char *name, unsigned depth, dev_t device)
{
	struct stat st;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno != ENOENT)
			add_unread(w, why_not(errno));
	} else if (S_ISREG(st.st_mode)) {
		visit_file(w, dir, name, &st);
	} else if (S_ISLNK(st.st_mode)) {
		visit_link(w, dir, name, &st);
	} else if (S_ISDIR(st.st_mode) && depth == DEPTH_MAX) {
		add_unread(w, "too many folders deep");
	} else if (S_ISDIR(st.st_mode)) {
		int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			add_unread(w, why_not(errno));
		else
			visit_folder(w, fd, depth + 1, device);
	}
}

/* All in a folder, whose descriptor becomes this function's. `above`: the device it stands on. */
static void visit_folder(struct walk *w, int fd, unsigned depth, dev_t above)
{
	struct stat st;
	cleanup_dir DIR *d = fstat(fd, &st) == 0 ? fdopendir(fd) : NULL;
	if (!d) {
		add_unread(w, why_not(errno));
		close(fd);
		return;
	}
	if (st.st_dev != above && is_of_kernel(fd))
		return;
	for (struct dirent *e; (e = readdir(d));) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		size_t before = w->n, n = strlen(e->d_name);
		if (w->n + n + 2 > sizeof(w->path)) {
			add_unread(w, "what is in it has too long a path");
			return;
		}
		w->path[w->n++] = '/';
		memcpy(w->path + w->n, e->d_name, n + 1);
		w->n += n;
		visit(w, fd, e->d_name, depth, st.st_dev);
		w->n = before;
		w->path[w->n] = '\0';
	}
}

static int by_path(const void *a, const void *b)
{
	const struct mkr_found *x = a, *y = b;
	return strcmp(x->path, y->path);
}

static int by_path_unread(const void *a, const void *b)
{
	const struct mkr_unread *x = a, *y = b;
	return strcmp(x->path, y->path);
}

/* The folder or file that was asked for. */
static int start(struct walk *w, const char *path, struct mkr_error *err)
{
	struct str p = str_from(path);
	while (p.n && p.p[p.n - 1] == '/')
		p.n--;
	if (p.n >= sizeof(w->path))
		return mkr_fail(err, -ENAMETOOLONG, "cannot open '%s'", path);
	memcpy(w->path, p.p, p.n);
	w->n = p.n;
	int fd = root_open(w->root, path, O_RDONLY | O_DIRECTORY);
	if (fd >= 0) {
		visit_folder(w, fd, 0, 0);
		return 0;
	}
	if (fd != -ENOTDIR)
		return mkr_fail(err, fd, "cannot open '%s'", path);
	struct stat st;
	cleanup_fd int file = mkr_root_open_file(w->root, path, &st, err);
	if (file < 0)
		return file;
	look_at_file(w, file, &st);
	return 0;
}

/* Elements of a growing array, sorted, in memory that stays. */
static void *settle(struct arena *a, const void *at, size_t n, size_t size,
	int (*compare)(const void *, const void *))
{
	void *kept = arena_alloc(a, n * size);
	if (n) {
		memcpy(kept, at, n * size);
		qsort(kept, n, size, compare);
	}
	return kept;
}

int mkr_survey_make(struct mkr_survey **out, const struct mkr_root *root, const char *path,
	struct mkr_error *err)
{
	struct arena *a = arena_new();
	struct walk w = { .root = root, .arena = a };
	int r = start(&w, path, err);
	if (r < 0) {
		arena_free(a);
	} else {
		struct mkr_survey *s = arena_new_of(a, struct mkr_survey);
		s->arena = a;
		s->n = w.found.n;
		s->n_unread = w.unread.n;
		s->found = settle(a, w.found.at, s->n, sizeof(*s->found), by_path);
		s->unread = settle(a, w.unread.at, s->n_unread, sizeof(*s->unread), by_path_unread);
		*out = s;
	}
	vec_free(&w.found);
	vec_free(&w.unread);
	return r;
}

void mkr_survey_free(struct mkr_survey *s)
{
	if (s)
		arena_free(s->arena);
}
