/* A list of MD5 sums as md5sum(1) prints it (deb-md5sums(5)), by path. */
#ifndef PACKAGE_SUMS_H
#define PACKAGE_SUMS_H

#include "base/str.h"

struct sums;

/* Borrows the text. Never NULL. */
struct sums *sums_read(struct str text);
void sums_free(struct sums *s); /* NULL: nothing */

/* The 32 digits for the path, which has a leading slash and no /usr in front of bin, sbin or lib*;
 * borrowed. NULL: there are none. */
const char *sums_find(const struct sums *s, struct str key);

#endif
