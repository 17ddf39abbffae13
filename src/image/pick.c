#include "image/pick.h"

#include "base/str.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Of a list for a message: what fits. */
struct list {
	char text[600];
	size_t used;
};

static void list_add(struct list *l, const char *a, const char *between, const char *b)
{
	int n = snprintf(l->text + l->used, sizeof(l->text) - l->used, "%s%s%s%s",
		l->used ? ", " : "", a, between, b);
	if (n > 0 && l->used + (size_t)n < sizeof(l->text))
		l->used += (size_t)n;
	else
		l->text[l->used] = '\0';
}

/* "3rd part/name:tag" -> "tag" */
static const char *tag_of(const char *name)
{
	const char *colon = strrchr(name, ':');
	return colon && !strchr(colon, '/') ? colon + 1 : NULL;
}

static bool has_tag(const struct descriptor *d, const char *tag)
{
	const char *last = d->image_name ? tag_of(d->image_name) : NULL;
	return (d->ref_name && strcmp(d->ref_name, tag) == 0) ||
		(d->image_name && strcmp(d->image_name, tag) == 0) ||
		(!d->ref_name && last && strcmp(last, tag) == 0);
}

static void list_tags(const struct descriptors *index, struct mkr_error *err)
{
	struct list l = { .text = "" };
	for (size_t i = 0; i < index->n; i++) {
		const struct descriptor *d = &index->at[i];
		if (!d->attested && (d->ref_name || d->image_name))
			list_add(&l, d->ref_name ? d->ref_name : d->image_name, "", "");
	}
	mkr_detail(err, "tags", "%s", l.used ? l.text : "none");
}

/* go.dev: internal/syslist; what uname -m says. */
const char *pick_goarch(const char *machine)
{
	static const char *const names[][2] = { { "x86_64", "amd64" }, { "aarch64", "arm64" },
		{ "i686", "386" }, { "i586", "386" }, { "i386", "386" }, { "armv7l", "arm" },
		{ "armv6l", "arm" }, { "riscv64", "riscv64" }, { "ppc64le", "ppc64le" },
		{ "s390x", "s390x" }, { "loongarch64", "loong64" }, { "mips64", "mips64le" } };
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(machine, names[i][0]) == 0)
			return names[i][1];
	return NULL;
}

/* Of several variants the one that is asked for, or the plain one, which all machines run; else the
 * first. */
static bool fits_better(
	const struct descriptor *d, const struct descriptor *found, const struct wanted *wanted)
{
	if (wanted->variant)
		return !found && d->variant && strcmp(d->variant, wanted->variant) == 0;
	return !found || (found->variant && !d->variant);
}

int pick_platform(const struct descriptor **out, const struct descriptors *index,
	const struct wanted *wanted, struct mkr_error *err)
{
	const char *machine = wanted->machine;
	const struct descriptor *found = NULL, *only = NULL;
	struct list l = { .text = "" };
	size_t n = 0;
	for (size_t i = 0; i < index->n; i++) {
		const struct descriptor *d = &index->at[i];
		if (d->attested)
			continue;
		only = d;
		n++;
		if (!d->os || !d->architecture)
			continue;
		list_add(&l, d->os, "/", d->architecture);
		if (strcmp(d->os, "linux") == 0 && machine &&
			strcmp(d->architecture, machine) == 0 && fits_better(d, found, wanted))
			found = d;
	}
	if (!found && n == 1)
		found = only;
	if (!found) {
		mkr_failx(err, -ENOENT,
			n ? "there is no image for linux/%s in it"
			  : "there is no image in it (wanted: linux/%s)",
			machine ? machine : "this machine");
		if (n)
			mkr_detail(err, "platforms", "%s", l.used ? l.text : "not said");
		if (n)
			mkr_detail(err, "hint",
				"skopeo --override-arch ARCH copy takes one of them out; QEMU and "
				"binfmt_misc run it");
		return -ENOENT;
	}
	*out = found;
	return 0;
}

int pick_tag(const struct descriptor **out, const struct descriptors *index, const char *tag,
	const struct wanted *wanted, struct arena *a, struct mkr_error *err)
{
	struct descriptor *fit = arena_array(a, struct descriptor, index->n + 1);
	size_t n = 0;
	bool several = false, named = false;
	for (size_t i = 0; i < index->n; i++) {
		const struct descriptor *d = &index->at[i];
		if (d->attested || (tag && !has_tag(d, tag)))
			continue;
		several |= n && strcmp(fit[0].digest, d->digest) != 0;
		named |= d->ref_name || d->image_name;
		fit[n++] = *d;
	}
	if (several && (tag || !named))
		return pick_platform(out, &(struct descriptors){ fit, n }, wanted, err);
	if (n && !several) {
		*out = fit;
		return 0;
	}
	if (n == 0 && !tag)
		return mkr_failx(err, -ENOENT, "there is no image in it");
	int code = n ? -EINVAL : -ENOENT;
	if (n)
		mkr_failx(err, code, "there are several images in it");
	else
		mkr_failx(err, code, "there is no image '%s' in it", tag);
	list_tags(index, err);
	if (n)
		mkr_detail(err, "hint", "name one: oci:DIR:TAG or oci-archive:FILE:TAG");
	return code;
}

/* docker.io/library/demo:latest, demo:latest and demo are one name (distribution/reference). */
static struct str short_name(const char *name, bool *ret_latest)
{
	static const char *const usual[] = { "docker.io/library/", "docker.io/", "localhost/" };
	struct str s = str_from(name);
	for (size_t i = 0; i < sizeof(usual) / sizeof(*usual); i++) {
		if (str_starts(s, str_from(usual[i]))) {
			s = str_skip(s, strlen(usual[i]));
			break;
		}
	}
	const char *tag = tag_of(name);
	*ret_latest = !tag || strcmp(tag, "latest") == 0;
	if (tag && *ret_latest)
		s.n -= strlen(":latest");
	return s;
}

static bool is_same_name(const char *a, const char *b)
{
	bool latest_a, latest_b;
	struct str x = short_name(a, &latest_a), y = short_name(b, &latest_b);
	return latest_a == latest_b && str_eq(x, y);
}

static void list_saved(const struct saved_images *images, struct mkr_error *err)
{
	struct list l = { .text = "" };
	for (size_t i = 0; i < images->n; i++)
		for (const char *const *t = images->at[i].tags; *t; t++)
			list_add(&l, *t, "", "");
	mkr_detail(err, "tags", "%s", l.used ? l.text : "none");
}

int pick_saved(const struct saved_image **out, const struct saved_images *images, const char *tag,
	struct mkr_error *err)
{
	const struct saved_image *found = NULL;
	for (size_t i = 0; i < images->n && !found; i++) {
		if (!tag && images->n == 1)
			found = &images->at[i];
		for (const char *const *t = images->at[i].tags; tag && *t && !found; t++)
			if (is_same_name(*t, tag))
				found = &images->at[i];
	}
	if (found) {
		*out = found;
		return 0;
	}
	if (images->n == 0)
		return mkr_failx(err, -ENOENT, "there is no image in it");
	int code = tag ? -ENOENT : -EINVAL;
	if (tag)
		mkr_failx(err, code, "there is no image '%s' in it", tag);
	else
		mkr_failx(err, code, "there are several images in it");
	list_saved(images, err);
	if (!tag)
		mkr_detail(err, "hint", "name one: docker-archive:FILE:NAME:TAG");
	return code;
}
