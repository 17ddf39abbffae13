/* --sbom spdx: SPDX 2.3 in JSON (the specification's clauses 6 to 11; spdx-schema.json). */
#include "base/json_out.h"
#include "base/set.h"
#include "cli/documents.h"
#include "cli/sbom.h"
#include "cli/spdx_license.h"

#include <stdlib.h>
#include <string.h>

#define DOCUMENT "SPDXRef-DOCUMENT"
#define ROOT "SPDXRef-Root"
#define OS "SPDXRef-OperatingSystem"

struct spdx {
	struct sbom *sbom;
	struct json j;
	const char **ids; /* of the parts */
};

static void put(struct spdx *d, const char *key, const char *text)
{
	if (text && *text)
		emit_text(&d->j, key, text);
}

/* Letters, digits, "." and "-": all else becomes "-", and what is there twice gets its number. */
static const char *id_of(struct spdx *d, struct set **used, const char *kind, size_t i)
{
	struct arena *a = d->sbom->arena;
	const struct sbom_part *part = &d->sbom->parts.at[i];
	const char *name = part->package ? part->package->name : sbom_path(d->sbom, part) + 1;
	const char *arch = part->package && part->package->arch ? part->package->arch : "";
	char *id = arena_printf(a, "SPDXRef-%s-%s%s%s", kind, name, *arch ? "-" : "", arch);
	for (char *c = id; *c; c++)
		if (!memchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-", *c,
			    64))
			*c = '-';
	while (!set_add(used, a, id))
		id = arena_printf(a, "%s-%zu", id, i);
	return id;
}

static void name_parts(struct spdx *d)
{
	struct set *used = NULL;
	size_t n = d->sbom->parts.n;
	d->ids = arena_array(d->sbom->arena, const char *, n + 1);
	for (size_t i = 0; i < n; i++)
		d->ids[i] = id_of(d, &used, d->sbom->parts.at[i].package ? "Package" : "File", i);
	set_clear(&used);
}

static void put_creation(struct spdx *d)
{
	emit_object(&d->j, "creationInfo");
	emit_text(&d->j, "created", d->sbom->created);
	emit_array(&d->j, "creators");
	emit_text(&d->j, NULL, "Tool: mkroot-" MKROOT_VERSION);
	emit_end(&d->j);
	emit_end(&d->j);
}

static int by_digest(const void *x, const void *y)
{
	return memcmp(x, y, SHA1_BYTES);
}

/* 7.9: the SHA-1 of all files' SHA-1s, sorted, in digits. */
static const char *verification_code(const struct sbom *s)
{
	size_t n = s->parts.n - s->n_packages;
	unsigned char digest[SHA1_BYTES];
	char text[SHA1_TEXT];
	struct sha1 sum;
	unsigned char(*all)[SHA1_BYTES] = arena_alloc(s->arena, n * sizeof(*all));
	for (size_t i = 0; i < n; i++) {
		const struct fact *f = sbom_content(s, &s->parts.at[s->n_packages + i]);
		memcpy(all[i], f->digests.sha1, sizeof(all[i]));
	}
	qsort(all, n, sizeof(*all), by_digest);
	sha1_begin(&sum);
	for (size_t i = 0; i < n; i++) {
		sha1_text(text, all[i]);
		sha1_add(&sum, text, strlen(text));
	}
	sha1_end(&sum, digest);
	sha1_text(text, digest);
	return arena_dup(s->arena, text);
}

/* What all packages say in the same way. */
static void put_unknown(struct spdx *d, bool analyzed, const char *license)
{
	emit_text(&d->j, "downloadLocation", "NOASSERTION");
	emit_bool(&d->j, "filesAnalyzed", analyzed);
	emit_text(&d->j, "licenseConcluded", "NOASSERTION");
	emit_text(&d->j, "licenseDeclared", license);
	emit_text(&d->j, "copyrightText", "NOASSERTION");
}

/* The files that nobody ships are the root's own; packages are not looked into. */
static void put_root(struct spdx *d)
{
	bool files = d->sbom->parts.n > d->sbom->n_packages;
	emit_object(&d->j, NULL);
	emit_text(&d->j, "SPDXID", ROOT);
	emit_text(&d->j, "name", "root");
	emit_text(&d->j, "primaryPackagePurpose", "CONTAINER");
	put_unknown(d, files, "NOASSERTION");
	if (files) {
		emit_object(&d->j, "packageVerificationCode");
		emit_text(&d->j, "packageVerificationCodeValue", verification_code(d->sbom));
		emit_end(&d->j);
	}
	emit_end(&d->j);
}

static void put_os(struct spdx *d)
{
	const struct os_release *os = &d->sbom->os;
	if (!os->id)
		return;
	emit_object(&d->j, NULL);
	emit_text(&d->j, "SPDXID", OS);
	emit_text(&d->j, "name", os->id);
	put(d, "versionInfo", os->version_id);
	put(d, "summary", os->name);
	emit_text(&d->j, "primaryPackagePurpose", "OPERATING_SYSTEM");
	put_unknown(d, false, "NOASSERTION");
	emit_end(&d->j);
}

/* 7.5: "Organization: NAME (EMAIL)", of "NAME <EMAIL>". */
static void put_supplier(struct spdx *d, const char *maintainer)
{
	if (!maintainer || !*maintainer || strpbrk(maintainer, "()\n"))
		return;
	char *text = arena_printf(d->sbom->arena, "Organization: %s", maintainer);
	for (char *c = text; *c; c++)
		*c = (char)(*c == '<' ? '(' : *c == '>' ? ')' : *c);
	emit_text(&d->j, "supplier", text);
}

static void put_url(struct spdx *d, const char *url)
{
	emit_array(&d->j, "externalRefs");
	emit_object(&d->j, NULL);
	emit_text(&d->j, "referenceCategory", "PACKAGE-MANAGER");
	emit_text(&d->j, "referenceType", "purl");
	emit_text(&d->j, "referenceLocator", url);
	emit_end(&d->j);
	emit_end(&d->j);
}

static void put_package(struct spdx *d, size_t i)
{
	const struct sbom_part *part = &d->sbom->parts.at[i];
	const struct mkr_package *p = part->package;
	bool valid = p->license && spdx_license_is_valid(p->license);
	const char *version = p->source_version ? p->source_version : "";
	emit_object(&d->j, NULL);
	emit_text(&d->j, "SPDXID", d->ids[i]);
	emit_text(&d->j, "name", p->name);
	put(d, "versionInfo", p->version);
	put_supplier(d, p->maintainer);
	put_unknown(d, false, valid ? p->license : "NOASSERTION");
	if (!valid)
		put(d, "licenseComments", p->license);
	/* As aquasecurity/trivy reads it. */
	emit_text(&d->j, "sourceInfo",
		arena_printf(d->sbom->arena, "built package from: %s%s%s", p->source,
			*version ? " " : "", version));
	if (part->has_url)
		put_url(d, part->ref);
	emit_end(&d->j);
}

static void put_checksum(struct spdx *d, const char *name, const unsigned char *bytes, size_t n)
{
	emit_object(&d->j, NULL);
	emit_text(&d->j, "algorithm", name);
	emit_hex(&d->j, "checksumValue", bytes, n);
	emit_end(&d->j);
}

static void put_file(struct spdx *d, size_t i)
{
	const struct sbom_part *part = &d->sbom->parts.at[i];
	const struct fact *f = sbom_content(d->sbom, part);
	const char *build_id = sbom_build_id(d->sbom, part);
	const char *base64 = sbom_path_base64(d->sbom, part);
	emit_object(&d->j, NULL);
	emit_text(&d->j, "SPDXID", d->ids[i]);
	emit_text(&d->j, "fileName", arena_printf(d->sbom->arena, ".%s", sbom_path(d->sbom, part)));
	if (f->is_elf) {
		emit_array(&d->j, "fileTypes");
		emit_text(&d->j, NULL, "BINARY");
		emit_end(&d->j);
	}
	emit_array(&d->j, "checksums");
	put_checksum(d, "SHA1", f->digests.sha1, sizeof(f->digests.sha1));
	put_checksum(d, "SHA256", f->digests.sha256, sizeof(f->digests.sha256));
	emit_end(&d->j);
	emit_text(&d->j, "licenseConcluded", "NOASSERTION");
	emit_text(&d->j, "copyrightText", "NOASSERTION");
	if (build_id || base64)
		emit_text(&d->j, "comment",
			arena_printf(d->sbom->arena, "%s%s%s%s%s", build_id ? "ELF build ID: " : "",
				build_id ? build_id : "", build_id && base64 ? "; " : "",
				base64 ? "path in base64: " : "", base64 ? base64 : ""));
	emit_end(&d->j);
}

static void relate(struct spdx *d, const char *from, const char *how, const char *to)
{
	emit_object(&d->j, NULL);
	emit_text(&d->j, "spdxElementId", from);
	emit_text(&d->j, "relationshipType", how);
	emit_text(&d->j, "relatedSpdxElement", to);
	emit_end(&d->j);
}

static void put_relationships(struct spdx *d)
{
	const struct sbom *s = d->sbom;
	emit_array(&d->j, "relationships");
	relate(d, DOCUMENT, "DESCRIBES", ROOT);
	if (s->os.id)
		relate(d, ROOT, "CONTAINS", OS);
	for (size_t i = 0; i < s->parts.n; i++)
		relate(d, ROOT, "CONTAINS", d->ids[i]);
	for (size_t i = 0; i < s->parts.n; i++)
		if (s->parts.at[i].asked)
			relate(d, ROOT, "DEPENDS_ON", d->ids[i]);
	for (size_t i = 0; i < s->parts.n; i++)
		for (size_t k = 0; k < s->parts.at[i].n_needs; k++)
			relate(d, d->ids[i], "DEPENDS_ON", d->ids[s->parts.at[i].needs[k]]);
	emit_end(&d->j);
}

static int write_spdx(FILE *out, const struct inventory *inv, struct mkr_error *err)
{
	struct sbom *s;
	int r = sbom_new(&s, inv, err);
	if (r < 0)
		return r;
	struct spdx d = { .sbom = s };
	name_parts(&d);
	emit_begin(&d.j, out);
	emit_text(&d.j, "spdxVersion", "SPDX-2.3");
	emit_text(&d.j, "dataLicense", "CC0-1.0");
	emit_text(&d.j, "SPDXID", DOCUMENT);
	emit_text(&d.j, "name", "root");
	/* 6.5: who has no site of their own uses this one. */
	emit_text(&d.j, "documentNamespace",
		arena_printf(s->arena, "https://spdx.org/spdxdocs/mkroot-%s", s->uuid));
	put_creation(&d);
	emit_array(&d.j, "packages");
	put_root(&d);
	put_os(&d);
	for (size_t i = 0; i < s->n_packages; i++)
		put_package(&d, i);
	emit_end(&d.j);
	if (s->parts.n > s->n_packages)
		emit_array(&d.j, "files");
	for (size_t i = s->n_packages; i < s->parts.n; i++)
		put_file(&d, i);
	if (s->parts.n > s->n_packages)
		emit_end(&d.j);
	put_relationships(&d);
	emit_finish(&d.j);
	sbom_free(s);
	return 0;
}

const struct document_format document_spdx = {
	.name = "spdx", .sha1 = true, .packages = true, .write = write_spdx
};
