#include "cli/stored.h"

#include <stdlib.h>
#include <sys/stat.h>

int stored_open(
	struct stored *s, const struct mkr_image *img, struct arena *arena, struct mkr_error *err)
{
	const char *tmp = getenv("TMPDIR");
	*s = (struct stored){ .arena = arena };
	int r = mkr_image_unpack_aside(&s->unpacked, img, tmp && *tmp ? tmp : "/tmp", err);
	return r == 0 ? mkr_root_open(&s->root, mkr_unpacked_path(s->unpacked), err) : r;
}

void stored_close(struct stored *s)
{
	mkr_root_free(s->root);
	mkr_unpacked_free(s->unpacked);
}

bool stored_known(void *ctx, struct mkr_entry *e, uint64_t ino)
{
	const struct stored *b = ctx;
	const struct mkr_stored *s = mkr_unpacked_stored(b->unpacked, ino);
	e->uid = e->gid = 0;
	if (!s) {
		e->ino = 0; /* a folder that the archive only implies */
		return true;
	}
	bool device = S_ISCHR(s->mode) || S_ISBLK(s->mode);
	if (device ? !S_ISREG(e->mode) : (s->mode & S_IFMT) != (e->mode & S_IFMT))
		return true;
	struct mkr_xattr *xattrs = arena_array(b->arena, struct mkr_xattr, s->n_xattrs + 1);
	for (size_t i = 0; i < s->n_xattrs; i++)
		xattrs[i] = (struct mkr_xattr){ s->xattrs[i].name, s->xattrs[i].value,
			s->xattrs[i].size };
	e->xattrs = xattrs;
	e->n_xattrs = s->n_xattrs;
	e->mode = s->mode;
	e->uid = s->uid;
	e->gid = s->gid;
	e->dev_major = s->dev_major;
	e->dev_minor = s->dev_minor;
	return true;
}
