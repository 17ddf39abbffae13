/* Do two names, of what is to be written, lead to one place? Neither has to be there yet. */
#ifndef CLI_SAME_FILE_H
#define CLI_SAME_FILE_H

#include <stdbool.h>

/* By their spelling, by links at their ends, or as further names of one regular file. */
bool is_same_file(const char *x, const char *y);

/* Would it be in the folder, or in one below it? */
bool is_in_folder(const char *name, const char *folder);

#endif
