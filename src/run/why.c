/* Why the command could not be executed. execve(2) says ENOENT for a missing program, for a missing
 * interpreter and for a missing loader alike; the file tells which. */
#include "run/command.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/str.h"

#include <mkroot/elf.h>

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

enum { HEAD_MAX = 256, SHOWN_MAX = 8 };

DEFINE_CLEANUP(arena, arena_free);

/* A few programs that are there, as a hint. */
static void list_programs(struct mkr_error *err)
{
	static const char *const dirs[] = { "/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin",
		"/sbin", "/" };
	char shown[512] = "";
	size_t n = 0, used = 0;
	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs) && n < SHOWN_MAX; i++) {
		cleanup_dir DIR *list = opendir(dirs[i]);
		const struct dirent *d;
		while (list && n < SHOWN_MAX && (d = readdir(list))) {
			struct stat st;
			if (fstatat(dirfd(list), d->d_name, &st, 0) < 0 || !S_ISREG(st.st_mode) ||
				!(st.st_mode & 0111))
				continue;
			int w = snprintf(shown + used, sizeof(shown) - used, "%s%s%s%s",
				n ? " " : "", dirs[i], dirs[i][1] ? "/" : "", d->d_name);
			if (w < 0 || (size_t)w >= sizeof(shown) - used) {
				shown[used] = '\0';
				break;
			}
			used += (size_t)w;
			n++;
		}
		if (n)
			break; /* /bin is often /usr/bin once more */
	}
	if (n)
		mkr_detail(err, "programs here", "%s", shown);
	else
		mkr_detail(err, "cause", "no program was found anywhere in the root's PATH");
}

static int not_found(const struct command *c, const char *path, struct mkr_error *err)
{
	if (!c->box->argv)
		mkr_failx(err, -ENOENT, "the root has neither /bin/bash nor /bin/sh");
	else if (strchr(path, '/'))
		mkr_failx(err, -ENOENT, "'%s' is not in the root", path);
	else
		mkr_failx(err, -ENOENT, "'%s' not found in the root's PATH", path);
	list_programs(err);
	return -ENOENT;
}

static int missing_interpreter(const char *path, struct str line, struct mkr_error *err)
{
	char name[HEAD_MAX];
	size_t n = strnlen(line.p, line.n);
	line = str_trim((struct str){ line.p, n });
	n = 0;
	while (n < line.n && !strchr(" \t\r\n", line.p[n]))
		n++;
	memcpy(name, line.p, n);
	name[n] = '\0';
	if (n < line.n && line.p[n] == '\r') {
		mkr_failx(err, -ENOENT, "'%s' asks for the interpreter '%s\\r'", path, name);
		mkr_detail(err, "cause", "its lines end as on Windows (CR LF)");
		return -ENOENT;
	}
	return mkr_failx(err, -ENOENT, "'%s' needs the interpreter '%s', which is not in the root",
		path, name);
}

/* The program's own header, which the linker names: the file may be out of reach by now. */
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

/* binfmt_misc (Documentation/admin-guide/binfmt-misc.rst of the kernel): with the flag F the
 * interpreter is opened when it is registered, so that no root needs to hold it. */
static void explain_machine(unsigned machine, const char *name, struct mkr_error *err)
{
	if (machine == __ehdr_start.e_machine)
		return;
	mkr_detail(err, "cause", "no interpreter for %s is registered with binfmt_misc", name);
	mkr_detail(err, "hint", "apt install qemu-user-static binfmt-support (as root)");
}

static int cannot(const char *path, int code, struct mkr_error *err)
{
	struct statvfs fs;
	mkr_fail(err, code, "cannot execute '%s'", path);
	if (code == -EACCES && statvfs(path, &fs) == 0 && fs.f_flag & ST_NOEXEC)
		mkr_detail(err, "cause", "its file system is mounted noexec");
	return code;
}

static int explain_elf(const char *path, int fd, off_t size, int code, struct mkr_error *err)
{
	cleanup_(arena) struct arena *arena = arena_new();
	const struct mkr_elf *elf;
	char theirs[24], ours[24];
	struct mkr_error ignored;
	if (mkr_elf_read(&elf, arena, fd, (uint64_t)size, &ignored) < 0)
		return mkr_failx(err, code, "'%s' is a damaged ELF file: %s", path, ignored.text);
	if (code == -ENOENT && elf->interp)
		return mkr_failx(err, code, "'%s' needs its loader '%s', which is not in the root",
			path, elf->interp);
	if (code == -ENOEXEC) {
		const char *name = mkr_machine_name(elf->machine, theirs);
		mkr_failx(err, code, "'%s' is a program for %s, this machine is %s", path, name,
			mkr_machine_name(__ehdr_start.e_machine, ours));
		explain_machine(elf->machine, name, err);
		return code;
	}
	return cannot(path, code, err);
}

static int explain_exec(const struct command *c, const char *path, int code, struct mkr_error *err)
{
	struct stat st;
	if (code == -ENOENT && (!strchr(path, '/') || stat(path, &st) < 0))
		return not_found(c, path, err);
	if (code == -EACCES && stat(path, &st) < 0) {
		mkr_fail(err, code, "cannot execute '%s'", path);
		mkr_detail(err, "cause", "a folder above it cannot be searched");
		return code;
	}
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return mkr_failx(err, code, "cannot execute '%s': it is a folder", path);
	if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && !(st.st_mode & 0111)) {
		mkr_fail(err, code, "cannot execute '%s'", path);
		mkr_detail(err, "cause", "its mode is %04o", (unsigned)(st.st_mode & 07777));
		return code;
	}
	char head[HEAD_MAX] = "";
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : pread(fd, head, sizeof(head), 0);
	if (n >= 2 && head[0] == '#' && head[1] == '!' && code == -ENOENT)
		return missing_interpreter(path, (struct str){ head + 2, (size_t)n - 2 }, err);
	if (n >= SELFMAG && memcmp(head, ELFMAG, SELFMAG) == 0)
		return explain_elf(path, fd, st.st_size, code, err);
	if (n >= 0 && code == -ENOEXEC)
		return mkr_failx(err, code,
			"cannot execute '%s': neither a program nor a script with '#!'", path);
	return cannot(path, code, err);
}

int command_explain(const struct command *c, const struct command_failure *f, int *ret_status,
	struct mkr_error *err)
{
	if (f->at == FAILED_SETUP) {
		*ret_status = MKR_EXIT_LAUNCHER;
		return mkr_fail(err, f->code, "%s", f->what);
	}
	*ret_status = f->code == -ENOENT ? MKR_EXIT_NOTFOUND : MKR_EXIT_NOEXEC;
	return explain_exec(c, f->what, f->code, err);
}
