/* Plain chroot(2). */
#ifndef RUN_CHROOT_H
#define RUN_CHROOT_H

#include <mkroot/run.h>

/* The calling process becomes the command: it comes back only when that failed. */
int chroot_run(const struct mkr_image *img, const struct mkr_box *box, int *ret_status,
	struct mkr_error *err);

#endif
