#include "cli/bill.h"

#include "cli/report.h"

#include <mkroot/rules.h>

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

void bill_print(FILE *out, const struct mkr_entry *entries, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct mkr_entry *e = &entries[i];
		struct shown_name path, target, because;
		fprintf(out, "/%s%s%s\t%" PRIu64 "\t%s%s%s\n", show_name(&path, e->path),
			e->target ? " -> " : "", e->target ? show_name(&target, e->target) : "",
			e->target ? 0 : e->size, e->set ? e->set : "", e->set ? ": " : "",
			show_name(&because, e->because));
	}
}

void bill_summarise(const struct mkr_entry *entries, size_t n, const char *verb, const char *where)
{
	uint64_t bytes = 0;
	size_t files = 0;
	struct shown_size size;
	for (size_t i = 0; i < n; i++) {
		bytes += entries[i].target ? 0 : entries[i].size;
		files += S_ISREG(entries[i].mode);
	}
	report_note("%s%s%zu file%s, %s; %zu folders and links", verb, where, files,
		files == 1 ? "" : "s", show_size(&size, bytes), n - files);
}

/* What one rule set brought. */
struct share {
	uint64_t bytes;
	size_t files;
};

static struct share share_of(const struct mkr_entry *entries, size_t n, const char *set)
{
	struct share share = { 0 };
	for (size_t i = 0; i < n; i++) {
		const struct mkr_entry *e = &entries[i];
		if (!e->set || strcmp(e->set, set) != 0 || !S_ISREG(e->mode))
			continue;
		share.bytes += e->target ? 0 : e->size;
		share.files++;
	}
	return share;
}

void bill_summarise_sets(const struct mkr_entry *entries, size_t n)
{
	struct mkr_rule_set set;
	struct shown_size size;
	char line[1024];
	size_t used = 0;
	for (size_t i = 0; mkr_rule_set_at(i, &set) && used < sizeof(line); i++) {
		struct share share = share_of(entries, n, set.name);
		if (share.files == 0)
			continue;
		used += (size_t)snprintf(line + used, sizeof(line) - used, "%s%s %s in %zu file%s",
			used ? ", " : "", set.name, show_size(&size, share.bytes), share.files,
			share.files == 1 ? "" : "s");
	}
	if (used)
		report_note("of it, run-time data: %s", line);
}
