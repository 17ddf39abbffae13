/* RPATH and RUNPATH: elements that depend on the working directory, on the machine that built the
 * file, or on $ORIGIN where the loader does not believe it. */
#include "check/findings.h"

#include "base/cleanup.h"
#include "os/root.h"

#include <fcntl.h>
#include <string.h>

struct list {
	const struct mkr_found *file;
	const char *kind; /* "RPATH" or "RUNPATH" */
};

static bool is_folder(const struct check *c, const char *path)
{
	cleanup_fd int fd = root_open(c->root, path, O_PATH | O_DIRECTORY);
	return fd >= 0;
}

/* Where files are made and not kept; fine when the folder came along. */
static bool is_of_build(const struct check *c, struct str dir, const char *name)
{
	if (str_starts(dir, STR("/tmp/")) || str_starts(dir, STR("/var/tmp/")))
		return true; /* anybody may put libraries there */
	static const char *const prefixes[] = { "/home/", "/root/", "/build/", "/builddir/",
		"/usr/src/", "/mnt/", "/media/", "/workspace/", "/github/" };
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
		if (str_starts(dir, str_from(prefixes[i])))
			return !is_folder(c, name);
	return false;
}

static void check_element(struct check *c, const struct list *l, struct str dir)
{
	const char *path = l->file->path, *kind = l->kind;
	const char *name = arena_dup_str(c->arena, dir);
	struct arena *a = c->arena;
	if (memchr(dir.p, '$', dir.n)) {
		if (l->file->secure && strstr(name, "ORIGIN"))
			finding_add(c, ORIGIN_OF_SECURE, path, name, NULL,
				arena_printf(a,
					"runs with more rights: the loader takes no $ORIGIN from "
					"its %s '%s', but for its own default folders",
					kind, name));
		return;
	}
	if (dir.n == 0 || dir.p[0] != '/')
		finding_add(c, LIST_RELATIVE, path, name, NULL,
			arena_printf(a, "its %s element '%s' is the working directory%s", kind,
				name, dir.n ? "'s" : ""));
	else if (is_of_build(c, dir, name))
		finding_add(c, LIST_OF_BUILD, path, name, NULL,
			arena_printf(a, "its %s element '%s' is a folder of whoever built it", kind,
				name));
	else if (c->strict && !is_folder(c, name))
		finding_add(c, LIST_ABSENT, path, name, NULL,
			arena_printf(a, "its %s element '%s' does not exist", kind, name));
}

void check_lists(struct check *c, const struct mkr_found *f, const struct mkr_elf *elf)
{
	const char *text = elf->runpath ? elf->runpath : elf->rpath;
	if (!text || !member_add(c, &c->linted, elf))
		return;
	struct list l = { f, elf->runpath ? "RUNPATH" : "RPATH" };
	struct str rest = str_from(text), dir;
	while (str_split(&rest, ":", &dir))
		check_element(c, &l, dir);
}
