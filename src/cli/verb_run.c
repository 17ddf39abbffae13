/* mkroot run [OPTION...] ROOT [--] [CMD [ARG...]] */
#include "cli/report.h"
#include "cli/verb.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/vec.h"

#include <mkroot/image.h>
#include <mkroot/run.h>

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct run_args {
	struct common_args common;
	bool chroot, env_host;
	struct opt_list env;
	const char *workdir, *hostname;
};

DEFINE_CLEANUP(mkr_image, mkr_image_free);
DEFINE_CLEANUP(arena, arena_free);

struct strings {
	VEC(const char *) list;
};

/* The value of NAME wins over an earlier one, as with docker run -e. */
static void set_env(struct strings *env, const char *pair)
{
	size_t n = strcspn(pair, "=") + 1;
	for (size_t i = 0; i < env->list.n; i++) {
		if (strncmp(env->list.at[i], pair, n) == 0) {
			env->list.at[i] = pair;
			return;
		}
	}
	vec_push(&env->list, pair);
}

static void pass_env(struct strings *env, struct arena *arena, const char *name)
{
	const char *value = getenv(name);
	if (value)
		set_env(env, arena_printf(arena, "%s=%s", name, value));
}

static int make_env(struct strings *env, struct arena *arena, const struct run_args *args,
	struct mkr_error *err)
{
	static const char *const fixed[] = {
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"HOME=/root",
		"LANG=C.UTF-8",
	};
	for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++)
		set_env(env, fixed[i]);
	pass_env(env, arena, "TERM");
	for (char **e = environ; args->env_host && *e; e++)
		if (strchr(*e, '='))
			set_env(env, *e);
	for (size_t i = 0; i < args->env.n; i++) {
		const char *pair = args->env.at[i];
		if (!*pair || *pair == '=')
			return mkr_failx(err, -EINVAL,
				"option '--env' takes NAME or NAME=VALUE, not '%s'", pair);
		if (strchr(pair, '='))
			set_env(env, pair);
		else
			pass_env(env, arena, pair);
	}
	vec_push(&env->list, NULL);
	return 0;
}

static int run_root(const struct run_args *args, const struct opt_rest *rest, int *ret_status,
	struct mkr_error *err)
{
	cleanup_(mkr_image) struct mkr_image *img = NULL;
	cleanup_(arena) struct arena *arena = arena_new();
	struct strings env = { 0 };
	*ret_status = MKR_EXIT_LAUNCHER;
	if (rest->n == 0) {
		mkr_failx(err, -EINVAL, "no ROOT given");
		mkr_detail(err, "hint", "mkroot run FOLDER-OR-TAR [CMD [ARG...]]");
		return -EINVAL;
	}
	size_t cmd = 1; /* the parser ends at ROOT: a "--" behind it is the first operand there */
	if (rest->n > 1 && strcmp(rest->operand[1], "--") == 0)
		cmd = 2;
	int r = make_env(&env, arena, args, err);
	if (r == 0)
		r = mkr_image_open(&img, rest->operand[0], err);
	if (r == 0) {
		struct mkr_box box = {
			.argv = rest->n > cmd ? rest->operand + cmd : NULL,
			.env = env.list.at,
			.workdir = args->workdir,
			.hostname = args->hostname,
			.chroot = args->chroot,
		};
		if (args->chroot && !args->common.quiet)
			report_warning("--chroot is no jail: root gets out of it, and it hides no "
				       "process and no network");
		r = mkr_run(img, &box, ret_status, err);
	}
	vec_free(&env.list);
	return r;
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
	{ 0, "chroot", NULL, "plain chroot(2), as root: no jail", OPT_FLAG, AT(chroot) },
	{ 'e', "env", "NAME[=VALUE]", "set a variable, or pass the caller's on", OPT_LIST,
		AT(env) },
	{ 0, "env-host", NULL, "pass all of the caller's environment on", OPT_FLAG, AT(env_host) },
	{ 'w', "workdir", "DIR", "start in DIR [/]", OPT_STRING, AT(workdir) },
	{ 0, "hostname", "NAME", "the hostname inside [mkroot]", OPT_STRING, AT(hostname) },
	{ 'i', "interactive", NULL, NULL, OPT_IGNORED, 0 },
	{ 't', "tty", NULL, NULL, OPT_IGNORED, 0 },
	{ 0, "rm", NULL, NULL, OPT_IGNORED, 0 },
	{ 0, "init", NULL, NULL, OPT_IGNORED, 0 },
	/* Keeps "-v SRC:DST" from being read as "--verbose" and SRC:DST as ROOT. */
	{ 'v', "volume", "SRC:DST", "volumes are not there yet", OPT_REFUSED, 0 },
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
	.help = "start a program in a root: a folder or a tar (plain, gzip, xz, zstd, bzip2)",
	.more = "Options end at ROOT. Without CMD: /bin/bash, else /bin/sh. -i -t -it --rm --init "
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
