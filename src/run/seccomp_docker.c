/* Docker's default profile, row by row (moby/profiles, seccomp/default.json at cd3bed8), which is
 * also what containerd and podman have with small changes. Left out are the machines that the
 * launcher does not know and what kernels before 4.8 need. clone's second row is for s390's order
 * of arguments.
 */
#include "run/seccomp.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <seccomp.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define CAP(name) (UINT64_C(1) << CAP_##name)
#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define ARG(...) .args = (const struct seccomp_arg[]){ { __VA_ARGS__ } }, .n_args = 1
#define ALLOW .action = SECCOMP_RET_ALLOW
#define REFUSE(code) .action = SECCOMP_RET_ERRNO | (code)

static const char *const plain[] = { "accept", "accept4", "access", "adjtimex", "alarm", "bind",
	"brk", "cachestat", "capget", "capset", "chdir", "chmod", "chown", "chown32",
	"clock_adjtime", "clock_adjtime64", "clock_getres", "clock_getres_time64", "clock_gettime",
	"clock_gettime64", "clock_nanosleep", "clock_nanosleep_time64", "close", "close_range",
	"connect", "copy_file_range", "creat", "dup", "dup2", "dup3", "epoll_create",
	"epoll_create1", "epoll_ctl", "epoll_ctl_old", "epoll_pwait", "epoll_pwait2", "epoll_wait",
	"epoll_wait_old", "eventfd", "eventfd2", "execve", "execveat", "exit", "exit_group",
	"faccessat", "faccessat2", "fadvise64", "fadvise64_64", "fallocate", "fanotify_mark",
	"fchdir", "fchmod", "fchmodat", "fchmodat2", "fchown", "fchown32", "fchownat", "fcntl",
	"fcntl64", "fdatasync", "fgetxattr", "flistxattr", "flock", "fork", "fremovexattr",
	"fsetxattr", "fstat", "fstat64", "fstatat64", "fstatfs", "fstatfs64", "fsync", "ftruncate",
	"ftruncate64", "futex", "futex_requeue", "futex_time64", "futex_wait", "futex_waitv",
	"futex_wake", "futimesat", "getcpu", "getcwd", "getdents", "getdents64", "getegid",
	"getegid32", "geteuid", "geteuid32", "getgid", "getgid32", "getgroups", "getgroups32",
	"getitimer", "getpeername", "getpgid", "getpgrp", "getpid", "getppid", "getpriority",
	"getrandom", "getresgid", "getresgid32", "getresuid", "getresuid32", "getrlimit",
	"get_robust_list", "getrusage", "getsid", "getsockname", "getsockopt", "get_thread_area",
	"gettid", "gettimeofday", "getuid", "getuid32", "getxattr", "getxattrat",
	"inotify_add_watch", "inotify_init", "inotify_init1", "inotify_rm_watch", "io_cancel",
	"ioctl", "io_destroy", "io_getevents", "io_pgetevents", "io_pgetevents_time64",
	"ioprio_get", "ioprio_set", "io_setup", "io_submit", "ipc", "kill", "landlock_add_rule",
	"landlock_create_ruleset", "landlock_restrict_self", "lchown", "lchown32", "lgetxattr",
	"link", "linkat", "listen", "listmount", "listxattr", "listxattrat", "llistxattr",
	"_llseek", "lremovexattr", "lseek", "lsetxattr", "lstat", "lstat64", "madvise",
	"map_shadow_stack", "membarrier", "memfd_create", "memfd_secret", "mincore", "mkdir",
	"mkdirat", "mknod", "mknodat", "mlock", "mlock2", "mlockall", "mmap", "mmap2", "mprotect",
	"mq_getsetattr", "mq_notify", "mq_open", "mq_timedreceive", "mq_timedreceive_time64",
	"mq_timedsend", "mq_timedsend_time64", "mq_unlink", "mremap", "mseal", "msgctl", "msgget",
	"msgrcv", "msgsnd", "msync", "munlock", "munlockall", "munmap", "name_to_handle_at",
	"nanosleep", "newfstatat", "_newselect", "open", "openat", "openat2", "pause", "pidfd_open",
	"pidfd_send_signal", "pipe", "pipe2", "pkey_alloc", "pkey_free", "pkey_mprotect", "poll",
	"ppoll", "ppoll_time64", "prctl", "pread64", "preadv", "preadv2", "prlimit64",
	"process_mrelease", "pselect6", "pselect6_time64", "pwrite64", "pwritev", "pwritev2",
	"read", "readahead", "readlink", "readlinkat", "readv", "recv", "recvfrom", "recvmmsg",
	"recvmmsg_time64", "recvmsg", "remap_file_pages", "removexattr", "removexattrat", "rename",
	"renameat", "renameat2", "restart_syscall", "riscv_hwprobe", "rmdir", "rseq",
	"rt_sigaction", "rt_sigpending", "rt_sigprocmask", "rt_sigqueueinfo", "rt_sigreturn",
	"rt_sigsuspend", "rt_sigtimedwait", "rt_sigtimedwait_time64", "rt_tgsigqueueinfo",
	"sched_getaffinity", "sched_getattr", "sched_getparam", "sched_get_priority_max",
	"sched_get_priority_min", "sched_getscheduler", "sched_rr_get_interval",
	"sched_rr_get_interval_time64", "sched_setaffinity", "sched_setattr", "sched_setparam",
	"sched_setscheduler", "sched_yield", "seccomp", "select", "semctl", "semget", "semop",
	"semtimedop", "semtimedop_time64", "send", "sendfile", "sendfile64", "sendmmsg", "sendmsg",
	"sendto", "setfsgid", "setfsgid32", "setfsuid", "setfsuid32", "setgid", "setgid32",
	"setgroups", "setgroups32", "setitimer", "setpgid", "setpriority", "setregid", "setregid32",
	"setresgid", "setresgid32", "setresuid", "setresuid32", "setreuid", "setreuid32",
	"setrlimit", "set_robust_list", "setsid", "setsockopt", "set_thread_area",
	"set_tid_address", "setuid", "setuid32", "setxattr", "setxattrat", "shmat", "shmctl",
	"shmdt", "shmget", "shutdown", "sigaltstack", "signalfd", "signalfd4", "sigprocmask",
	"sigreturn", "socketcall", "socketpair", "splice", "stat", "stat64", "statfs", "statfs64",
	"statmount", "statx", "symlink", "symlinkat", "sync", "sync_file_range", "syncfs",
	"sysinfo", "tee", "tgkill", "time", "timer_create", "timer_delete", "timer_getoverrun",
	"timer_gettime", "timer_gettime64", "timer_settime", "timer_settime64", "timerfd_create",
	"timerfd_gettime", "timerfd_gettime64", "timerfd_settime", "timerfd_settime64", "times",
	"tkill", "truncate", "truncate64", "ugetrlimit", "umask", "uname", "unlink", "unlinkat",
	"uretprobe", "utime", "utimensat", "utimensat_time64", "utimes", "vfork", "vmsplice",
	"wait4", "waitid", "waitpid", "write", "writev", NULL };

/* CLONE_NEWNS and its like: all but CLONE_NEWTIME, which clone(2) cannot be asked for. */
enum { CLONE_NAMESPACES = 0x7E020000 };

static const struct seccomp_rule rules[] = {
	{ plain, ALLOW },
	{ NAMES("process_vm_readv", "process_vm_writev", "ptrace"), ALLOW },
	/* All families but AF_ALG (38) and AF_VSOCK (40): a large attack surface, and the way past
	 * the network namespace. Docker's rows compare 64 bits, "less than 38, 39, more than 40",
	 * of which the kernel then takes 32. */
	{ NAMES("socket"), REFUSE(EPERM), ARG(0, SEC_MASKED_EQ, .value = 38, .mask = 0xffffffff) },
	{ NAMES("socket"), REFUSE(EPERM), ARG(0, SEC_MASKED_EQ, .value = 40, .mask = 0xffffffff) },
	{ NAMES("socket"), ALLOW },
	/* PER_LINUX, PER_LINUX32, each with UNAME26 too, and the question which one it is. */
	{ NAMES("personality"), ALLOW, ARG(0, SEC_EQ, 0x0) },
	{ NAMES("personality"), ALLOW, ARG(0, SEC_EQ, 0x8) },
	{ NAMES("personality"), ALLOW, ARG(0, SEC_EQ, 0x20000) },
	{ NAMES("personality"), ALLOW, ARG(0, SEC_EQ, 0x20008) },
	{ NAMES("personality"), ALLOW, ARG(0, SEC_EQ, 0xffffffff) },
	{ NAMES("arm_fadvise64_64", "arm_sync_file_range", "sync_file_range2", "breakpoint",
		  "cacheflush", "set_tls"),
		ALLOW, .arches = ON_ARM | ON_ARM64 },
	{ NAMES("arch_prctl"), ALLOW, .arches = ON_AMD64 },
	{ NAMES("modify_ldt"), ALLOW, .arches = ON_AMD64 | ON_X86 },
	{ NAMES("open_by_handle_at"), ALLOW, .caps = CAP(DAC_READ_SEARCH) },
	{ NAMES("bpf", "clone", "clone3", "fanotify_init", "fsconfig", "fsmount", "fsopen",
		  "fspick", "lookup_dcookie", "lsm_get_self_attr", "lsm_list_modules",
		  "lsm_set_self_attr", "mount", "mount_setattr", "move_mount", "open_tree",
		  "perf_event_open", "quotactl", "quotactl_fd", "setdomainname", "sethostname",
		  "setns", "syslog", "umount", "umount2", "unshare"),
		ALLOW, .caps = CAP(SYS_ADMIN) },
	{ NAMES("clone"), ALLOW, ARG(0, SEC_MASKED_EQ, .value = 0, .mask = CLONE_NAMESPACES),
		.not_caps = CAP(SYS_ADMIN) },
	/* Its flags are in memory, where no filter looks: libc then uses clone. */
	{ NAMES("clone3"), REFUSE(ENOSYS), .not_caps = CAP(SYS_ADMIN) },
	{ NAMES("reboot"), ALLOW, .caps = CAP(SYS_BOOT) },
	{ NAMES("chroot"), ALLOW, .caps = CAP(SYS_CHROOT) },
	{ NAMES("delete_module", "init_module", "finit_module"), ALLOW, .caps = CAP(SYS_MODULE) },
	{ NAMES("acct"), ALLOW, .caps = CAP(SYS_PACCT) },
	{ NAMES("kcmp", "pidfd_getfd", "process_madvise"), ALLOW, .caps = CAP(SYS_PTRACE) },
	{ NAMES("iopl", "ioperm"), ALLOW, .caps = CAP(SYS_RAWIO) },
	{ NAMES("settimeofday", "stime", "clock_settime", "clock_settime64"), ALLOW,
		.caps = CAP(SYS_TIME) },
	{ NAMES("vhangup"), ALLOW, .caps = CAP(SYS_TTY_CONFIG) },
	{ NAMES("get_mempolicy", "mbind", "set_mempolicy", "set_mempolicy_home_node"), ALLOW,
		.caps = CAP(SYS_NICE) },
	{ NAMES("syslog"), ALLOW, .caps = CAP(SYSLOG) },
	{ NAMES("bpf"), ALLOW, .caps = CAP(BPF) },
	{ NAMES("perf_event_open"), ALLOW, .caps = CAP(PERFMON) },
};

/* With the tables of the 32-bit programs that the same kernel runs: a filter for one table alone is
 * walked around by int $0x80. */
static const uint32_t arches[] = {
#if defined(__x86_64__)
	SCMP_ARCH_X86_64,
	SCMP_ARCH_X86,
	SCMP_ARCH_X32,
#elif defined(__aarch64__)
	SCMP_ARCH_AARCH64,
	SCMP_ARCH_ARM,
#elif defined(__i386__)
	SCMP_ARCH_X86,
#elif defined(__arm__)
	SCMP_ARCH_ARM,
#elif defined(__riscv) && __riscv_xlen == 64
	SCMP_ARCH_RISCV64,
#else
#error "the launcher has no seccomp tables for this machine"
#endif
};

const struct seccomp_profile seccomp_docker = {
	.fallback = SECCOMP_RET_ERRNO | EPERM,
	.rules = rules,
	.n = COUNT(rules),
	.arches = arches,
	.n_arches = COUNT(arches),
};
