/* A bundle for crun and runc (runtime-spec, bundle.md): config.json, and the root in rootfs/, which
 * the folder sink writes. A new bundle is built beside its name and renamed. */
#include "sink/sink.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "os/temp.h"
#include "os/write.h"
#include "sink/dir_place.h"
#include "sink/dir_stage.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

enum { DIR_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

extern const struct mkr_sink_ops sink_dir;

#define CONFIG_NAME "config.json"
#define ROOT_NAME "rootfs"

struct bundle {
	struct mkr_sink head;
	struct sink_args inner; /* the root */
	struct mkr_sink *root;
	struct dir_place place;
	char temp[NAME_MAX + 1]; /* a new bundle's name until it is whole; "": there is none */
	int stage; /* the same, open */
	bool rooted; /* the root is in the stage */
	struct new_file config; /* of a bundle that is there */
};

static int cannot(const struct bundle *b, const char *what, struct mkr_error *err)
{
	return mkr_fail(err, -errno, "cannot %s '%s'", what, b->head.args->path);
}

/* Whatever lies in the folder is a bundle's. */
static int check_folder(int dir, const char *path, struct mkr_error *err)
{
	cleanup_fd int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_dir DIR *list = fd < 0 ? NULL : fdopendir(fd);
	if (!list)
		return mkr_fail(err, -errno, "cannot list '%s'", path);
	steal_fd(&fd); /* the stream's now */
	bool other = false, config = false;
	const struct dirent *d;
	while ((d = readdir(list))) {
		config = config || strcmp(d->d_name, CONFIG_NAME) == 0;
		other = other || d->d_name[0] != '.';
	}
	if (config || !other)
		return 0;
	mkr_failx(err, -EPERM, "'%s' is a folder, and no bundle: it has no config.json", path);
	mkr_detail(err, "hint", "name a folder that is not there yet");
	return -EPERM;
}

static int find_place(struct dir_place *place, const struct sink_args *args, struct mkr_error *err)
{
	int r = dir_place_find(place, args->path, args->to->home, err);
	if (r < 0 || place->dir < 0)
		return r;
	r = check_folder(place->dir, args->path, err);
	if (r < 0)
		dir_place_close(place);
	return r;
}

static int bundle_check(const struct sink_args *args, struct mkr_error *err)
{
	struct dir_place place;
	int r = find_place(&place, args, err);
	if (r == 0)
		dir_place_close(&place);
	return r;
}

static int write_config(const struct bundle *b, int fd, struct mkr_error *err)
{
	const char *text = b->head.args->to->image->runtime;
	int r = write_all(fd, text, strlen(text));
	if (r == 0)
		r = write_all(fd, "\n", 1);
	return r < 0 ? mkr_fail(err, r, "cannot write '%s'", b->head.args->path) : 0;
}

static int make_stage(struct bundle *b, struct mkr_error *err)
{
	b->stage = temp_dir(b->temp, b->place.parent, b->place.name, 0777);
	if (b->stage < 0)
		return mkr_fail(err, b->stage, "cannot create '%s'", b->head.args->path);
	cleanup_fd int fd =
		openat(b->stage, CONFIG_NAME, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return cannot(b, "create", err);
	int r = write_config(b, fd, err);
	return r == 0 && close(steal_fd(&fd)) < 0 ? cannot(b, "write", err) : r;
}

/* The folder that is to hold rootfs/, by its path. */
static const char *root_path(const struct bundle *b, struct arena *a)
{
	const char *path = b->head.args->path;
	if (!b->temp[0])
		return arena_printf(a, "%s/%s", path, ROOT_NAME);
	struct str bare = str_from(path);
	while (bare.n > 1 && bare.p[bare.n - 1] == '/')
		bare.n--;
	struct str dir = str_dir(bare);
	return arena_printf(
		a, "%s%s%s/%s", arena_dup_str(a, dir), dir.n ? "/" : "", b->temp, ROOT_NAME);
}

static void remove_stage(struct bundle *b)
{
	cleanup_fd int root = b->rooted ? openat(b->stage, ROOT_NAME, DIR_FLAGS) : -1;
	if (root >= 0) {
		struct stage s = { b->head.args->to, TREE_OF(root), TREE_OF(root), geteuid() == 0 };
		stage_remove(&s, b->head.args->entries, b->head.args->n);
		unlinkat(b->stage, ROOT_NAME, AT_REMOVEDIR);
	}
	if (b->stage >= 0)
		unlinkat(b->stage, CONFIG_NAME, 0);
	unlinkat(b->place.parent, b->temp, AT_REMOVEDIR);
}

static void bundle_free(struct mkr_sink *sink)
{
	struct bundle *b = (struct bundle *)sink;
	if (b->root)
		sink_dir.free(b->root);
	if (b->temp[0])
		remove_stage(b);
	if (b->stage >= 0)
		close(b->stage);
	new_file_drop(&b->config);
	dir_place_close(&b->place);
	free(b);
}

static int prepare(struct bundle *b, struct mkr_error *err)
{
	const struct sink_args *args = b->head.args;
	int r;
	if (b->place.dir >= 0) {
		r = new_file_open(&b->config,
			arena_printf(args->arena, "%s/%s", args->path, CONFIG_NAME), err);
		if (r == 0)
			r = write_config(b, b->config.fd, err);
	} else {
		r = make_stage(b, err);
	}
	if (r < 0)
		return r;
	b->inner = *args;
	b->inner.ops = &sink_dir;
	b->inner.path = root_path(b, args->arena);
	return sink_dir.open(&b->root, &b->inner, err);
}

static int bundle_open(struct mkr_sink **out, const struct sink_args *args, struct mkr_error *err)
{
	if (!args->to->image || !args->to->image->runtime)
		return mkr_failx(err, -EINVAL, "a bundle needs a config.json");
	struct bundle *b = calloc(1, sizeof(*b));
	if (!b)
		out_of_memory();
	b->head.args = args;
	b->stage = -1;
	b->config = (struct new_file){ .fd = -1, .dirfd = -1 };
	int r = find_place(&b->place, args, err);
	if (r < 0) {
		free(b);
		return r;
	}
	r = prepare(b, err);
	if (r < 0)
		bundle_free(&b->head);
	else
		*out = &b->head;
	return r;
}

static int bundle_entry(
	struct mkr_sink *sink, const struct mkr_entry *e, int fd, struct mkr_error *err)
{
	return sink_dir.entry(((struct bundle *)sink)->root, e, fd, err);
}

static int name_stage(struct bundle *b, struct mkr_error *err)
{
	int parent = b->place.parent;
	int r = renameat2(parent, b->temp, parent, b->place.name, RENAME_NOREPLACE);
	if (r < 0 && (errno == EINVAL || errno == ENOSYS))
		r = renameat(parent, b->temp, parent, b->place.name);
	if (r < 0)
		return cannot(b, "create", err);
	b->temp[0] = '\0';
	return 0;
}

static int bundle_commit(struct mkr_sink *sink, struct mkr_error *err)
{
	struct bundle *b = (struct bundle *)sink;
	int r = sink_dir.commit(b->root, err);
	if (r < 0)
		return r;
	b->rooted = true;
	if (b->place.dir < 0)
		return name_stage(b, err);
	r = new_file_commit(&b->config);
	return r < 0 ? mkr_fail(err, r, "cannot write '%s'", sink->args->path) : 0;
}

const struct mkr_sink_ops sink_bundle = {
	.name = "bundle",
	.suffixes = (const char *const[]){ NULL },
	.help = (const char *const[]){ "bundle:DIR                                          "
				       "config.json and rootfs/, for crun and runc",
		NULL },
	.image = true,
	.root = ROOT_NAME,
	.check = bundle_check,
	.open = bundle_open,
	.entry = bundle_entry,
	.commit = bundle_commit,
	.free = bundle_free,
};
