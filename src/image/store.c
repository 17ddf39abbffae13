#include "image/store.h"

#include "base/cleanup.h"
#include "base/map.h"
#include "base/read.h"
#include "base/str.h"
#include "image/decode.h"
#include "os/walk.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

enum { MEMBERS_MAX = 1 << 16, LINKS_MAX = 8, NAMES_MAX = 64 << 20 };

struct stored {
	const char *name; /* clean: no empty and no "." components */
	const char *link; /* the clean name of the member that is meant, else NULL */
	uint64_t at, size;
	UT_hash_handle hh;
};

/* `name` as seen from the folder `from` ("" for the top), without ".", ".." and empty components.
 * NULL: it leads out of the archive, or is too long. */
static const char *clean_name(struct arena *a, struct str from, const char *name)
{
	char out[PATH_MAX];
	size_t n = 0;
	struct str parts[] = { name[0] == '/' ? STR("") : from, str_from(name) }, part;
	for (size_t i = 0; i < 2; i++) {
		struct str rest = parts[i];
		while (rest.p && str_split(&rest, "/", &part)) {
			if (part.n == 0 || str_eq(part, STR(".")))
				continue;
			if (str_eq(part, STR(".."))) {
				if (n == 0)
					return NULL;
				while (n && out[--n] != '/')
					;
				continue;
			}
			if (n + part.n + 2 > sizeof(out))
				return NULL;
			if (n)
				out[n++] = '/';
			memcpy(out + n, part.p, part.n);
			n += part.n;
		}
	}
	return arena_dup_str(a, (struct str){ out, n });
}

/* Of two members with one name the later one counts, as when the archive is unpacked. */
static struct stored *new_member(struct store *s, const char *name)
{
	struct stored *m;
	HASH_FIND_STR(s->members, name, m);
	if (m) {
		m->link = NULL;
		return m;
	}
	m = arena_new_of(s->arena, struct stored);
	m->name = name;
	HASH_ADD_KEYPTR(hh, s->members, m->name, strlen(m->name), m);
	return m;
}

static struct stored *note_member(struct store *s, struct archive_entry *entry)
{
	const char *typed = archive_entry_pathname(entry);
	const char *name = typed ? clean_name(s->arena, STR(""), typed) : NULL;
	if (!name || !*name)
		return NULL;
	const char *hard = archive_entry_hardlink(entry), *soft = archive_entry_symlink(entry);
	struct stored *m;
	if (hard || soft) {
		struct str base = str_base(str_from(name));
		struct str folder = hard ? STR("") : (struct str){ name, (size_t)(base.p - name) };
		m = new_member(s, name);
		m->link = clean_name(s->arena, folder, hard ? hard : soft);
		if (!m->link)
			m->link = ""; /* leads nowhere */
		return NULL;
	}
	if (archive_entry_filetype(entry) != S_IFREG || archive_entry_sparse_count(entry) ||
		archive_entry_size(entry) < 0)
		return NULL;
	m = new_member(s, name);
	m->size = (uint64_t)archive_entry_size(entry);
	return m;
}

/* The data of a member ends, padded to a block, where the next header begins. What is found like
 * that is only believed once its digest is right. */
static int note_data(struct stored *m, int64_t next, struct mkr_error *err)
{
	uint64_t padded = (m->size + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
	if (next < 0 || padded < m->size || (uint64_t)next < padded)
		return mkr_failx(err, -EBADMSG, "the member '%s' has no place in it", m->name);
	m->at = (uint64_t)next - padded;
	return 0;
}

static int read_members(struct store *s, struct archive *a, struct mkr_error *err)
{
	struct archive_entry *entry;
	struct stored *last = NULL;
	for (size_t n = 0;; n++) {
		int r = archive_read_next_header(a, &entry);
		if (r != ARCHIVE_EOF && r != ARCHIVE_OK && r != ARCHIVE_WARN)
			return decode_failed(a, err);
		int noted = last ? note_data(last, archive_read_header_position(a), err) : 0;
		if (noted < 0 || r == ARCHIVE_EOF)
			return noted;
		if (n == MEMBERS_MAX || arena_used(s->arena) > NAMES_MAX)
			return mkr_failx(err, -EFBIG, "it has more than %d members", MEMBERS_MAX);
		last = note_member(s, entry);
	}
}

int store_of_tar(struct store *s, struct arena *arena, int fd, struct mkr_error *err)
{
	*s = (struct store){ .dir = -1, .fd = fd, .arena = arena };
	cleanup_decode struct archive *a = NULL;
	int r = decode_open(&a, fd, FILTER_NONE, true, err);
	if (r < 0)
		return r;
	struct utf8 utf8 = utf8_begin();
	r = read_members(s, a, err);
	utf8_end(&utf8);
	return r;
}

void store_of_dir(struct store *s, struct arena *arena, int dir)
{
	*s = (struct store){ .dir = dir, .fd = -1, .arena = arena };
}

void store_close(struct store *s)
{
	for (size_t i = 0; i < s->opened.n; i++)
		close(s->opened.at[i]);
	vec_free(&s->opened);
	HASH_CLEAR(hh, s->members);
}

static int find_member(struct store *s, const char *name, struct blob *out)
{
	for (int i = 0; i < LINKS_MAX; i++) {
		struct stored *m;
		const char *clean = clean_name(s->arena, STR(""), name);
		if (!clean)
			return -ENOENT;
		HASH_FIND_STR(s->members, clean, m);
		if (!m)
			return -ENOENT;
		if (!m->link) {
			*out = (struct blob){ s->fd, m->at, m->size };
			return 0;
		}
		name = m->link;
	}
	return -ELOOP;
}

static int find_file(struct store *s, const char *name, struct blob *out)
{
	char link[64];
	struct stat st;
	cleanup_fd int path_fd = walk_path(s->dir, name, true, NULL, NULL, NULL);
	if (path_fd < 0)
		return path_fd;
	if (fstat(path_fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", path_fd);
	int fd = open(link, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	vec_push(&s->opened, fd);
	*out = (struct blob){ fd, 0, (uint64_t)st.st_size };
	return 0;
}

int store_find(struct store *s, const char *name, struct blob *out, struct mkr_error *err)
{
	int r = s->dir >= 0 ? find_file(s, name, out) : find_member(s, name, out);
	return r < 0 ? mkr_fail(err, r, "'%s' in it", name) : 0;
}

bool store_has(struct store *s, const char *name)
{
	struct blob b;
	if (s->dir < 0)
		return find_member(s, name, &b) == 0;
	cleanup_fd int fd = walk_path(s->dir, name, true, NULL, NULL, NULL);
	struct stat st;
	return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

int store_read(struct store *s, const struct blob *b, size_t limit, const char **ret_text,
	struct mkr_error *err)
{
	if (b->size > limit)
		return mkr_failx(err, -EFBIG, "it is over %zu bytes long", limit);
	size_t size = (size_t)b->size;
	char *text = arena_alloc(s->arena, size + 1);
	ssize_t n = read_at(b->fd, text, size, b->at);
	if (n < 0)
		return mkr_fail(err, (int)n, "cannot read it");
	if ((size_t)n < size)
		return mkr_failx(err, -EBADMSG, "it is cut off");
	*ret_text = text;
	return 0;
}
