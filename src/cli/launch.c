#include "cli/launch.h"
#include "cli/save.h"

#include "cli/user_scope.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/vec.h"
#include "cli/report.h"
#include "cli/rights.h"

#include <mkroot/image.h>
#include <mkroot/run.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

DEFINE_CLEANUP(mkr_image, mkr_image_free);
DEFINE_CLEANUP(mkr_limits, mkr_limits_free);
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

static int make_env(struct strings *env, struct arena *arena, const struct launch_args *args,
	const struct mkr_image_config *config, struct mkr_error *err)
{
	static const char *const fixed[] = {
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	};
	for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++)
		set_env(env, fixed[i]);
	pass_env(env, arena, "TERM");
	for (const char *const *e = config ? config->env : NULL; e && *e; e++)
		if (**e != '=' && strchr(*e, '='))
			set_env(env, *e);
	for (char **e = environ; args->env_host && *e; e++)
		if (strchr(*e, '=') && !user_scope_is_mark(*e))
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

static void add_words(struct strings *argv, const char *const *words)
{
	for (; words && *words; words++)
		vec_push(&argv->list, *words);
}

/* As docker has it: CMD replaces the image's Cmd, --entrypoint both of the image's. NULL: there is
 * no word of anybody's. */
static const char *const *make_argv(struct strings *argv, const struct launch_args *args,
	const struct mkr_image_config *config, const char *const *cmd)
{
	if (args->entrypoint && *args->entrypoint)
		vec_push(&argv->list, args->entrypoint);
	else if (config && !args->entrypoint)
		add_words(argv, config->entrypoint);
	if (cmd)
		add_words(argv, cmd);
	else if (config && !args->entrypoint)
		add_words(argv, config->cmd);
	if (argv->list.n == 0)
		return NULL;
	vec_push(&argv->list, NULL);
	return argv->list.at;
}

static void warn(const char *text)
{
	report_warning("%s", text);
}

int launch(const char *ref, const char *const *cmd, const struct launch_args *args, int *ret_status,
	struct mkr_error *err)
{
	cleanup_(mkr_image) struct mkr_image *img = NULL;
	cleanup_(arena) struct arena *arena = arena_new();
	cleanup_(mkr_limits) struct mkr_limits *limits = NULL;
	struct strings env = { 0 }, argv = { 0 };
	struct save save;
	unsigned oom_kills = 0;
	*ret_status = MKR_EXIT_LAUNCHER;
	struct mkr_box box = {
		.workdir = args->workdir,
		.hostname = args->hostname,
		.chroot = args->chroot,
		.volumes = args->volumes.at,
		.tmpfs = args->tmpfs.at,
		.devices = args->devices.at,
		.user = args->user,
		.userns = args->userns,
		.network = args->network,
		.time_offset = args->time_offset,
		.read_only = args->read_only,
		.ephemeral = args->ephemeral,
		.overlay = args->overlay,
		.ended = args->save ? save_root : NULL,
		.ended_ctx = &save,
	};
	/* First of all: what it opens must not be taken for a descriptor of the caller's. */
	int r = rights_read(&box, arena, args, err);
	if (r == 0)
		r = limits_from_args(&limits, &args->limits, err);
	if (r == 0)
		r = mkr_image_open(&img, ref, err);
	const struct mkr_image_config *config = r == 0 ? mkr_image_config(img) : NULL;
	if (r == 0)
		r = make_env(&env, arena, args, config, err);
	if (r == 0 && args->save)
		r = save_check(&save, args->save, img, err);
	if (r == 0) {
		box.env = env.list.at;
		box.limits = limits;
		box.argv = make_argv(&argv, args, config, cmd);
		if (config && !box.workdir)
			box.workdir = config->workdir;
		if (config && !box.user)
			box.user = config->user;
	}
	if (r == 0 && args->explain) {
		r = mkr_run_explain(stdout, img, &box, err);
		if (r == 0 && report_flush())
			*ret_status = 0;
	} else if (r == 0 && (r = mkr_run_protect(img, &box, err)) == 0) {
		box.ret_oom_kills = &oom_kills;
		box.warn = args->quiet ? NULL : warn;
		r = mkr_run(img, &box, ret_status, err);
		if (r == -ENOLINK)
			user_scope_enter();
		report_oom(oom_kills, *ret_status, &args->limits);
	}
	/* Each volume and device is held open until the box is there. */
	if (r == -EMFILE)
		mkr_detail(err, "hint", "allow more open files: ulimit -n 4096");
	vec_free(&env.list);
	vec_free(&argv.list);
	return r;
}
