/* Starts a program in a root: pivot_root in namespaces of its own, or plain chroot(2). */
#ifndef MKROOT_RUN_H
#define MKROOT_RUN_H

#include <mkroot/error.h>
#include <mkroot/image.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The statuses a launcher gives for itself, as docker run and env(1) have them. */
enum {
	MKR_EXIT_LAUNCHER = 125, /* the launcher itself failed */
	MKR_EXIT_NOEXEC = 126, /* the program cannot be executed */
	MKR_EXIT_NOTFOUND = 127, /* the program was not found */
};

/* Sets of capabilities: bit N is the one with the number N in <linux/capability.h>. */
#define MKR_CAPS_ALL UINT64_C(0x1ffffffffff) /* up to CHECKPOINT_RESTORE */
/* CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE NET_RAW SYS_CHROOT
 * MKNOD AUDIT_WRITE SETFCAP (moby, daemon/pkg/oci/caps/defaults.go) */
#define MKR_CAPS_DOCKER UINT64_C(0xa80425fb)
/* How much of the machine a box may use: docker run's limits. An empty set limits nothing. */
struct mkr_limits;
struct mkr_limits *mkr_limits_new(void);
void mkr_limits_free(struct mkr_limits *l);

/* `name`: memory, memory-swap, cpus, cpuset-cpus, pids-limit; device-read-bps, device-write-bps,
 * device-read-iops, device-write-iops and ulimit, which may repeat. `value`: as docker run has it.
 * -EINVAL for what it would not take; a device is looked up at once. */
int mkr_limits_set(
	struct mkr_limits *l, const char *name, const char *value, struct mkr_error *err);

/* -EINVAL when they contradict each other. */
int mkr_limits_check(const struct mkr_limits *l, struct mkr_error *err);

/* One line for each, in the units the kernel takes. */
void mkr_limits_print(FILE *out, const struct mkr_limits *l);

/* What to start and how much to hold back. */
struct mkr_box {
	const char *const
		*argv; /* the command; NULL: the first of /bin/bash, /bin/sh in the root */
	const char *const *env; /* "K=V"; ends with NULL. Where HOME or LANG is missing, one that
				 * the root's own files speak for is added */
	const char *workdir; /* NULL: "/" */
	const char *hostname; /* NULL: "mkroot" */
	const struct mkr_limits *limits; /* NULL: none */
	unsigned *ret_oom_kills; /* NULL, or: how many processes ran out of `limits`' memory */
	void (*warn)(const char *text); /* NULL, or: told what is weaker than one might think, in
					 * one line, before the command starts */
	bool chroot; /* plain chroot(2), no namespaces: not a jail */

	/* As typed; each of the lists ends with NULL, or is NULL. A DST never leads out of the
	 * root, and room for it is made without changing the folder that is the root. */
	const char *const *volumes; /* "SRC:DST[:ro|rw]" */
	const char *const *tmpfs; /* "DST[:size=N,mode=M]" */
	const char *const *devices; /* "DEV[:DST[:rwm]]" */
	const char *user; /* "U[:G]", names of the root's own passwd and group; NULL: 0:0 */
	const char *userns; /* "auto", "host", "UID:GID:COUNT"; NULL: as the caller is */
	const char *time_offset; /* "monotonic=SECONDS,boottime=SECONDS"; NULL: the host's clocks */
	const char *network; /* "none" or "host"; NULL: "none" */

	/* The root itself. */
	bool read_only;
	const char *ephemeral; /* changes are thrown away, held in a tmpfs of this size ("": half of
				* the memory); NULL: they are not, but for an archive */
	const char *overlay; /* changes go into this folder; NULL: into the root */

	/* Called with the root when the command has ended, unless NULL; its result is mkr_run()'s.
	 * In a user namespace of the caller's a process of its own calls it, inside that
	 * namespace: what it leaves behind has to be in files. `made`: where something was mounted,
	 * for which there may be an empty folder or file of the launcher's now, and folders above
	 * it; without the leading slash, ends with NULL. */
	int (*ended)(void *ctx, int rootfd, const char *const *made, struct mkr_error *err);
	void *ended_ctx;
	uint64_t caps; /* what there is of them, the command has: MKR_CAPS_DOCKER */
	uint64_t caps_must; /* of these: to fail when one is not to be had */
	const char *seccomp; /* a profile of the caller's, in docker's or the OCI's JSON */
	size_t seccomp_size; /* bytes */
	bool seccomp_unconfined; /* no filter; without it, and without `seccomp`: docker's */
	bool landlock_unconfined; /* no Landlock domain */
	bool no_new_privs; /* with `chroot`; without it that is always so */
	const int *keep_fds; /* what else the command has open, in rising order, from 3 on */
	size_t n_keep_fds;
};

/* Runs the box's command in the image and waits for it. *ret_status is the exit status to pass on:
 * the command's, or 128 + N when signal N killed it. On failure the code is negative and
 * *ret_status is one of MKR_EXIT_*; nothing is left behind on the host either way.
 *
 * A limit that cannot be set is a failure that names what is missing; -ENOLINK when there is a
 * cgroup for it, but none that the caller may use.
 *
 * With `chroot` the calling process itself becomes the command, as with chroot(8): there is no
 * return on success, and after a failure the process may stand in the root already.
 *
 * `keep_fds` become the command's: they are closed in the caller.
 *
 * No other thread should be at work: the init is a fork of the caller and uses its heap. Standard
 * descriptors that are folders are refused; closed ones are the caller's to fill. */
int mkr_run(const struct mkr_image *img, const struct mkr_box *box, int *ret_status,
	struct mkr_error *err);

/* What mkr_run() would set up, as lines of text; starts, makes and changes nothing. */
int mkr_run_explain(
	FILE *out, const struct mkr_image *img, const struct mkr_box *box, struct mkr_error *err);

/* For programs that do nothing but start a command, before mkr_run(): sees to it that what runs in
 * the box can never write to the file of the calling program. Where that takes it, the program
 * starts over with its own arguments, as a copy in memory; then there is no return. */
int mkr_run_protect(const struct mkr_image *img, const struct mkr_box *box, struct mkr_error *err);

/* --cap-add and --cap-drop as docker run has them; lists end with NULL, or are NULL. Names with or
 * without "CAP_", in any case, and "ALL". -EINVAL: no such capability. */
int mkr_caps_change(
	uint64_t *caps, const char *const *add, const char *const *drop, struct mkr_error *err);

/* What other launchers shall start, with this one's defaults. Lists end with NULL. */
struct mkr_runtime {
	const char *const *args, *const *env; /* UTF-8, as all text here */
	const char *workdir; /* NULL: "/" */
	const char *const *annotations; /* "K=V"; NULL: none */
	const char *architecture; /* as GOARCH names it: for the system call filter */
	uint32_t uid, gid;
};

/* A config.json (runtime-spec 1.0) for the root "rootfs" beside it: namespaces, capabilities,
 * mounts, masked and read-only paths and system call rules as mkr_run() has them. The caller frees
 * it. */
char *mkr_runtime_config(const struct mkr_runtime *runtime);

/* "SYS_CHROOT", NULL: no such number. */
const char *mkr_cap_name(unsigned number);

#ifdef __cplusplus
}
#endif

#endif
