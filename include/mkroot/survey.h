/* What a folder holds that has needs: ELF files, scripts, symbolic links. Everything in it is read
 * as data, nothing is run, nothing outside of it is looked at. */
#ifndef MKROOT_SURVEY_H
#define MKROOT_SURVEY_H

#include <mkroot/error.h>
#include <mkroot/root.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum mkr_found_kind {
	MKR_FOUND_ELF, /* ET_EXEC or ET_DYN; object files, modules and cores are not told of */
	MKR_FOUND_SCRIPT, /* "#!", with an x bit */
	MKR_FOUND_LINK,
};

struct mkr_found {
	const char *path; /* inside the root, with a leading slash; crosses no link */
	enum mkr_found_kind kind;
	uint32_t mode;
	bool secure; /* a program that runs with more rights: set-id, or file capabilities */
	uint16_t machine; /* ELF: e_machine ... */
	uint8_t bits; /* ... and 32 or 64 */
	const char *target; /* of a link */
	const char *interp, *command; /* of a script; command: for "env NAME", else NULL */
};

/* Something that could not be looked at. */
struct mkr_unread {
	const char *path, *why;
};

struct mkr_survey {
	const struct mkr_found *found; /* by path */
	size_t n;
	const struct mkr_unread *unread;
	size_t n_unread;
	struct arena *arena;
};

/* Looks at all below `path`, a folder inside the root, or at that one file. Links are told of and
 * not followed, devices, FIFOs and sockets never opened, the kernel's file systems (/proc ...) left
 * out. -ENOENT, -ENOTDIR, -EACCES: `path` itself cannot be opened. */
int mkr_survey_make(struct mkr_survey **out, const struct mkr_root *root, const char *path,
	struct mkr_error *err);
void mkr_survey_free(struct mkr_survey *s);

#ifdef __cplusplus
}
#endif

#endif
