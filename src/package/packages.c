/* The public face: what package.c knows, without what only rules ask for. */
#include <mkroot/packages.h>

#include "package/package.h"

struct mkr_packages {
	struct arena *arena;
	struct packages *p;
	struct mkr_package *facts; /* by index; without name: not yet told */
};

int mkr_packages_open(struct mkr_packages **out, const struct mkr_root *root, struct mkr_error *err)
{
	(void)err;
	struct arena *arena = arena_new();
	struct mkr_packages *p = arena_new_of(arena, struct mkr_packages);
	p->arena = arena;
	p->p = packages_open(root);
	packages_know_all(p->p);
	p->facts = arena_array(arena, struct mkr_package, packages_count(p->p));
	*out = p;
	return 0;
}

void mkr_packages_free(struct mkr_packages *p)
{
	if (!p)
		return;
	packages_free(p->p);
	arena_free(p->arena);
}

static const struct mkr_package *facts_of(struct mkr_packages *p, const struct package *pkg)
{
	if (!pkg)
		return NULL;
	struct mkr_package *f = &p->facts[pkg->index];
	*f = (struct mkr_package){ pkg->name, pkg->version, pkg->arch, pkg->source,
		pkg->source_version, pkg->maintainer, pkg->license };
	return f;
}

const struct mkr_package *mkr_packages_owner(struct mkr_packages *p, const char *path)
{
	return facts_of(p, packages_owner(p->p, path));
}

const struct mkr_package *mkr_packages_named(struct mkr_packages *p, const char *name)
{
	const struct package *pkg = packages_named(p->p, name);
	return pkg && strcmp(pkg->name, name) == 0 ? facts_of(p, pkg) : NULL;
}

const char *mkr_packages_warning(struct mkr_packages *p)
{
	return packages_warning(p->p);
}
