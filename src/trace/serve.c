#include "trace/serve.h"

#include "base/str.h"
#include "trace/syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PAGE = 4096, FIRST_READ = 256 };

int server_open(struct server *s, int listener, struct mkr_error *err)
{
	struct seccomp_notif_sizes sizes;
	if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) < 0)
		return mkr_fail(err, -errno, "seccomp_unotify");
	s->listener = listener;
	s->request_size = sizes.seccomp_notif > sizeof(struct seccomp_notif)
		? sizes.seccomp_notif
		: sizeof(struct seccomp_notif);
	s->response_size = sizes.seccomp_notif_resp > sizeof(struct seccomp_notif_resp)
		? sizes.seccomp_notif_resp
		: sizeof(struct seccomp_notif_resp);
	s->request = calloc(1, s->request_size);
	s->response = calloc(1, s->response_size);
	if (!s->request || !s->response)
		return mkr_fail(err, -ENOMEM, "seccomp_unotify");
	return 0;
}

void server_close(struct server *s)
{
	free(s->request);
	free(s->response);
	s->request = s->response = NULL;
}

static ssize_t peek(pid_t tid, uint64_t at, void *out, size_t n)
{
	struct iovec to = { out, n };
	struct iovec from = { (void *)(uintptr_t)at, n };
	return process_vm_readv(tid, &to, 1, &from, 1, 0);
}

/* A string of another process, which may be changing it or have unmapped it: read up to the end of
 * a page at a time, so that what lies behind it need not be there. */
static bool peek_path(pid_t tid, uint64_t at, char out[static PATH_MAX])
{
	size_t n = 0;
	while (n < PATH_MAX) {
		size_t take = PAGE - (size_t)(at % PAGE);
		if (n == 0 && take > FIRST_READ)
			take = FIRST_READ;
		if (take > PATH_MAX - n)
			take = PATH_MAX - n;
		ssize_t got = peek(tid, at, out + n, take);
		if (got <= 0)
			return false;
		if (memchr(out + n, '\0', (size_t)got))
			return true;
		n += (size_t)got;
		at += (size_t)got;
	}
	return false; /* the kernel will say ENAMETOOLONG */
}

/* What open(2)'s flags ask for. */
static unsigned opened(uint64_t flags)
{
	if (flags & O_PATH)
		return flags & O_NOFOLLOW ? SEEN_LINK : SEEN_LOOKED;
	if ((flags & O_TMPFILE) == O_TMPFILE)
		return SEEN_LOOKED; /* the folder */
	/* O_EXCL succeeds only where there was nothing. */
	if (flags & O_CREAT && flags & O_EXCL)
		return SEEN_CREATED;
	unsigned how = (flags & O_ACCMODE) == O_WRONLY ? SEEN_WRITTEN : SEEN_OPENED;
	if (flags & O_TRUNC)
		how = SEEN_WRITTEN;
	return how | (flags & O_CREAT ? SEEN_CREATED : 0);
}

static unsigned how_of(const struct call *call, const struct seccomp_notif *n)
{
	uint64_t flags = call->flags == CALL_NONE ? 0 : n->data.args[(size_t)call->flags];
	struct open_how how = { 0 };
	switch ((enum call_what)call->what) {
	case CALL_LOOK:
		return flags & AT_SYMLINK_NOFOLLOW ? SEEN_LINK : SEEN_LOOKED;
	case CALL_LINK:
		return SEEN_LINK;
	case CALL_OPEN:
		return opened(flags);
	case CALL_OPENAT2:
		if (peek((pid_t)n->pid, flags, &how, sizeof(how)) != sizeof(how))
			return 0;
		return opened(how.flags);
	case CALL_CREAT:
		return SEEN_WRITTEN | SEEN_CREATED;
	case CALL_EXEC:
		return SEEN_EXECUTED;
	case CALL_MAKE:
		return SEEN_CREATED;
	case CALL_MOVE:
		return SEEN_MOVED;
	case CALL_ENTER:
		return SEEN_LOOKED;
	case CALL_CHANGE:
		break;
	}
	return 0;
}

/* What was known of the caller, and of those who share its working directory, may be over. */
static void forget(struct server *s, const struct call *call, pid_t tid)
{
	if (call->what == CALL_EXEC)
		where_changed(s->wheres, tid); /* a set-user-ID program has other rights */
	else if (call->what == CALL_ENTER || call->what == CALL_CHANGE)
		wheres_changed(s->wheres);
}

/* The folder that a relative path begins at: a descriptor's, or the working directory. */
static bool base_of(const struct call *call, const struct seccomp_notif *n,
	const struct where *where, char base[static PATH_MAX])
{
	int fd = call->dir == CALL_NONE ? AT_FDCWD : (int)n->data.args[(size_t)call->dir];
	if (fd != AT_FDCWD)
		return where_fd((pid_t)n->pid, fd, base);
	if (!where->cwd)
		return false;
	memcpy(base, where->cwd, strlen(where->cwd) + 1);
	return true;
}

/* What one call asks for; how == 0: nothing that counts. */
struct asked {
	unsigned how;
	uint32_t rights;
	char path[PATH_MAX];
};

static void understand(
	struct server *s, const struct call *call, const struct seccomp_notif *n, struct asked *a)
{
	char typed[PATH_MAX], base[PATH_MAX];
	pid_t tid = (pid_t)n->pid;
	uint64_t at = n->data.args[(size_t)call->path];
	if (!at)
		return; /* utimensat(fd, NULL): a file that was opened before */
	if (tid == 0 || !peek_path(tid, at, typed)) {
		s->unseen++;
		return;
	}
	bool relative = typed[0] != '/', follow;
	/* An empty path is the descriptor's own file, open already; but it can be executed so. */
	if (!typed[0] && call->what != CALL_EXEC)
		return;
	const struct where *where = where_of(s->wheres, tid, relative);
	if (where->foreign) {
		s->unseen++;
		return;
	}
	if (relative && !base_of(call, n, where, base))
		return;
	if (!seen_join(a->path, sizeof(a->path), relative ? "" : where->root,
		    relative ? base : NULL, typed, &follow))
		return;
	a->how = how_of(call, n);
	if (a->how == SEEN_LINK && follow)
		a->how = SEEN_LOOKED;
	a->rights = where->rights;
}

/* Of the caller's threads this one alone waits, until it is answered: what is read of it before
 * stays true. Taking note comes afterwards, while it goes on. */
int server_serve(struct server *s)
{
	struct seccomp_notif *n = s->request;
	struct seccomp_notif_resp *resp = s->response;
	struct asked asked;
	asked.how = 0;
	memset(n, 0, s->request_size); /* the kernel insists */
	if (ioctl(s->listener, SECCOMP_IOCTL_NOTIF_RECV, n) < 0)
		return errno == ENOENT || errno == EINTR ? 0 : -errno;
	const struct call *call = s->wheres ? call_find(n->data.arch, (uint32_t)n->data.nr) : NULL;
	if (call && call->path != CALL_NONE)
		understand(s, call, n, &asked);
	if (call)
		forget(s, call, (pid_t)n->pid);
	memset(resp, 0, s->response_size);
	resp->id = n->id;
	resp->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	if (ioctl(s->listener, SECCOMP_IOCTL_NOTIF_SEND, resp) < 0)
		return errno == ENOENT ? 0 : -errno; /* killed, or it will ask again */
	if (asked.how)
		seen_add(s->seen, asked.path, asked.rights, asked.how);
	return 0;
}
