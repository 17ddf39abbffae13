#include "cli/inventory.h"

#include <mkroot/elf.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Who ships the file or link that this is a copy of, by the database of the root that it is of. */
static void find_owner(struct inventory *inv, size_t i)
{
	const struct mkr_entry *e = &inv->entries[i];
	const char *source = S_ISLNK(e->mode) && e->why != MKR_WHY_INCLUDE ? e->path : e->source;
	if (!source || S_ISDIR(e->mode) || e->why == MKR_WHY_MADE)
		return;
	bool in_base = inv->base && e->from == inv->base;
	struct mkr_packages *packages = in_base ? inv->base_packages : inv->packages;
	char *path = arena_printf(inv->arena, "/%s", source + strspn(source, "/"));
	inv->facts[i].owner = packages ? mkr_packages_owner(packages, path) : NULL;
	inv->facts[i].in_base = in_base;
}

/* A root without a database has packages that own nothing. One that is broken is warned of where it
 * is used for more than to tell. */
static struct mkr_packages *packages_of(const struct mkr_root *root)
{
	struct mkr_packages *p;
	return mkr_packages_open(&p, root, NULL) < 0 ? NULL : p;
}

static void find_base(struct inventory *inv)
{
	const struct mkr_root *own = mkr_closure_root(inv->closure);
	for (size_t i = 0; i < inv->n && !inv->base; i++)
		if (S_ISREG(inv->entries[i].mode) && inv->entries[i].from != own)
			inv->base = inv->entries[i].from;
	if (inv->base)
		inv->base_packages = packages_of(inv->base);
}

struct inventory *inventory_new(const struct mkr_entry *entries, size_t n,
	const struct mkr_closure *closure, const int64_t *created)
{
	struct inventory *inv = calloc(1, sizeof(*inv));
	if (!inv)
		out_of_memory();
	*inv = (struct inventory){ .arena = arena_new(),
		.entries = entries,
		.n = n,
		.closure = closure,
		.created = created };
	inv->facts = arena_array(inv->arena, struct fact, n);
	inv->packages = packages_of(mkr_closure_root(closure));
	find_base(inv);
	for (size_t i = 0; i < n; i++) {
		size_t first = mkr_entry_first(entries, n, i);
		find_owner(inv, i);
		if (!inv->facts[i].owner && first < n)
			inv->facts[first].nobodys = true;
	}
	return inv;
}

void inventory_free(struct inventory *inv)
{
	if (!inv)
		return;
	mkr_packages_free(inv->packages);
	mkr_packages_free(inv->base_packages);
	arena_free(inv->arena);
	free(inv);
}

/* Does it begin as an ELF file does? It had all its bytes when it was written: -ESTALE. */
static int has_magic(int fd, uint64_t size)
{
	char magic[4];
	if (size < sizeof(magic))
		return 0;
	ssize_t n = pread(fd, magic, sizeof(magic), 0);
	if (n < 0)
		return -errno;
	if ((size_t)n < sizeof(magic))
		return -ESTALE;
	return memcmp(magic, "\177ELF", sizeof(magic)) == 0;
}

static void take_build_id(struct fact *f, struct arena *a, const struct mkr_elf_detail *detail)
{
	if (!detail->build_id)
		return;
	unsigned char *copy = arena_alloc(a, detail->build_id_size);
	memcpy(copy, detail->build_id, detail->build_id_size);
	f->build_id = copy;
	f->build_id_size = detail->build_id_size;
}

/* Of an open file, if it is an ELF file. What is none behind its first bytes has no build ID. */
static int read_elf(struct fact *f, struct arena *a, int fd, uint64_t size)
{
	const struct mkr_elf *elf;
	const struct mkr_elf_detail *detail;
	int r = has_magic(fd, size);
	if (r <= 0)
		return r;
	struct arena *own = arena_new();
	r = mkr_elf_read(&elf, own, fd, size, NULL);
	f->is_elf = r == 0;
	if (r == 0)
		r = mkr_elf_detail(&detail, own, fd, size, MKR_DETAIL_NOTES, NULL);
	if (r == 0)
		take_build_id(f, a, detail);
	arena_free(own);
	if (r == -ENOEXEC) /* it was one a moment ago */
		return -ESTALE;
	return r == -EBADMSG || r == -EFBIG ? 0 : r;
}

void inventory_keep(struct inventory *inv, const struct mkr_entry *e,
	const struct mkr_digests *digests, int source)
{
	size_t i = mkr_entry_index(inv->entries, inv->n, e->path, strlen(e->path));
	if (i == inv->n)
		return; /* the format's own */
	struct fact *f = &inv->facts[i];
	f->mtime = e->mtime;
	if (!digests)
		return;
	f->hashed = true;
	f->digests = *digests;
	int r = source >= 0 ? read_elf(f, inv->arena, source, e->size) : 0;
	if (r < 0 && inv->failed == 0) {
		inv->failed = r;
		inv->failed_path = e->source;
	}
}

const struct fact *inventory_content(const struct inventory *inv, size_t i)
{
	size_t first = mkr_entry_first(inv->entries, inv->n, i);
	return &inv->facts[first < inv->n ? first : i];
}

int64_t inventory_time(const struct inventory *inv)
{
	int64_t newest = 0;
	if (inv->created)
		return *inv->created;
	for (size_t i = 0; i < inv->n; i++)
		if (S_ISREG(inv->entries[i].mode) && inv->facts[i].mtime > newest)
			newest = inv->facts[i].mtime;
	return newest;
}
