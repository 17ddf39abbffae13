/* A static program for the roots of run.bats: it does what an inmate does, and tells what came of
 * it. usage: inmate exit N | kill N | climb HOST-FILE | fds | signals | cat | orphans N | look PATH
 * | landlock | listen ABSTRACT-NAME | sleep | alloc MIB | forks N | burn MS | touch DEVICE |
 * clocks | sizes */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* The way out of chroot(2) that every book has: a descriptor kept across a second chroot. */
static int climb(const char *secret)
{
	struct stat st;
	mkdir("/tmp", 0755);
	mkdir("/tmp/hole", 0755);
	int top = open("/", O_RDONLY | O_DIRECTORY);
	if (chroot("/tmp/hole") < 0)
		printf("chroot: %s\n", strerror(errno));
	if (fchdir(top) == 0)
		for (int i = 0; i < 64; i++)
			if (chdir("..") < 0)
				break;
	if (chroot(".") < 0)
		printf("chroot: %s\n", strerror(errno));
	puts(stat(secret, &st) == 0 ? "out" : "in");
	return 0;
}

static int fds(void)
{
	for (int fd = 0; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			printf("%d\n", fd);
	return 0;
}

static volatile sig_atomic_t last;

static void note(int sig)
{
	last = sig;
}

/* Prints each signal that comes; SIGTERM is the last one. */
static int signals(void)
{
	sigset_t none, all;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	sigemptyset(&none);
	for (int sig = 1; sig < 65; sig++)
		signal(sig, note);
	puts("ready");
	do {
		fflush(stdout);
		sigsuspend(&none);
		printf("%d\n", last);
	} while (last != SIGTERM);
	return 3;
}

static int cat(void)
{
	char buf[65536];
	ssize_t n;
	while ((n = read(0, buf, sizeof(buf))) > 0)
		if (write(1, buf, (size_t)n) != n)
			return 1;
	return n < 0;
}

/* Children of children that end are nobody's: pid 1 has to collect them. */
static int orphans(int n)
{
	for (int i = 0; i < n; i++) {
		pid_t pid = fork();
		if (pid == 0) {
			if (fork() == 0)
				_exit(0);
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
	int left = 0;
	for (int i = 0; i < 50 && left != 2; i++) {
		left = 0;
		DIR *proc = opendir("/proc");
		for (struct dirent *d; proc && (d = readdir(proc));)
			left += d->d_name[0] >= '1' && d->d_name[0] <= '9';
		closedir(proc);
		if (left != 2)
			usleep(100000);
	}
	printf("%d processes\n", left);
	return 7;
}

/* The kernel's Landlock version; 0: none. */
static int landlock(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
	printf("%ld\n", abi < 0 ? 0 : abi);
	return 0;
}

static int abstract_listen(const char *name)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	snprintf(addr.sun_path + 1, sizeof(addr.sun_path) - 1, "%s", name);
	if (bind(fd, (struct sockaddr *)&addr,
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name))) < 0 ||
		listen(fd, 1) < 0)
		return 1;
	return (int)sleep(300);
}

static int alloc(size_t mib)
{
	for (size_t i = 0; i < mib; i++) {
		char *p = mmap(
			NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (p == MAP_FAILED)
			return 1;
		memset(p, 1, 1 << 20);
	}
	puts("all of it");
	return 0;
}

/* How many of N children can be had at once. */
static int forks(int n)
{
	int got = 0;
	for (int i = 0; i < n; i++) {
		pid_t pid = fork();
		if (pid == 0) {
			pause();
			_exit(0);
		}
		got += pid > 0;
	}
	printf("%d\n", got);
	return 0;
}

/* CPU time, in milliseconds, used up on one CPU. */
static int burn(long ms)
{
	struct timespec t;
	do
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	while (t.tv_sec * 1000 + t.tv_nsec / 1000000 < ms);
	return 0;
}

static int touch(const char *device)
{
	int fd = open(device, O_RDONLY);
	puts(fd < 0 ? strerror(errno) : "open");
	return fd < 0;
}

static int clocks(void)
{
	struct timespec monotonic, boottime;
	clock_gettime(CLOCK_MONOTONIC, &monotonic);
	clock_gettime(CLOCK_BOOTTIME, &boottime);
	printf("%lld %lld\n", (long long)monotonic.tv_sec, (long long)boottime.tv_sec);
	return 0;
}

/* The size of the terminal: now, when it changes, and when it goes on after a stop. Alone in its
 * process, and never busy: any other signal means to it what it means to a process. */
static int sizes(void)
{
	sigset_t noted, none;
	struct winsize size;
	sigemptyset(&noted);
	sigaddset(&noted, SIGWINCH);
	sigaddset(&noted, SIGCONT);
	sigprocmask(SIG_BLOCK, &noted, NULL);
	sigemptyset(&none);
	signal(SIGWINCH, note);
	signal(SIGCONT, note);
	for (;;) {
		if (ioctl(0, TIOCGWINSZ, &size) < 0)
			puts("no size");
		else
			printf("size %d %d\n", size.ws_row, size.ws_col);
		fflush(stdout);
		sigsuspend(&none);
	}
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	const char *arg = argc > 2 ? argv[2] : "";
	if (strcmp(what, "exit") == 0)
		return atoi(arg);
	if (strcmp(what, "kill") == 0)
		return raise(atoi(arg));
	if (strcmp(what, "climb") == 0)
		return climb(arg);
	if (strcmp(what, "fds") == 0)
		return fds();
	if (strcmp(what, "signals") == 0)
		return signals();
	if (strcmp(what, "cat") == 0)
		return cat();
	if (strcmp(what, "orphans") == 0)
		return orphans(atoi(arg));
	if (strcmp(what, "look") == 0)
		return access(arg, F_OK) < 0;
	if (strcmp(what, "landlock") == 0)
		return landlock();
	if (strcmp(what, "listen") == 0)
		return abstract_listen(arg);
	if (strcmp(what, "sleep") == 0)
		return (int)sleep(300);
	if (strcmp(what, "alloc") == 0)
		return alloc((size_t)atoi(arg));
	if (strcmp(what, "forks") == 0)
		return forks(atoi(arg));
	if (strcmp(what, "burn") == 0)
		return burn(atoi(arg));
	if (strcmp(what, "touch") == 0)
		return touch(arg);
	if (strcmp(what, "clocks") == 0)
		return clocks();
	if (strcmp(what, "sizes") == 0)
		return sizes();
	return 99;
}
