#include "cli/documents.h"

#include "base/vec.h"
#include "cli/build.h"
#include "cli/same_file.h"
#include "cli/whole_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The words of --sbom. */
static const struct document_format *const sbom_formats[] = { &document_spdx, &document_cyclonedx };
enum { FORMATS = sizeof(sbom_formats) / sizeof(*sbom_formats) };

struct document {
	const struct document_format *format;
	const char *option, *typed, *name; /* "--sbom", "spdx:x.json", "x.json" */
	struct whole_file file;
};

struct documents {
	VEC(struct document) list;
	struct inventory *inv;
	struct mkr_record record;
};

static bool is_stdout(const char *name)
{
	return name && strcmp(name, "-") == 0;
}

static const char *behind_colon(const char *typed)
{
	const char *colon = strchr(typed, ':');
	return colon ? colon + 1 : NULL;
}

const char *documents_on_stdout(const struct build_args *args)
{
	if (is_stdout(args->manifest))
		return "--manifest";
	for (size_t i = 0; i < args->sbom.n; i++)
		if (is_stdout(behind_colon(args->sbom.at[i])))
			return "--sbom";
	return NULL;
}

static const struct document_format *find_format(const char *word, size_t n)
{
	for (size_t i = 0; i < FORMATS; i++)
		if (str_eq((struct str){ word, n }, str_from(sbom_formats[i]->name)))
			return sbom_formats[i];
	return NULL;
}

static int list_formats(struct mkr_error *err)
{
	char known[128] = "";
	for (size_t i = 0, n = 0; i < FORMATS && n < sizeof(known); i++)
		n += (size_t)snprintf(known + n, sizeof(known) - n, "%s%s:FILE", i ? ", " : "",
			sbom_formats[i]->name);
	mkr_detail(err, "known", "%s", known);
	return -EINVAL;
}

static int add_sbom(struct documents *d, const char *typed, struct mkr_error *err)
{
	size_t n = strcspn(typed, ":");
	struct document one = { .format = find_format(typed, n),
		.option = "--sbom",
		.typed = typed,
		.name = behind_colon(typed) };
	if (!one.format)
		mkr_failx(err, -EINVAL, "unknown --sbom format '%.*s'", (int)n, typed);
	else if (!one.name || !*one.name)
		mkr_failx(err, -EINVAL,
			"--sbom takes FORMAT:FILE, or FORMAT:- for standard output, not '%s'",
			typed);
	if (!one.format || !one.name || !*one.name)
		return list_formats(err);
	vec_push(&d->list, one);
	return 0;
}

static int add_all(struct documents *d, const struct build_args *args, struct mkr_error *err)
{
	const struct document manifest = { .format = &document_manifest,
		.option = "--manifest",
		.typed = args->manifest,
		.name = args->manifest };
	if (args->manifest && !*args->manifest)
		return mkr_failx(err, -EINVAL, "--manifest takes FILE, or - for standard output");
	if (args->manifest)
		vec_push(&d->list, manifest);
	int r = 0;
	for (size_t i = 0; i < args->sbom.n && r == 0; i++)
		r = add_sbom(d, args->sbom.at[i], err);
	return r;
}

/* "-" is no file's name. */
static bool is_one(const char *x, const char *y)
{
	if (is_stdout(x) || is_stdout(y))
		return is_stdout(x) && is_stdout(y);
	return is_same_file(x, y);
}

/* What else was said. */
static int check_one(const struct document *one, const struct build_args *args, const char *path,
	struct mkr_error *err)
{
	if (args->dry_run)
		return mkr_failx(err, -EINVAL,
			"%s tells of what was written: it does not go with -n", one->option);
	if (is_stdout(one->name) && is_stdout(args->output))
		return mkr_failx(err, -EINVAL,
			"%s %s and -o - do not go together: both are standard output", one->option,
			one->typed);
	if (is_stdout(one->name) && args->run)
		return mkr_failx(err, -EINVAL,
			"%s %s and --run do not go together: standard output is the command's",
			one->option, one->typed);
	if (path && is_one(one->name, path))
		return mkr_failx(
			err, -EINVAL, "%s '%s' is the output itself", one->option, one->typed);
	/* It would be what nobody tells of, or in the place of what the output has. */
	if (path && !is_stdout(one->name) && is_in_folder(one->name, path))
		return mkr_failx(err, -EINVAL, "%s '%s' is in the output, '%s': it goes beside it",
			one->option, one->typed, path);
	return 0;
}

static int check_all(const struct documents *d, const struct build_args *args, const char *path,
	struct mkr_error *err)
{
	for (size_t i = 0; i < d->list.n; i++) {
		const struct document *one = &d->list.at[i];
		int r = check_one(one, args, path, err);
		if (r < 0)
			return r;
		for (size_t k = 0; k < i; k++)
			if (is_one(one->name, d->list.at[k].name))
				return mkr_failx(err, -EINVAL,
					"%s %s and %s %s do not go together: both are one file",
					d->list.at[k].option, d->list.at[k].typed, one->option,
					one->typed);
	}
	return 0;
}

const char *documents_named(const struct documents *d, const char *name)
{
	for (size_t i = 0; i < d->list.n; i++)
		if (is_one(d->list.at[i].name, name))
			return d->list.at[i].option;
	return NULL;
}

int documents_new(struct documents **out, const struct build_args *args, const char *path,
	struct mkr_error *err)
{
	struct documents *d = calloc(1, sizeof(*d));
	if (!d)
		out_of_memory();
	int r = add_all(d, args, err);
	if (r == 0)
		r = check_all(d, args, path, err);
	if (r < 0)
		documents_free(d);
	else
		*out = d;
	return r;
}

void documents_free(struct documents *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->list.n; i++)
		whole_file_drop(&d->list.at[i].file);
	vec_free(&d->list);
	inventory_free(d->inv);
	free(d);
}

int documents_check(const struct documents *d, struct mkr_error *err)
{
	int r = 0;
	for (size_t i = 0; i < d->list.n && r == 0; i++)
		r = whole_file_check(d->list.at[i].name, err);
	return r;
}

static bool wants_sha1(void *ctx, const struct mkr_entry *e)
{
	const struct documents *d = ctx;
	size_t i = mkr_entry_index(d->inv->entries, d->inv->n, e->path, strlen(e->path));
	return i < d->inv->n && d->inv->facts[i].nobodys;
}

static void keep_entry(
	void *ctx, const struct mkr_entry *e, const struct mkr_digests *digests, int source)
{
	struct documents *d = ctx;
	inventory_keep(d->inv, e, digests, source);
}

static int write_documents(struct documents *d, bool direct, struct mkr_error *err)
{
	for (size_t i = 0; i < d->list.n; i++) {
		struct document *one = &d->list.at[i];
		if (whole_file_is_direct(one->name) != direct)
			continue;
		int r = whole_file_open(&one->file, one->name, err);
		if (r < 0)
			return r;
		r = one->format->write(one->file.out, d->inv, err);
		if (r == 0)
			r = whole_file_close(&one->file, err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* What cannot be renamed is written last of all. */
static int ready(void *ctx, struct mkr_error *err)
{
	struct documents *d = ctx;
	if (d->inv->failed < 0)
		return mkr_fail(err, d->inv->failed, "cannot read '%s'", d->inv->failed_path);
	return write_documents(d, false, err);
}

/* The database's words on itself end with what follows for those who look for files. */
static void warn_of_packages(
	const struct documents *d, struct mkr_packages *packages, const struct mkr_target *to)
{
	const char *text;
	while (packages && (text = mkr_packages_warning(packages))) {
		size_t n = strlen(text);
		for (size_t i = 0; text[i]; i++)
			if (text[i] == ':' && text[i + 1] == ' ')
				n = i;
		to->warn(to->warn_ctx,
			arena_printf(d->inv->arena,
				"%.*s: packages may be missing in the bill of materials", (int)n,
				text));
	}
}

const struct mkr_record *documents_begin(struct documents *d, const struct mkr_entry *entries,
	size_t n, const struct mkr_closure *closure, const int64_t *created,
	const struct mkr_target *to)
{
	bool packages = false;
	if (d->list.n == 0)
		return NULL;
	d->inv = inventory_new(entries, n, closure, created);
	d->record = (struct mkr_record){ .entry = keep_entry, .ready = ready, .ctx = d };
	for (size_t i = 0; i < d->list.n; i++) {
		if (d->list.at[i].format->sha1)
			d->record.wants_sha1 = wants_sha1;
		packages |= d->list.at[i].format->packages;
	}
	if (packages) {
		warn_of_packages(d, d->inv->packages, to);
		warn_of_packages(d, d->inv->base_packages, to);
	}
	return &d->record;
}

int documents_finish(struct documents *d, struct mkr_error *err)
{
	int r = write_documents(d, true, err);
	for (size_t i = 0; i < d->list.n && r == 0; i++)
		r = whole_file_commit(&d->list.at[i].file, err);
	return r;
}
