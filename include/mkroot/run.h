/* Starts a program in a root: pivot_root in namespaces of its own, or plain chroot(2). */
#ifndef MKROOT_RUN_H
#define MKROOT_RUN_H

#include <mkroot/error.h>
#include <mkroot/image.h>

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The statuses a launcher gives for itself, as docker run and env(1) have them. */
enum {
	MKR_EXIT_LAUNCHER = 125, /* the launcher itself failed */
	MKR_EXIT_NOEXEC = 126, /* the program cannot be executed */
	MKR_EXIT_NOTFOUND = 127, /* the program was not found */
};

/* What to start and how much to hold back. */
struct mkr_box {
	const char *const
		*argv; /* the command; NULL: the first of /bin/bash, /bin/sh in the root */
	const char *const *env; /* "K=V"; ends with NULL. Where HOME or LANG is missing, one that
				 * the root's own files speak for is added */
	const char *workdir; /* NULL: "/" */
	const char *hostname; /* NULL: "mkroot" */
	bool chroot; /* plain chroot(2), no namespaces: not a jail */

	/* As typed; each of the lists ends with NULL, or is NULL. A DST never leads out of the
	 * root, and room for it is made without changing the folder that is the root. */
	const char *const *volumes; /* "SRC:DST[:ro|rw]" */
	const char *const *tmpfs; /* "DST[:size=N,mode=M]" */
	const char *const *devices; /* "DEV[:DST[:rwm]]" */
	const char *user; /* "U[:G]", names of the root's own passwd and group; NULL: 0:0 */
	const char *userns; /* "auto", "host", "UID:GID:COUNT"; NULL: as the caller is */
	const char *network; /* "none" or "host"; NULL: "none" */

	/* The root itself. */
	bool read_only;
	const char *ephemeral; /* changes are thrown away, held in a tmpfs of this size ("": half of
				* the memory); NULL: they are not, but for an archive */
	const char *overlay; /* changes go into this folder; NULL: into the root */

	/* Called with the root when the command has ended, unless NULL; its result is mkr_run()'s.
	 * In a user namespace of the caller's a process of its own calls it, inside that
	 * namespace: what it leaves behind has to be in files. */
	int (*ended)(void *ctx, int rootfd, struct mkr_error *err);
	void *ended_ctx;
};

/* Runs the box's command in the image and waits for it. *ret_status is the exit status to pass on:
 * the command's, or 128 + N when signal N killed it. On failure the code is negative and
 * *ret_status is one of MKR_EXIT_*; nothing is left behind on the host either way.
 *
 * With `chroot` the calling process itself becomes the command, as with chroot(8): there is no
 * return on success, and after a failure the process may stand in the root already.
 *
 * No other thread should be at work: the init is a fork of the caller and uses its heap. Standard
 * descriptors that are folders are refused; closed ones are the caller's to fill. */
int mkr_run(const struct mkr_image *img, const struct mkr_box *box, int *ret_status,
	struct mkr_error *err);

#ifdef __cplusplus
}
#endif

#endif
