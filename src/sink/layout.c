#include "sink/layout.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/read.h"
#include "sink/store.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

enum { INDEX_MAX = 4 << 20 }; /* bytes: room for ten thousand tags */

static const char ref_name[] = "org.opencontainers.image.ref.name";

/* A small regular file, whole. -ENOENT: there is none. */
static int read_text(char **out, size_t *ret_n, int dir, const char *path, const char *name,
	struct mkr_error *err)
{
	struct stat st;
	cleanup_fd int fd =
		openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return -ENOENT;
	if (fd < 0 || fstat(fd, &st) < 0)
		return mkr_fail(err, -errno, "cannot open '%s/%s'", path, name);
	if (!S_ISREG(st.st_mode))
		return mkr_failx(err, -EBADMSG, "'%s/%s' is no regular file", path, name);
	if (st.st_size > INDEX_MAX)
		return mkr_failx(err, -EFBIG, "'%s/%s' has over %d bytes", path, name, INDEX_MAX);
	size_t size = (size_t)st.st_size;
	cleanup_free char *text = malloc(size + 1);
	if (!text)
		out_of_memory();
	ssize_t n = read_at(fd, text, size, 0);
	if (n < 0)
		return mkr_fail(err, (int)n, "cannot read '%s/%s'", path, name);
	*out = steal_ptr(&text);
	*ret_n = (size_t)n;
	return 0;
}

/* Writers of ours have their stages in it (temp_name()). */
static bool is_ours(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
		strncmp(name, ".mkroot-", 8) == 0;
}

static int is_empty(int dir, const char *path, struct mkr_error *err)
{
	cleanup_fd int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_dir DIR *list = fd < 0 ? NULL : fdopendir(fd);
	if (!list)
		return mkr_fail(err, -errno, "cannot list '%s'", path);
	steal_fd(&fd); /* the stream's now */
	const struct dirent *d;
	while ((d = readdir(list)))
		if (!is_ours(d->d_name))
			return 0;
	return 1;
}

/* image-spec, image-layout.md and image-index.md: what is looked at later has the right type. */
static int check_index(const json_t *index, const char *path, struct mkr_error *err)
{
	const json_t *manifests = json_object_get(index, "manifests");
	const char *wrong = NULL;
	if (json_integer_value(json_object_get(index, "schemaVersion")) != 2)
		wrong = "schemaVersion 2";
	else if (!json_is_array(manifests))
		wrong = "an array of manifests";
	size_t i;
	const json_t *m;
	json_array_foreach(manifests, i, m)
	{
		const json_t *annotations = json_object_get(m, "annotations");
		const json_t *name = json_object_get(annotations, ref_name);
		if (!json_is_object(m) || (annotations && !json_is_object(annotations)) ||
			(name && !json_is_string(name)))
			wrong = "manifests as they should be";
	}
	if (!wrong)
		return 0;
	return mkr_failx(err, -EBADMSG, "'%s/index.json' has not %s", path, wrong);
}

int layout_parse_index(
	json_t **out, const char *text, size_t n, const char *path, struct mkr_error *err)
{
	json_t *index;
	int r = json_parse(&index, text, n, INDEX_MAX, err);
	if (r < 0)
		return mkr_wrap(err, r, "'%s/index.json'", path);
	r = check_index(index, path, err);
	if (r < 0)
		json_decref(index);
	else
		*out = index;
	return r;
}

static int check_version(int dir, const char *path, struct mkr_error *err)
{
	cleanup_free char *text = NULL;
	json_t *said;
	size_t n = 0;
	int r = read_text(&text, &n, dir, path, "oci-layout", err);
	if (r < 0)
		return r;
	r = json_parse(&said, text, n, INDEX_MAX, err);
	if (r < 0)
		return mkr_wrap(err, r, "'%s/oci-layout'", path);
	const char *version = json_text(said, "imageLayoutVersion");
	if (!version || strncmp(version, "1.", 2) != 0)
		r = mkr_failx(err, -EBADMSG, "'%s/oci-layout' is not of version 1.0.0", path);
	json_decref(said);
	return r;
}

static int check_other(int dir, const char *path, struct mkr_error *err)
{
	int r = is_empty(dir, path, err);
	if (r != 0)
		return r < 0 ? r : 0;
	mkr_failx(err, -EEXIST, "'%s' is a folder, and no OCI image layout", path);
	mkr_detail(err, "hint", "name a folder that is not there yet");
	return -EEXIST;
}

int layout_read(
	int dir, const char *path, enum layout_kind *kind, json_t **index, struct mkr_error *err)
{
	cleanup_free char *text = NULL;
	size_t n = 0;
	*index = NULL;
	*kind = LAYOUT_EMPTY;
	int r = check_version(dir, path, err);
	if (r == -ENOENT)
		return check_other(dir, path, err);
	*kind = LAYOUT_THERE;
	if (r == 0)
		r = read_text(&text, &n, dir, path, "index.json", err);
	if (r == -ENOENT)
		return mkr_failx(err, -EBADMSG, "'%s' has an oci-layout, but no index.json", path);
	return r < 0 ? r : layout_parse_index(index, text, n, path, err);
}

static const char *tag_of(const json_t *descriptor)
{
	return json_text(json_object_get(descriptor, "annotations"), ref_name);
}

/* What has no tag and is more than an image, signatures and the like, is not ours to replace. */
static bool is_replaced(const json_t *old, const json_t *descriptor)
{
	const char *tag = tag_of(descriptor), *had = tag_of(old);
	if (tag || had)
		return tag && had && strcmp(tag, had) == 0;
	const char *type = json_text(old, "mediaType");
	return type && strcmp(type, json_text(descriptor, "mediaType")) == 0 &&
		!json_object_get(old, "artifactType");
}

void index_set(json_t *index, const json_t *descriptor)
{
	json_t *manifests = json_object_get(index, "manifests"), *copy = json_deep_copy(descriptor);
	if (!copy)
		out_of_memory();
	bool placed = false;
	for (size_t i = 0; i < json_array_size(manifests);) {
		if (!is_replaced(json_array_get(manifests, i), descriptor))
			i++;
		else if (placed)
			json_array_remove(manifests, i);
		else if (json_array_set(manifests, i++, copy) == 0)
			placed = true;
	}
	if (!placed)
		json_array_append(manifests, copy);
	json_decref(copy);
}
