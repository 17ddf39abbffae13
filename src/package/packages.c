/* The public face: what package.c knows, without what only rules ask for. */
#include <mkroot/packages.h>

#include "package/package.h"
#include "package/packages.h"

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
	*f = (struct mkr_package){ .name = pkg->name,
		.version = pkg->version,
		.arch = pkg->arch,
		.source = pkg->source,
		.source_version = pkg->source_version,
		.maintainer = pkg->maintainer,
		.license = pkg->license,
		.text = pkg->text.p,
		.text_size = pkg->text.n };
	return f;
}

struct packages *packages_of(struct mkr_packages *p)
{
	return p->p;
}

enum mkr_package_format mkr_packages_format(const struct mkr_packages *p)
{
	static const enum mkr_package_format formats[] = { [PACKAGES_NONE] = MKR_PACKAGES_NONE,
		[PACKAGES_DPKG] = MKR_PACKAGES_DPKG,
		[PACKAGES_RPM] = MKR_PACKAGES_RPM,
		[PACKAGES_APK] = MKR_PACKAGES_APK,
		[PACKAGES_PACMAN] = MKR_PACKAGES_PACMAN };
	return formats[packages_format(p->p)];
}

const char *mkr_packages_file(const struct mkr_packages *p)
{
	return packages_file(p->p);
}

const struct mkr_package *mkr_packages_at(struct mkr_packages *p, size_t i)
{
	return i < packages_count(p->p) ? facts_of(p, packages_at(p->p, i)) : NULL;
}

const char *mkr_packages_sum(
	struct mkr_packages *p, const struct mkr_package *package, const char *path)
{
	return packages_sum(p->p, packages_at(p->p, (size_t)(package - p->facts)), path);
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
