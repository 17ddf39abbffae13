/* mkroot run [OPTION...] ROOT [--] [CMD [ARG...]] */
#include "cli/launch.h"
#include "cli/report.h"
#include "cli/verb.h"

#include <mkroot/run.h>

#include <errno.h>
#include <stddef.h>
#include <string.h>

struct run_args {
	struct common_args common;
	struct launch_args launch;
};

static int run_root(const struct run_args *args, const struct opt_rest *rest, int *ret_status,
	struct mkr_error *err)
{
	*ret_status = MKR_EXIT_LAUNCHER;
	if (rest->n == 0) {
		mkr_failx(err, -EINVAL, "no ROOT given");
		mkr_detail(err, "hint", "mkroot run FOLDER-TAR-OR-IMAGE [CMD [ARG...]]");
		return -EINVAL;
	}
	size_t cmd = 1; /* the parser ends at ROOT: a "--" behind it is the first operand there */
	if (rest->n > 1 && strcmp(rest->operand[1], "--") == 0)
		cmd = 2;
	if (args->launch.chroot && !args->common.quiet)
		report_warning("--chroot is no jail: root gets out of it, and it hides no "
			       "process and no network");
	const char *const *argv = rest->n > cmd ? rest->operand + cmd : NULL;
	struct launch_args launch_args = args->launch;
	launch_args.quiet = args->common.quiet;
	return launch(rest->operand[0], argv, &launch_args, ret_status, err);
}

static int run_main(const void *p, const struct opt_rest *rest)
{
	struct mkr_error err;
	int status;
	if (run_root(p, rest, &status, &err) < 0)
		report_error(&err);
	return status;
}

#define AT(member) offsetof(struct run_args, member)
static const struct opt run_opts[] = {
	{ 0, "chroot", NULL, "plain chroot(2), as root: no jail", OPT_FLAG, AT(launch.chroot) },
	{ 'e', "env", "NAME[=VALUE]", "set a variable, or pass the caller's on", OPT_LIST,
		AT(launch.env) },
	{ 0, "env-host", NULL, "pass all of the caller's environment on", OPT_FLAG,
		AT(launch.env_host) },
	{ 'w', "workdir", "DIR", "start in DIR [/]", OPT_STRING, AT(launch.workdir) },
	{ 0, "entrypoint", "CMD", "instead of the image's Entrypoint and Cmd; \"\": none",
		OPT_STRING, AT(launch.entrypoint) },
	{ 0, "hostname", "NAME", "the hostname inside [mkroot]", OPT_STRING, AT(launch.hostname) },
	{ 'u', "user", "USER[:GROUP]", "run as USER of the root's /etc/passwd, or as a number",
		OPT_STRING, AT(launch.user) },
	{ 'v', "volume", "SRC:DST[:ro]", "a folder or file of the host at DST", OPT_LIST,
		AT(launch.volumes) },
	{ 0, "tmpfs", "DST[:size=N]", "an empty tmpfs at DST; also mode=, ro, exec", OPT_LIST,
		AT(launch.tmpfs) },
	{ 0, "device", "DEV[:DST]", "a device of the host; :rwm behind it limits the rights",
		OPT_LIST, AT(launch.devices) },
	{ 0, "read-only", NULL, "the root cannot be written to; volumes and /tmp can", OPT_FLAG,
		AT(launch.read_only) },
	{ 0, "ephemeral", "SIZE", "throw changes of the root away, kept in a tmpfs until then",
		OPT_MAYBE, AT(launch.ephemeral) },
	{ 0, "overlay", "DIR", "keep changes of the root in DIR, and not in the root", OPT_STRING,
		AT(launch.overlay) },
	{ 0, "save", "OUTPUT",
		"write the root as it is in the end, as build -o; of an image, one more layer",
		OPT_STRING, AT(launch.save) },
	{ 0, "network", "none|host", "only lo, or the host's network [none]", OPT_STRING,
		AT(launch.network) },
	{ 0, "time-offset", "CLOCK=SECONDS[,...]",
		"add to the clocks monotonic and boottime, in a time namespace", OPT_STRING,
		AT(launch.time_offset) },
	{ 0, "userns", "auto|host|UID:GID:COUNT", "which ids of the host are the box's", OPT_STRING,
		AT(launch.userns) },
	{ 0, "cap-add", "CAP", "give a capability that docker's 14 do not have, or ALL", OPT_LIST,
		AT(launch.cap_add) },
	{ 0, "cap-drop", "CAP", "take a capability away, or ALL", OPT_LIST, AT(launch.cap_drop) },
	{ 0, "security-opt", "OPT",
		"seccomp=FILE (a profile as docker has it), seccomp=unconfined, "
		"landlock=unconfined",
		OPT_LIST, AT(launch.security_opt) },
	{ 0, "no-new-privs", NULL, "with --chroot: no set-id programs; else always so", OPT_FLAG,
		AT(launch.no_new_privs) },
	{ 0, "preserve-fd", "N[,N...]", "leave these descriptors open, beside 0, 1 and 2", OPT_LIST,
		AT(launch.preserve_fd) },
	{ 'm', "memory", "N[kmg]", "no more memory than that; who needs more is killed", OPT_STRING,
		AT(launch.limits.memory) },
	{ 0, "memory-swap", "N[kmg]", "memory and swap together, -1: no limit [twice --memory]",
		OPT_STRING, AT(launch.limits.memory_swap) },
	{ 0, "cpus", "N", "no more CPU time than N CPUs give, a decimal number", OPT_STRING,
		AT(launch.limits.cpus) },
	{ 0, "cpuset-cpus", "LIST", "only on these CPUs: 0-2,4", OPT_STRING,
		AT(launch.limits.cpuset_cpus) },
	{ 0, "pids-limit", "N", "no more processes and threads, the init among them", OPT_STRING,
		AT(launch.limits.pids_limit) },
	{ 0, "device-read-bps", "DEV:N[kmg]", "no more bytes read from DEV in a second", OPT_LIST,
		AT(launch.limits.device_read_bps) },
	{ 0, "device-write-bps", "DEV:N[kmg]", "no more bytes written to DEV in a second", OPT_LIST,
		AT(launch.limits.device_write_bps) },
	{ 0, "device-read-iops", "DEV:N", "no more reads from DEV in a second", OPT_LIST,
		AT(launch.limits.device_read_iops) },
	{ 0, "device-write-iops", "DEV:N", "no more writes to DEV in a second", OPT_LIST,
		AT(launch.limits.device_write_iops) },
	{ 0, "ulimit", "TYPE=SOFT[:HARD]", "as setrlimit(2): nofile=1024, core=0, nproc ...",
		OPT_LIST, AT(launch.limits.ulimit) },
	{ 0, "explain", NULL, "print what would be set up, and start nothing", OPT_FLAG,
		AT(launch.explain) },
	{ 'i', "interactive", NULL, NULL, OPT_IGNORED, 0 },
	{ 't', "tty", NULL, NULL, OPT_IGNORED, 0 },
	{ 0, "rm", NULL, NULL, OPT_IGNORED, 0 },
	{ 0, "init", NULL, NULL, OPT_IGNORED, 0 },
	{ 'd', "detach", NULL, "start it with '&', or as a service with systemd-run", OPT_REFUSED,
		0 },
	{ 'p', "publish", "PORTS", "there is no network of its own to publish from", OPT_REFUSED,
		0 },
	{ 0, "name", "NAME", "nothing is kept that would need a name; --hostname names it inside",
		OPT_REFUSED, 0 },
	{ 0, "privileged", NULL, "for a plain root with all rights use --chroot", OPT_REFUSED, 0 },
	{ 0, NULL, NULL, NULL, OPT_FLAG, 0 },
};

const struct verb verb_run = {
	.name = "run",
	.synopsis = "[OPTION...] ROOT [--] [CMD [ARG...]]",
	.help = "start a program in a root: a folder, a tar or an image",
	.more = "ROOT: a folder, a tar (plain, gzip, xz, zstd, bzip2), oci:DIR[:TAG], "
		"oci-archive:FILE[:TAG],\n"
		"docker-archive:FILE[:NAME:TAG] or bundle:DIR; images are also known without "
		"the word.\n"
		"Options end at ROOT. Without CMD: the image's, else /bin/bash, /bin/sh. -i -t -it "
		"--rm --init "
		"are\n"
		"accepted for docker's fingers. The exit status is CMD's, 128+N when signal N "
		"killed it,\n"
		"125 when mkroot itself failed, 126 when CMD cannot be executed, 127 when it is "
		"not there.\n",
	.opts = run_opts,
	.args_size = sizeof(struct run_args),
	.order = OPT_STOP_AT_OPERAND,
	.failure = MKR_EXIT_LAUNCHER,
	.main = run_main,
};
