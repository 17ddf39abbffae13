/* Does all that is in a root resolve inside it? Programs, libraries, scripts, links, with the
 * root's own ld.so.cache; and the same question for a root that is only planned. */
#ifndef MKROOT_CHECK_H
#define MKROOT_CHECK_H

#include <mkroot/closure.h>
#include <mkroot/error.h>
#include <mkroot/loader.h>
#include <mkroot/plan.h>
#include <mkroot/root.h>

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum mkr_severity {
	MKR_IGNORED, /* never among findings */
	MKR_WARNING, /* works, or may be meant so */
	MKR_ERROR, /* something cannot start, or never be loaded */
};

/* One thing that is not as it should be. Strings belong to what they were found by. */
struct mkr_finding {
	enum mkr_severity severity;
	const char *kind; /* one of a fixed list, for programs: "missing-library" ... */
	const char *path; /* the file that it is about, inside the root */
	const char *name; /* what is missing, passed over, named ...: may be NULL */
	const char *text; /* one line, without the path */
	const char *program; /* the first program in which that shows, or NULL */
	size_t n_programs; /* in how many it does */
};

struct mkr_findings {
	const struct mkr_finding *at; /* by path, then kind, then name */
	size_t n, n_errors, n_warnings;
	size_t n_programs, n_libraries, n_scripts, n_links; /* that were looked at */
	size_t n_unread; /* what could not be: nothing is known of it */
	struct arena *arena;
};

/* Checks the root that `loader` looks things up in. A library that no program of the root maps is a
 * plug-in, or superfluous: what it misses is an error when no file of that name is in the root, and
 * a warning when there is one, which a program may have loaded by then. `strict`: what may be meant
 * so is an error too. Strings of findings may be the loader's: it must outlive them. */
int mkr_check_root(struct mkr_findings **out, const struct mkr_root *root,
	struct mkr_loader *loader, bool strict, struct mkr_error *err);

/* Checks that in a root made from these entries every link map of the closure resolves to the files
 * it was made of. */
int mkr_check_plan(struct mkr_findings **out, const struct mkr_closure *c,
	const struct mkr_entry *entries, size_t n, struct mkr_error *err);

void mkr_findings_free(struct mkr_findings *f);

#ifdef __cplusplus
}
#endif

#endif
