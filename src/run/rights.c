#include "run/rights.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "run/caps.h"
#include "run/landlock.h"
#include "run/seccomp.h"
#include "run/seccomp_ready.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CAP(name) (UINT64_C(1) << CAP_##name)

DEFINE_CLEANUP(arena, arena_free);

/* Names the first of them. */
static int refuse_missing(uint64_t missing, struct mkr_error *err)
{
	unsigned i = 0;
	while (!(missing >> i & 1))
		i++;
	const char *name = mkr_cap_name(i);
	mkr_failx(err, -EPERM, "cannot give the capability '%s': mkroot has not got it itself",
		name ? name : "?");
	return -EPERM;
}

static int compile(struct rights *r, const struct seccomp_profile *p, struct mkr_error *err)
{
	int code = seccomp_compile(&r->made, &r->n, p, r->caps, err);
	r->filter = code < 0 ? NULL : r->made;
	return code;
}

static int compile_file(struct rights *r, const struct mkr_box *box, struct mkr_error *err)
{
	cleanup_(arena) struct arena *arena = arena_new();
	const struct seccomp_profile *p;
	int code = seccomp_parse(&p, arena, box->seccomp, box->seccomp_size, err);
	return code < 0 ? code : compile(r, p, err);
}

int rights_prepare(struct rights *r, const struct mkr_box *box, bool own, struct mkr_error *err)
{
	*r = (struct rights){ .box = box, .caps = box->caps };
	if (own) {
		uint64_t have = caps_own(box->caps | box->caps_must);
		if (box->caps_must & ~have)
			return refuse_missing(box->caps_must & ~have, err);
		r->caps &= have;
	}
	if (box->seccomp) {
		int code = compile_file(r, box, err);
		if (code < 0)
			return mkr_wrap(err, code, "the seccomp profile");
		/* It may lack what the init needs, which is closed to those that cannot trace. */
		r->filter_init = r->caps & CAP(SYS_PTRACE);
		return 0;
	}
	if (box->seccomp_unconfined || box->chroot)
		return 0;
	r->filter_init = true;
	r->filter = seccomp_ready(r->caps, &r->n);
	return r->filter ? 0 : compile(r, &seccomp_docker, err);
}

/* The caller's keys are not the command's (keyrings(7), session-keyring(7)). */
static int leave_keyring(struct mkr_error *err)
{
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) >= 0)
		return 0;
	/* A kernel without keys; an outer filter, which is in the command's way as well. */
	if (errno == ENOSYS || errno == EPERM)
		return 0;
	return mkr_fail(err, -errno, "cannot join a new session keyring");
}

static int install(const struct rights *r)
{
	const struct sock_fprog program = { (unsigned short)r->n,
		(struct sock_filter *)(uintptr_t)r->filter };
	int code = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
	return code < 0 ? -errno : 0;
}

static bool wants_no_new_privs(const struct mkr_box *box)
{
	return box->no_new_privs || !box->chroot;
}

int rights_enter(struct rights *r, struct mkr_error *err)
{
	const struct mkr_box *box = r->box;
	/* The command's first process has to become its user, whom the terminal is given to, and
	 * its init to reach it with signals all the same. */
	const uint64_t for_user = box->user ? CAP(SETUID) | CAP(SETGID) | CAP(CHOWN) : 0;
	const uint64_t own = caps_own(r->caps | box->caps_must | for_user | CAP(KILL));
	r->caps &= own;
	if (box->caps_must & ~r->caps)
		return refuse_missing(box->caps_must & ~r->caps, err);
	int code = box->chroot ? 0 : leave_keyring(err);
	if (code == 0)
		code = caps_bound(r->caps, err);
	if (code < 0)
		return code;
	if (wants_no_new_privs(box) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return mkr_fail(err, -errno, "cannot set no_new_privs");
	if (!box->landlock_unconfined) {
		/* Who may mount is to mount. */
		bool files = box->chroot || !(r->caps & CAP(SYS_ADMIN));
		code = landlock_enter(files, box->keep_fds, box->n_keep_fds, err);
		if (code < 0)
			return code;
	}
	/* Not the filter first: it may need CAP_SYS_ADMIN, when no_new_privs is not set. */
	if (r->filter && r->filter_init && (code = install(r)) < 0)
		return mkr_fail(err, code, "cannot install the seccomp filter");
	r->init_caps = (r->caps | CAP(KILL)) & own;
	code = caps_set(r->init_caps | (for_user & own));
	return code < 0 ? mkr_fail(err, code, "cannot drop capabilities") : 0;
}

int rights_of_command(const struct rights *r, const char **ret_what)
{
	bool filter = r->filter && !r->filter_init;
	/* Without no_new_privs only CAP_SYS_ADMIN may; with it, the filter may forbid the rest. */
	bool first = filter && !wants_no_new_privs(r->box);
	*ret_what = "the seccomp filter";
	int code = first ? install(r) : 0;
	if (code < 0)
		return code;
	*ret_what = "capabilities";
	/* Another user than root has lost them by becoming one, and gets none back (setuid(2)). */
	code = caps_set(geteuid() == 0 ? r->caps : 0);
	if (code < 0 || !filter || first)
		return code;
	*ret_what = "the seccomp filter";
	return install(r);
}

int rights_keep(const struct rights *r)
{
	return r->box->user ? caps_set(r->init_caps) : 0;
}

void rights_free(struct rights *r)
{
	free(r->made);
}
