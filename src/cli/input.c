#include "cli/input.h"

#include "base/cleanup.h"
#include "base/str.h"
#include "cli/opt.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a shell has when nobody set PATH (bash's DEFAULT_PATH_VALUE without the current folder),
 * with the folders of the superuser: users pack daemons too. */
#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static char *join(const char *a, const char *between, const char *b)
{
	size_t n = strlen(a), m = strlen(between), k = strlen(b);
	char *text = malloc(n + m + k + 1);
	if (!text)
		abort();
	memcpy(text, a, n);
	memcpy(text + n, between, m);
	memcpy(text + n + m, b, k + 1);
	return text;
}

/* Two lists, either of which may be missing. */
static char *join_lists(const char *a, const char *separator, const char *b)
{
	bool has_a = a && *a, has_b = b && *b;
	if (has_a && has_b)
		return join(a, separator, b);
	return has_a ? join(a, "", "") : has_b ? join(b, "", "") : NULL;
}

DEFINE_CLEANUP(mkr_image, mkr_image_free);

/* What is a folder is read as it is, also one that is broken in a way that only images can be. */
static int open_sysroot(struct input *in, const char *typed, struct mkr_error *err)
{
	cleanup_(mkr_image) struct mkr_image *img = NULL;
	const char *tmp = getenv("TMPDIR");
	char path[64];
	int r = mkr_image_open(&img, typed, err);
	if (r < 0)
		return r;
	if (mkr_image_dir(img) >= 0) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", mkr_image_dir(img));
		return mkr_root_open(&in->root, path, err);
	}
	r = mkr_image_unpack_below(&in->unpacked, img, tmp && *tmp ? tmp : "/tmp", err);
	return r == 0 ? mkr_root_open(&in->root, mkr_unpacked_path(in->unpacked), err) : r;
}

static bool is_plain_folder(const char *path)
{
	struct stat st;
	if (stat(path, &st) < 0)
		return !strchr(path, ':'); /* opening it says why */
	if (!S_ISDIR(st.st_mode))
		return false;
	cleanup_fd int fd = open(path, O_PATH | O_CLOEXEC);
	return faccessat(fd, "oci-layout", F_OK, 0) < 0 || faccessat(fd, "index.json", F_OK, 0) < 0;
}

int input_open(struct input *in, const struct input_args *args, struct mkr_error *err)
{
	*in = (struct input){ .host = args->sysroot == NULL };
	const char *dir = args->sysroot ? args->sysroot : "/";
	int r = is_plain_folder(dir) ? mkr_root_open(&in->root, dir, err)
				     : open_sysroot(in, dir, err);
	if (r < 0)
		return mkr_wrap(err, r, "sysroot");
	in->cwd = in->host ? getcwd(NULL, 0) : join("/", "", "");
	if (!in->cwd)
		return mkr_fail(err, -errno, "cannot find the working directory");
	in->library_path =
		join_lists(args->library_path, ":", in->host ? getenv("LD_LIBRARY_PATH") : NULL);
	bool variable = in->host && args->honour_preload;
	in->preload = join_lists(args->preload, ":", variable ? getenv("LD_PRELOAD") : NULL);
	struct mkr_search search = { .library_path = in->library_path,
		.preload = in->preload,
		.root_preload = args->honour_preload,
		.hwcaps = args->hwcaps,
		.set_id = args->set_id,
		.cwd = in->cwd };
	return mkr_loader_new(&in->loader, in->root, &search, err);
}

void input_close(struct input *in)
{
	mkr_loader_free(in->loader);
	mkr_root_free(in->root);
	mkr_unpacked_free(in->unpacked);
	free(in->cwd);
	free(in->library_path);
	free(in->preload);
}

char *input_path(const struct input *in, const char *typed)
{
	if (typed[0] == '/')
		return join(typed, "", "");
	return join(in->cwd, strcmp(in->cwd, "/") == 0 ? "" : "/", typed);
}

/* A regular file with an x bit that anybody has. */
static bool is_program(const struct input *in, const char *path)
{
	cleanup_fd int fd = mkr_root_openat(in->root, path, O_PATH, NULL);
	struct stat st;
	return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0111);
}

enum { NAMES_MAX = 8192 };

/* The nearest name in the folders of `list`, for a hint; the caller frees it. */
static char *nearest_program(const struct input *in, const char *typed, const char *list)
{
	char **names = calloc(NAMES_MAX + 1, sizeof(*names));
	size_t n = 0;
	struct str rest = str_from(list), part;
	while (names && str_split(&rest, ":", &part)) {
		char path[PATH_MAX];
		snprintf(path, sizeof(path), "%.*s", (int)part.n, part.p);
		int fd = mkr_root_openat(in->root, path, O_RDONLY | O_DIRECTORY, NULL);
		cleanup_dir DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
		for (struct dirent *e; d && n < NAMES_MAX && (e = readdir(d));)
			if (strcmp(e->d_name, typed) != 0 && (names[n] = strdup(e->d_name)))
				n++;
	}
	const char *near = names ? nearest_name(typed, (const char *const *)names) : NULL;
	char *found = near ? join(near, "", "") : NULL;
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
	return found;
}

int input_program(const struct input *in, const char *typed, char **out, struct mkr_error *err)
{
	if (strchr(typed, '/')) {
		*out = input_path(in, typed);
		return 0;
	}
	if (!*typed)
		return mkr_failx(err, -ENOENT, "a program's name is empty");
	const char *list = in->host ? getenv("PATH") : NULL;
	if (!list || !*list)
		list = DEFAULT_PATH;
	struct str rest = str_from(list), part;
	while (str_split(&rest, ":", &part)) {
		char path[PATH_MAX];
		int n = snprintf(path, sizeof(path), "%.*s/%s", (int)part.n, part.p, typed);
		if (part.n == 0)
			n = snprintf(path, sizeof(path), "./%s", typed);
		if (n < 0 || (size_t)n >= sizeof(path))
			continue;
		cleanup_free char *absolute = input_path(in, path);
		if (is_program(in, absolute)) {
			*out = steal_ptr(&absolute);
			return 0;
		}
	}
	mkr_failx(err, -ENOENT, "program '%s' not found in PATH (%s)", typed, list);
	cleanup_free char *near = nearest_program(in, typed, list);
	if (near)
		mkr_detail(err, "hint", "a program with a similar name exists: %s", near);
	return -ENOENT;
}
