/* The constant text of ELF objects: names of files, folders, users and commands are found in it. */
#ifndef RULES_STRINGS_H
#define RULES_STRINGS_H

#include "rules/rule.h"

/* The bytes read last; all zero at first. Rules look at one object after the other, each set at the
 * same one: it is read once. */
struct rodata {
	const char *path;
	char *bytes;
	size_t n;
};

/* As rules_rodata(). */
struct str rodata_read(struct rodata *kept, const struct mkr_root *root, const struct subject *s);
void rodata_free(struct rodata *kept);

#endif
