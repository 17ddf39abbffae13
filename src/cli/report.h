/* How the program speaks: results on stdout, talk on stderr. */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include <mkroot/error.h>

#include <stdbool.h>
#include <stdio.h>

/* "mkroot: error: TEXT", then the detail lines, indented, to stderr. */
void report_error(const struct mkr_error *err);

/* That; returns the status as it is. */
int report_failure(const struct mkr_error *err, int status);

/* "mkroot: warning: ..." to stderr; the caller holds it back under --quiet. */
void report_warning(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* "mkroot: ..." to stderr. */
void report_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The exit status for a failure: EXIT_USAGE for -EINVAL of an option, EXIT_NO for what is missing
 * or is not what it should be, EXIT_IO for what cannot be read or written. */
int report_status(int code);

/* A file name as a terminal may show it. Returns buf. */
struct shown_name {
	char text[4096 * 4 + 1];
};
const char *show_name(struct shown_name *buf, const char *name);

/* Bytes as people read them: "512 B", "4.6 MB" (powers of 1000). */
struct shown_size {
	char text[24];
};
const char *show_size(struct shown_size *buf, unsigned long long bytes);

/* Flushes stdout; false, with an error said, when something did not arrive. A reader that went away
 * (EPIPE) is said too: the output was not whole. */
bool report_flush(void);

#endif
