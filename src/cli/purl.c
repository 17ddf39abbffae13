#include "cli/purl.h"

#include "base/escape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* The specification's "Character encoding": the colon stays, wherever it stands. */
char *purl_encode(struct arena *a, const char *text, const char *also)
{
	char *encoded = arena_alloc(a, 3 * strlen(text) + 1), *end = encoded;
	for (; *text; text++) {
		if (is_letter_or_digit(*text) || strchr(".-_~:", *text) || strchr(also, *text))
			*end++ = *text;
		else
			end += snprintf(end, 4, "%%%02X", (unsigned char)*text);
	}
	return encoded;
}

static bool is_there(const char *text)
{
	return text && *text;
}

/* Only ASCII: bytes that are no letters of it have no case that is known. */
static char *lower(struct arena *a, const char *text)
{
	char *copy = arena_dup(a, text);
	for (char *c = copy; *c; c++)
		*c = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
	return copy;
}

static int by_key(const void *x, const void *y)
{
	const struct purl_qualifier *a = x, *b = y;
	return strcmp(a->key, b->key);
}

char *purl_text(struct arena *a, const struct purl *p)
{
	char *text = arena_printf(a, "pkg:%s/", p->type);
	if (is_there(p->namespace))
		text = arena_printf(a, "%s%s/", text, purl_encode(a, p->namespace, ""));
	text = arena_printf(a, "%s%s", text, purl_encode(a, p->name, ""));
	if (is_there(p->version))
		text = arena_printf(a, "%s@%s", text, purl_encode(a, p->version, ""));
	struct purl_qualifier *sorted = arena_array(a, struct purl_qualifier, p->n_qualifiers + 1);
	if (p->n_qualifiers) {
		memcpy(sorted, p->qualifiers, p->n_qualifiers * sizeof(*sorted));
		qsort(sorted, p->n_qualifiers, sizeof(*sorted), by_key);
	}
	char mark = '?';
	for (size_t i = 0; i < p->n_qualifiers; i++) {
		if (!is_there(sorted[i].value))
			continue;
		text = arena_printf(a, "%s%c%s=%s", text, mark, sorted[i].key,
			purl_encode(a, sorted[i].value, ""));
		mark = '&';
	}
	return text;
}

/* No part of the specification, but where scanners look for it: advisories are per source package.
 * As anchore/syft has it: rpm's is a file name, and a version that is the package's is left out. */
static const char *upstream_of(struct arena *a, const struct mkr_package *p, bool rpm)
{
	const char *version = p->source_version ? p->source_version : "";
	bool same = strcmp(version, p->version ? p->version : "") == 0;
	if (rpm) /* with an epoch it is none of a source */
		return !*version || strchr(version, ':')
			? NULL
			: arena_printf(a, "%s-%s.src.rpm", p->source, version);
	if (same || !*version)
		return strcmp(p->source, p->name) == 0 ? NULL : p->source;
	return arena_printf(a, "%s@%s", p->source, version);
}

/* "1:2.3-4": rpm's type has the number in front as a qualifier; the others as it is. */
static const char *take_epoch(struct arena *a, const char **version)
{
	size_t n = *version ? strspn(*version, "0123456789") : 0;
	if (n == 0 || (*version)[n] != ':')
		return NULL;
	const char *epoch = arena_dup_str(a, (struct str){ *version, n });
	*version += n + 1;
	return epoch;
}

static bool is_utf8(const struct mkr_package *p, const struct os_release *os)
{
	const char *const parts[] = { p->name, p->version, p->arch, p->source, p->source_version,
		os->id, os->version_id };
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (parts[i] && !utf8_is_valid(parts[i]))
			return false;
	return true;
}

/* The types that the specification has for them. */
static const char *const types[] = {
	[MKR_PACKAGES_NONE] = "generic",
	[MKR_PACKAGES_DPKG] = "deb",
	[MKR_PACKAGES_RPM] = "rpm",
	[MKR_PACKAGES_APK] = "apk",
	[MKR_PACKAGES_PACMAN] = "alpm",
};

char *purl_of(struct arena *a, const struct mkr_package *p, enum mkr_package_format format,
	const struct os_release *os, bool *ret_valid)
{
	bool rpm = format == MKR_PACKAGES_RPM;
	const char *version = p->version;
	const char *epoch = rpm ? take_epoch(a, &version) : NULL;
	const char *distro = os->id && os->version_id
		? arena_printf(a, "%s-%s", os->id, os->version_id)
		: os->id;
	const struct purl_qualifier qualifiers[] = { { "arch", p->arch }, { "distro", distro },
		{ "epoch", epoch }, { "upstream", upstream_of(a, p, rpm) } };
	const struct purl purl = { .type = types[format],
		.namespace = os->id ? lower(a, os->id) : NULL,
		.name = rpm ? p->name : lower(a, p->name),
		.version = version,
		.qualifiers = qualifiers,
		.n_qualifiers = sizeof(qualifiers) / sizeof(*qualifiers) };
	*ret_valid = os->id && is_utf8(p, os);
	return purl_text(a, &purl);
}
