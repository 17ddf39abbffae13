#include "cli/bill.h"

#include "cli/report.h"

#include <inttypes.h>

void bill_print(FILE *out, const struct mkr_entry *entries, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct mkr_entry *e = &entries[i];
		struct shown_name path, target, because;
		fprintf(out, "/%s%s%s\t%" PRIu64 "\t%s\n", show_name(&path, e->path),
			e->target ? " -> " : "", e->target ? show_name(&target, e->target) : "",
			e->target ? 0 : e->size, show_name(&because, e->because));
	}
}

void bill_summarise(const struct mkr_entry *entries, size_t n, const char *verb, const char *where)
{
	uint64_t bytes = 0;
	struct shown_size size;
	for (size_t i = 0; i < n; i++)
		bytes += entries[i].target ? 0 : entries[i].size;
	report_note("%s%s%zu entries, %s", verb, where, n, show_size(&size, bytes));
}
