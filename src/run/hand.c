#include "run/hand.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

union room {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(int) * HAND_MAX)];
};

int hand_out(int link, const void *data, size_t size, const int *fds, size_t n)
{
	union room room = { 0 };
	struct iovec part = { .iov_base = (void *)(uintptr_t)data, .iov_len = size };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };
	if (n > HAND_MAX)
		return -E2BIG;
	if (n) {
		m.msg_control = room.bytes;
		m.msg_controllen = CMSG_SPACE(sizeof(int) * n);
		struct cmsghdr *c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * n);
		memcpy(CMSG_DATA(c), fds, sizeof(int) * n);
	}
	return sendmsg(link, &m, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

ssize_t hand_in(int link, void *data, size_t size, int *fds, size_t *n)
{
	union room room = { 0 };
	struct iovec part = { .iov_base = data, .iov_len = size };
	struct msghdr m = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = room.bytes,
		.msg_controllen = sizeof(room.bytes) };
	size_t want = *n;
	ssize_t got = recvmsg(link, &m, MSG_CMSG_CLOEXEC);
	*n = 0;
	if (got < 0)
		return -errno;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		size_t came = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < came; i++) {
			int fd;
			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
			if (*n < want)
				fds[(*n)++] = fd;
			else
				close(fd);
		}
	}
	return got;
}
