#include "sink/tar_header.h"

#include "base/escape.h"
#include "base/str.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct ustar {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], chksum[8], typeflag;
	char linkname[100], magic[6], version[2], uname[32], gname[32], devmajor[8], devminor[8];
	char prefix[155], unused[12];
};
_Static_assert(sizeof(struct ustar) == TAR_BLOCK, "a tar header is one block");

/* What the octal fields of 8 and of 12 bytes hold, the last byte being NUL. */
#define OCTAL_8_MAX UINT64_C(07777777)
#define OCTAL_12_MAX UINT64_C(077777777777)

static void append(tar_bytes *out, const void *p, size_t n)
{
	vec_grow_((void **)(void *)&out->at, &out->cap, out->n + n, 1);
	if (n)
		memcpy(out->at + out->n, p, n);
	out->n += n;
}

/* "LENGTH KEY=VALUE\n", LENGTH counting its own digits. */
static void append_record(tar_bytes *out, const char *key, const char *sub, struct str value)
{
	char length[24];
	size_t rest = strlen(key) + strlen(sub) + value.n + 3, n = 0; /* " ", "=", "\n" */
	for (size_t digits = 0; n != digits || n == 0;) {
		digits = n;
		n = (size_t)snprintf(length, sizeof(length), "%zu", rest + digits);
	}
	append(out, length, n);
	append(out, " ", 1);
	append(out, key, strlen(key));
	append(out, sub, strlen(sub));
	append(out, "=", 1);
	append(out, value.p, value.n);
	append(out, "\n", 1);
}

static void append_number(tar_bytes *out, const char *key, int64_t value)
{
	char text[24];
	snprintf(text, sizeof(text), "%" PRId64, value);
	append_record(out, key, "", str_from(text));
}

/* Where ustar may cut a name in two at a slash; 0: whole into `name`. False: it does not fit. */
static bool split_name(struct str path, size_t *prefix)
{
	*prefix = 0;
	if (path.n <= sizeof(((struct ustar *)NULL)->name))
		return true;
	for (size_t i = path.n - 2; i > 0; i--) {
		if (i <= sizeof(((struct ustar *)NULL)->prefix) && path.p[i] == '/') {
			*prefix = i;
			return path.n - i - 1 <= sizeof(((struct ustar *)NULL)->name);
		}
	}
	return false;
}

static void put_bytes(char *field, size_t size, struct str text)
{
	memcpy(field, text.p, text.n < size ? text.n : size);
}

static void put_octal(char *field, int size, uint64_t value, uint64_t max)
{
	char text[24];
	snprintf(text, sizeof(text), "%0*" PRIo64, size - 1, value < max ? value : max);
	memcpy(field, text, (size_t)size);
}

static void append_block(tar_bytes *out, struct ustar *h)
{
	memcpy(h->magic, "ustar", 6);
	memcpy(h->version, "00", 2);
	memset(h->chksum, ' ', sizeof(h->chksum));
	unsigned sum = 0;
	const unsigned char *p = (const unsigned char *)h;
	for (size_t i = 0; i < sizeof(*h); i++)
		sum += p[i];
	snprintf(h->chksum, sizeof(h->chksum), "%06o", sum);
	append(out, h, sizeof(*h));
}

static char type_of(const struct mkr_entry *e)
{
	switch (e->mode & S_IFMT) {
	case S_IFREG:
		return e->target ? '1' : '0';
	case S_IFLNK:
		return '2';
	case S_IFCHR:
		return '3';
	case S_IFBLK:
		return '4';
	case S_IFDIR:
		return '5';
	case S_IFIFO:
		return '6';
	default:
		return 0;
	}
}

/* What goes into the header, derived once for both of its halves. */
struct member {
	const struct mkr_entry *e;
	struct str path, target;
	size_t prefix;
	bool path_fits, target_fits;
	uint64_t size, mtime; /* as the ustar block says them */
};

static int append_xattrs(tar_bytes *out, const struct mkr_entry *e, struct mkr_error *err)
{
	if (mkr_entry_is_hard_link(e))
		return 0; /* they are with the first name */
	for (size_t i = 0; i < e->n_xattrs; i++) {
		const struct mkr_xattr *x = &e->xattrs[i];
		if (strpbrk(x->name, "=\n"))
			return mkr_failx(err, -EINVAL,
				"'%s': a tar cannot hold an attribute of the name '%s'", e->path,
				x->name);
		append_record(out, "SCHILY.xattr.", x->name, (struct str){ x->value, x->size });
	}
	return 0;
}

static int append_records(tar_bytes *out, const struct member *m, struct mkr_error *err)
{
	const struct mkr_entry *e = m->e;
	/* Values are UTF-8 but for xattrs, unless this says otherwise (pax, "hdrcharset"). */
	if ((!m->path_fits && !utf8_is_valid(m->path.p)) ||
		(!m->target_fits && !utf8_is_valid(m->target.p)))
		append_record(out, "hdrcharset", "", STR("BINARY"));
	if (!m->path_fits)
		append_record(out, "path", "", m->path);
	if (!m->target_fits)
		append_record(out, "linkpath", "", m->target);
	if (m->size > OCTAL_12_MAX)
		append_number(out, "size", (int64_t)m->size);
	if (e->uid > OCTAL_8_MAX)
		append_number(out, "uid", e->uid);
	if (e->gid > OCTAL_8_MAX)
		append_number(out, "gid", e->gid);
	if (e->mtime < 0 || (uint64_t)e->mtime > OCTAL_12_MAX)
		append_number(out, "mtime", e->mtime);
	return append_xattrs(out, e, err);
}

/* The records, with a block before them that old readers take for a file of that name. */
static void append_pax(tar_bytes *out, const struct member *m, const tar_bytes *records)
{
	struct ustar h = { .typeflag = 'x' };
	char name[sizeof(h.name) + 1];
	snprintf(name, sizeof(name), "PaxHeaders/%s", base_name(m->e->path));
	put_bytes(h.name, sizeof(h.name), str_from(name));
	put_octal(h.mode, sizeof(h.mode), 0644, OCTAL_8_MAX);
	put_octal(h.uid, sizeof(h.uid), 0, OCTAL_8_MAX);
	put_octal(h.gid, sizeof(h.gid), 0, OCTAL_8_MAX);
	put_octal(h.size, sizeof(h.size), records->n, OCTAL_12_MAX);
	put_octal(h.mtime, sizeof(h.mtime), m->mtime, OCTAL_12_MAX);
	append_block(out, &h);
	append(out, records->at, records->n);
	static const char zeros[TAR_BLOCK];
	append(out, zeros, tar_padding(records->n));
}

static void append_ustar(tar_bytes *out, const struct member *m, char type)
{
	const struct mkr_entry *e = m->e;
	struct ustar h = { .typeflag = type };
	if (m->prefix) {
		put_bytes(h.prefix, sizeof(h.prefix), (struct str){ m->path.p, m->prefix });
		put_bytes(h.name, sizeof(h.name), str_skip(m->path, m->prefix + 1));
	} else {
		put_bytes(h.name, sizeof(h.name), m->path);
	}
	put_bytes(h.linkname, sizeof(h.linkname), m->target);
	put_octal(h.mode, sizeof(h.mode), e->mode & 07777, OCTAL_8_MAX);
	put_octal(h.uid, sizeof(h.uid), e->uid, OCTAL_8_MAX);
	put_octal(h.gid, sizeof(h.gid), e->gid, OCTAL_8_MAX);
	put_octal(h.size, sizeof(h.size), m->size, OCTAL_12_MAX);
	put_octal(h.mtime, sizeof(h.mtime), m->mtime, OCTAL_12_MAX);
	bool device = type == '3' || type == '4';
	put_octal(h.devmajor, sizeof(h.devmajor), device ? e->dev_major : 0, OCTAL_8_MAX);
	put_octal(h.devminor, sizeof(h.devminor), device ? e->dev_minor : 0, OCTAL_8_MAX);
	append_block(out, &h);
}

int tar_header(tar_bytes *out, const struct mkr_entry *e, struct mkr_error *err)
{
	out->n = 0;
	char type = type_of(e);
	if (!type)
		return mkr_failx(err, -EINVAL, "'%s' is of a type that no tar holds", e->path);
	/* A directory's name ends in a slash. */
	size_t n = strlen(e->path);
	VEC(char) path = { 0 };
	vec_grow_((void **)(void *)&path.at, &path.cap, n + 2, 1);
	memcpy(path.at, e->path, n);
	memcpy(path.at + n, type == '5' ? "/" : "", type == '5' ? 2 : 1);

	struct member m = { .e = e, .path = str_from(path.at) };
	m.target = type == '1' || type == '2' ? str_from(e->target) : STR("");
	m.path_fits = split_name(m.path, &m.prefix);
	m.target_fits = m.target.n <= sizeof(((struct ustar *)NULL)->linkname);
	m.size = type == '0' ? e->size : 0;
	m.mtime = e->mtime < 0 ? 0 : (uint64_t)e->mtime;

	tar_bytes records = { 0 };
	int r = append_records(&records, &m, err);
	if (r == 0 && records.n)
		append_pax(out, &m, &records);
	if (r == 0)
		append_ustar(out, &m, type);
	vec_free(&records);
	vec_free(&path);
	return r;
}
