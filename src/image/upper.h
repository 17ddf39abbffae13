/* What the layer at hand has put down itself: whiteouts take away only what lower layers have
 * (image-spec, layer.md). */
#ifndef IMAGE_UPPER_H
#define IMAGE_UPPER_H

#include <mkroot/error.h>

#include <stdbool.h>

struct upper;

struct upper *upper_new(int rootfd);
void upper_free(struct upper *u); /* NULL: nothing */

/* `name` in the folder `parent` is this layer's. */
int upper_note(struct upper *u, int parent, const char *name, struct mkr_error *err);

/* Takes away what lower layers have: `name` in the folder `parent` with all that is below it, or
 * all that is in the folder. */
int upper_clear_below(struct upper *u, int parent, const char *name, struct mkr_error *err);
int upper_clear_in(struct upper *u, int parent, struct mkr_error *err);

#endif
