#include "sink/stream.h"

#include "base/arena.h"
#include "base/str.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

enum {
	BUFFER = 256 * 1024,
	DIRECT = 64 * 1024, /* from this size on a file is copied within the kernel */
};

/* The compressors are libarchive's; each is named by its own function, so that a static link takes
 * these three only. */
struct filter {
	const char *name;
	const char *suffix[2];
	int (*add)(struct archive *a);
	int level_min, level_max, level;
	/* With one thread xz writes other bytes than with several, which all write the same: so it
	 * is never one (xz(1), --threads). Each takes 100 MiB at level 6: so it is not one for each
	 * of many processors, unless they are asked for. 0: the filter is not told of threads. */
	unsigned threads_min, threads_max;
	const char *off; /* an option that is on and must not be, or NULL */
};

/* zstd is without threads although libarchive knows some: they change the bytes too, and Debian's
 * libzstd.a is built without, unlike its libzstd.so. */
static const struct filter filters[] = {
	{ "gzip", { ".gz", ".tgz" }, archive_write_add_filter_gzip, 0, 9, 6, 0, 0, "timestamp" },
	{ "xz", { ".xz", ".xz" }, archive_write_add_filter_xz, 0, 9, 6, 2, 4, NULL },
	{ "zstd", { ".zst", ".zst" }, archive_write_add_filter_zstd, 1, 22, 3, 0, 0, NULL },
};

struct stream {
	int fd;
	int failed; /* what write(2) said, for libarchive only passes on that it failed */
	/* Freeing closes, which writes the rest; with archive_write_fail() it does not, but leaks
	 * (libarchive 3.6.2). */
	bool discard;
	const char *name;
	struct archive *archive; /* NULL: not compressed */
	size_t used;
	char buffer[BUFFER];
};

static const struct filter *find_filter(const char *suffix)
{
	for (size_t i = 0; i < sizeof(filters) / sizeof(*filters); i++)
		for (size_t k = 0; k < 2; k++)
			if (str_ends(str_from(suffix), str_from(filters[i].suffix[k])))
				return &filters[i];
	return NULL;
}

int stream_check(const char *suffix, int level, struct mkr_error *err)
{
	const struct filter *f = find_filter(suffix);
	if (!f || level == -1 || (level >= f->level_min && level <= f->level_max))
		return 0;
	return mkr_failx(err, -EINVAL, "%s has the levels %d to %d, not %d", f->name, f->level_min,
		f->level_max, level);
}

static la_ssize_t write_some(struct archive *a, void *ctx, const void *data, size_t n)
{
	struct stream *s = ctx;
	s->failed = s->discard ? 0 : write_all(s->fd, data, n);
	if (s->failed < 0) {
		archive_set_error(a, -s->failed, "write");
		return -1;
	}
	return (la_ssize_t)n;
}

static int fail(struct stream *s, int code, struct mkr_error *err)
{
	if (s->archive && !s->failed) {
		const char *why = archive_error_string(s->archive);
		return mkr_failx(err, -EIO, "cannot compress '%s': %s", s->name, why ? why : "?");
	}
	return mkr_fail(err, s->failed ? s->failed : code, "cannot write '%s'", s->name);
}

static int set_number(struct archive *a, const struct filter *f, const char *key, unsigned value)
{
	char text[16];
	snprintf(text, sizeof(text), "%u", value);
	return archive_write_set_filter_option(a, f->name, key, text);
}

static unsigned count_threads(const struct filter *f, unsigned wanted)
{
	if (!wanted) {
		cpu_set_t set;
		wanted = sched_getaffinity(0, sizeof(set), &set) == 0 ? (unsigned)CPU_COUNT(&set)
								      : 1;
		wanted = wanted < f->threads_max ? wanted : f->threads_max;
	}
	return wanted > f->threads_min ? wanted : f->threads_min;
}

/* libarchive as a compressor: its "raw" format is one member of nothing but its bytes. */
static int open_filter(struct stream *s, const struct filter *f, const struct mkr_target *to)
{
	struct archive *a = s->archive = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	if (!a || !entry)
		out_of_memory();
	int r = archive_write_set_format_raw(a) | f->add(a) |
		set_number(a, f, "compression-level",
			(unsigned)(to->level < 0 ? f->level : to->level));
	if (f->threads_min)
		r |= set_number(a, f, "threads", count_threads(f, to->threads));
	if (f->off)
		r |= archive_write_set_filter_option(a, f->name, f->off, NULL);
	/* No blocks: what comes out is written as it is, the end without padding. */
	r |= archive_write_set_bytes_per_block(a, BUFFER) |
		archive_write_set_bytes_in_last_block(a, 1);
	if (r == ARCHIVE_OK)
		r = archive_write_open2(a, s, NULL, write_some, NULL, NULL);
	archive_entry_set_filetype(entry, AE_IFREG);
	if (r == ARCHIVE_OK)
		r = archive_write_header(a, entry);
	archive_entry_free(entry);
	return r == ARCHIVE_OK ? 0 : -EIO;
}

int stream_open(struct stream **out, int fd, const char *name, const char *suffix,
	const struct mkr_target *to, struct mkr_error *err)
{
	struct stream *s = calloc(1, sizeof(*s));
	if (!s)
		out_of_memory();
	s->fd = fd;
	s->name = name;
	const struct filter *f = find_filter(suffix);
	int r = f ? open_filter(s, f, to) : 0;
	if (r < 0) {
		r = fail(s, r, err);
		stream_free(s);
		return r;
	}
	*out = s;
	return 0;
}

void stream_free(struct stream *s)
{
	if (!s)
		return;
	if (s->archive) {
		s->discard = true;
		archive_write_free(s->archive);
	}
	free(s);
}

static int flush(struct stream *s, struct mkr_error *err)
{
	int r = 0;
	if (s->archive && s->used) {
		la_ssize_t put = archive_write_data(s->archive, s->buffer, s->used);
		r = put == (la_ssize_t)s->used ? 0 : -EIO;
	} else {
		r = write_all(s->fd, s->buffer, s->used);
	}
	s->used = 0;
	return r < 0 ? fail(s, r, err) : 0;
}

int stream_put(struct stream *s, const void *data, size_t n, struct mkr_error *err)
{
	const char *p = data;
	while (n) {
		size_t room = BUFFER - s->used, part = n < room ? n : room;
		memcpy(s->buffer + s->used, p, part);
		s->used += part;
		p += part;
		n -= part;
		int r = s->used == BUFFER ? flush(s, err) : 0;
		if (r < 0)
			return r;
	}
	return 0;
}

int stream_zeros(struct stream *s, size_t n, struct mkr_error *err)
{
	static const char zeros[1024];
	int r = 0;
	while (n && r == 0) {
		size_t part = n < sizeof(zeros) ? n : sizeof(zeros);
		r = stream_put(s, zeros, part, err);
		n -= part;
	}
	return r;
}

/* Reads into the buffer itself. */
static int copy_buffered(
	struct stream *s, int from, uint64_t size, struct copied *ret, struct mkr_error *err)
{
	while (ret->n < size) {
		uint64_t left = size - ret->n;
		size_t room = BUFFER - s->used;
		ssize_t got = read(from, s->buffer + s->used, left < room ? (size_t)left : room);
		if (got < 0 && errno == EINTR)
			continue;
		ret->reading = got < 0;
		if (got < 0)
			return -errno;
		if (got == 0)
			return 0;
		s->used += (size_t)got;
		ret->n += (uint64_t)got;
		int r = s->used == BUFFER ? flush(s, err) : 0;
		if (r < 0)
			return r;
	}
	return 0;
}

int stream_copy(
	struct stream *s, int from, uint64_t size, struct copied *ret, struct mkr_error *err)
{
	*ret = (struct copied){ 0 };
	if (s->archive || size < DIRECT)
		return copy_buffered(s, from, size, ret, err);
	int r = flush(s, err);
	if (r < 0)
		return r;
	r = copy_bytes(s->fd, from, size, ret);
	return r < 0 && !ret->reading ? fail(s, r, err) : r;
}

int stream_finish(struct stream *s, struct mkr_error *err)
{
	int r = flush(s, err);
	if (r < 0 || !s->archive)
		return r;
	return archive_write_close(s->archive) == ARCHIVE_OK ? 0 : fail(s, -EIO, err);
}
