/* The second half of a squashfs: inodes and folders (Documentation/filesystems/squashfs.rst). */
#include "sink/squashfs.h"

#include "base/arena.h"
#include "base/str.h"
#include "sink/source.h"

#include <errno.h>
#include <sqfs/dir.h>
#include <sqfs/dir_writer.h>
#include <sqfs/error.h>
#include <sqfs/id_table.h>
#include <sqfs/meta_writer.h>
#include <sqfs/xattr_writer.h>
#include <string.h>

enum { NO_XATTRS = 0xffffffff };

struct tree_writer {
	struct squashfs *s;
	sqfs_id_table_t *ids;
	sqfs_xattr_writer_t *xattrs;
	sqfs_meta_writer_t *inodes, *folders;
	sqfs_dir_writer_t *dirs;
	size_t *child, *next; /* lists of what a folder holds, in order; n ends one */
};

int squashfs_number(struct squashfs *s, struct mkr_error *err)
{
	const struct sink_args *args = s->head.args;
	size_t n = args->n;
	s->nodes = arena_array(s->arena, struct squashfs_node, n + 1);
	s->mtimes = arena_array(s->arena, int64_t, n + 1);
	s->nodes[n] = (struct squashfs_node){ .first = n, .parent = n, .number = 1, .links = 2 };
	s->inodes = 1;
	for (size_t i = 0; i < n; i++) {
		const struct mkr_entry *e = &args->entries[i];
		struct squashfs_node *node = &s->nodes[i];
		size_t base = (size_t)(base_name(e->path) - e->path);
		node->parent = base ? mkr_entry_index(args->entries, n, e->path, base - 1) : n;
		node->first = mkr_entry_first(args->entries, n, i);
		if ((base && node->parent == n) || node->first == n || node->first > i)
			return mkr_failx(
				err, -EINVAL, "'%s' needs an entry that is not there", e->path);
		node->links += S_ISDIR(e->mode) ? 2 : 0;
		s->nodes[node->first].links += S_ISDIR(e->mode) ? 0 : 1;
		s->nodes[node->parent].links += S_ISDIR(e->mode) ? 1 : 0;
		node->number =
			mkr_entry_is_hard_link(e) ? s->nodes[node->first].number : ++s->inodes;
	}
	return 0;
}

static uint32_t time_of(int64_t mtime)
{
	if (mtime < 0)
		return 0;
	return mtime > UINT32_MAX ? UINT32_MAX : (uint32_t)mtime;
}

static int put_xattrs(struct tree_writer *w, const struct mkr_entry *e, sqfs_u32 *ret)
{
	*ret = NO_XATTRS;
	if (!e->n_xattrs)
		return 0;
	int r = sqfs_xattr_writer_begin(w->xattrs, 0);
	for (size_t i = 0; i < e->n_xattrs && r == 0; i++)
		r = sqfs_xattr_writer_add(
			w->xattrs, e->xattrs[i].name, e->xattrs[i].value, e->xattrs[i].size);
	return r ? r : sqfs_xattr_writer_end(w->xattrs, ret);
}

/* Writes an inode whose type and content are set. */
static int put_inode(struct tree_writer *w, size_t i, const struct mkr_entry *e,
	sqfs_inode_generic_t *inode, sqfs_u32 xattrs)
{
	struct squashfs_node *node = &w->s->nodes[i];
	inode->base.mode = e->mode & 07777;
	inode->base.mod_time = time_of(w->s->mtimes[i]);
	inode->base.inode_number = node->number;
	int r = sqfs_id_table_id_to_index(w->ids, e->uid, &inode->base.uid_idx);
	if (r == 0)
		r = sqfs_id_table_id_to_index(w->ids, e->gid, &inode->base.gid_idx);
	if (r == 0 && xattrs != NO_XATTRS)
		r = sqfs_inode_set_xattr_index(inode, xattrs);
	if (r)
		return r;
	sqfs_u64 block;
	sqfs_u32 offset;
	sqfs_meta_writer_get_position(w->inodes, &block, &offset);
	node->ref = block << 16 | offset;
	return sqfs_meta_writer_write_inode(w->inodes, inode);
}

static int put_file(struct tree_writer *w, size_t i, const struct mkr_entry *e, sqfs_u32 xattrs)
{
	const struct squashfs_node *node = &w->s->nodes[i];
	int r = 0;
	if (node->links > 1 || node->inode->base.type == SQFS_INODE_EXT_FILE) {
		r = sqfs_inode_make_extended(node->inode);
		node->inode->data.file_ext.nlink = node->links;
	}
	return r ? r : put_inode(w, i, e, node->inode, xattrs);
}

/* As the kernel's new_decode_dev() takes it apart. */
static uint32_t device_number(const struct mkr_entry *e)
{
	return (e->dev_minor & 0xff) | e->dev_major << 8 | (e->dev_minor & ~0xffU) << 12;
}

static int put_special(struct tree_writer *w, size_t i, const struct mkr_entry *e, sqfs_u32 xattrs)
{
	size_t n = S_ISLNK(e->mode) ? strlen(e->target) : 0;
	sqfs_inode_generic_t *inode = arena_alloc(w->s->arena, sizeof(*inode) + n + 1);
	switch (e->mode & S_IFMT) {
	case S_IFLNK:
		inode->base.type = SQFS_INODE_SLINK;
		inode->data.slink.nlink = 1;
		inode->data.slink.target_size = (sqfs_u32)n;
		inode->payload_bytes_available = inode->payload_bytes_used = (sqfs_u32)n;
		memcpy(inode->extra, e->target, n);
		break;
	case S_IFIFO:
		inode->base.type = SQFS_INODE_FIFO;
		inode->data.ipc.nlink = 1;
		break;
	default:
		inode->base.type = S_ISCHR(e->mode) ? SQFS_INODE_CDEV : SQFS_INODE_BDEV;
		inode->data.dev.nlink = 1;
		inode->data.dev.devno = device_number(e);
	}
	return put_inode(w, i, e, inode, xattrs);
}

/* Once all that it holds has been written. */
static int put_folder(struct tree_writer *w, size_t i, const struct mkr_entry *e, sqfs_u32 xattrs)
{
	const struct sink_args *args = w->s->head.args;
	const struct squashfs_node *nodes = w->s->nodes;
	int r = sqfs_dir_writer_begin(w->dirs, 0);
	for (size_t c = w->child[i]; c < args->n && r == 0; c = w->next[c]) {
		const struct squashfs_node *node = &nodes[nodes[c].first];
		const struct mkr_entry *child = &args->entries[c];
		r = sqfs_dir_writer_add_entry(w->dirs, base_name(child->path), node->number,
			node->ref, (sqfs_u16)child->mode);
	}
	if (r == 0)
		r = sqfs_dir_writer_end(w->dirs);
	if (r)
		return r;
	/* The root's parent has a number that nobody has. */
	uint32_t parent = i == args->n ? w->s->inodes + 1 : nodes[nodes[i].parent].number;
	sqfs_inode_generic_t *inode = sqfs_dir_writer_create_inode(w->dirs, 0, xattrs, parent);
	if (!inode)
		return SQFS_ERROR_ALLOC;
	/* It counts files too; everywhere else folders alone are links to a folder. */
	if (inode->base.type == SQFS_INODE_EXT_DIR)
		inode->data.dir_ext.nlink = nodes[i].links;
	else
		inode->data.dir.nlink = nodes[i].links;
	r = put_inode(w, i, e, inode, xattrs);
	sqfs_free(inode);
	return r;
}

static int put_entry(struct tree_writer *w, size_t i, const struct mkr_entry *e)
{
	sqfs_u32 xattrs;
	int r = put_xattrs(w, e, &xattrs);
	if (r)
		return r;
	if (S_ISDIR(e->mode))
		return put_folder(w, i, e, xattrs);
	return S_ISREG(e->mode) ? put_file(w, i, e, xattrs) : put_special(w, i, e, xattrs);
}

/* Folders come last and from the end, so that what is in them has been written. */
static int put_entries(struct tree_writer *w)
{
	const struct sink_args *args = w->s->head.args;
	size_t n = args->n;
	int r = 0;
	w->child = arena_array(w->s->arena, size_t, n + 1);
	w->next = arena_array(w->s->arena, size_t, n + 1);
	for (size_t i = 0; i <= n; i++)
		w->child[i] = n;
	for (size_t i = n; i-- > 0;) {
		size_t parent = w->s->nodes[i].parent;
		w->next[i] = w->child[parent];
		w->child[parent] = i;
	}
	for (size_t i = 0; i < n && r == 0; i++)
		if (!S_ISDIR(args->entries[i].mode) && w->s->nodes[i].first == i)
			r = put_entry(w, i, &args->entries[i]);
	for (size_t i = n; i-- > 0 && r == 0;)
		if (S_ISDIR(args->entries[i].mode))
			r = put_entry(w, i, &args->entries[i]);
	const struct mkr_entry root = { .path = "", .mode = S_IFDIR | 0755 };
	w->s->mtimes[n] = newest_file_mtime(args->entries, n);
	return r ? r : put_entry(w, n, &root);
}

static int put_tables(struct tree_writer *w)
{
	struct squashfs *s = w->s;
	sqfs_file_t *file = &s->file.head;
	s->super.inode_count = s->inodes;
	s->super.inode_table_start = file->get_size(file);
	int r = put_entries(w);
	s->super.root_inode_ref = s->nodes[s->head.args->n].ref;
	if (r == 0)
		r = sqfs_meta_writer_flush(w->inodes);
	s->super.directory_table_start = file->get_size(file);
	if (r == 0)
		r = sqfs_meta_writer_flush(w->folders);
	if (r == 0)
		r = sqfs_meta_write_write_to_file(w->folders);
	if (r == 0)
		r = sqfs_frag_table_write(s->fragments, file, &s->super, s->packer);
	if (r == 0)
		r = sqfs_id_table_write(w->ids, file, &s->super, s->packer);
	if (r == 0)
		r = sqfs_xattr_writer_flush(w->xattrs, file, &s->super, s->packer);
	s->super.bytes_used = file->get_size(file);
	return r ? r : sqfs_super_write(&s->super, file);
}

int squashfs_write_tree(struct squashfs *s)
{
	sqfs_file_t *file = &s->file.head;
	struct tree_writer w = { .s = s,
		.ids = sqfs_id_table_create(0),
		.xattrs = sqfs_xattr_writer_create(0),
		.inodes = sqfs_meta_writer_create(file, s->packer, 0),
		.folders =
			sqfs_meta_writer_create(file, s->packer, SQFS_META_WRITER_KEEP_IN_MEMORY) };
	if (w.folders)
		w.dirs = sqfs_dir_writer_create(w.folders, 0);
	int r = SQFS_ERROR_ALLOC;
	if (w.ids && w.xattrs && w.inodes && w.dirs)
		r = put_tables(&w);
	sqfs_destroy(w.dirs);
	sqfs_destroy(w.folders);
	sqfs_destroy(w.inodes);
	sqfs_destroy(w.xattrs);
	sqfs_destroy(w.ids);
	return r;
}
