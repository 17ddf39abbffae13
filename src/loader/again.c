#include "loader/again.h"

#include "base/vec.h"
#include "elf/machine.h"

#include <stdlib.h>
#include <string.h>

static void fill(struct process *p, const struct mkr_map *map)
{
	vec_grow_((void **)&p->at, &p->cap, map->n, sizeof(*p->at));
	for (p->n = 0; p->n < map->n; p->n++) {
		struct object o = { .load = map->load[p->n] };
		if (o.load.path)
			o.file = registry_place(p->reg, o.load.path)->file;
		p->at[p->n] = o;
	}
}

static void empty(struct process *p)
{
	free(p->at);
	p->at = NULL;
	p->n = p->cap = 0;
}

static const char *machine_words(struct arena *a, const struct mkr_elf *elf)
{
	const struct machine *m = machine_of(elf);
	return m ? m->name : arena_printf(a, "machine %u", elf->machine);
}

const char *again_passed_over(struct process *p, const struct mkr_map *map, size_t load)
{
	struct arena *a = p->reg->arena;
	const struct mkr_load *l = &map->load[load];
	struct name *name = registry_name(p->reg, str_from(l->name));
	struct hit hit = { 0 };
	fill(p, map);
	if (name->has_slash) {
		hit.passed = registry_place(p->reg, process_absolute(p, l->name));
	} else {
		name->searched_by =
			NULL; /* "nothing" is an answer that is kept without its reason */
		p->libc->flavour->search(p, l->by, name, &hit);
	}
	empty(p);
	const struct mkr_elf *found = hit.passed && hit.passed->file ? hit.passed->file->elf : NULL;
	if (!found)
		return NULL;
	const char *is = machine_words(a, found), *wanted = machine_words(a, p->program);
	return arena_printf(a, "%s is for %s%s, but %s is for %s", hit.passed->path,
		strcmp(is, wanted) == 0 ? "another ABI of " : "", is, map->program, wanted);
}

/* True: the request needs no search, or its own one finds something. */
static bool stands_alone(struct process *p, size_t by, struct name *name)
{
	const struct flavour *f = p->libc->flavour;
	if (name->has_slash || f->builtin(name->text) != BUILTIN_NOT)
		return true;
	struct hit hit = { 0 };
	f->search(p, by, name, &hit);
	return hit.place && !hit.refused;
}

/* Does the map show that the asker itself did not find this? */
static bool may_be_borrowed(const struct mkr_map *map, size_t by, size_t need)
{
	const struct mkr_load *l = &map->load[need];
	return need != 0 && l->by != by && l->path && l->how != MKR_AS_INTERP;
}

size_t again_borrowed(struct process *p, const struct mkr_map *map, const struct mkr_borrowed **out)
{
	VEC(struct mkr_borrowed) v = { 0 };
	fill(p, map);
	for (size_t by = 0; by < map->n; by++) {
		const struct file *file = p->at[by].file;
		const struct mkr_load *asker = &map->load[by];
		/* needs[] goes along with the requests, without the vDSO. */
		for (size_t r = 0, k = 0; file && file->elf && r < file->elf->n_requests; r++) {
			struct name *name = file->needs[r];
			if (p->libc->flavour->builtin(name->text) == BUILTIN_VDSO)
				continue;
			if (k >= asker->n_needs)
				break;
			size_t need = asker->needs[k++];
			/* Names with tokens hold paths, which nobody searches for. */
			if (name->has_token || !may_be_borrowed(map, by, need) ||
				stands_alone(p, by, name))
				continue;
			vec_push(&v, ((struct mkr_borrowed){ by, need }));
		}
	}
	empty(p);
	struct mkr_borrowed *kept = arena_array(p->reg->arena, struct mkr_borrowed, v.n);
	if (v.n)
		memcpy(kept, v.at, v.n * sizeof(*kept));
	vec_free(&v);
	*out = kept;
	return v.n;
}
