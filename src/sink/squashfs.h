/* A squashfs in the making, by libsquashfs: what its three parts know of each other. */
#ifndef SINK_SQUASHFS_H
#define SINK_SQUASHFS_H

#include "sink/output.h"

#include <sqfs/block_processor.h>
#include <sqfs/block_writer.h>
#include <sqfs/compressor.h>
#include <sqfs/frag_table.h>
#include <sqfs/inode.h>
#include <sqfs/io.h>
#include <sqfs/predef.h>
#include <sqfs/super.h>

enum { SQUASHFS_BLOCK = 128 * 1024 }; /* mksquashfs's own default */

/* libsquashfs writes into this, here and there. */
struct squashfs_file {
	sqfs_file_t head;
	int fd; /* of a new, empty file */
	uint64_t size; /* kept here: libsquashfs has no way to say that asking for it failed */
	int failed; /* a negative errno: libsquashfs only passes on that something failed */
};

void squashfs_file_init(struct squashfs_file *f, int fd);

/* What becomes of an entry; that of a hard link is its first name's. */
struct squashfs_node {
	size_t first; /* index of that one */
	size_t parent; /* index of the folder, or the number of entries for the root */
	uint32_t number, links;
	uint64_t ref; /* where its inode is */
	sqfs_inode_generic_t *inode; /* of a regular file: made as its content is written */
};

struct squashfs {
	struct mkr_sink head;
	struct output out;
	struct arena *arena;
	struct squashfs_file file;
	struct squashfs_node *nodes; /* one for each entry, one more for the root */
	size_t at; /* the entry that comes next */
	uint32_t inodes;
	int64_t *mtimes; /* as the sink was told them, not as the plan has them */
	sqfs_super_t super;
	sqfs_compressor_t *packer, *unpacker;
	sqfs_block_writer_t *blocks;
	sqfs_frag_table_t *fragments;
	sqfs_block_processor_t *processor;
};

/* Finds out who is whose child and link. -EINVAL: a folder or a link's target is not there. */
int squashfs_number(struct squashfs *s, struct mkr_error *err);

/* After the content of all files: inodes, folders, attributes. Returns 0, or what libsquashfs
 * says. */
int squashfs_write_tree(struct squashfs *s);

/* Sets the error for what libsquashfs says. */
int squashfs_fail(const struct squashfs *s, int code, struct mkr_error *err);

#endif
