#include "cli/build_base.h"

#include "base/arena.h"
#include "base/cleanup.h"

#include <mkroot/elf.h>

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Layer by layer, as they are: nothing of the base is unpacked. */
static int check_layers(const struct mkr_image *img, struct mkr_error *err)
{
	size_t n;
	int r = 0;
	mkr_image_layers(img, &n);
	for (size_t i = 0; i < n && r == 0; i++)
		r = mkr_image_layer_read(img, i, NULL, NULL, err);
	return r;
}

static int open_folder(struct build *b, struct mkr_error *err)
{
	char path[64];
	struct stat st, out;
	int fd = mkr_image_dir(b->base.image);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	int r = mkr_root_open(&b->base.files.root, path, err);
	if (r < 0)
		return r;
	b->base.root = b->base.files.root;
	if (mkr_root_is_host(b->base.root))
		return mkr_failx(err, -EINVAL, "it is this system's own root");
	if (b->path && stat(b->path, &out) == 0 && fstat(fd, &st) == 0 && st.st_dev == out.st_dev &&
		st.st_ino == out.st_ino)
		return mkr_failx(
			err, -EINVAL, "it is the output itself, which is added to without --base");
	return 0;
}

static int unpack(struct build *b, struct mkr_error *err)
{
	int r = stored_open(&b->base.files, b->base.image, b->arena, err);
	b->base.root = b->base.files.root;
	return r;
}

/* What was written earlier would be taken for a part of the base. */
static int check_output(const struct build *b, struct mkr_error *err)
{
	struct stat out;
	size_t n;
	const struct mkr_entry *e = mkr_plan_entries(b->base.plan, &n);
	if (!b->path || b->base.files.unpacked || stat(b->path, &out) < 0)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (e[i].dev == out.st_dev && e[i].ino == out.st_ino)
			return mkr_failx(err, -EINVAL, "the output is '%s' in it", e[i].path);
	return 0;
}

static int plan_base(struct build *b, struct mkr_error *err)
{
	struct mkr_policy policy = b->policy;
	policy.target = NULL;
	policy.packages = false;
	if (b->base.kept) /* its layers are not changed any more */
		policy.owner = MKR_OWNER_KEEP;
	if (b->base.files.unpacked) {
		policy.known = stored_known;
		policy.known_ctx = &b->base.files;
	}
	int r = mkr_plan_tree(&b->base.plan, b->base.root, &policy, err);
	if (r == 0)
		r = check_output(b, err);
	b->policy.target = b->base.root;
	b->policy.known = policy.known;
	b->policy.known_ctx = policy.known_ctx;
	return r;
}

static bool is_bundle(const struct build *b)
{
	const char *format = mkr_target_format(&b->target);
	return format && strcmp(format, "bundle") == 0;
}

/* The machine that --platform names. */
static int open_base(struct build *b, struct mkr_error *err)
{
	struct mkr_image_spec asked = { 0 };
	const struct image_args platform = { .platform = b->args->image.platform };
	int r = image_from_args(&asked, b->arena, &platform, err);
	if (r == 0)
		r = mkr_image_open_for(
			&b->base.image, b->args->base, asked.architecture, asked.variant, err);
	if (r < 0)
		return r;
	const struct mkr_image_config *config = mkr_image_config(b->base.image);
	if (asked.architecture && config && config->architecture &&
		strcmp(config->architecture, asked.architecture) != 0)
		return mkr_failx(err, -EINVAL, "it is for linux/%s, not for linux/%s",
			config->architecture, asked.architecture);
	b->base.kept = b->target.image && !is_bundle(b) && mkr_image_manifest(b->base.image);
	return 0;
}

int build_begin_base(struct build *b, struct mkr_error *err)
{
	const struct build_args *args = b->args;
	if (!args->base)
		return 0;
	int r = open_base(b, err);
	bool bare = r == 0 && b->base.kept && !b->adds && !args->try.n && !args->dry_run &&
		!args->manifest && !args->run;
	if (r == 0 && bare)
		r = check_layers(b->base.image, err);
	else if (r == 0)
		r = mkr_image_dir(b->base.image) >= 0 ? open_folder(b, err) : unpack(b, err);
	if (r == 0 && !bare)
		r = plan_base(b, err);
	return r < 0 ? mkr_wrap(err, r, "--base '%s'", args->base) : 0;
}

/* The base's own entries, and behind them those that come to it. */
static void join(struct build *b, const struct mkr_plan *added)
{
	size_t n, m;
	const struct mkr_entry *base = mkr_plan_entries(b->base.plan, &n);
	const struct mkr_entry *more = mkr_plan_entries(added, &m);
	struct mkr_entry *all = arena_array(b->arena, struct mkr_entry, n + m + 1);
	for (size_t i = 0; i < n + m; i++)
		all[i] = i < n ? base[i] : more[i - n];
	b->entries = all;
	b->n = n + m;
	b->image.n_base = n;
}

int build_lay(struct build *b, struct mkr_error *err)
{
	b->whole = b->plan;
	b->entries = mkr_plan_entries(b->plan, &b->n);
	if (!b->base.plan)
		return 0;
	int r = mkr_plan_lay(&b->base.laid, b->base.plan, b->plan, b->args->base, err);
	if (r < 0)
		return r;
	b->whole = b->base.laid.whole;
	if (b->base.kept)
		b->entries = mkr_plan_entries(b->base.laid.added, &b->n);
	else if (b->target.image && !is_bundle(b))
		join(b, b->base.laid.added);
	else
		b->entries = mkr_plan_entries(b->whole, &b->n);
	return 0;
}

/* A static one has no interpreter, and libraries may have one (libc.so.6, also of a machine that is
 * only there besides). */
static bool is_program(const struct mkr_elf *elf)
{
	return elf->loads && (elf->type == ET_EXEC || elf->flags_1 & DF_1_PIE);
}

/* The machine of the programs in a root that does not say it: of the first one that is found, or of
 * the first file that looks like one. */
static void find_machine(struct build *b)
{
	size_t n;
	const struct mkr_entry *e = mkr_plan_entries(b->base.plan, &n);
	struct mkr_image_spec *image = &b->image;
	for (size_t i = 0; i < n; i++) {
		const struct mkr_elf *elf;
		if (!S_ISREG(e[i].mode) || e[i].target || !(e[i].mode & 0111) || !e[i].from)
			continue;
		cleanup_fd int fd = mkr_root_openat(e[i].from, e[i].source, O_RDONLY, NULL);
		if (fd < 0 || mkr_elf_read(&elf, b->arena, fd, e[i].size, NULL) < 0 ||
			elf->malformed)
			continue;
		const char *variant, *machine = mkr_elf_goarch(elf, &variant);
		bool program = machine && is_program(elf);
		if (program || (machine && elf->interp && !image->architecture)) {
			image->architecture = machine;
			image->variant = variant;
		}
		if (program)
			break;
	}
	b->base.machine = image->architecture;
}

static bool is_any(const char *const *list)
{
	return list && *list;
}

/* What docker build makes of FROM: variables are added, and a new entrypoint does not get the
 * arguments of the old one. */
static void inherit_command(struct build *b, const struct mkr_image_config *base)
{
	static const char *const none[] = { NULL };
	struct mkr_image_spec *image = &b->image;
	bool entrypoint = image->entrypoint != NULL;
	image->env = image_add_env(b->arena, base->env, &b->args->image.env);
	if (entrypoint && !image->cmd)
		image->cmd = none;
	if (!b->base.kept) {
		image->entrypoint = entrypoint ? image->entrypoint : base->entrypoint;
		image->cmd = image->cmd ? image->cmd : base->cmd;
		image->workdir = image->workdir ? image->workdir : base->workdir;
		image->user = image->user ? image->user : base->user;
		image->stop_signal = image->stop_signal ? image->stop_signal : base->stop_signal;
	} else if (!b->args->image.env.n) {
		image->env = NULL;
	}
	if (!is_any(image->entrypoint) && !is_any(image->cmd) && !is_any(base->entrypoint) &&
		!is_any(base->cmd) && !entrypoint)
		image->cmd = NULL; /* the first program's, if there is one */
	else
		b->base.has_command = true;
}

void build_inherit(struct build *b)
{
	if (!b->base.image)
		return;
	const struct mkr_image_config *base = mkr_image_config(b->base.image);
	if (base)
		inherit_command(b, base);
	if (base && base->architecture && *base->architecture) {
		b->image.architecture = base->architecture;
		b->image.variant = base->variant;
		b->base.machine = b->args->image.platform ? NULL : base->architecture;
	} else if (b->base.plan && !b->image.architecture) {
		find_machine(b);
	}
	if (b->base.kept)
		b->image.base = b->base.image;
}

void build_free_base(struct build *b)
{
	mkr_plan_free(b->base.laid.whole);
	mkr_plan_free(b->base.laid.added);
	mkr_plan_free(b->base.plan);
	stored_close(&b->base.files);
	mkr_image_free(b->base.image);
}
