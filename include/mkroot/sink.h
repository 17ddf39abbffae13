/* Where a plan goes: a folder, a tar ... One output format is one struct mkr_sink_ops. */
#ifndef MKROOT_SINK_H
#define MKROOT_SINK_H

#include <mkroot/error.h>
#include <mkroot/image.h>
#include <mkroot/plan.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One line, without a newline: "'bin/ping': security.capability needs root". Borrowed. */
typedef void mkr_warn_fn(void *ctx, const char *text);

/* How an image says it is to be run, and how it is stored: the OCI image specification's names
 * (image-spec, config.md). Lists end with NULL, or are NULL; all text is UTF-8. Borrowed. */
struct mkr_image_spec {
	const char *architecture, *variant; /* as GOARCH names them; variant may be NULL */
	const char *const *entrypoint, *const *cmd;
	const char *const *env; /* "K=V", each K once */
	const char *const *labels, *const *annotations; /* "K=V" */
	const char *const *ports; /* "80/tcp" */
	const char *const *volumes; /* absolute paths */
	const char *user, *workdir, *stop_signal; /* NULL: not said */
	const char *runtime; /* of a bundle: its config.json (mkr_runtime_config()) */
	const char *compress; /* of layers: "gzip", "zstd", "none"; NULL: what fits the output */
	unsigned layers; /* at most so many; 0 is 1. Those of what it is based on do not count */
	const struct mkr_image *base; /* its layers come first, as they are, and what is not said
				       * here is as its configuration says; NULL: none */
	size_t n_base; /* so many of the entries are a layer of their own, below the others; a path
			* may come again in these */
	bool has_created; /* else it is as old as the newest file */
	int64_t created; /* seconds since 1970 */
};

enum { MKR_LAYERS_MAX = 127 }; /* what overlay file systems of docker's take */

/* How far a write is: names and bytes of content that are done, and the path that is being written;
 * NULL: all are, and the output is brought to its end. Called for each name, and every now and then
 * within a large file: it has to be cheap. */
typedef void mkr_progress_fn(void *ctx, uint64_t files, uint64_t bytes, const char *path);

/* Of a file's content. */
struct mkr_digests {
	unsigned char sha256[32], sha1[20];
	bool has_sha1;
};

/* Who keeps a record of what is written. */
struct mkr_record {
	/* Is the entry's SHA-1 asked for too? NULL: of none. */
	bool (*wants_sha1)(void *ctx, const struct mkr_entry *e);
	/* Told of each entry as it was written, once it was: with the time that the output has for
	 * it, and, for a file of its own, the digests of its content (else NULL) and its source,
	 * open for pread(2) (-1: made by the plan). An output that holds a folder twice tells of it
	 * twice. */
	void (*entry)(void *ctx, const struct mkr_entry *e, const struct mkr_digests *digests,
		int source);
	/* All entries are written; the output gets its name if this returns 0. Else nothing is left
	 * of it. */
	int (*ready)(void *ctx, struct mkr_error *err);
	void *ctx;
};

/* What the user said about the output. */
struct mkr_target {
	const char *output; /* as typed: "root/", "dir:PATH", "x.tar.zst", "tar:PATH", "-" */
	int fd; /* what "-" means; 0: standard output. The caller's */
	const char *home; /* a folder that is never written into, or NULL */
	int level; /* compression level, -1: the format's own default */
	unsigned threads; /* for compression; 0: all CPUs. Never changes the bytes */
	const struct mkr_image_spec *image; /* for the formats that hold one; NULL: nothing said */
	mkr_warn_fn *warn; /* told of each thing that could not be kept; may be NULL */
	void *warn_ctx;
	mkr_progress_fn *progress; /* may be NULL */
	void *progress_ctx;
	const struct mkr_record *record; /* costs the digest of each file; may be NULL */
};

/* What was written, for the last line of the report. */
struct mkr_written {
	uint64_t files; /* names of any type */
	uint64_t bytes; /* of content, before compression */
};

/* Checks that `output` names a format and a place that may be written to, without writing: to be
 * called before the long work. -EINVAL: an unknown suffix (the detail lists the known ones);
 * -EPERM: "/", a home folder, a mount point that is not empty, a terminal. */
int mkr_target_check(const struct mkr_target *to, struct mkr_error *err);

/* The path that would be written, without the words and names around it; the caller frees it. NULL:
 * standard output, or no output at all. *ret_folder: it is the folder of the root itself, which
 * would be added to or made. */
char *mkr_target_path(const struct mkr_target *to, bool *ret_folder);

/* Does the output hold an mkr_image_spec? */
bool mkr_target_is_image(const struct mkr_target *to);

/* The word for the output's format: "dir", "tar" ...; NULL: it has none. Static. */
const char *mkr_target_format(const struct mkr_target *to);

/* Writes the entries. The output is whole or absent: archives are written beside their name and
 * renamed; a folder that did not exist is too, one that did is added to, file by file, and what
 * this call created there is removed again when it fails. Sources are read through their
 * root; one that changed since the plan was made is -ESTALE. `ret` may be NULL. */
int mkr_write(const struct mkr_entry *entries, size_t n, const struct mkr_target *to,
	struct mkr_written *ret, struct mkr_error *err);

/* The -o words, one line each, for help texts: line `i`, or NULL behind the last one. Static. */
const char *mkr_target_help(size_t i);

#ifdef __cplusplus
}
#endif

#endif
