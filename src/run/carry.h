/* What the files that carry operations out share: stage.c is the loop, the others a subject each.
 */
#ifndef RUN_CARRY_H
#define RUN_CARRY_H

#include "base/str.h"
#include "base/vec.h"
#include "run/op.h"

#include <mkroot/image.h>

struct stage {
	const struct mkr_image *img;
	enum mkr_owners owners;
	bool userns;
	int *root_mount; /* ROOT with other ids, not attached yet; -1: as the caller has it */
	int *console; /* as in stage.h */
	int from; /* ROOT, a folder, as our own mount namespace has it */
	int root; /* the new root */
	size_t bound; /* entries of ROOT that are mounts in the new root */
	int above; /* folder_above() of the last path, or -1 */
	struct str above_path; /* of `above`: up to its slash, in that operation */
	int empty, null; /* a folder of /dev that stays empty, and /dev/null: to copy as masks */
	int mask; /* one of the first that is mounted already */
	VEC(uint64_t) ours; /* ids of mounts that hold nothing of ROOT or the host */
	VEC(int) skeletons; /* to be sealed */
};

/* The new root lies on top of the old one until pivot_root(2): no path leads to it, so nothing
 * outside needs a folder to mount it on. */
int attach_root(struct stage *s, int mount, const char *what, struct mkr_error *err);

/* ROOT in our own mount namespace; kept in s->from. */
int open_from(struct stage *s, struct mkr_error *err);

/* Which mount `path` is in, of all there are. */
int mount_id(int dir, const char *path, uint64_t *ret);

/* Notes that folders may be made in this mount (room.c). */
int own_mount(struct stage *s, int mount);

/* Opens `path` (links are followed inside the new root) to be mounted on: O_PATH. Where it is
 * missing, it is made: in a mount of our own, or in a tmpfs with all that the folder above holds,
 * which takes that folder's place. With `replace` a link at its end is taken for missing. */
int room_for(struct stage *s, const char *path, bool is_dir, bool replace, struct mkr_error *err);

/* All skeletons that room_for() has made are read-only from here on: what is written to their top
 * would be lost. */
int room_seal(struct stage *s, struct mkr_error *err);

int carry_below(struct stage *s, struct mkr_error *err);
int carry_overlay(struct stage *s, const struct op *op, struct mkr_error *err);
int carry_volume(struct stage *s, const struct op *op, struct mkr_error *err);
int carry_host_sys(struct stage *s, const struct op *op, struct mkr_error *err);
int carry_mask(struct stage *s, const struct op *op, struct mkr_error *err);
int carry_readonly(struct stage *s, const struct op *op, struct mkr_error *err);
int carry_device(struct stage *s, const struct op *op, struct mkr_error *err);
int carry_pivot(struct stage *s, struct mkr_error *err);
int carry_node(struct stage *s, const struct op *op, struct mkr_error *err);

/* The folder above `path`, which stays the stage's, up to the next mount; *ret_name is the path's
 * last part. */
int folder_above(struct stage *s, const char *path, const char **ret_name, struct mkr_error *err);

int attach_at(const struct stage *s, int mount, const char *path, int flags, struct mkr_error *err);

#endif
