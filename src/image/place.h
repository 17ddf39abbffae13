/* Where a member of an archive goes. The archive is hostile, and so is what it has put down so far:
 * names are cleaned, and the links it made are resolved with the target directory taken for "/". */
#ifndef IMAGE_PLACE_H
#define IMAGE_PLACE_H

#include <mkroot/error.h>

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

struct place {
	int rootfd; /* borrowed */
	void (*made)(void *ctx, const struct stat *st); /* told of folders that no member made,
							 * NULL: nobody is */
	void *made_ctx;
	bool replaces_folders; /* a file takes the place of a folder with all that is in it */
	int parent; /* of the last member: most archives are in folder order */
	char parent_path[PATH_MAX];
};

void place_init(struct place *p, int rootfd);
void place_done(struct place *p);

/* Copies a member's name without empty and "." components to `clean` ("" is the root itself).
 * -EINVAL for a "..", -ENAMETOOLONG, -ENOENT for no name at all. */
int place_clean(char clean[static PATH_MAX], const char *name, struct mkr_error *err);

/* The descriptor (borrowed, until the next call) of the folder that the clean path lies in, and its
 * last component (a part of `path`). With `make`, folders that are missing are made. */
int place_find(struct place *p, const char *path, bool make, int *ret_parent, const char **ret_name,
	struct mkr_error *err);

/* Takes away what stands at `name`: of two members with one name the later one wins. */
int place_clear(struct place *p, int parent, const char *name, struct mkr_error *err);

/* Makes the folder at a clean path, and those above it. */
int place_make(const struct place *p, const char *path, struct mkr_error *err);

/* To be called when something was taken away in another way: the next member looks again. */
void place_forget(struct place *p);

#endif
