/* --sbom cyclonedx: CycloneDX 1.6 in JSON (ECMA-424, second edition; bom-1.6.schema.json). */
#include "base/json_out.h"
#include "cli/documents.h"
#include "cli/purl.h"
#include "cli/sbom.h"
#include "cli/spdx_license.h"

#include <string.h>

#define ROOT "root"

static void put(struct json *j, const char *key, const char *text)
{
	if (text && *text)
		emit_text(j, key, text);
}

static void put_property(struct json *j, const char *name, const char *value)
{
	emit_object(j, NULL);
	emit_text(j, "name", name);
	emit_text(j, "value", value);
	emit_end(j);
}

/* A list of licenses, or one expression: what is neither is the name of a license. */
static void put_licenses(struct json *j, const char *text)
{
	if (!text || !*text)
		return;
	bool single = spdx_license_is_single(text);
	bool expression = !single && spdx_license_is_valid(text);
	emit_array(j, "licenses");
	emit_object(j, NULL);
	if (!expression)
		emit_object(j, "license");
	emit_text(j, expression ? "expression" : single ? "id" : "name", text);
	emit_text(j, "acknowledgement", "declared");
	if (!expression)
		emit_end(j);
	emit_end(j);
	emit_end(j);
}

static void put_package(struct json *j, const struct sbom_part *part)
{
	const struct mkr_package *p = part->package;
	emit_object(j, NULL);
	emit_text(j, "type", "library");
	emit_text(j, "bom-ref", part->ref);
	put(j, "publisher", p->maintainer);
	emit_text(j, "name", p->name);
	put(j, "version", p->version);
	put_licenses(j, p->license);
	if (part->has_url)
		emit_text(j, "purl", part->ref);
	emit_end(j);
}

static void put_file(struct json *j, const struct sbom *s, const struct sbom_part *part)
{
	const char *base64 = sbom_path_base64(s, part), *build_id = sbom_build_id(s, part);
	const struct mkr_digests *digests = &sbom_content(s, part)->digests;
	emit_object(j, NULL);
	emit_text(j, "type", "file");
	emit_text(j, "bom-ref", part->ref);
	emit_text(j, "name", sbom_path(s, part));
	emit_array(j, "hashes");
	emit_object(j, NULL);
	emit_text(j, "alg", "SHA-256");
	emit_hex(j, "content", digests->sha256, sizeof(digests->sha256));
	emit_end(j);
	emit_end(j);
	if (build_id || base64)
		emit_array(j, "properties");
	if (build_id)
		put_property(j, "mkroot:elf:build-id", build_id);
	if (base64)
		put_property(j, "mkroot:path:base64", base64);
	if (build_id || base64)
		emit_end(j);
	emit_end(j);
}

static const char *os_ref(const struct sbom *s)
{
	return s->os.id ? arena_printf(s->arena, "os:%s", purl_encode(s->arena, s->os.id, ""))
			: NULL;
}

static void put_os(struct json *j, const struct sbom *s)
{
	if (!s->os.id)
		return;
	emit_object(j, NULL);
	emit_text(j, "type", "operating-system");
	emit_text(j, "bom-ref", os_ref(s));
	emit_text(j, "name", s->os.id);
	put(j, "version", s->os.version_id);
	put(j, "description", s->os.name);
	emit_end(j);
}

static void put_metadata(struct json *j, const struct sbom *s)
{
	emit_object(j, "metadata");
	emit_text(j, "timestamp", s->created);
	emit_object(j, "tools");
	emit_array(j, "components");
	emit_object(j, NULL);
	emit_text(j, "type", "application");
	emit_text(j, "name", "mkroot");
	emit_text(j, "version", MKROOT_VERSION);
	emit_end(j);
	emit_end(j);
	emit_end(j);
	emit_object(j, "component");
	emit_text(j, "type", "container");
	emit_text(j, "bom-ref", ROOT);
	emit_text(j, "name", "root");
	emit_end(j);
	emit_end(j);
}

/* A part that no loader maps is left out: nothing is known of what it needs. */
static void put_dependencies(struct json *j, const struct sbom *s)
{
	emit_array(j, "dependencies");
	emit_object(j, NULL);
	emit_text(j, "ref", ROOT);
	emit_array(j, "dependsOn");
	for (size_t i = 0; i < s->parts.n; i++)
		if (s->parts.at[i].asked)
			emit_text(j, NULL, s->parts.at[i].ref);
	emit_end(j);
	emit_end(j);
	for (size_t i = 0; i < s->parts.n; i++) {
		const struct sbom_part *part = &s->parts.at[i];
		if (!part->mapped)
			continue;
		emit_object(j, NULL);
		emit_text(j, "ref", part->ref);
		emit_array(j, "dependsOn");
		for (size_t k = 0; k < part->n_needs; k++)
			emit_text(j, NULL, s->parts.at[part->needs[k]].ref);
		emit_end(j);
		emit_end(j);
	}
	emit_end(j);
}

static int write_cyclonedx(FILE *out, const struct inventory *inv, struct mkr_error *err)
{
	struct json j;
	struct sbom *s;
	int r = sbom_new(&s, inv, err);
	if (r < 0)
		return r;
	emit_begin(&j, out);
	emit_text(&j, "$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json");
	emit_text(&j, "bomFormat", "CycloneDX");
	emit_text(&j, "specVersion", "1.6");
	emit_text(&j, "serialNumber", arena_printf(s->arena, "urn:uuid:%s", s->uuid));
	emit_number(&j, "version", 1);
	put_metadata(&j, s);
	emit_array(&j, "components");
	put_os(&j, s);
	for (size_t i = 0; i < s->parts.n; i++) {
		if (s->parts.at[i].package)
			put_package(&j, &s->parts.at[i]);
		else
			put_file(&j, s, &s->parts.at[i]);
	}
	emit_end(&j);
	put_dependencies(&j, s);
	emit_finish(&j);
	sbom_free(s);
	return 0;
}

const struct document_format document_cyclonedx = {
	.name = "cyclonedx", .packages = true, .write = write_cyclonedx
};
