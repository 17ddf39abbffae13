#include "cli/view.h"

#include "base/cleanup.h"
#include "base/map.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

struct view_size {
	const struct mkr_elf *file; /* facts are parsed once per inode: their address is its name */
	bool known;
	unsigned long long size;
	UT_hash_handle hh;
};

void view_open(struct view *v)
{
	v->arena = arena_new();
	if (v->ops->begin)
		v->ops->begin(v);
}

void view_close(struct view *v)
{
	if (v->ops->finish)
		v->ops->finish(v);
	HASH_CLEAR(hh, v->sizes);
	set_clear(&v->seen);
	arena_free(v->arena);
}

bool view_size(struct view *v, const struct mkr_load *load, unsigned long long *size)
{
	struct view_size *s;
	HASH_FIND_PTR(v->sizes, &load->elf, s);
	if (!s) {
		s = arena_new_of(v->arena, struct view_size);
		s->file = load->elf;
		cleanup_fd int fd = mkr_root_openat(v->root, load->path, O_PATH, NULL);
		struct stat st;
		s->known = fd >= 0 && fstat(fd, &st) == 0;
		s->size = s->known ? (unsigned long long)st.st_size : 0;
		HASH_ADD_PTR(v->sizes, file, s);
	}
	*size = s->size;
	return s->known;
}

bool view_is_new(struct view *v, const char *text)
{
	return set_add(&v->seen, v->arena, text);
}

bool view_lone_interp(struct view *v, const struct mkr_map *map, struct mkr_load *interp)
{
	if (!map->interp || map->interp_missing)
		return false;
	for (size_t i = 1; i < map->n; i++)
		if (map->load[i].how == MKR_AS_INTERP ||
			strcmp(map->load[i].name, map->interp) == 0)
			return false;
	const struct mkr_map *own;
	if (mkr_loader_map(v->loader, map->interp, &own, NULL) < 0)
		return false;
	*interp = (struct mkr_load){ .name = map->interp,
		.path = map->interp,
		.elf = own->load[0].elf,
		.how = MKR_AS_INTERP };
	return true;
}

const char *view_list(const struct mkr_load *load)
{
	bool listed =
		load->how == MKR_IN_RPATH || load->how == MKR_IN_RUNPATH || load->how == MKR_IN_ENV;
	return listed ? load->list : NULL;
}

const char *view_how(struct view *v, const struct mkr_load *load)
{
	const char *how = mkr_how_name(load->how), *list = view_list(load);
	return list ? arena_printf(v->arena, "%s %s", how, *list ? list : "''") : how;
}
