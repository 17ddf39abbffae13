/* A squashfs image, by libsquashfs, whose output depends on its input alone. gzip inside: it is
 * what each kernel that knows squashfs reads (fs/squashfs/Kconfig: zlib is the default, zstd is
 * not). */
#include "sink/sink.h"

#include "base/arena.h"
#include "sink/source.h"
#include "sink/squashfs.h"
#include "sink/tap.h"

#include <errno.h>
#include <sched.h>
#include <sqfs/error.h>
#include <string.h>
#include <sys/stat.h>

enum {
	LEVEL = 6,
	THREADS_MAX = 64,
	BACKLOG = 4, /* blocks in flight for each thread */
	PAGE = 4096, /* the image's size is a multiple: loop devices see no less */
};

static int check(const struct sink_args *args, struct mkr_error *err)
{
	int level = args->to->level;
	if (level != -1 && (level < SQFS_GZIP_MIN_LEVEL || level > SQFS_GZIP_MAX_LEVEL))
		return mkr_failx(err, -EINVAL, "squashfs has the levels %d to %d, not %d",
			SQFS_GZIP_MIN_LEVEL, SQFS_GZIP_MAX_LEVEL, level);
	struct stat st;
	if (strcmp(args->path, "-") == 0 ||
		(stat(args->path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)))
		return mkr_failx(err, -EINVAL,
			"'%s' is no file: a squashfs is not written in one go", args->path);
	return output_check(args, err);
}

static void squashfs_free(struct mkr_sink *sink)
{
	struct squashfs *s = (struct squashfs *)sink;
	sqfs_destroy(s->processor);
	sqfs_destroy(s->fragments);
	sqfs_destroy(s->blocks);
	sqfs_destroy(s->unpacker);
	sqfs_destroy(s->packer);
	for (size_t i = 0; s->nodes && i < s->head.args->n; i++)
		sqfs_free(s->nodes[i].inode);
	output_close(&s->out);
	arena_free(s->arena);
	free(s);
}

static unsigned count_threads(unsigned wanted)
{
	cpu_set_t set;
	if (!wanted)
		wanted = sched_getaffinity(0, sizeof(set), &set) == 0 ? (unsigned)CPU_COUNT(&set)
								      : 1;
	return wanted < THREADS_MAX ? wanted : THREADS_MAX;
}

static int open_packers(struct squashfs *s)
{
	const struct mkr_target *to = s->head.args->to;
	sqfs_compressor_config_t cfg;
	int r = sqfs_compressor_config_init(&cfg, SQFS_COMP_GZIP, SQUASHFS_BLOCK, 0);
	cfg.level = to->level < 0 ? LEVEL : (sqfs_u32)to->level;
	if (r == 0)
		r = sqfs_compressor_create(&cfg, &s->packer);
	cfg.flags |= SQFS_COMP_FLAG_UNCOMPRESS;
	return r ? r : sqfs_compressor_create(&cfg, &s->unpacker);
}

/* The superblock is written twice: the first time it only takes its place. */
static int begin(struct squashfs *s)
{
	const struct sink_args *args = s->head.args;
	sqfs_file_t *file = &s->file.head;
	unsigned threads = count_threads(args->to->threads);
	int64_t newest = newest_file_mtime(args->entries, args->n);
	int r = open_packers(s);
	if (r == 0)
		r = sqfs_super_init(&s->super, SQUASHFS_BLOCK,
			newest < 0                    ? 0
				: newest > UINT32_MAX ? UINT32_MAX
						      : (sqfs_u32)newest,
			SQFS_COMP_GZIP);
	if (r == 0)
		r = sqfs_super_write(&s->super, file);
	if (r == 0)
		r = s->packer->write_options(s->packer, file);
	if (r > 0)
		s->super.flags |= SQFS_FLAG_COMPRESSOR_OPTIONS;
	if (r < 0)
		return r;
	s->blocks = sqfs_block_writer_create(file, PAGE, 0);
	s->fragments = sqfs_frag_table_create(0);
	if (!s->blocks || !s->fragments)
		return SQFS_ERROR_ALLOC;
	/* With the two last ones equal content is compared, and not only its 32-bit hash. */
	const sqfs_block_processor_desc_t desc = { .size = sizeof(desc),
		.max_block_size = SQUASHFS_BLOCK,
		.num_workers = threads,
		.max_backlog = threads * BACKLOG,
		.cmp = s->packer,
		.wr = s->blocks,
		.tbl = s->fragments,
		.file = file,
		.uncmp = s->unpacker };
	return sqfs_block_processor_create_ex(&desc, &s->processor);
}

static int squashfs_open(struct mkr_sink **out, const struct sink_args *args, struct mkr_error *err)
{
	struct squashfs *s = calloc(1, sizeof(*s));
	if (!s)
		out_of_memory();
	s->head.args = args;
	s->arena = arena_new();
	s->out.file = (struct new_file){ .fd = -1, .dirfd = -1 };
	int r = squashfs_number(s, err);
	if (r == 0)
		r = output_open_file(&s->out, args, err);
	if (r == 0) {
		squashfs_file_init(&s->file, s->out.file.fd);
		r = begin(s);
		if (r)
			r = squashfs_fail(s, r, err);
	}
	if (r < 0) {
		squashfs_free(&s->head);
		return r;
	}
	*out = &s->head;
	return 0;
}

static int append_source(
	struct squashfs *s, const struct mkr_entry *e, int fd, struct mkr_error *err)
{
	char buffer[SQUASHFS_BLOCK];
	uint64_t left = e->size;
	while (left) {
		ssize_t n = read(fd, buffer, left < sizeof(buffer) ? (size_t)left : sizeof(buffer));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return mkr_fail(err, -errno, "cannot read '%s'", e->source);
		if (n == 0)
			return source_stale(e, err);
		tap_bytes(s->head.args->tap, buffer, (size_t)n);
		int r = sqfs_block_processor_append(s->processor, buffer, (size_t)n);
		if (r)
			return squashfs_fail(s, r, err);
		left -= (uint64_t)n;
	}
	return 0;
}

static int put_content(struct squashfs *s, const struct mkr_entry *e, int fd,
	sqfs_inode_generic_t **inode, struct mkr_error *err)
{
	int r = sqfs_block_processor_begin_file(s->processor, inode, NULL, 0);
	if (r == 0 && fd < 0 && e->size) /* without any it crashes (1.2.0) */
		r = sqfs_block_processor_append(s->processor, e->data, e->size);
	if (r)
		return squashfs_fail(s, r, err);
	r = fd >= 0 ? append_source(s, e, fd, err) : 0;
	if (r < 0)
		return r;
	r = sqfs_block_processor_end_file(s->processor);
	return r ? squashfs_fail(s, r, err) : 0;
}

static int squashfs_entry(
	struct mkr_sink *sink, const struct mkr_entry *e, int fd, struct mkr_error *err)
{
	struct squashfs *s = (struct squashfs *)sink;
	size_t at = s->at++;
	s->mtimes[at] = e->mtime;
	if (e->mtime < 0 || e->mtime > UINT32_MAX)
		sink_warn(sink->args->to,
			"'%s': its time is outside of what a squashfs holds, 1970 to 2106",
			e->path);
	if (!S_ISREG(e->mode) || e->target)
		return 0;
	return put_content(s, e, fd, &s->nodes[at].inode, err);
}

static int squashfs_commit(struct mkr_sink *sink, struct mkr_error *err)
{
	struct squashfs *s = (struct squashfs *)sink;
	int r = sqfs_block_processor_finish(s->processor);
	if (r == 0)
		r = squashfs_write_tree(s);
	if (r == 0) {
		sqfs_u64 size = s->file.head.get_size(&s->file.head);
		r = s->file.head.truncate(&s->file.head, (size + PAGE - 1) / PAGE * PAGE);
	}
	return r ? squashfs_fail(s, r, err) : output_commit(&s->out, sink->args, err);
}

const struct mkr_sink_ops sink_squashfs = {
	.name = "squashfs",
	.suffixes = (const char *const[]){ ".squashfs", ".sqfs", NULL },
	.help = (const char *const[]){ "x.squashfs (x.sqfs) squashfs:PATH                   a "
				       "squashfs image, to be mounted",
		NULL },
	.same_bytes = true,
	.check = check,
	.open = squashfs_open,
	.entry = squashfs_entry,
	.commit = squashfs_commit,
	.free = squashfs_free,
};
