/* The header that rpm keeps of a package: an index of tags and the data they point into, all
 * numbers big-endian (rpm's docs/manual/format_header.md, lib/header.c). As the database has it:
 * without the magic, the index's length first, then the data's. */
#ifndef PACKAGE_RPM_HEADER_H
#define PACKAGE_RPM_HEADER_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/* rpmtag.h */
enum rpm_tag {
	RPM_NAME = 1000,
	RPM_VERSION = 1001,
	RPM_RELEASE = 1002,
	RPM_EPOCH = 1003,
	RPM_BUILDTIME = 1006,
	RPM_SIZE = 1009,
	RPM_VENDOR = 1011,
	RPM_LICENSE = 1014,
	RPM_PACKAGER = 1015,
	RPM_ARCH = 1022,
	RPM_OLDFILENAMES = 1027,
	RPM_SOURCERPM = 1044,
	RPM_PROVIDENAME = 1047,
	RPM_REQUIRENAME = 1049,
	RPM_DIRINDEXES = 1116,
	RPM_BASENAMES = 1117,
	RPM_DIRNAMES = 1118,
	RPM_RECOMMENDNAME = 5046,
	RPM_SUGGESTNAME = 5049,
};

struct rpm_header {
	const unsigned char *index;
	uint32_t n; /* entries of the index */
	struct str data;
};

/* Strings of a tag not yet taken. */
struct rpm_strings {
	struct str rest;
	uint32_t left;
};

/* Numbers of a tag. */
struct rpm_ints {
	const unsigned char *at;
	uint32_t n;
};

/* False: it is no header, or an entry points out of it. Borrows the bytes. */
bool rpm_header_open(struct rpm_header *h, struct str blob);

/* The only string of the tag, or the first; n is 0 when there is none. */
struct str rpm_header_string(const struct rpm_header *h, enum rpm_tag tag);

struct rpm_strings rpm_header_strings(const struct rpm_header *h, enum rpm_tag tag);
bool rpm_strings_next(struct rpm_strings *s, struct str *text);

struct rpm_ints rpm_header_ints(const struct rpm_header *h, enum rpm_tag tag);
uint32_t rpm_ints_at(const struct rpm_ints *ints, size_t i); /* i < n */

#endif
