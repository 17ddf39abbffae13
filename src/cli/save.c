#include "cli/save.h"

#include "cli/policy.h"
#include "cli/report.h"
#include "cli/stored.h"

#include "base/arena.h"
#include "base/cleanup.h"

#include <mkroot/elf.h>
#include <mkroot/root.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

DEFINE_CLEANUP(mkr_root, mkr_root_free);
DEFINE_CLEANUP(mkr_plan, mkr_plan_free);
DEFINE_CLEANUP(arena, arena_free);

static void warn_line(void *ctx, const char *text)
{
	(void)ctx;
	report_warning("%s", text);
}

static bool is_same(const char *path, int folder)
{
	struct stat a, b;
	return path && folder >= 0 && stat(path, &a) == 0 && fstat(folder, &b) == 0 &&
		a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* A run may change nothing, but who would count on that? */
static int check_room(const struct mkr_image *img, const char *output, struct mkr_error *err)
{
	size_t n;
	mkr_image_layers(img, &n);
	if (n < MKR_LAYERS_MAX)
		return 0;
	return mkr_failx(err, -EINVAL,
		"--save '%s': the image has %zu layers, and %d are all that one can have", output,
		n, MKR_LAYERS_MAX);
}

int save_check(
	struct save *s, const char *output, const struct mkr_image *img, struct mkr_error *err)
{
	bool folder;
	*s = (struct save){ .target = { .output = output,
				    .home = getenv("HOME"),
				    .level = -1,
				    .warn = warn_line } };
	if (strcmp(output, "-") == 0)
		return mkr_failx(err, -EINVAL,
			"--save and '-' do not go together: standard output is the command's");
	if (strncmp(output, "bundle:", strlen("bundle:")) == 0)
		return mkr_failx(err, -EINVAL,
			"--save writes no bundle: nothing says what '%s' is to start", output);
	int r = policy_from_words(&s->policy, NULL, err);
	s->policy.caller_is_root = false; /* owners are read as the box has them */
	if (r == 0)
		r = mkr_target_check(&s->target, err);
	cleanup_free char *path = r == 0 ? mkr_target_path(&s->target, &folder) : NULL;
	s->image =
		r == 0 && mkr_target_is_image(&s->target) && mkr_image_manifest(img) ? img : NULL;
	if (s->image)
		r = check_room(s->image, output, err);
	if (r == 0 && is_same(path, mkr_image_dir(img)))
		r = mkr_failx(err, -EINVAL, "--save '%s' is the root that is run", output);
	return r;
}

/* A namespace with one id shows all files as root's (user_namespaces(7)). */
static bool has_one_owner(void)
{
	char line[128] = "", *at = line;
	FILE *map = fopen("/proc/self/uid_map", "re");
	if (!map)
		return false;
	bool read = fgets(line, sizeof(line), map) != NULL;
	fclose(map);
	strtoul(at, &at, 10);
	strtoul(at, &at, 10);
	return read && strtoul(at, &at, 10) == 1;
}

/* What ran here is for this machine: GOARCH's name for it, from this program's own file. */
static const char *own_machine(struct arena *arena, const char **variant)
{
	struct stat st;
	const struct mkr_elf *elf;
	cleanup_fd int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0 ||
		mkr_elf_read(&elf, arena, fd, (uint64_t)st.st_size, NULL) < 0)
		return NULL;
	return mkr_elf_goarch(elf, variant);
}

/* All of the root, and in an image nothing that would say how it is to be run. */
static int write_whole(const struct save *s, const struct mkr_plan *plan, struct mkr_error *err)
{
	cleanup_(arena) struct arena *arena = arena_new();
	struct mkr_image_spec spec = { .has_created = s->policy.clamp, .created = s->policy.epoch };
	struct mkr_target target = s->target;
	size_t n;
	const struct mkr_entry *entries = mkr_plan_entries(plan, &n);
	spec.architecture = own_machine(arena, &spec.variant);
	if (mkr_target_is_image(&target))
		target.image = &spec;
	return mkr_write(entries, n, &target, NULL, err);
}

static int write_layer(const struct save *s, const struct mkr_plan *changes, struct mkr_error *err)
{
	cleanup_(arena) struct arena *arena = arena_new();
	const struct mkr_image_config *config = mkr_image_config(s->image);
	struct mkr_image_spec spec = { .base = s->image,
		.architecture = config->architecture,
		.variant = config->variant,
		.has_created = s->policy.clamp,
		.created = s->policy.epoch };
	struct mkr_target target = s->target;
	size_t n;
	const struct mkr_entry *entries = mkr_plan_entries(changes, &n);
	if (!spec.architecture || !*spec.architecture)
		spec.architecture = own_machine(arena, &spec.variant);
	target.image = &spec;
	return mkr_write(entries, n, &target, NULL, err);
}

/* What the image itself holds is looked at again: the box has been at what was run. */
static int save_layer(const struct save *s, const struct mkr_plan *now, const char *const *made,
	struct mkr_error *err)
{
	cleanup_(arena) struct arena *arena = arena_new();
	cleanup_(mkr_plan) struct mkr_plan *base = NULL, *changes = NULL;
	const struct mkr_change how = { .made = made, .one_owner = has_one_owner() };
	struct mkr_policy policy = s->policy;
	struct stored files;
	policy.known = stored_known;
	policy.known_ctx = &files;
	int r = stored_open(&files, s->image, arena, err);
	if (r == 0)
		r = mkr_plan_tree(&base, files.root, &policy, err);
	if (r == 0)
		r = mkr_plan_changes(&changes, base, now, &how, err);
	if (r == 0)
		r = write_layer(s, changes, err);
	stored_close(&files);
	return r;
}

int save_root(void *ctx, int rootfd, const char *const *made, struct mkr_error *err)
{
	const struct save *s = ctx;
	char path[64];
	cleanup_(mkr_root) struct mkr_root *root = NULL;
	cleanup_(mkr_plan) struct mkr_plan *plan = NULL;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", rootfd);
	int r = mkr_root_open(&root, path, err);
	if (r == 0)
		r = mkr_plan_tree(&plan, root, &s->policy, err);
	if (r == 0)
		r = s->image ? save_layer(s, plan, made, err) : write_whole(s, plan, err);
	return r < 0 ? mkr_wrap(err, r, "cannot save the root") : 0;
}
