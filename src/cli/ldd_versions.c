#include "cli/ldd_versions.h"

#include "cli/report.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* ldd puts "./" before a name without a slash. */
static const char *name_of(
	struct shown_name *buf, const struct mkr_map *map, size_t load, const char *typed)
{
	if (load)
		return show_name(buf, map->load[load].path);
	buf->text[0] = '\0';
	struct shown_name shown;
	snprintf(buf->text, sizeof(buf->text), "%s%s", strchr(typed, '/') ? "" : "./",
		show_name(&shown, typed));
	return buf->text;
}

/* rtld.c print_missing_version() */
static void print_complaint(
	const struct mkr_map *map, const struct mkr_complaint *c, const char *typed)
{
	struct shown_name program, load, by;
	fflush(stdout);
	fprintf(stderr, "mkroot: %s: %s: %s", name_of(&program, map, 0, typed),
		name_of(&load, map, c->load, typed), c->text);
	if (c->by != SIZE_MAX)
		fprintf(stderr, " (required by %s)", name_of(&by, map, c->by, typed));
	fputc('\n', stderr);
}

bool ldd_versions(struct mkr_loader *ld, const struct mkr_map *map, const char *typed)
{
	const struct mkr_checks *checks;
	if (mkr_loader_check(ld, map, &checks, NULL) < 0)
		return false;
	for (size_t i = 0; i < checks->n_complaints; i++)
		print_complaint(map, &checks->complaint[i], typed);
	size_t last = SIZE_MAX;
	for (size_t i = 0; i < checks->n_versions; i++) {
		const struct mkr_version_check *v = &checks->version[i];
		struct shown_name file, version, path;
		if (map->load[v->by].before_program)
			continue;
		if (last == SIZE_MAX)
			puts("\n\tVersion information:");
		if (last != v->by)
			printf("\t%s:\n", name_of(&file, map, v->by, typed));
		last = v->by;
		printf("\t\t%s (%s) %s=> %s\n", show_name(&file, v->need->file),
			show_name(&version, v->need->version), v->need->weak ? "[WEAK] " : "",
			v->state == MKR_VERSION_FOUND ? name_of(&path, map, v->of, typed)
						      : "not found");
	}
	return checks->n_fatal == 0;
}
