/* Who ships what is inside: the plan makes the records (src/plan/records.c), when it knows what
 * that is. Here is what readers of such records need beside them: the name of the system. */
#include "rules/rule.h"
#include "rules/system.h"

/* os-release(5); Syft's and Grype's syft/linux/identify_distro.go. Trivy's pkg/fanal/analyzer/os
 * knows Debian by debian_version alone, Ubuntu by lsb-release, and older ones the others so. */
const char *const system_files[] = { "/etc/os-release", "/usr/lib/os-release",
	"/etc/debian_version", "/etc/lsb-release", "/etc/alpine-release", "/etc/redhat-release",
	"/etc/system-release", NULL };

static int settle(struct rules *r, void *state, struct mkr_error *err)
{
	(void)state, (void)err;
	for (const char *const *file = system_files; *file; file++)
		rules_ask(r, NULL, &(struct ask){ ASK_PATH, *file }, "tells which system this is");
	return 0;
}

const struct rule_set rule_packages = {
	.name = "packages",
	.help = "who ships what is inside, for scanners: part of auto in oci and docker outputs",
	.settle = settle,
	.not_auto = true,
};
