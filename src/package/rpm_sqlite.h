/* The headers in rpm's database of today, a file of SQLite's. */
#ifndef PACKAGE_RPM_SQLITE_H
#define PACKAGE_RPM_SQLITE_H

#include "base/str.h"

#include <stdbool.h>

/* Calls `each` for every header of the database that the descriptor is, which stays the caller's,
 * until it returns false; the bytes are borrowed for the call. NULL, or why it cannot be read (to
 * its end), in words. */
const char *rpm_sqlite_read(int fd, bool (*each)(void *ctx, struct str header), void *ctx);

#endif
