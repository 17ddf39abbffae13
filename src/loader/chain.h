/* The link map while it grows: which objects there are, in which order, and who goes by which name
 * (glibc elf/dl-object.c, elf/dl-load.c _dl_map_object, elf/dl-deps.c). */
#ifndef LOADER_CHAIN_H
#define LOADER_CHAIN_H

#include "loader/flavour.h"

#include "base/vec.h"

struct chain {
	struct arena *temp; /* what the finished map does not need */
	VEC(size_t) order; /* indexes of objects */
	size_t program; /* where the program stands in it: 0, but for filtees of its own */
	VEC(struct mkr_alias) alias;
	VEC(const char *) warnings;
	/* Names that a further object goes by too. */
	struct claim {
		const struct name *name;
		size_t object;
	} * claims;
	size_t n_claims, cap_claims;
	size_t n_missing, n_refused;
};

static inline struct chain *chain_of(struct process *p)
{
	return p->scratch;
}

size_t chain_new_object(struct process *p, struct object o);

/* The object goes by this name from now on; of several the foremost in the link map is meant. */
void chain_add_name(struct process *p, struct name *name, size_t object);

/* The object's inode is known, and its DT_SONAME. */
void chain_add_file(struct process *p, struct file *file, size_t object);
void chain_add_soname(struct process *p, const struct file *file, size_t object);

/* The loaded object that is meant by a name, or that has been made of a file; NO_OBJECT: none. */
size_t chain_by_name(struct process *p, const struct name *name);
size_t chain_by_file(struct process *p, const struct file *file);

void chain_append(struct process *p, size_t object);

/* Puts a filtee in front of the object at *position, which moves with it; one that stands further
 * back is moved there. */
void chain_put_before(struct process *p, size_t *position, size_t object);

/* rtld.c links the loader into the map behind its neighbour in the search list, which holds no
 * missing objects: it comes before the "not found" lines that would stand between them. */
void chain_settle_loader(struct process *p);

void chain_warn(struct process *p, const char *text);
void chain_free(struct process *p);

#endif
