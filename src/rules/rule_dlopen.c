/* Libraries that objects open by themselves. The set has no rows: what it brings is read off the
 * objects (.note.dlopen) or known of the C library (libgcc_s.so.1), by the closure, which can ask
 * the loader what an opening would find. */
#include "rules/rule.h"

const struct rule_set rule_dlopen = {
	.name = "dlopen",
	.help = "libraries that objects open: .note.dlopen, libgcc_s for threads that end",
};
