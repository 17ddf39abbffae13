/* A database may name either side of the usr-merge: one key for both. */
#ifndef PACKAGE_USR_MERGE_H
#define PACKAGE_USR_MERGE_H

#include "base/str.h"

static inline struct str usr_merge_key(struct str path)
{
	if (str_starts(path, STR("/usr/bin/")) || str_starts(path, STR("/usr/sbin/")) ||
		str_starts(path, STR("/usr/lib")))
		return str_skip(path, 4);
	return path;
}

#endif
