/* A static program for trace.bats: it touches files in the ways there are. usage: toucher WORD
 * ARG... (see `words` below); it fails when the call does. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static int read_it(char **a)
{
	return open(a[0], O_RDONLY);
}

static int old_open(char **a)
{
#ifdef SYS_open
	return (int)syscall(SYS_open, a[0], O_RDONLY);
#else
	return read_it(a);
#endif
}

static int open2(char **a)
{
	struct open_how how = { .flags = O_RDONLY };
	return (int)syscall(SYS_openat2, AT_FDCWD, a[0], &how, sizeof(how));
}

/* i386's open(2) in a 64-bit process; its pointers have 32 bits. */
static int int80(char **a)
{
#ifdef __x86_64__
	char *low = mmap(
		NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	if (low == MAP_FAILED)
		return -1;
	snprintf(low, 4096, "%s", a[0]);
	long r;
	__asm__ volatile("int $0x80" : "=a"(r) : "a"(5L), "b"(low), "c"(0L), "d"(0L) : "memory");
	errno = r < 0 ? (int)-r : 0;
	return r < 0 ? -1 : (int)r;
#else
	return read_it(a);
#endif
}

/* Right up to the end of the last page that is mapped. */
static int at_the_edge(char **a)
{
	char *two = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t n = strlen(a[0]) + 1;
	if (two == MAP_FAILED || munmap(two + 4096, 4096) < 0)
		return -1;
	memcpy(two + 4096 - n, a[0], n);
	return open(two + 4096 - n, O_RDONLY);
}

static int stat_it(char **a)
{
	struct stat st;
	return stat(a[0], &st);
}

static int lstat_it(char **a)
{
	struct stat st;
	return lstat(a[0], &st);
}

static int statx_it(char **a)
{
	struct statx stx;
	return statx(AT_FDCWD, a[0], 0, STATX_TYPE, &stx);
}

static int access_it(char **a)
{
	return access(a[0], F_OK);
}

static int faccessat2_it(char **a)
{
	return (int)syscall(439, AT_FDCWD, a[0], F_OK, AT_EACCESS);
}

static int readlink_it(char **a)
{
	char text[256];
	return (int)readlink(a[0], text, sizeof(text));
}

static int list(char **a)
{
	return open(a[0], O_RDONLY | O_DIRECTORY);
}

static int enter(char **a)
{
	return chdir(a[0]) < 0 ? -1 : read_it(a + 1);
}

static int enter_fd(char **a)
{
	int fd = open(a[0], O_PATH | O_DIRECTORY);
	return fchdir(fd) < 0 ? -1 : read_it(a + 1);
}

static int below_fd(char **a)
{
	int fd = open(a[0], O_PATH | O_DIRECTORY);
	return openat(fd, a[1], O_RDONLY);
}

static int in_chroot(char **a)
{
	return chroot(a[0]) < 0 || chdir("/") < 0 ? -1 : read_it(a + 1);
}

static int create(char **a)
{
	return open(a[0], O_RDWR | O_CREAT, 0644);
}

static int create_only(char **a)
{
	return open(a[0], O_RDWR | O_CREAT | O_EXCL, 0644);
}

static int append(char **a)
{
	int fd = open(a[0], O_WRONLY | O_CREAT | O_APPEND, 0644);
	return fd < 0 ? -1 : (int)write(fd, "x\n", 2);
}

static int modify(char **a)
{
	int fd = open(a[0], O_RDWR);
	return fd < 0 ? -1 : (int)write(fd, "x\n", 2);
}

static int move(char **a)
{
	return rename(a[0], a[1]) < 0 ? -1 : read_it(a + 1);
}

static void *thread_main(void *arg)
{
	static int r;
	r = read_it(arg);
	return &r;
}

static int thread(char **a)
{
	pthread_t t;
	void *r;
	if (pthread_create(&t, NULL, thread_main, a) || pthread_join(t, &r))
		return -1;
	return *(int *)r;
}

static int end_of(pid_t pid)
{
	int status;
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0 ? 0 : -1;
}

static int by_fork(char **a)
{
	pid_t pid = fork();
	if (pid == 0)
		_exit(read_it(a) < 0);
	return end_of(pid);
}

static int by_vfork(char **a)
{
	pid_t pid = vfork();
	if (pid == 0) {
		execv(a[0], a);
		_exit(1);
	}
	return end_of(pid);
}

static int by_clone3(char **a)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (pid == 0)
		_exit(read_it(a) < 0);
	return end_of(pid);
}

static int exec_fd(char **a)
{
	int fd = open(a[0], O_PATH | O_CLOEXEC);
	return (int)syscall(SYS_execveat, fd, "", a, environ, AT_EMPTY_PATH);
}

static int as_user(char **a)
{
	if (setgid((gid_t)atoi(a[0])) < 0 || setuid((uid_t)atoi(a[0])) < 0)
		return -1;
	read_it(a + 1);
	return 0;
}

static volatile sig_atomic_t alarms;

static void count(int sig)
{
	(void)sig;
	alarms++;
}

/* Handlers come at any time. */
static int under_alarms(char **a)
{
	struct stat st;
	struct itimerval often = { { 0, 200 }, { 0, 200 } };
	sigaction(
		SIGALRM, &(struct sigaction){ .sa_handler = count, .sa_flags = SA_RESTART }, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	for (int i = 0; i < 20000; i++)
		if (stat(a[0], &st) < 0)
			return -1;
	return alarms ? 0 : -1;
}

/* Daemonizes; reads the second file and writes the third one when the first is there. */
static int daemonize(char **a)
{
	struct stat st;
	char text[64];
	if (fork() != 0)
		_exit(0);
	setsid();
	for (int i = 0; i < 3; i++)
		close(i);
	while (stat(a[0], &st) < 0)
		usleep(10000);
	int from = open(a[1], O_RDONLY), to = open(a[2], O_WRONLY | O_CREAT, 0644);
	ssize_t n = read(from, text, sizeof(text));
	return n < 0 || write(to, text, (size_t)n) != n ? -1 : 0;
}

static int status(char **a)
{
	_exit(atoi(a[0]));
}

static int suicide(char **a)
{
	signal(atoi(a[0]), SIG_DFL);
	return kill(getpid(), atoi(a[0]));
}

static int ancestors(char **a)
{
	(void)a;
	sigset_t set;
	sigprocmask(SIG_SETMASK, NULL, &set);
	struct sigaction chld, pipe;
	sigaction(SIGCHLD, NULL, &chld);
	sigaction(SIGPIPE, NULL, &pipe);
	int blocked = 0, fds = 0;
	for (int sig = 1; sig < 65; sig++)
		blocked += sigismember(&set, sig) == 1;
	for (int fd = 0; fd < 256; fd++)
		fds += fcntl(fd, F_GETFD) >= 0;
	printf("blocked %d, descriptors %d, SIGCHLD %s, SIGPIPE %s, group %s\n", blocked, fds,
		chld.sa_handler == SIG_IGN ? "ignored" : "default",
		pipe.sa_handler == SIG_IGN ? "ignored" : "default",
		getpgrp() == getpid() ? "own" : "the caller's");
	return 0;
}

static const struct word {
	const char *name;
	int (*call)(char **);
} words[] = {
	{ "open", read_it },
	{ "old-open", old_open },
	{ "openat2", open2 },
	{ "int80", int80 },
	{ "edge", at_the_edge },
	{ "stat", stat_it },
	{ "lstat", lstat_it },
	{ "statx", statx_it },
	{ "access", access_it },
	{ "faccessat2", faccessat2_it },
	{ "readlink", readlink_it },
	{ "list", list },
	{ "enter", enter },
	{ "enter-fd", enter_fd },
	{ "below", below_fd },
	{ "chroot", in_chroot },
	{ "create", create },
	{ "excl", create_only },
	{ "append", append },
	{ "modify", modify },
	{ "rename", move },
	{ "thread", thread },
	{ "fork", by_fork },
	{ "vfork", by_vfork },
	{ "clone3", by_clone3 },
	{ "exec-fd", exec_fd },
	{ "as", as_user },
	{ "alarms", under_alarms },
	{ "daemon", daemonize },
	{ "exit", status },
	{ "kill", suicide },
	{ "self", ancestors },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(words) / sizeof(*words); i++) {
		if (strcmp(argv[1], words[i].name) != 0)
			continue;
		if (words[i].call(argv + 2) >= 0)
			return 0;
		perror(argv[1]);
		return 1;
	}
	fprintf(stderr, "toucher: what is that?\n");
	return 2;
}
