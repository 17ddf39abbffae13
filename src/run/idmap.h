/* Which ids the box has: the caller's, one, or a range. */
#ifndef RUN_IDMAP_H
#define RUN_IDMAP_H

#include <mkroot/error.h>

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum idmap_kind {
	IDMAP_NONE, /* no user namespace */
	IDMAP_SINGLE, /* 0 is the caller, there is no other id */
	IDMAP_HELPED, /* 0 is the caller, from 1 on a range; newuidmap(1) sets it up */
	IDMAP_RANGE, /* from 0 on a range; root sets it up */
};

struct idmap {
	enum idmap_kind kind;
	uid_t caller_uid;
	gid_t caller_gid;
	uint32_t uid, gid, count; /* the range, as seen from outside */
};

/* `spec`: mkr_box.userns. */
int idmap_choose(struct idmap *m, const char *spec, bool privileged, struct mkr_error *err);

/* Whether both ids exist inside. */
bool idmap_has(const struct idmap *m, uid_t uid, gid_t gid);

/* From outside, for IDMAP_HELPED and IDMAP_RANGE. */
int idmap_write(const struct idmap *m, pid_t pid, struct mkr_error *err);

/* A copy of the mount that `fd` is on, `deep`: with all that is mounted below it, whose owners are
 * those of the process's user namespace: 0 is 0. Not attached; nosuid and nodev. Only root can. */
int idmap_mount(int fd, pid_t pid, bool deep, const char *name, struct mkr_error *err);

#endif
