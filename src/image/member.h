/* One member of an archive becomes a file, folder or link. */
#ifndef IMAGE_MEMBER_H
#define IMAGE_MEMBER_H

#include "image/place.h"

#include <mkroot/image.h>

struct archive;
struct archive_entry;
struct aside;
struct arena;
struct folder;
struct upper;

struct unpack {
	struct place place;
	enum mkr_owners owners;
	bool layered; /* names that begin with ".wh." are whiteouts */
	struct aside *aside; /* is told what the archive says, NULL: nobody is */
	struct upper *upper; /* of the layer at hand, unless it is the first */
	struct arena *arena;
	struct folder *folders; /* a hash map: what they get at the end, once nothing goes in */
};

void unpack_init(struct unpack *u, int dirfd, enum mkr_owners owners);
int unpack_finish(struct unpack *u, struct mkr_error *err);
void unpack_done(struct unpack *u);

int member_unpack(
	struct unpack *u, struct archive *a, struct archive_entry *entry, struct mkr_error *err);

#endif
