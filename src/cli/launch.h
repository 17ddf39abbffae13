/* Starting a command in a root, for the verbs that do: run, and build --run. */
#ifndef CLI_LAUNCH_H
#define CLI_LAUNCH_H

#include "cli/limit_args.h"
#include "cli/opt.h"

#include <mkroot/error.h>

#include <stdbool.h>

/* What run's options say. Zeroed: all defaults. */
struct launch_args {
	bool chroot, env_host, read_only, no_new_privs;
	bool explain; /* say what would be set up, and that is all */
	bool quiet; /* no warnings */
	struct opt_list env, volumes, tmpfs, devices, cap_add, cap_drop, security_opt, preserve_fd;
	const char *workdir, *hostname, *user, *userns, *network, *time_offset, *ephemeral,
		*overlay;
	const char *entrypoint; /* instead of the image's, and of its Cmd; "": none */
	const char *save; /* an OUTPUT, as build's */
	struct limit_args limits;
};

/* Runs cmd (ends with NULL; NULL: the image's, else a shell) in the root that `ref` names.
 * *ret_status is the exit status to pass on, also on failure. The environment is read here. */
int launch(const char *ref, const char *const *cmd, const struct launch_args *args, int *ret_status,
	struct mkr_error *err);

#endif
