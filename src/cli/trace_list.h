/* The LIST of trace's --add and --save, as a file. */
#ifndef CLI_TRACE_LIST_H
#define CLI_TRACE_LIST_H

#include <mkroot/error.h>
#include <mkroot/trace.h>

int trace_list_read(struct mkr_uses *u, const char *name, struct mkr_error *err);

/* A regular file is there whole or not at all; "-" is standard output. */
int trace_list_write(const struct mkr_uses *u, const char *name, struct mkr_error *err);

#endif
