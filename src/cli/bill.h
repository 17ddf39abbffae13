/* What a root holds and what it costs, as build tells it. */
#ifndef CLI_BILL_H
#define CLI_BILL_H

#include <mkroot/plan.h>

#include <stdio.h>

/* One line an entry: path, size, reason; a link with what it holds. */
void bill_print(FILE *out, const struct mkr_entry *entries, size_t n);

/* "mkroot: VERB WHERE N files, SIZE; M folders and links" on stderr. */
void bill_summarise(const struct mkr_entry *entries, size_t n, const char *verb, const char *where);

/* What each rule set added, in one line on stderr; nothing when none did. */
void bill_summarise_sets(const struct mkr_entry *entries, size_t n);

#endif
