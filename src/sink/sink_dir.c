/* A folder. It is built in a stage beside its name and renamed; one that exists already gets the
 * stage inside of it, and the finished parts are moved to their places. */
#include "sink/sink.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "os/temp.h"
#include "sink/dir_merge.h"
#include "sink/dir_place.h"
#include "sink/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/xattr.h>

struct dir {
	struct mkr_sink head;
	struct dir_place place;
	char temp[NAME_MAX + 1]; /* the stage's name; "": there is none */
	int fd; /* the stage */
	struct stage stage;
	struct merge merge;
};

static int dir_check(const struct sink_args *args, struct mkr_error *err)
{
	struct dir_place place;
	int r = dir_place_find(&place, args->path, args->to->home, err);
	if (r == 0)
		dir_place_close(&place);
	return r;
}

/* Where the stage is: beside the folder's name, or in the folder. */
static int stage_parent(const struct dir *d)
{
	return d->place.dir >= 0 ? d->place.dir : d->place.parent;
}

static int make_stage(struct dir *d, struct mkr_error *err)
{
	/* Neither the umask, nor the group (by a set-gid bit), nor the ACL of the folder around it
	 * have a say in what follows. */
	d->fd = temp_dir(d->temp, stage_parent(d), d->place.name, 0700);
	if (d->fd < 0)
		return mkr_fail(err, d->fd, "cannot create '%s'", d->head.args->path);
	if (fremovexattr(d->fd, "system.posix_acl_default") < 0 && errno != ENODATA &&
		errno != ENOTSUP)
		return mkr_fail(err, -errno, "cannot open '%s'", d->temp);
	d->stage.tree = TREE_OF(d->fd);
	d->stage.links = TREE_OF(d->fd);
	return 0;
}

static void dir_free(struct mkr_sink *sink)
{
	struct dir *d = (struct dir *)sink;
	if (d->temp[0]) {
		if (d->fd >= 0)
			stage_remove(&d->stage, sink->args->entries, sink->args->n);
		unlinkat(stage_parent(d), d->temp, AT_REMOVEDIR);
	}
	tree_reset(&d->stage.tree);
	tree_reset(&d->stage.links);
	if (d->fd >= 0)
		close(d->fd);
	dir_place_close(&d->place);
	free(d->merge.fate);
	free(d);
}

static int dir_open(struct mkr_sink **out, const struct sink_args *args, struct mkr_error *err)
{
	struct dir_place place;
	int r = dir_place_find(&place, args->path, args->to->home, err);
	if (r < 0)
		return r;
	struct dir *d = calloc(1, sizeof(*d));
	unsigned char *fate = calloc(args->n + 1, sizeof(*fate));
	if (!d || !fate)
		out_of_memory();
	*d = (struct dir){ .head.args = args, .place = place, .fd = -1 };
	d->stage = (struct stage){ args->to, TREE_OF(-1), TREE_OF(-1), geteuid() == 0 };
	d->merge = (struct merge){ TREE_OF_LINKS(place.dir), args->path, args->entries, args->n,
		fate };
	if (place.dir >= 0)
		r = merge_compare(&d->merge, err);
	if (r == 0)
		r = make_stage(d, err);
	if (r < 0) {
		dir_free(&d->head);
		return r;
	}
	*out = &d->head;
	return 0;
}

static int dir_entry(
	struct mkr_sink *sink, const struct mkr_entry *e, int fd, struct mkr_error *err)
{
	struct dir *d = (struct dir *)sink;
	bool kept = d->merge.fate[e - sink->args->entries] == FATE_KEPT;
	if (kept && !S_ISDIR(e->mode))
		return 0; /* a directory that is kept is needed for what is moved into it */
	return stage_entry(&d->stage, e, fd, err);
}

/* The new folder itself: as any "/", and with a time that does not tell when it was made. */
static int rename_stage(struct dir *d, struct mkr_error *err)
{
	const struct sink_args *args = d->head.args;
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT },
		{ .tv_sec = newest_mtime(args->entries, args->n) } };
	if (fchmod(d->fd, 0755) < 0 || (args->n && futimens(d->fd, times) < 0))
		return mkr_fail(err, -errno, "cannot set the mode of '%s'", args->path);
	int parent = d->place.parent;
	int r = renameat2(parent, d->temp, parent, d->place.name, RENAME_NOREPLACE);
	if (r < 0 && (errno == EINVAL || errno == ENOSYS))
		r = renameat(parent, d->temp, parent, d->place.name);
	if (r < 0)
		return mkr_fail(err, -errno, "cannot create '%s'", args->path);
	d->temp[0] = '\0';
	return 0;
}

static int dir_commit(struct mkr_sink *sink, struct mkr_error *err)
{
	struct dir *d = (struct dir *)sink;
	const struct mkr_entry *entries = sink->args->entries;
	int r = 0;
	for (size_t i = sink->args->n; i-- > 0 && r == 0;)
		if (S_ISDIR(entries[i].mode) && d->merge.fate[i] == FATE_CARRIED)
			r = stage_finish_dir(&d->stage, &d->stage.tree, &entries[i], err);
	if (r < 0)
		return r;
	tree_reset(&d->stage.tree);
	return d->place.dir >= 0 ? merge_apply(&d->merge, &d->stage, err) : rename_stage(d, err);
}

const struct mkr_sink_ops sink_dir = {
	.name = "dir",
	.suffixes = (const char *const[]){ NULL },
	.help =
		(const char *const[]){
			"root/ dir:PATH, or a name without a suffix          a folder", NULL },
	.root = "",
	.check = dir_check,
	.open = dir_open,
	.entry = dir_entry,
	.commit = dir_commit,
	.free = dir_free,
};
