/* For the tests: writes one of rpm's headers, which is no text; and what the package databases of a
 * root say, for tests that compare it with the package managers' own tools. usage: package_tool
 * seed FILE package_tool ROOT owner|facts|files|depends|recommends|named ARG... */
#include "package/package.h"
#include "package/rpm_header.h"

#include <mkroot/packages.h>

#include <stdio.h>
#include <string.h>

static const char *or_dash(const char *text)
{
	return text ? text : "-";
}

static int facts(struct mkr_packages *p, bool owner, const char *arg)
{
	const struct mkr_package *f =
		owner ? mkr_packages_owner(p, arg) : mkr_packages_named(p, arg);
	if (owner)
		printf("%s\n", f ? f->name : "-");
	else if (f)
		printf("%s|%s|%s|%s|%s|%s|%s\n", f->name, or_dash(f->version), or_dash(f->arch),
			f->source, or_dash(f->source_version), or_dash(f->maintainer),
			or_dash(f->license));
	return f || owner ? 0 : 1;
}

static int lists(struct packages *p, const char *what, const char *name)
{
	const struct package *pkg = packages_named(p, name);
	struct str path;
	if (!pkg)
		return 1;
	for (size_t at = 0; strcmp(what, "files") == 0 && packages_next_file(p, pkg, &at, &path);)
		printf("%.*s\n", (int)path.n, path.p);
	if (strcmp(what, "depends") == 0)
		printf("%s\n", pkg->depends);
	else if (strcmp(what, "recommends") == 0)
		printf("%s\n", pkg->recommends);
	else if (strcmp(what, "named") == 0)
		printf("%s\n", pkg->name);
	return 0;
}

struct tag {
	unsigned number, type, count;
	const char *data;
	size_t size;
};

static void put_number(FILE *f, unsigned n)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		putc((int)(n >> shift & 0xff), f);
}

#define DATA(text) (text), sizeof(text)

static int seed(const char *path)
{
	static const struct tag tags[] = { { RPM_EPOCH, 4, 1, DATA("\0\0\0\2") - 1 },
		{ RPM_DIRINDEXES, 4, 3, DATA("\0\0\0\0\0\0\0\1\0\0\0\1") - 1 },
		{ RPM_NAME, 6, 1, DATA("ed") }, { RPM_VERSION, 6, 1, DATA("1.2") },
		{ RPM_RELEASE, 6, 1, DATA("3") }, { RPM_SOURCERPM, 6, 1, DATA("ed-1-2.src.rpm") },
		{ RPM_BASENAMES, 8, 3, DATA("ed\0a\0b") },
		{ RPM_DIRNAMES, 8, 2, DATA("/usr/bin/\0/usr/share/ed/") },
		{ RPM_REQUIRENAME, 8, 3, DATA("/bin/sh\0(a or (b >= 1 if c))\0rpmlib(X)") },
		{ RPM_PROVIDENAME, 8, 2, DATA("ed\0libed.so.1()(64bit)") } };
	const size_t n = sizeof(tags) / sizeof(*tags);
	FILE *f = fopen(path, "wb");
	unsigned at = 0;
	if (!f)
		return 1;
	for (size_t i = 0; i < n; i++)
		at += (unsigned)tags[i].size;
	put_number(f, (unsigned)n);
	put_number(f, at);
	at = 0;
	for (size_t i = 0; i < n; i++) {
		put_number(f, tags[i].number);
		put_number(f, tags[i].type);
		put_number(f, at);
		put_number(f, tags[i].count);
		at += (unsigned)tags[i].size;
	}
	for (size_t i = 0; i < n; i++)
		fwrite(tags[i].data, 1, tags[i].size, f);
	return fclose(f) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
	struct mkr_root *root;
	struct mkr_packages *p;
	const char *warning;
	int status = 0;
	if (argc == 3 && strcmp(argv[1], "seed") == 0)
		return seed(argv[2]);
	if (argc < 4 || mkr_root_open(&root, argv[1], NULL) < 0 ||
		mkr_packages_open(&p, root, NULL) < 0)
		return 2;
	struct packages *inner = packages_open(root);
	bool owner = strcmp(argv[2], "owner") == 0, fact = strcmp(argv[2], "facts") == 0;
	for (int i = 3; i < argc; i++)
		status |= owner || fact ? facts(p, owner, argv[i]) : lists(inner, argv[2], argv[i]);
	while ((warning = mkr_packages_warning(p)))
		fprintf(stderr, "%s\n", warning);
	packages_free(inner);
	mkr_packages_free(p);
	mkr_root_free(root);
	return status;
}
