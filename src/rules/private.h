/* Whose a file or folder is, from where one program or library stands. */
#ifndef RULES_PRIVATE_H
#define RULES_PRIVATE_H

#include "rules/rule.h"

#include <sys/stat.h>

/* Globs (as ask.skip) of what no program reads at run time: documentation, headers, static
 * libraries, translations, tests; ends with NULL. */
extern const char *const private_skip[];

/* Is the path one that other sets bring, that belongs to everybody, or that only a running system
 * has? */
bool path_is_common(const char *path);
bool path_is_skipped(const char *path);

/* In one of the folders of commands. */
bool path_is_command(const char *path);

/* Do they belong together: the same source, a (however many) dependency of `own`, or a plug-in,
 * which depends on `own` itself? */
bool package_is_kin(struct packages *p, const struct package *own, const struct package *other);

/* "gst-launch-1.0" is "gst-launch", "python3.11" "python", "libfoo-2.so.1" "libfoo". */
struct str name_stem(const char *name);

/* A folder, from where `own` stands (NULL: nothing is known about packages, and `subject_path`
 * alone decides by its name). */
struct folder {
	uint64_t bytes; /* of all that is not skipped */
	size_t kin, strangers, unowned; /* files */
	size_t programs, objects; /* files with an x bit, and "*.so*" */
	const char *const *skip; /* private_skip, and files below /etc and /var that are no
				  * package's and not for all to read */
};
/* False: it cannot be read, or has too many files to look at. */
bool folder_survey(
	struct rules *r, const struct package *own, const char *path, struct folder *out);

#endif
