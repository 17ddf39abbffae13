/* SPDX license expressions (SPDX 2.3, annex D): is a database's word on a license one? */
#ifndef CLI_SPDX_LICENSE_H
#define CLI_SPDX_LICENSE_H

#include <stdbool.h>

/* Is the text an expression of identifiers that are known here? What is not may still be one: the
 * list of licenses grows, and this knows those that distributions use. No LicenseRef-, which says
 * nothing without its text. */
bool spdx_license_is_valid(const char *text);

/* Is it one identifier alone? */
bool spdx_license_is_single(const char *text);

#endif
