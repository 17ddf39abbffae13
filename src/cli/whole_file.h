/* A file beside the output: whole, or not there. */
#ifndef CLI_WHOLE_FILE_H
#define CLI_WHOLE_FILE_H

#include "os/write.h"

#include <stdbool.h>
#include <stdio.h>

struct whole_file {
	FILE *out;
	char *name; /* NULL: standard output */
	struct new_file file;
};

/* Is it written to as it is, since there is no name to give it? */
bool whole_file_is_direct(const char *name);

/* Could it be written? Creates nothing. */
int whole_file_check(const char *name, struct mkr_error *err);

/* "-" is standard output; a device or a FIFO is written to as it is. A link that is there is
 * followed. The mode is 0666 less the umask. */
int whole_file_open(struct whole_file *f, const char *name, struct mkr_error *err);

/* All bytes are there: they have reached the file, which has no name yet. */
int whole_file_close(struct whole_file *f, struct mkr_error *err);
/* After that. */
int whole_file_commit(struct whole_file *f, struct mkr_error *err);
void whole_file_drop(struct whole_file *f); /* after a commit, and zeroed, too */

#endif
