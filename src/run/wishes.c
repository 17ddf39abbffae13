/* Volumes, devices and the rest that the options ask for: words become open files. */
#include "run/op.h"
#include "run/spec.h"
#include "run/view.h"

#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

static int add_mount(struct view *v, const struct view_mount *m, struct mkr_error *err)
{
	for (size_t i = 0; i < v->mounts.n; i++)
		if (strcmp(v->mounts.at[i].target, m->target) == 0)
			return mkr_failx(err, -EINVAL, "two mounts are to be at '/%s'", m->target);
	vec_push(&v->mounts, *m);
	return 0;
}

static int add_source(struct view *v, struct arena *a, const char *path, const char *what,
	struct host_file **out, struct mkr_error *err)
{
	int r = host_file_open(out, a, path, what, err);
	if (r == 0)
		vec_push(&v->sources, *out);
	return r;
}

static int add_volume(struct view *v, struct arena *a, const char *text, struct mkr_error *err)
{
	struct volume_spec spec;
	struct view_mount m = { .flags = OP_NOSUID | OP_NODEV };
	int r = volume_parse(&spec, a, text, err);
	if (r == 0)
		r = add_source(v, a, spec.source, "the volume", &m.source, err);
	if (r < 0)
		return r;
	m.target = spec.target;
	if (spec.read_only)
		m.flags |= OP_RO;
	return add_mount(v, &m, err);
}

static int add_tmpfs(struct view *v, struct arena *a, const char *text, struct mkr_error *err)
{
	struct tmpfs_spec spec;
	int r = tmpfs_parse(&spec, a, text, err);
	if (r < 0)
		return r;
	struct view_mount m = {
		.target = spec.target, .options = spec.options, .flags = OP_NOSUID | OP_NODEV
	};
	if (!spec.exec)
		m.flags |= OP_NOEXEC;
	if (spec.read_only)
		m.flags |= OP_RO;
	return add_mount(v, &m, err);
}

static int add_device(struct view *v, struct arena *a, const char *text, struct mkr_error *err)
{
	struct device_spec spec;
	struct view_device d;
	int r = device_parse(&spec, a, text, err);
	if (r == 0)
		r = host_file_open(&d.source, a, spec.source, "the device", err);
	if (r < 0)
		return r;
	d.target = spec.target;
	vec_push(&v->devices, d);
	mode_t mode = d.source->st.st_mode;
	if (!S_ISCHR(mode) && !S_ISBLK(mode))
		return mkr_failx(err, -EINVAL, "'%s' is no device", spec.source);
	return 0;
}

static unsigned depth(const char *path)
{
	unsigned n = 0;
	for (; *path; path++)
		n += *path == '/';
	return n;
}

/* Docker's order too: what is less deep comes first, so that no mount hides an earlier one. */
static void sort_mounts(struct view *v)
{
	for (size_t i = 1; i < v->mounts.n; i++) {
		struct view_mount m = v->mounts.at[i];
		size_t j = i;
		for (; j && depth(v->mounts.at[j - 1].target) > depth(m.target); j--)
			v->mounts.at[j] = v->mounts.at[j - 1];
		v->mounts.at[j] = m;
	}
}

/* Two boxes that write into one upper folder would damage it: overlayfs leaves that to its users
 * (Documentation/filesystems/overlayfs.rst, "Sharing and copying layers"). */
static int open_overlay(struct view *v, struct arena *a, const char *dir, struct mkr_error *err)
{
	if (mkdirat(AT_FDCWD, dir, 0777) < 0 && errno != EEXIST)
		return mkr_fail(err, -errno, "cannot make the folder '%s'", dir);
	int r = host_file_open(&v->overlay, a, dir, "the overlay folder", err);
	if (r < 0)
		return r;
	vec_push(&v->sources, v->overlay);
	/* Kept until the box has ended. */
	int fd = open(v->overlay->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return mkr_fail(err, -errno, "the overlay folder '%s'", dir);
	close(v->overlay->fd);
	v->overlay->fd = fd;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK
			? mkr_failx(err, -EBUSY, "the overlay folder '%s' is in use", dir)
			: mkr_fail(err, -errno, "cannot lock the overlay folder '%s'", dir);
	return 0;
}

static int look_at_root(
	struct view *v, struct arena *a, const struct mkr_box *box, struct mkr_error *err)
{
	uint64_t size;
	if (box->ephemeral && box->overlay)
		return mkr_failx(err, -EINVAL,
			"changes are kept (--overlay) or thrown away (--ephemeral), not both");
	if (box->ephemeral && *box->ephemeral) {
		if (size_parse(&size, box->ephemeral) < 0)
			return mkr_failx(err, -EINVAL, "'%s' is no size: 512m, 2g", box->ephemeral);
		v->tmpfs_options = arena_printf(a, "size=%llu", (unsigned long long)size);
	}
	if (box->network && strcmp(box->network, "host") == 0)
		v->host_network = true;
	else if (box->network && strcmp(box->network, "none") != 0) {
		mkr_failx(err, -EINVAL, "there is no network '%s'", box->network);
		mkr_detail(err, "hint", "--network none (lo only) or --network host");
		return -EINVAL;
	}
	if (box->overlay && v->only_look)
		v->overlay = host_file_named(a, box->overlay);
	else if (box->overlay)
		return open_overlay(v, a, box->overlay, err);
	return 0;
}

typedef int wish_fn(struct view *v, struct arena *a, const char *text, struct mkr_error *err);

static int each(struct view *v, struct arena *a, const char *const *list, wish_fn *wish,
	struct mkr_error *err)
{
	int r = 0;
	for (; list && *list && r == 0; list++)
		r = wish(v, a, *list, err);
	return r;
}

/* Both are read-only: what the host has is the host's. One that the host lacks is left out. */
static int add_resolver(struct view *v, struct arena *a, struct mkr_error *err)
{
	static const char *const files[] = { "/etc/resolv.conf", "/etc/hosts" };
	for (size_t i = 0; i < 2; i++) {
		struct view_mount m = { .target = files[i] + 1,
			.flags = OP_RO | OP_NOSUID | OP_NODEV | OP_NOEXEC,
			.replace = true };
		bool given = false;
		for (size_t j = 0; j < v->mounts.n; j++)
			given |= strcmp(v->mounts.at[j].target, m.target) == 0;
		int r = given ? 0 : host_file_open(&m.source, a, files[i], "the file", err);
		if (r == -ENOENT || given)
			continue;
		if (r < 0)
			return r;
		vec_push(&v->sources, m.source);
		vec_push(&v->mounts, m);
	}
	return 0;
}

int view_wishes(
	struct view *v, struct arena *arena, const struct mkr_box *box, struct mkr_error *err)
{
	int r = each(v, arena, box->volumes, add_volume, err);
	if (r == 0)
		r = each(v, arena, box->tmpfs, add_tmpfs, err);
	if (r == 0)
		r = each(v, arena, box->devices, add_device, err);
	if (r == 0)
		r = look_at_root(v, arena, box, err);
	if (r == 0 && v->host_network)
		r = add_resolver(v, arena, err);
	if (r == 0)
		sort_mounts(v);
	return r;
}
