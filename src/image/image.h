/* What is known of an image once it is open; image.c makes it, unpack.c reads it. */
#ifndef IMAGE_IMAGE_H
#define IMAGE_IMAGE_H

#include <mkroot/image.h>

enum image_filter { FILTER_NONE, FILTER_GZIP, FILTER_XZ, FILTER_ZSTD, FILTER_BZIP2 };

struct mkr_image {
	char *name; /* as the user typed it */
	int fd; /* the folder (O_PATH) or the archive (O_RDONLY, at its start) */
	bool is_dir;
	enum image_filter filter;
};

#endif
