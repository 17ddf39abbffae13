#include "loader/registry.h"

#include "base/cleanup.h"
#include "base/read.h"
#include "os/root.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

void registry_init(struct registry *g, const struct mkr_root *root)
{
	*g = (struct registry){ .root = root, .arena = arena_new() };
}

void registry_done(struct registry *g)
{
	HASH_CLEAR(hh, g->names);
	HASH_CLEAR(hh, g->files);
	HASH_CLEAR(hh, g->places);
	HASH_CLEAR(hh, g->folders);
	arena_free(g->arena);
}

struct name *registry_name(struct registry *g, struct str text)
{
	struct name *name;
	HASH_FIND(hh, g->names, text.p, text.n, name);
	if (name)
		return name;
	name = arena_new_of(g->arena, struct name);
	name->text = arena_dup_str(g->arena, text);
	name->has_slash = memchr(text.p, '/', text.n) != NULL;
	name->has_token = memchr(text.p, '$', text.n) != NULL;
	HASH_ADD_KEYPTR(hh, g->names, name->text, text.n, name);
	return name;
}

static void parse(struct registry *g, struct file *f, int fd, uint64_t size)
{
	struct mkr_error err;
	f->code = mkr_elf_read(&f->elf, g->arena, fd, size, &err);
	if (f->code < 0) {
		f->elf = NULL;
		f->why = arena_dup(g->arena, err.text);
		return;
	}
	if (f->elf->soname)
		f->soname = registry_name(g, str_from(f->elf->soname));
	f->needs = arena_array(g->arena, struct name *, f->elf->n_requests);
	for (size_t i = 0; i < f->elf->n_requests; i++)
		f->needs[i] = registry_name(g, str_from(f->elf->requests[i].name));
}

static struct file *open_file(struct registry *g, int fd, const struct stat *st)
{
	struct file key = { .id = { st->st_dev, st->st_ino } }, *f;
	HASH_FIND(hh, g->files, &key.id, sizeof(key.id), f);
	if (f)
		return f;
	f = arena_new_of(g->arena, struct file);
	f->id = key.id;
	f->mode = st->st_mode;
	f->size = (uint64_t)st->st_size;
	HASH_ADD(hh, g->files, id, sizeof(f->id), f);
	if (S_ISREG(st->st_mode)) {
		parse(g, f, fd, (uint64_t)st->st_size);
	} else {
		f->code = S_ISDIR(st->st_mode) ? -EISDIR : -EINVAL;
		f->why = S_ISDIR(st->st_mode) ? "is a directory" : "is not a regular file";
	}
	return f;
}

struct place *registry_place_fd(struct registry *g, const char *path, int *ret_fd)
{
	struct place *p;
	*ret_fd = -1;
	size_t n = strlen(path);
	HASH_FIND(hh, g->places, path, n, p);
	if (p)
		return p;
	p = arena_new_of(g->arena, struct place);
	p->path = arena_dup(g->arena, path);
	HASH_ADD_KEYPTR(hh, g->places, p->path, n, p);
	cleanup_fd int fd = root_open(g->root, path, O_RDONLY);
	struct stat st;
	if (fd == -ENXIO || fd == -ENODEV) {
		/* A socket, or a device node without a driver: there, but not to be read. */
		p->file = arena_new_of(g->arena, struct file);
		p->file->code = -EINVAL;
		p->file->why = "is not a regular file";
	} else if (fd < 0) {
		p->code = fd;
	} else if (fstat(fd, &st) < 0) {
		p->code = -errno;
	} else {
		p->file = open_file(g, fd, &st);
		*ret_fd = steal_fd(&fd);
	}
	return p;
}

struct place *registry_place(struct registry *g, const char *path)
{
	cleanup_fd int fd;
	return registry_place_fd(g, path, &fd);
}

struct folder *registry_folder(struct registry *g, const char *path)
{
	struct folder *f;
	size_t n = strlen(path);
	HASH_FIND(hh, g->folders, path, n, f);
	if (f)
		return f;
	f = arena_new_of(g->arena, struct folder);
	f->path = arena_dup(g->arena, path);
	cleanup_fd int fd = root_open(g->root, path, O_PATH | O_DIRECTORY);
	f->exists = fd >= 0;
	HASH_ADD_KEYPTR(hh, g->folders, f->path, n, f);
	return f;
}

bool registry_folder_exists(struct registry *g, const char *path)
{
	return registry_folder(g, path)->exists;
}

int registry_read(struct registry *g, const char *path, size_t limit, char **out, size_t *n)
{
	struct stat st;
	cleanup_fd int fd = root_open_file(g->root, path, &st);
	if (fd < 0)
		return fd;
	if ((uint64_t)st.st_size > limit)
		return -EFBIG;
	size_t size = (size_t)st.st_size;
	char *text = arena_alloc(g->arena, size + 1);
	ssize_t got = read_at(fd, text, size, 0);
	if (got < 0)
		return (int)got;
	text[got] = '\0';
	*out = text;
	*n = (size_t)got;
	return 0;
}
