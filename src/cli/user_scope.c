#include "cli/user_scope.h"

#include "base/cleanup.h"
#include "base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { ARGS_MAX = 8 << 20 }; /* above the kernel's own limit, execve(2) */

static const char once[] = "MKROOT_IN_SCOPE";

struct args {
	VEC(const char *) list;
};

/* systemd-run(1); with --scope it becomes the command, so that terminal, signals and status are the
 * same as ever. */
static void add_runner(struct args *a)
{
	static const char *const words[] = { "systemd-run", "--user", "--scope", "--quiet",
		"--collect", "--property=Delegate=yes", "--" };
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		vec_push(&a->list, words[i]);
}

/* execve(2) changes nothing in them; its type only says that it could. */
static char *const *as_argv(const struct args *a)
{
	return (char *const *)(uintptr_t)a->list.at;
}

/* Does it work at all? It says nothing where it does not. */
static bool probe(void)
{
	struct args a = { 0 };
	posix_spawn_file_actions_t files;
	pid_t pid;
	int status = -1;
	add_runner(&a);
	vec_push(&a.list, "true");
	vec_push(&a.list, NULL);
	posix_spawn_file_actions_init(&files);
	for (int fd = 0; fd < 3; fd++)
		posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0);
	if (posix_spawnp(&pid, a.list.at[0], &files, NULL, as_argv(&a), environ) == 0)
		waitpid(pid, &status, 0);
	posix_spawn_file_actions_destroy(&files);
	vec_free(&a.list);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool has_user_manager(void)
{
	char path[PATH_MAX];
	struct stat st;
	const char *dir = getenv("XDG_RUNTIME_DIR");
	if (!dir || geteuid() == 0)
		return false;
	int n = snprintf(path, sizeof(path), "%s/systemd", dir);
	return n > 0 && (size_t)n < sizeof(path) && stat(path, &st) == 0 && S_ISDIR(st.st_mode) &&
		st.st_uid == geteuid();
}

/* Our own command line, as it was given. Returns its length, 0 when it cannot be had. */
static size_t read_command_line(char *text, size_t size)
{
	cleanup_fd int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	size_t used = 0;
	ssize_t n;
	while (fd >= 0 && used < size - 1 && (n = read(fd, text + used, size - 1 - used)) > 0)
		used += (size_t)n;
	text[used] = '\0';
	return used < size - 1 ? used : 0;
}

bool user_scope_is_mark(const char *pair)
{
	return strncmp(pair, once, sizeof(once) - 1) == 0 && pair[sizeof(once) - 1] == '=';
}

void user_scope_enter(void)
{
	char self[PATH_MAX];
	if (getenv(once) || !has_user_manager() || !probe())
		return;
	ssize_t n = readlinkat(AT_FDCWD, "/proc/self/exe", self, sizeof(self) - 1);
	cleanup_free char *line = malloc(ARGS_MAX);
	size_t used = n > 0 && line ? read_command_line(line, ARGS_MAX) : 0;
	if (!used)
		return;
	self[n] = '\0';
	/* A copy in memory has no name to be started by. */
	struct stat named, running;
	if (stat(self, &named) < 0 || stat("/proc/self/exe", &running) < 0 ||
		named.st_dev != running.st_dev || named.st_ino != running.st_ino)
		return;
	struct args a = { 0 };
	add_runner(&a);
	vec_push(&a.list, self);
	for (char *arg = line + strlen(line) + 1; arg < line + used; arg += strlen(arg) + 1)
		vec_push(&a.list, arg);
	vec_push(&a.list, NULL);
	if (setenv(once, "1", 1) == 0)
		execvp(a.list.at[0], as_argv(&a));
	vec_free(&a.list);
}
