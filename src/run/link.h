/* What the launcher and the init inside say to each other, over one SOCK_SEQPACKET pair. Its end is
 * also how each learns of the other's death. How the command ended is the init's exit status. */
#ifndef RUN_LINK_H
#define RUN_LINK_H

#include <mkroot/error.h>

#include <stdbool.h>

/* init -> launcher */
enum report_kind {
	REPORT_ROOT, /* with descriptors: the user namespace, the new root; either may be left out:
		      * status & REPORT_HAS_... */
	REPORT_PTY, /* with a descriptor: the outer end of the box' terminal */
	REPORT_STARTED, /* from now on signals are the command's */
	REPORT_STOPPED, /* the command was stopped; status: by which signal */
	REPORT_FAILED, /* status: MKR_EXIT_*; err says why */
};

enum { REPORT_HAS_USERNS = 1, REPORT_HAS_ROOT = 2 };

struct report {
	enum report_kind kind;
	int status;
	struct mkr_error err; /* sent only with REPORT_FAILED */
};

/* Where the command is to be in its terminal. */
enum ground { GROUND_SAME, GROUND_FORE, GROUND_BACK };

/* launcher -> init */
struct order {
	int signal; /* to pass to the command */
	bool group; /* to all of its process group, as a terminal does */
	enum ground ground;
};

#endif
