#include "world.h"

#include "base/cleanup.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

static const struct abi abis[] = {
	{ "glibc", "/lib64/ld-linux-x86-64.so.2", EM_X86_64, 64 },
	{ "i386", "/lib/ld-linux.so.2", EM_386, 32 },
	{ "musl", "/lib/ld-musl-x86_64.so.1", EM_X86_64, 64 },
};

const struct abi *world_abi(const char *name)
{
	for (size_t i = 0; i < sizeof(abis) / sizeof(*abis); i++)
		if (strcmp(abis[i].name, name) == 0)
			return &abis[i];
	return NULL;
}

/* GRAPH_LOADER_glibc=/path: another version's loader instead of this machine's. */
static const char *loader_file(const struct abi *abi)
{
	char name[64];
	snprintf(name, sizeof(name), "GRAPH_LOADER_%s", abi->name);
	const char *other = getenv(name);
	return other ? other : abi->interp;
}

bool world_has_loader(const struct abi *abi)
{
	return access(loader_file(abi), R_OK) == 0;
}

/* A mount namespace of our own, as root or as root of a user namespace. */
static const char *enter_namespace(const char *base)
{
	if (unshare(CLONE_NEWNS) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		return "no mount namespace can be made";
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		mount("graph", base, "tmpfs", 0, NULL) < 0)
		return "nothing can be mounted";
	return NULL;
}

void world_open(struct world *w, struct arena *a, const char *base)
{
	w->base = base;
	w->why_not = enter_namespace(base);
	w->root = arena_printf(a, "%s/root", base);
	w->host = arena_printf(a, "%s/host", base);
	mkdir(w->root, 0755);
	mkdir(w->host, 0755);
	const char *proc = arena_printf(a, "%s/proc", w->root);
	if (!w->why_not &&
		(mkdir(proc, 0755) < 0 || mount("/proc", proc, NULL, MS_BIND | MS_REC, NULL) < 0))
		w->why_not = "there is no /proc to mount";
	w->can_chroot = !w->why_not;
}

const char *world_paths(struct arena *a, const char *prefix, const char *text)
{
	size_t n = strlen(prefix), to = 0;
	char *out = arena_alloc(a, strlen(text) * (n + 1) + 1);
	for (size_t i = 0; text[i]; i++) {
		if (text[i] == '/' && (i == 0 || strchr(":; ", text[i - 1]))) {
			memcpy(out + to, prefix, n);
			to += n;
		}
		out[to++] = text[i];
	}
	return out;
}

static void make_parents(char *path)
{
	for (char *p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		mkdir(path, 0755);
		*p = '/';
	}
}

static bool write_file(const char *path, const void *data, size_t n)
{
	cleanup_fd int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	while (fd >= 0 && n) {
		ssize_t done = write(fd, data, n);
		if (done <= 0)
			return false;
		data = (const char *)data + done;
		n -= (size_t)done;
	}
	return fd >= 0;
}

static bool copy_file(const char *from, const char *to)
{
	struct stat st;
	cleanup_fd int fd = open(from, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return false;
	void *data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	bool ok = data != MAP_FAILED && write_file(to, data, (size_t)st.st_size);
	if (data != MAP_FAILED)
		munmap(data, (size_t)st.st_size);
	return ok;
}

/* The loader is copied once, then linked to where it is wanted. */
static bool put_loader(
	const struct world *w, struct arena *a, const struct abi *abi, const char *path)
{
	const char *copy = arena_printf(a, "%s/%s", w->base, abi->name);
	if (access(copy, F_OK) < 0 && !copy_file(loader_file(abi), copy))
		return false;
	return link(copy, path) == 0;
}

static bool put_object(struct arena *a, const struct graph *g, const struct node *node,
	const char *path, const char *prefix, const char **why)
{
	size_t size, n = node->n_words;
	struct word *words = arena_array(a, struct word, n);
	for (size_t i = 0; i < n; i++) {
		bool is_path = strcmp(node->words[i].key, "interp") != 0;
		words[i] = node->words[i];
		if (is_path)
			words[i].value = world_paths(a, prefix, words[i].value);
	}
	const char *bad;
	unsigned char *data = object_make(a, world_abi(g->libc), words, n, &size, &bad);
	if (bad)
		*why = arena_printf(a, "what is '%s'?", bad);
	return !bad && write_file(path, data, size);
}

static bool put_node(const struct world *w, struct arena *a, const struct graph *g,
	const struct node *node, const char *top, const char *prefix, const char **why)
{
	char *path = arena_printf(a, "%s%s", top, node->path);
	const struct abi *abi = world_abi(g->libc);
	*why = arena_printf(a, "'%s' cannot be made", node->path);
	make_parents(path);
	switch (node->kind) {
	case NODE_OBJECT:
		return put_object(a, g, node, path, prefix, why);
	case NODE_LINK:
		return symlink(world_paths(a, prefix, node->target), path) == 0;
	case NODE_HARD:
		return link(arena_printf(a, "%s%s", top, node->target), path) == 0;
	case NODE_DIR:
		return mkdir(path, 0755) == 0 || errno == EEXIST;
	case NODE_TEXT:
		return write_file(path, node->target, strlen(node->target));
	case NODE_FIFO:
		return mkfifo(path, 0644) == 0;
	case NODE_LOADER:
		return put_loader(w, a, node->target ? world_abi(node->target) : abi, path);
	}
	return false;
}

static void make_cache(struct arena *a, const struct graph *g, const char *top)
{
	VEC(const char *) argv = { 0 };
	vec_push(&argv, "/sbin/ldconfig");
	vec_push(&argv, "-r");
	vec_push(&argv, top);
	for (size_t i = 0; i < g->ldconfig.n; i++)
		vec_push(&argv, g->ldconfig.at[i]);
	vec_push(&argv, NULL);
	char *etc = arena_printf(a, "%s/etc/", top);
	make_parents(etc);
	const char *env[] = { NULL };
	world_run(a, NULL, "/", argv.at, env, 5);
	vec_free(&argv);
}

bool world_build(const struct world *w, struct arena *a, const struct graph *g, const char *top,
	const char *prefix, const char **why)
{
	const struct abi *abi = world_abi(g->libc);
	if (!*prefix && !g->no_loader) {
		char *path = arena_printf(a, "%s%s", top, abi->interp);
		make_parents(path);
		*why = "the loader cannot be copied";
		if (!put_loader(w, a, abi, path))
			return false;
	}
	make_parents(arena_printf(a, "%s%s/", top, g->cwd));
	for (size_t i = 0; i < g->nodes.n; i++)
		if (!put_node(w, a, g, &g->nodes.at[i], top, prefix, why))
			return false;
	if (g->wants_cache)
		make_cache(a, g, top);
	return true;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	if (at->level > 0)
		remove(path); /* the mounted /proc stays */
	return 0;
}

void world_clean(const char *top)
{
	nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

static char *read_back(struct arena *a, int fd)
{
	struct stat st = { 0 };
	fstat(fd, &st);
	char *text = arena_alloc(a, (size_t)st.st_size + 1);
	ssize_t n = pread(fd, text, (size_t)st.st_size, 0);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

/* In the child. Returns when it cannot be started. */
static void become(const char *root, const char *cwd, const char *const *argv,
	const char *const *env, unsigned seconds, int out, int err)
{
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	if (root && chroot(root) < 0)
		return;
	if (chdir(cwd) < 0)
		return;
	alarm(seconds);
	execve(argv[0], (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)env);
}

struct output world_run(struct arena *a, const char *root, const char *cwd, const char *const *argv,
	const char *const *env, unsigned seconds)
{
	struct output o = { .status = -EIO };
	cleanup_fd int out = memfd_create("out", MFD_CLOEXEC);
	cleanup_fd int err = memfd_create("err", MFD_CLOEXEC);
	int failed[2], code = 0, status = 0;
	if (pipe2(failed, O_CLOEXEC) < 0)
		return o;
	pid_t pid = fork();
	if (pid == 0) {
		become(root, cwd, argv, env, seconds, out, err);
		code = errno;
		_exit(write(failed[1], &code, sizeof(code)) == sizeof(code) ? 126 : 127);
	}
	close(failed[1]);
	bool started = read(failed[0], &code, sizeof(code)) != sizeof(code);
	close(failed[0]);
	waitpid(pid, &status, 0);
	o.status = !started           ? -code
		: WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				      : WEXITSTATUS(status);
	o.out = read_back(a, out);
	o.err = read_back(a, err);
	return o;
}
