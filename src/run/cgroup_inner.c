#include "run/cgroup_inner.h"

#include "base/cleanup.h"
#include "run/cgroup_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static const char name[] = "box";

static int open_in(int dir, const char *path, int flags)
{
	int fd = openat(dir, path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int inner_make(struct place *p, struct arena *arena, struct mkr_error *err)
{
	int r = mkdirat(p->group, name, 0755) < 0 ? -errno : 0;
	cleanup_fd int group = r < 0 ? r : open_in(p->group, name, O_RDONLY | O_DIRECTORY);
	cleanup_fd int procs = group < 0 ? group : open_in(group, "cgroup.procs", O_WRONLY);
	r = procs < 0 ? procs : 0;
	if (r == 0 && !p->v2)
		r = cpuset_fill(group, p->group, arena);
	if (r < 0)
		return mkr_fail(err, r, "cannot make the cgroup '%s/%s'", p->path, name);
	p->path = arena_printf(arena, "%s/%s", p->path, name);
	p->inner = steal_fd(&group);
	close(p->procs);
	p->procs = steal_fd(&procs);
	return 0;
}

unsigned inner_limits(const struct place *p)
{
	return p->v2 ? 0 : p->controllers & (1U << CTL_IO);
}
