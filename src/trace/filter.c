#include "trace/filter.h"

#include "base/vec.h"
#include "trace/syscalls.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Since Linux 5.19; Debian 12's header knows it, older ones do not. */
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif
/* Since Linux 6.6. */
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

struct program {
	VEC(struct sock_filter) code;
};

static void load(struct program *p, size_t offset)
{
	vec_push(&p->code,
		((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset)));
}

static void ret(struct program *p, uint32_t action)
{
	vec_push(&p->code, ((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action)));
}

/* Goes on behind the next instruction unless the accumulator holds `value`. */
static void only_if(struct program *p, uint32_t value)
{
	vec_push(&p->code, ((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1)));
}

/* Kernels since 5.11 keep a bitmap of the calls that are always allowed: the length of this list
 * costs only those that are not. */
static void add_arch(struct program *p, const struct call_arch *arch)
{
	load(p, offsetof(struct seccomp_data, nr));
	if (arch->ignore)
		vec_push(&p->code,
			((struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, ~arch->ignore)));
	for (size_t i = 0; i < arch->n; i++) {
		only_if(p, arch->calls[i].nr);
		ret(p, SECCOMP_RET_USER_NOTIF);
	}
	ret(p, SECCOMP_RET_ALLOW);
}

static void assemble(struct program *p)
{
	size_t n;
	const struct call_arch *arches = call_arches(&n);
	for (size_t i = 0; i < n; i++) {
		/* The jump over a whole table is too long for a conditional one. */
		load(p, offsetof(struct seccomp_data, arch));
		vec_push(&p->code,
			((struct sock_filter)BPF_JUMP(
				BPF_JMP | BPF_JEQ | BPF_K, arches[i].audit, 1, 0)));
		size_t over = p->code.n;
		vec_push(&p->code, ((struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, 0)));
		add_arch(p, &arches[i]);
		p->code.at[over].k = (uint32_t)(p->code.n - over - 1);
	}
	ret(p, SECCOMP_RET_ALLOW);
}

/* A call that was told must not be broken off by a signal, or stat(2) would fail with EINTR. */
static int set_filter(const struct sock_fprog *prog)
{
	unsigned long flags =
		SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
	int fd = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, prog);
	if (fd < 0 && errno == EINVAL)
		fd = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			SECCOMP_FILTER_FLAG_NEW_LISTENER, prog);
	return fd < 0 ? -errno : fd;
}

int filter_install(bool *ret_bare, struct mkr_error *err)
{
	struct program p = { 0 };
	assemble(&p);
	struct sock_fprog prog = { .len = (unsigned short)p.code.n, .filter = p.code.at };
	*ret_bare = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
	int fd = set_filter(&prog);
	if (fd == -EACCES && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) {
		*ret_bare = true;
		fd = set_filter(&prog);
	}
	vec_free(&p.code);
	if (fd < 0)
		return mkr_fail(err, fd, "cannot lay a seccomp filter on the command");
	/* Both sides on one CPU, one after the other: half the cost. Not a must. */
	ioctl(fd, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
	return fd;
}

/* The flag is looked at before the id, which nobody has (kernel/seccomp.c, seccomp_notify_send). */
bool filter_can_continue(int listener)
{
	struct seccomp_notif_resp resp = { .id = UINT64_MAX,
		.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE };
	return ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &resp) < 0 && errno == ENOENT;
}

void filter_explain(struct mkr_error *err, int code)
{
	if (code == -EBUSY)
		mkr_detail(err, "cause",
			"somebody is told of calls here already (seccomp_unotify(2)), and there "
			"can be only one: a container's manager, or another trace");
	else if (code == -EINVAL || code == -ENOSYS)
		mkr_detail(err, "cause", "seccomp_unotify(2) needs Linux 5.5 or newer");
	else
		mkr_detail(err, "cause", "a container's rules forbid seccomp(2) here");
}
