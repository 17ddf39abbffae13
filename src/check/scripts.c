/* "#!": the interpreter, what env(1) is to find, and interpreters of interpreters. */
#include "check/findings.h"

#include "base/cleanup.h"
#include "elf/script.h"
#include "os/command.h"
#include "os/root.h"

#include <errno.h>
#include <string.h>

enum { DEPTH_MAX = 5 }; /* as the kernel's */

/* NULL: it can be executed. *next: it is a script itself, of this interpreter. */
static const char *why_not_run(const struct check *c, const char *path, const char **next)
{
	struct stat st;
	cleanup_fd int fd = root_open_file(c->root, path, &st);
	*next = NULL;
	if (fd == -ENOENT || fd == -ENOTDIR)
		return "does not exist";
	if (fd == -EACCES)
		return NULL; /* only its owner can tell */
	if (fd == -ELOOP)
		return "is a link that leads in a circle";
	if (fd < 0)
		return "is no file";
	if (!(st.st_mode & 0111))
		return "may not be executed by anybody";
	char head[SCRIPT_LINE_MAX];
	struct script s;
	ssize_t n = pread(fd, head, sizeof(head), 0);
	if (n > 0 && script_parse(&s, c->arena, head, (size_t)n))
		*next = s.interp;
	return NULL;
}

/* A module or an example that may be run too, by its place: what a distribution has thousands of.
 */
static bool is_beside_the_way(const char *path)
{
	static const char *const folders[] = { "lib", "lib32", "lib64", "libx32", "share", "src",
		"include", "doc", "node_modules" };
	struct str rest = str_dir(str_from(path)), part;
	while (str_split(&rest, "/", &part))
		for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
			if (str_eq(part, str_from(folders[i])))
				return true;
	return false;
}

static void add(struct check *c, enum finding_kind kind, const struct mkr_found *f,
	const char *name, const char *text)
{
	finding_add(c, is_beside_the_way(f->path) ? UNMET_SCRIPT : kind, f->path, name, NULL, text);
}

static void check_chain(struct check *c, const struct mkr_found *f)
{
	const char *next, *interp = f->interp;
	for (unsigned depth = 0; interp; depth++, interp = next) {
		const char *why = depth == DEPTH_MAX ? "is one of too many interpreters in a row"
						     : why_not_run(c, interp, &next);
		if (!why)
			continue;
		add(c, MISSING_INTERPRETER, f, interp,
			arena_printf(c->arena, "is a script for %s, which %s", interp, why));
		return;
	}
}

void check_script(struct check *c, const struct mkr_found *f)
{
	c->n_scripts++;
	if (f->interp[0] != '/')
		finding_add(c, LIST_RELATIVE, f->path, f->interp, NULL,
			arena_printf(c->arena,
				"its interpreter '%s' is relative to the working directory",
				f->interp));
	check_chain(c, f);
	if (f->command && !command_find(c->root, c->arena, f->command))
		add(c, MISSING_COMMAND, f, f->command,
			arena_printf(c->arena, "is a script for '%s', which is not in %s",
				f->command, COMMAND_PATH));
}
