/* A static program for the roots of run_rights.bats: each word is one way out, or one right too
 * many, that is really tried; prints "word: what came of it". usage: escapee WORD[=ARG]... */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HIGH = 1 }; /* a bit above the lower half */

static const char *outcome(long r)
{
	return r >= 0 ? "done" : strerrorname_np(errno);
}

static long int80(long nr, long a, long b, long c)
{
#if defined(__x86_64__)
	long r;
	__asm__ volatile("int $0x80"
			 : "=a"(r)
			 : "a"(nr), "b"(a), "c"(b), "d"(c)
			 : "memory", "r8", "r9", "r10", "r11");
	if (r < 0 && r > -4096) {
		errno = (int)-r;
		return -1;
	}
	return r;
#else
	(void)nr, (void)a, (void)b, (void)c;
	errno = ENOSYS;
	return -1;
#endif
}

static long x32(long nr, long a, long b, long c)
{
	return syscall(0x40000000 | nr, a, b, c);
}

static long clone3(void)
{
	uint64_t args[8] = { 0, [4] = SIGCHLD };
	long pid = syscall(SYS_clone3, args, sizeof(args));
	if (pid == 0)
		_exit(0);
	return pid;
}

static long clone_with(unsigned long flags)
{
	long pid = syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, NULL);
	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid((pid_t)pid, NULL, 0);
	return pid;
}

/* A device node of one's own: made, and opened. */
static long device(const char *path, mode_t type, unsigned major, unsigned minor)
{
	unlink(path);
	if (mknod(path, type | 0600, makedev(major, minor)) < 0)
		return -1;
	return open(path, O_RDONLY);
}

/* The file that a process runs, through a descriptor that says nothing about writing. */
static long write_exe(const char *link)
{
	char path[64];
	int fd = open(link, O_PATH);
	if (fd < 0)
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_WRONLY);
}

static long abstract_connect(const char *name)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	snprintf(addr.sun_path + 1, sizeof(addr.sun_path) - 1, "%s", name);
	return connect(fd, (struct sockaddr *)&addr,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name)));
}

static long try(const char *word, const char *arg)
{
	const int tiocsti = TIOCSTI, tioclinux = TIOCLINUX;
	const unsigned long high = (unsigned long)HIGH << 32;
	const char c = 'x';
	char set_mode = 0;
	struct {
		const char *word;
		long nr, a, b, c;
	} const calls[] = {
		{ "tiocsti", SYS_ioctl, 0, tiocsti, (long)&c },
		{ "tiocsti-high", SYS_ioctl, 0, (long)(high | (unsigned)tiocsti), (long)&c },
		{ "tioclinux", SYS_ioctl, 0, tioclinux, (long)&set_mode },
		{ "tioclinux-high", SYS_ioctl, 0, (long)(high | (unsigned)tioclinux),
			(long)&set_mode },
		{ "add_key", SYS_add_key, (long)"user", (long)"k", (long)"v" },
		{ "request_key", SYS_request_key, (long)"user", (long)"k", 0 },
		{ "keyctl", SYS_keyctl, 0, -3, 0 },
		{ "unshare-user", SYS_unshare, CLONE_NEWUSER, 0, 0 },
		{ "unshare-mount", SYS_unshare, CLONE_NEWNS, 0, 0 },
		{ "setns", SYS_setns, 0, 0, 0 },
		{ "mount", SYS_mount, (long)"none", (long)"/tmp", (long)"tmpfs" },
		{ "umount", SYS_umount2, (long)"/proc", 2, 0 },
		{ "pivot_root", SYS_pivot_root, (long)"/", (long)"/", 0 },
		{ "open_tree", SYS_open_tree, AT_FDCWD, (long)"/", 1 },
		{ "fsopen", SYS_fsopen, (long)"tmpfs", 0, 0 },
		{ "bpf", SYS_bpf, 0, 0, 0 },
		{ "perf_event_open", SYS_perf_event_open, 0, 0, 0 },
		{ "userfaultfd", SYS_userfaultfd, 0, 0, 0 },
		{ "io_uring_setup", SYS_io_uring_setup, 1, 0, 0 },
		{ "io_uring_enter", SYS_io_uring_enter, 0, 0, 0 },
		{ "init_module", SYS_init_module, 0, 0, 0 },
		{ "kexec_load", SYS_kexec_load, 0, 0, 0 },
		{ "swapon", SYS_swapon, (long)"/x", 0, 0 },
		{ "reboot", SYS_reboot, 0, 0, 0 },
		{ "settimeofday", SYS_settimeofday, 0, 0, 0 },
		{ "sethostname", SYS_sethostname, (long)"x", 1, 0 },
		{ "acct", SYS_acct, 0, 0, 0 },
		{ "syslog", SYS_syslog, 2, 0, 0 },
		{ "quotactl", SYS_quotactl, 0, 0, 0 },
		{ "open_by_handle_at", SYS_open_by_handle_at, AT_FDCWD, 0, 0 },
		{ "personality-query", SYS_personality, 0xffffffff, 0, 0 },
		{ "personality-norandom", SYS_personality, ADDR_NO_RANDOMIZE, 0, 0 },
		{ "socket-unix", SYS_socket, AF_UNIX, SOCK_STREAM, 0 },
		{ "socket-inet", SYS_socket, AF_INET, SOCK_STREAM, 0 },
		{ "socket-netlink", SYS_socket, AF_NETLINK, SOCK_RAW, 0 },
		{ "socket-alg", SYS_socket, AF_ALG, SOCK_SEQPACKET, 0 },
		{ "socket-alg-high", SYS_socket, (long)(high | AF_ALG), SOCK_SEQPACKET, 0 },
		{ "socket-vsock", SYS_socket, AF_VSOCK, SOCK_STREAM, 0 },
		{ "newer-call", 600, 0, 0, 0 },
	};
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		if (strcmp(calls[i].word, word) == 0)
			return syscall(calls[i].nr, calls[i].a, calls[i].b, calls[i].c, 0, 0);
	if (strcmp(word, "clone3") == 0)
		return clone3();
	if (strcmp(word, "clone-plain") == 0)
		return clone_with(0);
	if (strcmp(word, "clone-user") == 0)
		return clone_with(CLONE_NEWUSER);
	if (strcmp(word, "clone-pid") == 0)
		return clone_with(CLONE_NEWPID);
	if (strcmp(word, "int80-getpid") == 0)
		return int80(20, 0, 0, 0);
	if (strcmp(word, "int80-mount") == 0)
		return int80(21, 0, 0, 0);
	if (strcmp(word, "int80-unshare") == 0)
		return int80(310, CLONE_NEWUSER, 0, 0);
	if (strcmp(word, "int80-keyctl") == 0)
		return int80(288, 0, -3, 0);
	if (strcmp(word, "int80-tiocsti") == 0)
		return int80(54, 0, tiocsti, 0);
	if (strcmp(word, "int80-clone3") == 0)
		return int80(435, 0, 0, 0);
	if (strcmp(word, "x32-unshare") == 0)
		return x32(272, CLONE_NEWUSER, 0, 0);
	if (strcmp(word, "x32-keyctl") == 0)
		return x32(250, 0, -3, 0);
	if (strcmp(word, "x32-tiocsti") == 0)
		return x32(514, 0, tiocsti, (long)&c);
	if (strcmp(word, "disk") == 0)
		return device("/tmp/disk", S_IFBLK, 7, 0);
	if (strcmp(word, "kmsg") == 0)
		return device("/tmp/kmsg", S_IFCHR, 1, 11);
	if (strcmp(word, "root-kmsg") == 0)
		return device("/kmsg", S_IFCHR, 1, 11);
	if (strcmp(word, "ptrace-init") == 0)
		return ptrace(PTRACE_ATTACH, 1, 0, 0);
	if (strcmp(word, "seize-init") == 0)
		return ptrace(PTRACE_SEIZE, 1, 0, 0);
	if (strcmp(word, "ptrace") == 0)
		return ptrace(PTRACE_ATTACH, (pid_t)atoi(arg), 0, 0);
	if (strcmp(word, "kill") == 0)
		return kill((pid_t)atoi(arg), SIGTERM);
	if (strcmp(word, "kill-init") == 0)
		return kill(1, SIGKILL);
	if (strcmp(word, "init-exe") == 0)
		return write_exe("/proc/1/exe");
	if (strcmp(word, "init-exe-chmod") == 0)
		return chmod("/proc/1/exe", 0700);
	if (strcmp(word, "write-exe") == 0)
		return write_exe(arg);
	if (strcmp(word, "init-memory") == 0)
		return open("/proc/1/mem", O_RDWR);
	if (strcmp(word, "open") == 0)
		return open(arg, O_RDONLY);
	if (strcmp(word, "append") == 0)
		return open(arg, O_WRONLY | O_APPEND);
	if (strcmp(word, "openat") == 0) {
		char *name = strchr(arg, ',');
		return openat(atoi(arg), name ? name + 1 : ".", O_RDONLY);
	}
	if (strcmp(word, "fchdir") == 0)
		return fchdir(atoi(arg));
	if (strcmp(word, "connect") == 0)
		return abstract_connect(arg);
	if (strcmp(word, "chroot") == 0)
		return chroot("/");
	errno = EINVAL;
	return -1;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		char word[64];
		size_t n = strcspn(argv[i], "=");
		snprintf(word, sizeof(word), "%.*s", (int)n, argv[i]);
		const char *arg = argv[i][n] ? argv[i] + n + 1 : "";
		errno = 0;
		long r = try(word, arg);
		printf("%s: %s\n", word, outcome(r));
		fflush(stdout);
	}
	return 0;
}
