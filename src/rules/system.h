/* The files by which a system is known. */
#ifndef RULES_SYSTEM_H
#define RULES_SYSTEM_H

extern const char *const system_files[]; /* absolute; ends with NULL */

#endif
