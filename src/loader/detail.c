/* Further facts of files that were mapped, read when somebody asks. */
#include "loader/versions.h"

#include "base/cleanup.h"
#include "os/root.h"

#include <sys/stat.h>

static const struct mkr_elf_detail *nothing(struct registry *g, const char *why)
{
	static const char *const none[] = { NULL };
	struct mkr_elf_detail *d = arena_new_of(g->arena, struct mkr_elf_detail);
	d->bad_versions = d->bad_notes = d->bad_imports = why;
	d->defines = d->imports = none;
	return d;
}

const struct mkr_elf_detail *registry_detail(struct registry *g, const char *path, unsigned parts)
{
	struct file *f = registry_place(g, path)->file;
	if (!f || !f->elf)
		return nothing(g, "it is no ELF file");
	if (f->detail && (f->parts & parts) == parts)
		return f->detail;
	struct stat st;
	struct mkr_error err;
	cleanup_fd int fd = root_open_file(g->root, path, &st);
	f->parts |= parts;
	if (fd < 0 || st.st_dev != f->id.dev || st.st_ino != f->id.ino)
		f->detail = nothing(g, "it was replaced while it was read");
	else if (mkr_elf_detail(&f->detail, g->arena, fd, (uint64_t)st.st_size, f->parts, &err) < 0)
		f->detail = nothing(g, arena_dup(g->arena, err.text));
	return f->detail;
}
