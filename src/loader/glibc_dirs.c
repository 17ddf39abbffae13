/* glibc's look at one candidate, one folder, one list of them (elf/dl-load.c: open_verify,
 * open_path). */
#include "loader/glibc.h"

#include "elf/machine.h"

#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

enum { ABI_VERSION_MAX = 3 }; /* libc-abis: LIBC_ABI_MAX - 1 */

/* e_machine as the loader reads it, in its own byte order. Debian's looks at it before all else but
 * the magic: a file of a big-endian machine is passed over, not refused for its byte order. */
static bool other_machine(const struct mkr_elf *program, const struct mkr_elf *elf)
{
	uint16_t machine = elf->machine;
	if (elf->big_endian != program->big_endian)
		machine = (uint16_t)(machine >> 8 | machine << 8);
	return machine != program->machine;
}

/* open_verify(): what is passed over, and what ends the start. */
int glibc_verify(const struct process *p, const struct place *place, const char **why)
{
	if (place->code)
		return 0;
	const struct file *f = place->file;
	*why = f->why;
	if (!f->elf)
		return -1;
	const struct mkr_elf *elf = f->elf;
	size_t header = p->program->bits == 64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
	if (f->size < header) {
		*why = "file too short";
		return -1;
	}
	if (elf->bits != p->program->bits || other_machine(p->program, elf))
		return 0;
	if (elf->big_endian != p->program->big_endian)
		*why = "ELF file data encoding is of the other byte order";
	else if (elf->bad_ident)
		*why = elf->bad_ident;
	else if (elf->abi_version > ABI_VERSION_MAX)
		*why = "ELF file ABI version invalid";
	else if (!machine_same(p->program, elf))
		return 0;
	else if (elf->malformed)
		*why = elf->malformed;
	else if (elf->type == ET_EXEC)
		*why = "cannot dynamically load executable";
	else if (elf->flags_1 & DF_1_PIE)
		*why = "cannot dynamically load position-independent executable";
	else
		return 1;
	return -1;
}

/* Opens one candidate. True: the search is over, with an answer or a refusal. */
bool glibc_try_path(struct process *p, const char *path, struct hit *hit)
{
	hit->place = registry_place(p->reg, path);
	int verdict = glibc_verify(p, hit->place, &hit->refused);
	if (verdict > 0)
		hit->refused = NULL;
	if (verdict == 0 && hit->place->file && !hit->passed)
		hit->passed = hit->place;
	return verdict != 0;
}

/* DIR/FIRST/ of a subfolder "first/second/": where that is not, nothing below it is. */
static bool may_exist(struct registry *g, const char *dir, const char *subdir)
{
	const char *slash = strchr(subdir, '/');
	return !slash || !slash[1] ||
		registry_folder_exists(g,
			arena_printf(g->arena, "%s%.*s", dir, (int)(slash + 1 - subdir), subdir));
}

/* The subfolders of a folder that exist, looked up once. */
static const struct folder *subfolders(struct registry *g, const struct glibc *c, const char *dir)
{
	struct folder *f = registry_folder(g, dir);
	if (f->subdirs_of == c)
		return f;
	unsigned char *found = arena_alloc(g->arena, c->hwcaps.n_subdirs);
	size_t n = 0;
	for (size_t i = 0; i < c->hwcaps.n_subdirs && f->exists; i++) {
		const char *subdir = c->hwcaps.subdirs[i];
		if (!*subdir ||
			(may_exist(g, dir, subdir) &&
				registry_folder_exists(
					g, arena_printf(g->arena, "%s%s", dir, subdir))))
			found[n++] = (unsigned char)i;
	}
	f->subdirs = found;
	f->n_subdirs = n;
	f->subdirs_of = c;
	return f;
}

/* What is true of "/" as an element up to 2.37 (BZ 30435): it is given up when nothing is found in
 * it the first time. */
static void judge_slash(struct process *p, bool found)
{
	const struct glibc *c = (const struct glibc *)p->libc;
	if (p->slash == SLASH_UNKNOWN)
		p->slash = found || c->info.version >= 238 ? SLASH_THERE : SLASH_GONE;
}

/* One candidate in DIR/SUBDIR/. True: the search is over. *code: why it cannot be opened. */
static bool try_subdir(struct process *p, const char *dir, const char *subdir, const char *name,
	struct hit *hit, int *code)
{
	char path[PATH_MAX];
	size_t n = strlen(dir), k = strlen(subdir), m = strlen(name);
	if (m > NAME_MAX || n + k + m >= sizeof(path)) {
		*code = -ENAMETOOLONG;
		return false;
	}
	bool slash = n == 1 && k == 0;
	if (slash && p->slash == SLASH_GONE)
		return false;
	memcpy(path, dir, n);
	memcpy(path + n, subdir, k);
	memcpy(path + n + k, name, m + 1);
	bool over = glibc_try_path(p, path, hit);
	*code = hit->place->code;
	if (slash)
		judge_slash(p, over);
	if (slash && p->slash == SLASH_GONE)
		*code = 0;
	return over;
}

/* One folder and its hwcaps subfolders. True: over; *stop: so is the rest of the list. */
static bool try_dir(
	struct process *p, const struct dir *dir, const char *name, struct hit *hit, bool *stop)
{
	const struct glibc *c = (const struct glibc *)p->libc;
	/* Before 2.39 a relative folder counts as there without a look (BZ 31035). */
	bool assume = dir->relative && c->info.version < 239;
	const struct folder *f = assume ? NULL : subfolders(p->reg, c, dir->path);
	int code = 0;
	for (size_t i = 0, n = f ? f->n_subdirs : c->hwcaps.n_subdirs; i < n; i++)
		if (try_subdir(p, dir->path, c->hwcaps.subdirs[f ? f->subdirs[i] : i], name, hit,
			    &code))
			return true;
	/* "The file exists and is readable but something went wrong": the list ends there. */
	*stop = code != 0 && code != -ENOENT && code != -EACCES;
	return false;
}

bool glibc_try_dirs(struct process *p, const struct dirs *dirs, const char *name, enum mkr_how how,
	struct hit *hit)
{
	bool stop = false;
	for (size_t i = 0; i < dirs->n && !stop; i++) {
		if (try_dir(p, &dirs->at[i], name, hit, &stop)) {
			hit->how = how;
			hit->dir = &dirs->at[i];
			return true;
		}
	}
	return false;
}
