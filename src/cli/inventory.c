#include "cli/inventory.h"

#include <mkroot/elf.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Who ships the file or link that this is a copy of. */
static const struct mkr_package *owner_of(const struct inventory *inv, const struct mkr_entry *e)
{
	const char *source = S_ISLNK(e->mode) && e->why != MKR_WHY_INCLUDE ? e->path : e->source;
	if (!source || S_ISDIR(e->mode) || e->why == MKR_WHY_MADE)
		return NULL;
	char *path = arena_printf(inv->arena, "/%s", source + strspn(source, "/"));
	return mkr_packages_owner(inv->packages, path);
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
	/* One that is broken is warned of where it is used for more than to tell. */
	if (mkr_packages_open(&inv->packages, mkr_closure_root(closure), NULL) < 0)
		inv->packages = NULL;
	for (size_t i = 0; i < n; i++) {
		size_t first = mkr_entry_first(entries, n, i);
		inv->facts[i].owner = inv->packages ? owner_of(inv, &entries[i]) : NULL;
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
	arena_free(inv->arena);
	free(inv);
}

/* Of an open file, if it is an ELF file. */
static void read_elf(struct fact *f, struct arena *a, int fd, uint64_t size)
{
	struct arena *own = arena_new();
	const struct mkr_elf *elf;
	const struct mkr_elf_detail *detail;
	f->is_elf = mkr_elf_read(&elf, own, fd, size, NULL) == 0;
	if (f->is_elf && mkr_elf_detail(&detail, own, fd, size, MKR_DETAIL_NOTES, NULL) == 0 &&
		detail->build_id) {
		unsigned char *copy = arena_alloc(a, detail->build_id_size);
		memcpy(copy, detail->build_id, detail->build_id_size);
		f->build_id = copy;
		f->build_id_size = detail->build_id_size;
	}
	arena_free(own);
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
	if (source >= 0)
		read_elf(f, inv->arena, source, e->size);
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
