/* What of the public face other floors look behind. */
#ifndef PACKAGE_PACKAGES_H
#define PACKAGE_PACKAGES_H

#include "package/package.h"

#include <mkroot/packages.h>

struct packages *packages_of(struct mkr_packages *p);

#endif
