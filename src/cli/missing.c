#include "cli/missing.h"

#include "base/arena.h"
#include "cli/report.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* "/usr/sbin/nginx → /opt/nginx/lib/libngx.so.1": from the program to who asked. */
static const char *chain(struct arena *a, const struct mkr_map *map, size_t by)
{
	const char *text = map->load[by].path;
	while (map->load[by].by != by) {
		by = map->load[by].by;
		text = arena_printf(a, "%s \xe2\x86\x92 %s", map->load[by].path, text);
	}
	return text;
}

static const char *asker(const struct mkr_missing *m)
{
	if (m->complaint && m->complaint->by != SIZE_MAX)
		return m->map->load[m->complaint->by].path;
	return m->map ? m->map->load[m->map->load[m->load].by].path : m->program;
}

static bool said_before(const struct mkr_missing *all, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (strcmp(all[i].name, all[j].name) == 0 &&
			strcmp(asker(&all[i]), asker(&all[j])) == 0)
			return true;
	return false;
}

/* What to do: a folder to search, or a package to install. */
static void hint(const char *name, const char *exists)
{
	struct shown_name shown;
	if (!exists) {
		fprintf(stderr, "  hint: install the package that has %s\n",
			show_name(&shown, name));
		return;
	}
	int dir = (int)(strrchr(exists, '/') - exists);
	show_name(&shown, exists);
	fprintf(stderr, "  hint: %s exists but is in none of these: add -L %.*s\n", shown.text,
		dir ? dir : 1, exists);
}

static bool is_interp(const struct mkr_map *map, const struct mkr_load *load)
{
	return map->interp && strcmp(load->name, map->interp) == 0;
}

void missing_report_load(struct mkr_loader *ld, const struct mkr_map *map, size_t at)
{
	const struct mkr_load *load = &map->load[at];
	struct shown_name name, text;
	struct arena *a = arena_new();
	fflush(stdout);
	if (load->refused)
		fprintf(stderr, "mkroot: error: %s: %s\n", show_name(&name, load->where),
			load->refused);
	else
		fprintf(stderr, "mkroot: error: %s not found\n", show_name(&name, load->name));
	fprintf(stderr, "  needed by  %s\n", show_name(&text, chain(a, map, load->by)));
	arena_free(a);
	if (load->refused) {
		fprintf(stderr, "  the loader stops at this file and does not search on\n");
		return;
	}
	if (is_interp(map, load)) {
		fprintf(stderr, "  it is the interpreter (PT_INTERP) of %s\n",
			show_name(&text, map->program));
		fprintf(stderr,
			"  hint: install the C library that has it, or name the system that "
			"does with -S\n");
		return;
	}
	const char *looked_in, *exists, *passed = mkr_loader_passed_over(ld, map, at);
	mkr_loader_explain(ld, map, at, &looked_in, &exists);
	fprintf(stderr, "  looked in  %s\n", show_name(&text, looked_in));
	if (passed)
		fprintf(stderr, "  passed over  %s\n", show_name(&text, passed));
	hint(load->name, exists);
}

/* A library that is there, but no start survives it. */
static void report_complaint(struct arena *a, const struct mkr_missing *m)
{
	const struct mkr_complaint *what = m->complaint;
	struct shown_name text, path, by;
	show_name(&text, what->text);
	show_name(&path, m->map->load[what->load].path);
	if (what->by == SIZE_MAX) {
		fprintf(stderr, "mkroot: error: %s: %s\n", path.text, text.text);
		fprintf(stderr, "  needed by  %s\n", show_name(&by, chain(a, m->map, what->load)));
		return;
	}
	fprintf(stderr, "mkroot: error: %s in %s, required by %s\n", text.text, path.text,
		show_name(&by, m->map->load[what->by].path));
	if (what->by)
		fprintf(stderr, "  needed by  %s\n", show_name(&by, chain(a, m->map, what->by)));
	fprintf(stderr,
		"  hint: the two are of different releases: take both from one system, or name the "
		"folder of the right one with -L\n");
}

/* The program of a "#!" line. */
static void report_interpreter(const struct mkr_missing *m)
{
	struct shown_name script, name;
	fprintf(stderr, "mkroot: error: %s is a script for '%s', which does not exist\n",
		show_name(&script, m->program), show_name(&name, m->name));
	fprintf(stderr, "  hint: install it, or put an interpreter in with -i PATH:%s\n",
		name.text);
}

size_t missing_report(const struct mkr_closure *c, struct mkr_loader *ld)
{
	size_t n, said = 0;
	const struct mkr_missing *all = mkr_closure_missing(c, &n);
	struct arena *a = arena_new();
	fflush(stdout);
	for (size_t i = 0; i < n; i++) {
		if (said_before(all, i))
			continue;
		said++;
		if (all[i].complaint)
			report_complaint(a, &all[i]);
		else if (all[i].map)
			missing_report_load(ld, all[i].map, all[i].load);
		else
			report_interpreter(&all[i]);
	}
	arena_free(a);
	return said;
}
