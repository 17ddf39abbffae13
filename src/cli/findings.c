#include "cli/findings.h"

#include "cli/color.h"
#include "cli/report.h"

#include <string.h>

static const char *severity_name(enum mkr_severity s)
{
	return s == MKR_ERROR ? "error" : "warning";
}

/* Who suffers, when that is somebody else than the file itself. */
static void print_programs(FILE *out, const struct mkr_finding *f)
{
	struct shown_name name;
	if (!f->program || (strcmp(f->program, f->path) == 0 && f->n_programs == 1))
		return;
	fprintf(out, " (in %s", show_name(&name, f->program));
	if (f->n_programs > 1)
		fprintf(out, " and %zu more", f->n_programs - 1);
	fputc(')', out);
}

void findings_print(FILE *out, const struct mkr_findings *f, bool warnings, bool on)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct mkr_finding *one = &f->at[i];
		struct shown_name path, text;
		bool bad = one->severity == MKR_ERROR;
		if (!bad && !warnings)
			continue;
		fprintf(out, "%s%s:%s %s: %s", color(on, bad ? COLOR_BAD : COLOR_WARN),
			severity_name(one->severity), color(on, COLOR_NONE),
			show_name(&path, one->path), show_name(&text, one->text));
		print_programs(out, one);
		fputc('\n', out);
	}
}

void findings_json(struct json *j, const struct mkr_findings *f)
{
	json_number(j, "errors", f->n_errors);
	json_number(j, "warnings", f->n_warnings);
	json_number(j, "programs", f->n_programs);
	json_number(j, "libraries", f->n_libraries);
	json_number(j, "scripts", f->n_scripts);
	json_number(j, "links", f->n_links);
	json_number(j, "unread", f->n_unread);
	json_array(j, "findings");
	for (size_t i = 0; i < f->n; i++) {
		const struct mkr_finding *one = &f->at[i];
		json_object(j, NULL);
		json_text(j, "severity", severity_name(one->severity));
		json_text(j, "kind", one->kind);
		json_bytes(j, "path", one->path);
		json_bytes(j, "name", one->name);
		json_bytes(j, "text", one->text);
		json_bytes(j, "program", one->program);
		json_number(j, "programs", one->n_programs);
		json_end(j);
	}
	json_end(j);
}
