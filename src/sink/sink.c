#include "sink/sink.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/escape.h"
#include "base/str.h"
#include "sink/source.h"
#include "sink/tap.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void sink_warn(const struct mkr_target *to, const char *fmt, ...)
{
	if (!to->warn)
		return;
	char text[MKR_ERROR_TEXT], clean[MKR_ERROR_TEXT];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	escape_into(clean, sizeof(clean), text);
	to->warn(to->warn_ctx, clean);
}

/* Fails with the list of what is known: "dir: tar: .tar .tar.gz ...". */
static int unknown(struct mkr_error *err, const char *what, int n, const char *word)
{
	struct arena *a = arena_new();
	const char *known = "";
	for (const struct mkr_sink_ops *const *s = sinks; *s; s++) {
		known = arena_printf(a, "%s%s%s:", known, *known ? " " : "", (*s)->name);
		for (const char *const *x = (*s)->suffixes; *x; x++)
			known = arena_printf(a, "%s %s", known, *x);
	}
	mkr_failx(err, -EINVAL, "unknown output %s '%.*s'", what, n, word);
	mkr_detail(err, "known", "%s", known);
	arena_free(a);
	return -EINVAL;
}

/* Length of WORD in "WORD:PATH", 0 when it is none: a word is of letters, digits and "-", and has
 * two of them at least. */
static size_t word_length(const char *output)
{
	size_t n = 0;
	while (isalnum((unsigned char)output[n]) || output[n] == '-')
		n++;
	return n >= 2 && output[n] == ':' ? n : 0;
}

/* The longest suffix that `base` has a name in front of. */
static bool find_suffix(struct sink_args *args, struct str base)
{
	size_t longest = 0;
	for (const struct mkr_sink_ops *const *s = sinks; *s; s++) {
		for (const char *const *x = (*s)->suffixes; *x; x++) {
			struct str suffix = str_from(*x);
			if (suffix.n > longest && base.n > suffix.n && str_ends(base, suffix)) {
				longest = suffix.n;
				args->suffix = *x;
				args->ops = *s;
			}
		}
	}
	return longest > 0;
}

/* "PATH:NAME" ends at the first colon, as skopeo has it: NAME may hold more of them. */
static void set_path(struct sink_args *args, const struct mkr_sink_ops *ops, const char *rest)
{
	const char *colon = ops->named ? strchr(rest, ':') : NULL;
	args->path = rest;
	if (!colon)
		return;
	args->path = arena_dup_str(args->arena, (struct str){ rest, (size_t)(colon - rest) });
	args->name = colon + 1;
}

static int find_word(struct sink_args *args, const char *output, size_t n, struct mkr_error *err)
{
	for (const struct mkr_sink_ops *const *s = sinks; *s; s++) {
		if (str_eq(str_from((*s)->name), (struct str){ output, n })) {
			const struct mkr_sink_ops *named = *s;
			set_path(args, named, output + n + 1);
			if (!*args->path)
				return mkr_failx(err, -EINVAL, "output '%s' names no file", output);
			/* "tar:x.tar.gz" is compressed, as its name says; so are other tars. */
			if (find_suffix(args, str_base(str_from(args->path))) &&
				args->ops != named && !(named->image && args->ops->takes_stdout))
				args->suffix = "";
			args->ops = named;
			return 0;
		}
	}
	unknown(err, "format", (int)n, output);
	mkr_detail(err, "hint", "for a file or folder of this name: './%s'", output);
	return -EINVAL;
}

static const struct mkr_sink_ops *for_stdout(void)
{
	const struct mkr_sink_ops *const *s = sinks;
	while (s[1] && !(*s)->takes_stdout)
		s++;
	return *s;
}

/* The caller lets go of args->arena, also after a failure. */
static int parse(struct sink_args *args, const struct mkr_target *to, struct mkr_error *err)
{
	const char *output = to->output;
	*args = (struct sink_args){
		.to = to, .ops = sinks[0], .arena = arena_new(), .path = output, .suffix = ""
	};
	if (!output || !*output)
		return mkr_failx(err, -EINVAL, "the output has no name");
	if (strcmp(output, "-") == 0) {
		args->ops = for_stdout();
		return 0;
	}
	size_t n = word_length(output);
	if (n)
		return find_word(args, output, n, err);
	struct str base = str_base(str_from(output));
	if (base.n == 0 || str_eq(base, STR(".")) || str_eq(base, STR("..")))
		return 0; /* a folder: "root/" */
	if (find_suffix(args, base))
		return 0;
	const char *dot = strrchr(base.p + 1, '.');
	if (!dot)
		return 0;
	unknown(err, "suffix", (int)strlen(dot), dot);
	mkr_detail(err, "hint", "for a folder of this name: '%s/'", output);
	return -EINVAL;
}

int mkr_target_check(const struct mkr_target *to, struct mkr_error *err)
{
	struct sink_args args;
	int r = parse(&args, to, err);
	if (r == 0)
		r = args.ops->check(&args, err);
	arena_free(args.arena);
	return r;
}

char *mkr_target_path(const struct mkr_target *to, bool *ret_folder)
{
	struct sink_args args;
	char *path = NULL;
	*ret_folder = false;
	if (parse(&args, to, NULL) == 0 && strcmp(args.path, "-") != 0) {
		const char *root = args.ops->root;
		*ret_folder = root;
		path = strdup(root && *root ? arena_printf(args.arena, "%s/%s", args.path, root)
					    : args.path);
		if (!path)
			out_of_memory();
	}
	arena_free(args.arena);
	return path;
}

bool mkr_target_is_image(const struct mkr_target *to)
{
	struct sink_args args;
	bool image = parse(&args, to, NULL) == 0 && args.ops->image;
	arena_free(args.arena);
	return image;
}

const char *mkr_target_format(const struct mkr_target *to)
{
	struct sink_args args;
	const char *name = parse(&args, to, NULL) < 0 ? NULL : args.ops->name;
	arena_free(args.arena);
	return name;
}

/* Feeds one entry to the sink, its source opened before and looked at again after. */
static int feed(
	struct mkr_sink *s, const struct mkr_entry *e, int64_t newest, struct mkr_error *err)
{
	const struct sink_args *args = s->args;
	bool has_source = entry_has_source(e);
	struct stat before;
	cleanup_fd int fd = has_source ? source_open(e, newest, &before, err) : -1;
	if (has_source && fd < 0)
		return fd;
	tap_begin(args->tap, e);
	int r = args->ops->entry(s, e, fd, err);
	if (r == 0)
		r = tap_end(args->tap, e, fd, err);
	return r == 0 && has_source ? source_check(e, fd, &before, err) : r;
}

/* The entry with the time that sink_ops.same_bytes is about, in *aged if need be. */
static const struct mkr_entry *age(const struct mkr_sink_ops *ops, const struct mkr_entry *e,
	int64_t newest_file, struct mkr_entry *aged)
{
	bool on_the_way = e->why == MKR_WHY_PARENT || e->why == MKR_WHY_LINK;
	if (!ops->same_bytes || !S_ISDIR(e->mode) || !on_the_way)
		return e;
	*aged = *e;
	aged->mtime = newest_file;
	aged->mtime_nsec = 0;
	return aged;
}

static int write_entries(struct mkr_sink *s, struct mkr_written *ret, struct mkr_error *err)
{
	const struct sink_args *args = s->args;
	int64_t newest = newest_mtime(args->entries, args->n);
	int64_t newest_file = newest_file_mtime(args->entries, args->n);
	*ret = (struct mkr_written){ .files = args->n };
	for (size_t i = 0; i < args->n; i++) {
		struct mkr_entry aged;
		const struct mkr_entry *e = age(args->ops, &args->entries[i], newest_file, &aged);
		if (S_ISSOCK(e->mode))
			return mkr_failx(
				err, -EINVAL, "'%s' is a socket: no format holds one", e->path);
		int r = feed(s, e, newest, err);
		if (r < 0)
			return r;
		if (S_ISREG(e->mode) && !e->target)
			ret->bytes += e->size;
	}
	tap_finish(args->tap);
	const struct mkr_record *record = args->to->record;
	int r = record && record->ready ? record->ready(record->ctx, err) : 0;
	return r < 0 ? r : args->ops->commit(s, err);
}

static int write_all_of(struct sink_args *args, struct mkr_written *ret, struct mkr_error *err)
{
	int r = args->ops->check(args, err);
	if (r == 0 && args->ops->arrange)
		r = args->ops->arrange(args, err);
	struct mkr_sink *s = NULL;
	if (r == 0)
		r = args->ops->open(&s, args, err);
	if (r < 0)
		return r;
	r = write_entries(s, ret, err);
	args->ops->free(s);
	return r;
}

int mkr_write(const struct mkr_entry *entries, size_t n, const struct mkr_target *to,
	struct mkr_written *ret, struct mkr_error *err)
{
	struct sink_args args;
	struct mkr_written written;
	int r = parse(&args, to, err);
	struct tap tap = { .to = to };
	args.entries = entries;
	args.n = n;
	args.tap = &tap;
	if (r == 0)
		r = write_all_of(&args, &written, err);
	arena_free(args.arena);
	if (r == 0 && ret)
		*ret = written;
	return r;
}

const char *mkr_target_help(size_t i)
{
	for (const struct mkr_sink_ops *const *s = sinks; *s; s++)
		for (const char *const *line = (*s)->help; *line; line++)
			if (i-- == 0)
				return *line;
	return NULL;
}
