/* One output format is one struct mkr_sink_ops in a sink_NAME.c, and its NAME in the CMake list
 * MKROOT_SINKS. */
#ifndef SINK_SINK_H
#define SINK_SINK_H

#include <mkroot/sink.h>

struct arena;
struct tap;

/* A target, taken apart. Everything is borrowed and lives as long as the sink. */
struct sink_args {
	const struct mkr_target *to;
	const struct mkr_sink_ops *ops;
	struct arena *arena; /* for what is made of it */
	const char *path; /* the output without "WORD:" and ":NAME"; "-" is standard output */
	const char *name; /* sink_ops.named: what follows the path; NULL: nothing */
	const char *suffix; /* the one of ops->suffixes that it ends in; "" for none */
	const struct mkr_entry *entries; /* all that will come */
	size_t n;
	const struct layers *layers; /* set by layers_arrange() */
	struct tap *tap; /* for who reads sources, see tap.h; NULL in a check */
};

/* A sink's own struct starts with this. */
struct mkr_sink {
	const struct sink_args *args;
};

struct mkr_sink_ops {
	const char *name; /* the word of "WORD:PATH" */
	const char *const *suffixes; /* with their dot; ends with NULL */
	const char *const *help; /* lines for -o; ends with NULL */
	bool takes_stdout; /* "-" is this format */
	bool named; /* "WORD:PATH:NAME": a path ends at its first colon */
	bool image; /* takes an mkr_image_spec */
	const char
		*root; /* of a folder: where in it the root is, "": the folder itself; else NULL */
	bool same_bytes; /* when a folder on the way was last changed is this host's history and not
			  * the root's: such a folder is as old as the newest file in the output */

	/* Whether it may be written to args->path; creates nothing. */
	int (*check)(const struct sink_args *args, struct mkr_error *err);
	/* NULL, or: puts the entries into the order and the form in which they shall come. */
	int (*arrange)(struct sink_args *args, struct mkr_error *err);
	int (*open)(struct mkr_sink **out, const struct sink_args *args, struct mkr_error *err);
	/* Called for each of args->entries, in order. A regular file's content is read from fd, or
	 * from e->data when fd is -1. */
	int (*entry)(struct mkr_sink *s, const struct mkr_entry *e, int fd, struct mkr_error *err);
	int (*commit)(struct mkr_sink *s, struct mkr_error *err); /* gives it its name */
	void (*free)(struct mkr_sink *s); /* not committed: leaves nothing behind */
};

/* All of them; made by CMake from MKROOT_SINKS, ends with NULL. The first is that of a name without
 * a suffix. */
extern const struct mkr_sink_ops *const sinks[];

/* Tells the caller's mkr_target.warn, if there is one. */
void sink_warn(const struct mkr_target *to, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
