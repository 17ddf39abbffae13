/* Where a folder is to be, and whether it may be there. */
#ifndef SINK_DIR_PLACE_H
#define SINK_DIR_PLACE_H

#include <mkroot/error.h>

#include <limits.h>

struct dir_place {
	int dir; /* the folder (O_PATH); -1: there is none yet, but ... */
	int parent; /* ... this is what it is to be made in, else -1 */
	char name[NAME_MAX + 1]; /* under this name */
};

/* Finds the folder `path`. -EPERM for "/", a mount point that is not empty, `home` (may be NULL)
 * and the homes of root and of the people in /etc/passwd, however they are spelt; -ENOTDIR for a
 * file; -EACCES, -EROFS where nothing can be made. Closed with dir_place_close() when it succeeded.
 */
int dir_place_find(struct dir_place *p, const char *path, const char *home, struct mkr_error *err);
void dir_place_close(struct dir_place *p);

#endif
