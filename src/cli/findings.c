#include "cli/findings.h"

#include "cli/color.h"
#include "cli/report.h"

#include <errno.h>
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

bool findings_of_plan(const struct mkr_closure *c, const struct mkr_plan *plan, bool quiet)
{
	struct mkr_findings *f;
	struct mkr_error err;
	size_t n;
	const struct mkr_entry *entries = mkr_plan_entries(plan, &n);
	if (mkr_check_plan(&f, c, entries, n, &err) < 0) {
		report_error(&err);
		return false;
	}
	bool good = f->n_errors == 0;
	for (size_t i = 0; i < f->n; i++) {
		const struct mkr_finding *one = &f->at[i];
		if (one->severity == MKR_ERROR) {
			mkr_failx(&err, -EINVAL, "%s %s", one->path, one->text);
			report_error(&err);
		} else if (!quiet) {
			report_warning("%s %s", one->path, one->text);
		}
	}
	mkr_findings_free(f);
	return good;
}

void findings_json(struct json *j, const struct mkr_findings *f)
{
	emit_number(j, "errors", f->n_errors);
	emit_number(j, "warnings", f->n_warnings);
	emit_number(j, "programs", f->n_programs);
	emit_number(j, "libraries", f->n_libraries);
	emit_number(j, "scripts", f->n_scripts);
	emit_number(j, "links", f->n_links);
	emit_number(j, "unread", f->n_unread);
	emit_array(j, "findings");
	for (size_t i = 0; i < f->n; i++) {
		const struct mkr_finding *one = &f->at[i];
		emit_object(j, NULL);
		emit_text(j, "severity", severity_name(one->severity));
		emit_text(j, "kind", one->kind);
		emit_bytes(j, "path", one->path);
		emit_bytes(j, "name", one->name);
		emit_bytes(j, "text", one->text);
		emit_bytes(j, "program", one->program);
		emit_number(j, "programs", one->n_programs);
		emit_end(j);
	}
	emit_end(j);
}
