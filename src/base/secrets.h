/* Keys and tokens by their usual names: they are never taken unasked. */
#ifndef BASE_SECRETS_H
#define BASE_SECRETS_H

#include <stdbool.h>

/* Is the path (no leading slash, no links in it) one? Who walks there asks for each folder. */
bool path_is_secret(const char *path);

/* The same of the path or of any folder on the way to it. */
bool path_holds_secret(const char *path);

#endif
