/* From programs to a written root: what build does, and trace once its command has ended. */
#ifndef CLI_BUILD_H
#define CLI_BUILD_H

#include "cli/image_args.h"
#include "cli/input.h"
#include "cli/opt.h"
#include "cli/progress.h"
#include "cli/stored.h"
#include "cli/verb.h"

#include <mkroot/closure.h>
#include <mkroot/plan.h>
#include <mkroot/sink.h>

#include <stdio.h>

/* What the options say; zeroed: all defaults. */
struct build_args {
	struct common_args common;
	struct input_args input;
	const char *output, *owner, *user, *manifest, *base;
	struct opt_list include, exclude, with, try, sbom;
	bool dry_run, keep_going, run;
	int level, jobs;
	struct image_args image;
};

/* The rows for it; an args struct that starts with a struct build_args can use them. */
extern const struct opt build_opts[];

/* For --help: what -o and --with take. */
void build_print_words(FILE *out);

/* --base; zeroed: none. See build_base.h. */
struct build_base {
	struct mkr_image *image;
	struct stored files; /* zeroed: they are not looked at */
	const struct mkr_root *root; /* theirs, or the folder's */
	struct mkr_plan *plan; /* of all of it; NULL: it is not looked at */
	struct mkr_laid laid;
	const char *machine; /* what it is for, unless --platform says so; NULL: not said */
	bool kept; /* its layers go into the output as they are */
	bool has_command; /* that is kept, or replaced: it is not the first program's */
};

struct build {
	const struct build_args *args;
	struct input in;
	struct mkr_policy policy;
	struct mkr_closure *closure;
	struct mkr_plan *plan;
	struct build_base base;
	bool adds; /* not only what the base has already */
	bool adds_files; /* that a package may have shipped */
	const struct mkr_plan *whole; /* what there will be: `plan`, or that over the base */
	const struct mkr_entry *entries; /* what is written */
	size_t n;
	struct mkr_target target;
	struct mkr_image_spec image; /* the target's, when it is an image */
	struct arena *arena;
	char *runtime; /* image.runtime */
	char *first; /* the first program's path; NULL: there is none */
	char *path; /* of the target; NULL: standard output */
	struct progress progress;
	struct documents *documents; /* beside the target */
	struct mkr_root *folder; /* the target, when it is a folder that is there */
	int held; /* --run without -o: the result, which nobody else sees; -1: none */
};

/* What goes into the root beside the includes. */
struct build_wants {
	const char *const *programs; /* as typed */
	size_t n_programs;
	/* Further wants; may be NULL. */
	int (*add)(void *ctx, struct mkr_closure *c, struct mkr_error *err);
	void *ctx;
	const char *with; /* the run-time data when --with is not given */
};

/* Looks at the options, the target and the input: all that can be wrong before there is anything to
 * write. All return an exit status, and have said what is wrong. */
int build_begin(struct build *b, const struct build_args *args, bool has_wants);

/* Finds what is needed, and writes it. */
int build_finish(struct build *b, const struct build_wants *wants);

/* --run: starts `cmd` (ends with NULL; NULL: `first`, a program as typed) in what was written.
 * Returns the status to pass on. */
int build_run(struct build *b, const char *const *cmd, const char *first);

/* Also after a failed build_begin(). */
void build_free(struct build *b);

#endif
