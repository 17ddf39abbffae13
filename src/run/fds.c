#include "run/fds.h"

#include "run/sys.h"

#include <errno.h>
#include <fcntl.h>

static int close_between(int first, int next)
{
	if (first >= next)
		return 0;
	return sys_close_range((unsigned)first, (unsigned)next - 1, 0) < 0 ? -errno : 0;
}

int fds_above(const int *keep, size_t n)
{
	return n && keep[n - 1] >= 3 ? keep[n - 1] + 1 : 3;
}

int fds_close_others(const int *keep, size_t n, int also)
{
	int next = 3, r = 0;
	for (size_t i = 0; r == 0 && i < n; i++) {
		r = close_between(next, keep[i]);
		next = keep[i] + 1;
	}
	if (r == 0)
		r = close_between(next, also);
	if (r == 0 && sys_close_range((unsigned)also + 1, ~0U, 0) < 0)
		r = -errno;
	return r;
}

int fds_hand_on(const int *keep, size_t n)
{
	if (sys_close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
		return -errno;
	for (size_t i = 0; i < n; i++)
		if (fcntl(keep[i], F_SETFD, 0) < 0)
			return -errno;
	return 0;
}
