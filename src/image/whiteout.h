/* Names that speak of lower layers: image-spec, layer.md. */
#ifndef IMAGE_WHITEOUT_H
#define IMAGE_WHITEOUT_H

#include <mkroot/error.h>

struct unpack;

enum whiteout { NOT_A_WHITEOUT, WHITEOUT_OF_NAME, WHITEOUT_OF_ALL, WHITEOUT_OF_NOTHING };

/* What a member's clean path is; WHITEOUT_OF_NOTHING is what AUFS keeps for itself
 * (".wh..wh.plnk"). -EINVAL: a whiteout of "", "." or "..", or one in the middle of a name. */
int whiteout_look(enum whiteout *ret, const char *path, struct mkr_error *err);

/* Carries one out. */
int whiteout_apply(struct unpack *u, enum whiteout kind, const char *path, struct mkr_error *err);

#endif
