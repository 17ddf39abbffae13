#include "cli/told.h"

#include "base/cleanup.h"
#include "base/escape.h"
#include "base/str.h"
#include "cli/report.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool is_file(const struct mkr_entry *e)
{
	return S_ISREG(e->mode) && !e->target && e->size > 0;
}

size_t told_biggest(const struct mkr_entry *entries, size_t n, size_t ret[static TOLD_BIGGEST])
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		if (!is_file(&entries[i]))
			continue;
		size_t at = kept;
		while (at > 0 && entries[ret[at - 1]].size < entries[i].size)
			at--;
		if (at == TOLD_BIGGEST)
			continue;
		kept += kept < TOLD_BIGGEST;
		for (size_t k = kept - 1; k > at; k--)
			ret[k] = ret[k - 1];
		ret[at] = i;
	}
	return kept;
}

void told_files(const struct mkr_entry *entries, size_t n)
{
	size_t at[TOLD_BIGGEST], kept = told_biggest(entries, n, at);
	for (size_t i = 0; i < kept; i++) {
		struct shown_size size;
		struct shown_name path;
		fprintf(stderr, "  %9s  /%s\n", show_size(&size, entries[at[i]].size),
			show_name(&path, entries[at[i]].path));
	}
}

/* What each format is for. */
static const struct {
	const char *format;
	unsigned machine; /* 0: whichever */
	bool needs_root;
	bool of_typed; /* the output as it was typed, else its path */
	const char *before, *after;
} nexts[] = {
	{ .format = "dir", .before = "mkroot run " },
	{ .format = "tar", .before = "mkroot run " },
	{ .format = "cpio",
		.machine = EM_X86_64,
		.before = "qemu-system-x86_64 -m 512 -nographic -no-reboot -kernel "
			  "/boot/vmlinuz-$(uname -r) -initrd ",
		.after = " -append 'console=ttyS0 panic=-1'" },
	{ .format = "squashfs", .needs_root = true, .before = "mount -o loop ", .after = " /mnt" },
	{ .format = "oci",
		.of_typed = true,
		.before = "skopeo copy ",
		.after = " containers-storage:" },
	{ .format = "oci-archive", .before = "podman load -i " },
	{ .format = "docker-archive", .before = "docker load <" },
	{ .format = "bundle", .needs_root = true, .before = "crun run -b ", .after = " root" },
};

static bool is_plain(const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "_./:@%+=,-";
	return *text && text[strspn(text, plain)] == '\0';
}

/* A word of the shell's (sh(1), quoting): as it is, or in single quotes. */
static void put_word(FILE *out, const char *word)
{
	if (*word == '-')
		fputs("./", out);
	if (is_plain(word)) {
		fputs(word, out);
		return;
	}
	fputc('\'', out);
	for (const char *p = word; *p; p++) {
		if (*p == '\'')
			fputs("'\\''", out);
		else
			fputc(*p, out);
	}
	fputc('\'', out);
}

/* What a terminal shows is what was written, and can be typed. */
static bool can_show(const char *text)
{
	struct shown_name shown;
	return strcmp(show_name(&shown, text), text) == 0;
}

char *told_next(const struct told_output *o)
{
	size_t i = 0, n = sizeof(nexts) / sizeof(*nexts), size;
	while (i < n && strcmp(nexts[i].format, o->format) != 0)
		i++;
	if (i == n || (nexts[i].machine && nexts[i].machine != o->machine))
		return NULL;
	const char *word = nexts[i].of_typed ? o->typed : o->path;
	char *text = NULL;
	FILE *out = can_show(word) ? open_memstream(&text, &size) : NULL;
	if (!out)
		return NULL;
	fprintf(out, "%s%s", nexts[i].needs_root && !o->is_root ? "sudo " : "", nexts[i].before);
	put_word(out, word);
	fputs(nexts[i].after ? nexts[i].after : "", out);
	if (nexts[i].of_typed) { /* "oci:out/img:1.0" gets the name "img:1.0" there */
		const char *colon = strchr(word, ':');
		put_word(out, base_name(colon ? colon + 1 : word));
	}
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}
