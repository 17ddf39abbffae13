#include "image/aside.h"

#include "base/arena.h"
#include "base/map.h"

#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { BYTES_MAX = 512 << 20, XATTRS_MAX = 256 };

struct noted {
	uint64_t ino;
	struct mkr_stored stored;
	UT_hash_handle hh;
};

struct aside {
	struct arena *arena;
	struct noted *files; /* a hash map */
};

struct aside *aside_new(void)
{
	struct aside *a = calloc(1, sizeof(*a));
	if (!a)
		out_of_memory();
	a->arena = arena_new();
	return a;
}

void aside_free(struct aside *a)
{
	if (!a)
		return;
	HASH_CLEAR(hh, a->files);
	arena_free(a->arena);
	free(a);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct mkr_stored_xattr *)a)->name,
		((const struct mkr_stored_xattr *)b)->name);
}

static void keep_xattrs(struct aside *a, struct mkr_stored *stored, struct archive_entry *entry)
{
	struct mkr_stored_xattr found[XATTRS_MAX];
	const char *name;
	const void *value;
	size_t size, n = 0;
	archive_entry_xattr_reset(entry);
	while (n < XATTRS_MAX && archive_entry_xattr_next(entry, &name, &value, &size) == 0) {
		if (!meta_takes_xattr(name))
			continue;
		void *copy = arena_alloc(a->arena, size + 1);
		memcpy(copy, value, size);
		found[n++] = (struct mkr_stored_xattr){ arena_dup(a->arena, name), copy, size };
	}
	struct mkr_stored_xattr *all = n ? arena_array(a->arena, struct mkr_stored_xattr, n) : NULL;
	if (n) {
		qsort(found, n, sizeof(*found), by_name);
		memcpy(all, found, n * sizeof(*all));
	}
	stored->xattrs = all;
	stored->n_xattrs = n;
}

int aside_note(struct aside *a, const struct stat *st, const struct meta *m,
	struct archive_entry *entry, struct mkr_error *err)
{
	uint64_t ino = st->st_ino;
	struct noted *f;
	if (arena_used(a->arena) > BYTES_MAX)
		return mkr_failx(err, -EFBIG, "too many files");
	HASH_FIND(hh, a->files, &ino, sizeof(ino), f);
	if (!f) {
		f = arena_new_of(a->arena, struct noted);
		f->ino = ino;
		HASH_ADD(hh, a->files, ino, sizeof(f->ino), f);
	}
	f->stored = (struct mkr_stored){
		.mode = archive_entry_filetype(entry) | m->mode,
		.uid = m->uid,
		.gid = m->gid,
		.dev_major = (uint32_t)archive_entry_rdevmajor(entry),
		.dev_minor = (uint32_t)archive_entry_rdevminor(entry),
	};
	keep_xattrs(a, &f->stored, entry);
	return 0;
}

void aside_forget(struct aside *a, uint64_t ino)
{
	struct noted *f = NULL;
	HASH_FIND(hh, a->files, &ino, sizeof(ino), f);
	if (f)
		HASH_DELETE(hh, a->files, f);
}

const struct mkr_stored *aside_find(const struct aside *a, uint64_t ino)
{
	struct noted *f = NULL;
	HASH_FIND(hh, a->files, &ino, sizeof(ino), f);
	return f ? &f->stored : NULL;
}
