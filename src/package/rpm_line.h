/* What images without rpm's database say of a package: a line of /var/lib/rpmmanifest, which began
 * with Azure Linux (its toolkit's installutils.go) and which Trivy and Syft read. */
#ifndef PACKAGE_RPM_LINE_H
#define PACKAGE_RPM_LINE_H

#include "base/arena.h"
#include "package/rpm_header.h"

/* The ten columns, between tabs, of `rpm -qa --qf "%{NAME}\t%{VERSION}-%{RELEASE}\t%{INSTALLTIME}\t
 * %{BUILDTIME}\t%{VENDOR}\t%{EPOCH}\t%{SIZE}\t%{ARCH}\t%{EPOCHNUM}\t%{SOURCERPM}"`, with the time
 * of the build for that of the installation, which is the host's. n is 0 where no such line can
 * say it. */
struct str rpm_line(struct arena *a, const struct rpm_header *h);

#endif
