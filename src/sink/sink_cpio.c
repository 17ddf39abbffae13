/* cpio in the "new" format, which Linux unpacks for an initramfs
 * (Documentation/driver-api/early-userspace/buffer-format.rst). */
#include "sink/sink.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "sink/output.h"
#include "sink/source.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { HEADER = 110, RECORD = 512 };

static const char trailer[] = "TRAILER!!!"; /* the name that ends an archive */

/* An inode of several names: the content is with the last of them, as GNU cpio has it, and others
 * expect it. */
struct node {
	size_t first; /* index of the first name, which has the source; for all of them */
	size_t last;
	uint32_t links;
};

struct cpio {
	struct mkr_sink head;
	struct output out;
	struct arena *arena;
	struct node *nodes; /* one for each entry, that of its inode at node[i].first */
	size_t at; /* the entry that comes next */
	uint64_t written;
	int64_t newest;
};

static int number_nodes(struct cpio *c, const struct sink_args *args, struct mkr_error *err)
{
	c->nodes = arena_array(c->arena, struct node, args->n);
	for (size_t i = 0; i < args->n; i++) {
		const struct mkr_entry *e = &args->entries[i];
		size_t first = mkr_entry_first(args->entries, args->n, i);
		if (first > i || first == args->n)
			return mkr_failx(err, -EINVAL, "'%s' is a link to '%s', which is not there",
				e->path, e->target);
		c->nodes[i].first = first;
		c->nodes[first].last = i;
		c->nodes[first].links++;
	}
	return 0;
}

/* What the format has no room for. */
static int check_entry(
	const struct sink_args *args, const struct mkr_entry *e, struct mkr_error *err)
{
	if (e->size > UINT32_MAX)
		return mkr_failx(err, -EFBIG, "'%s' has %" PRIu64 " bytes: a cpio holds 4 GiB - 1",
			e->path, e->size);
	if (strcmp(e->path, trailer) == 0)
		return mkr_failx(
			err, -EINVAL, "a cpio cannot hold '%s': that name is its end", e->path);
	if (e->mtime < 0 || e->mtime > UINT32_MAX)
		sink_warn(args->to, "'%s': its time is outside of what a cpio holds, 1970 to 2106",
			e->path);
	for (size_t i = 0; i < e->n_xattrs && !mkr_entry_is_hard_link(e); i++)
		sink_warn(args->to, "'%s': a cpio holds no extended attributes: %s is lost",
			e->path, e->xattrs[i].name);
	return 0;
}

static void check_init(const struct sink_args *args)
{
	const struct mkr_entry *init = mkr_entry_find(args->entries, args->n, "init");
	if (!init)
		sink_warn(args->to,
			"there is no /init, which the kernel starts in an initramfs: add -i "
			"FILE:/init");
	else if (S_ISDIR(init->mode) || (S_ISREG(init->mode) && !(init->mode & 0111)))
		sink_warn(args->to, "'init', which the kernel starts, is not executable");
}

static void cpio_free(struct mkr_sink *sink)
{
	struct cpio *c = (struct cpio *)sink;
	output_close(&c->out);
	arena_free(c->arena);
	free(c);
}

/* All that can be wrong with the entries is before the first byte. */
static int cpio_open(struct mkr_sink **out, const struct sink_args *args, struct mkr_error *err)
{
	struct cpio *c = calloc(1, sizeof(*c));
	if (!c)
		out_of_memory();
	c->head.args = args;
	c->arena = arena_new();
	c->newest = newest_mtime(args->entries, args->n);
	int r = number_nodes(c, args, err);
	for (size_t i = 0; i < args->n && r == 0; i++)
		r = check_entry(args, &args->entries[i], err);
	if (r == 0)
		r = output_open(&c->out, args, true, err);
	if (r < 0) {
		arena_free(c->arena);
		free(c);
		return r;
	}
	check_init(args);
	*out = &c->head;
	return 0;
}

static int pad(struct cpio *c, uint64_t to, struct mkr_error *err)
{
	size_t n = (size_t)(-c->written & (to - 1));
	c->written += n;
	return stream_zeros(c->out.stream, n, err);
}

static int put(struct cpio *c, const void *data, size_t n, struct mkr_error *err)
{
	c->written += n;
	return stream_put(c->out.stream, data, n, err);
}

static uint32_t time_of(const struct mkr_entry *e)
{
	if (e->mtime < 0)
		return 0;
	return e->mtime > UINT32_MAX ? UINT32_MAX : (uint32_t)e->mtime;
}

/* Inodes are numbered anew and lie on no device: those of the host are its own affair, and do not
 * always fit. */
static int put_header(struct cpio *c, const struct mkr_entry *e, uint32_t ino, uint32_t links,
	uint32_t size, struct mkr_error *err)
{
	char text[HEADER + 1];
	size_t name = strlen(e->path) + 1;
	snprintf(text, sizeof(text), "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X",
		ino, e->mode, e->uid, e->gid, links, time_of(e), size, 0U, 0U, e->dev_major,
		e->dev_minor, (uint32_t)name, 0U);
	int r = put(c, text, HEADER, err);
	if (r == 0)
		r = put(c, e->path, name, err);
	return r < 0 ? r : pad(c, 4, err);
}

/* The source was lent for the first name only: here it is opened again, by the last one. */
static int put_content(
	struct cpio *c, const struct mkr_entry *e, int fd, bool linked, struct mkr_error *err)
{
	if (!linked || !entry_has_source(e))
		return output_content(c->out.stream, e, fd, err);
	struct stat before;
	cleanup_fd int again = source_open(e, c->newest, &before, err);
	if (again < 0)
		return again;
	int r = output_content(c->out.stream, e, again, err);
	return r < 0 ? r : source_check(e, again, &before, err);
}

static int cpio_entry(
	struct mkr_sink *sink, const struct mkr_entry *e, int fd, struct mkr_error *err)
{
	struct cpio *c = (struct cpio *)sink;
	const struct mkr_entry *entries = sink->args->entries;
	size_t at = c->at++;
	const struct node *node = &c->nodes[c->nodes[at].first];
	const struct mkr_entry *first = &entries[node->first];
	bool link = S_ISLNK(e->mode), content = S_ISREG(e->mode) && at == node->last;
	uint64_t size = link ? strlen(e->target) : content ? first->size : 0;
	uint32_t links = S_ISDIR(e->mode) ? 2 : node->links;
	int r = put_header(c, e, (uint32_t)node->first + 1, links, (uint32_t)size, err);
	if (r < 0)
		return r;
	if (link)
		r = put(c, e->target, size, err);
	if (content && size) {
		r = put_content(c, first, fd, node->links > 1, err);
		c->written += size;
	}
	return r < 0 ? r : pad(c, 4, err);
}

static int cpio_commit(struct mkr_sink *sink, struct mkr_error *err)
{
	struct cpio *c = (struct cpio *)sink;
	int r = put_header(c, &(struct mkr_entry){ .path = trailer }, 0, 1, 0, err);
	if (r == 0)
		r = pad(c, RECORD, err);
	return r < 0 ? r : output_commit(&c->out, sink->args, err);
}

const struct mkr_sink_ops sink_cpio = {
	.name = "cpio",
	.suffixes = (const char *const[]){ ".cpio", ".cpio.gz", ".cpio.xz", ".cpio.zst", NULL },
	.help = (const char *const[]){ "x.cpio x.cpio.gz x.cpio.xz x.cpio.zst cpio:PATH     a cpio "
				       "archive, for an initramfs",
		NULL },
	.same_bytes = true,
	.check = output_check,
	.open = cpio_open,
	.entry = cpio_entry,
	.commit = cpio_commit,
	.free = cpio_free,
};
