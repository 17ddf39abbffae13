#include "plan/xattrs.h"

#include "base/vec.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#define CAPABILITY "security.capability"

/* security.selinux and .ima are this host's policy, trusted.* and user.overlay.* its mounts', ACLs
 * (system.*) name its users. */
static bool is_wanted(const char *name)
{
	if (strcmp(name, CAPABILITY) == 0)
		return true;
	return strncmp(name, "user.", 5) == 0 && strncmp(name, "user.overlay.", 13) != 0;
}

/* A version 3 capability carries the root id of the user namespace it was set in (capabilities(7)):
 * in an image it is version 2, which is valid for whoever unpacks it as root. */
static void unbind_capability(struct mkr_xattr *x, struct arena *arena)
{
	unsigned char *p = arena_alloc(arena, XATTR_CAPS_SZ_2);
	if (x->size != XATTR_CAPS_SZ_3)
		return;
	memcpy(p, x->value, XATTR_CAPS_SZ_2);
	p[3] = VFS_CAP_REVISION_2 >> 24; /* little-endian on disk */
	x->value = p;
	x->size = XATTR_CAPS_SZ_2;
}

static int by_name(const void *a, const void *b)
{
	const struct mkr_xattr *x = a, *y = b;
	return strcmp(x->name, y->name);
}

static int read_value(int fd, const char *name, struct arena *arena, struct mkr_xattr *x)
{
	ssize_t size = fgetxattr(fd, name, NULL, 0);
	if (size < 0)
		return -errno;
	void *value = arena_alloc(arena, (size_t)size);
	size = fgetxattr(fd, name, value, (size_t)size);
	if (size < 0)
		return -errno;
	*x = (struct mkr_xattr){ arena_dup(arena, name), value, (size_t)size };
	if (strcmp(name, CAPABILITY) == 0)
		unbind_capability(x, arena);
	return 0;
}

int xattrs_read(int fd, struct arena *arena, const struct mkr_xattr **out, size_t *n)
{
	char names[XATTR_LIST_MAX];
	*out = NULL;
	*n = 0;
	ssize_t size = flistxattr(fd, names, sizeof(names));
	if (size == 0 || (size < 0 && (errno == ENOTSUP || errno == E2BIG)))
		return 0;
	if (size < 0)
		return -errno;
	VEC(struct mkr_xattr) v = { 0 };
	int r = 0;
	for (const char *name = names; name < names + size && r == 0; name += strlen(name) + 1) {
		struct mkr_xattr x;
		if (!is_wanted(name))
			continue;
		r = read_value(fd, name, arena, &x);
		if (r == 0)
			vec_push(&v, x);
	}
	struct mkr_xattr *at = arena_array(arena, struct mkr_xattr, v.n);
	if (v.n) {
		memcpy(at, v.at, v.n * sizeof(*at));
		qsort(at, v.n, sizeof(*at), by_name);
	}
	*out = at;
	*n = v.n;
	vec_free(&v);
	return r;
}
