#include "loader/ldconfig.h"

#include "base/cleanup.h"
#include "base/vec.h"
#include "loader/ldcache_write.h"
#include "loader/ldconf.h"
#include "loader/versions.h"
#include "os/root.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

/* Far over what any system has; a folder that never ends must not take for ever. */
enum { FOLDERS_MAX = 20000, NAMES_MAX = 200000 };

struct folder_entry {
	const char *path; /* as it was named: "/opt/lib" */
	const char *level; /* glibc-hwcaps subfolder, or NULL */
	dev_t dev;
	ino_t ino;
};

struct scan {
	struct registry *g;
	const struct mkr_elf *like;
	unsigned version;
	VEC(struct folder_entry) folders;
	VEC(struct ldcache_entry) entries;
	size_t names; /* seen so far */
};

/* The best file for one SONAME in one folder: struct dlib_entry. */
struct lib {
	const char *soname, *name;
	const struct file *file;
	bool is_link;
	UT_hash_handle hh;
};

static int list_folder(const struct scan *s, const char *path, DIR **out)
{
	cleanup_fd int fd = root_open(s->g->root, path, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return fd;
	*out = fdopendir(fd);
	if (!*out)
		return -errno;
	steal_fd(&fd);
	return 0;
}

/* add_single_dir(): false when it is there already, maybe by another name. */
static bool add_folder(struct scan *s, const char *path, const char *level)
{
	struct stat st;
	cleanup_fd int fd = root_open(s->g->root, path, O_PATH | O_DIRECTORY);
	if (fd < 0 || fstat(fd, &st) < 0 || s->folders.n >= FOLDERS_MAX)
		return false;
	for (size_t i = 0; i < s->folders.n; i++)
		if (s->folders.at[i].ino == st.st_ino && s->folders.at[i].dev == st.st_dev)
			return false;
	struct folder_entry f = { arena_dup(s->g->arena, path), level, st.st_dev, st.st_ino };
	vec_push(&s->folders, f);
	return true;
}

/* A folder of the configuration and its glibc-hwcaps subfolders, which came with 2.33. */
static void add_dir(struct scan *s, const char *path)
{
	if (!add_folder(s, path, NULL) || s->version < 233)
		return;
	struct arena *a = s->g->arena;
	const char *hwcaps = arena_printf(a, "%s/glibc-hwcaps", path);
	cleanup_dir DIR *d = NULL;
	if (list_folder(s, hwcaps, &d) < 0)
		return;
	for (struct dirent *e; (e = readdir(d)) && s->names < NAMES_MAX; s->names++)
		if (e->d_name[0] != '.' && !strchr(e->d_name, ':'))
			add_folder(s, arena_printf(a, "%s/%s", hwcaps, e->d_name),
				arena_dup(a, e->d_name));
}

/* add_system_dir() of the sysdeps' dl-cache.h: the siblings of a "lib" that other ABIs have. */
static const char *const *siblings_of(const struct mkr_elf *like)
{
	static const char
		*const x86[] = { "64", "x32", NULL },
		       *const wide[] = { "64", NULL }, *const mips[] = { "32", "64", NULL },
		       *const loongarch[] = { "64", "64/sf", NULL }, *const none[] = { NULL },
		       *const riscv[] = { "64/lp64d", "64/lp64", "32/ilp32d", "32/ilp32", NULL };
	switch (like->machine) {
	case EM_386:
	case EM_X86_64:
		return x86;
	case EM_AARCH64:
	case EM_SPARCV9:
		return wide;
	case EM_MIPS:
		return mips;
	case EM_RISCV:
		return riscv;
	case 258: /* EM_LOONGARCH */
		return loongarch;
	default:
		return none;
	}
}

static void add_system_dir(struct scan *s, struct str dir)
{
	struct arena *a = s->g->arena;
	const char *const *siblings = siblings_of(s->like);
	for (size_t i = 0; siblings[i]; i++) {
		struct str end = str_from(arena_printf(a, "/lib%s", siblings[i]));
		if (str_ends(dir, end)) {
			dir.n -= end.n - strlen("/lib");
			break;
		}
	}
	add_dir(s, arena_dup_str(a, dir));
	for (size_t i = 0; str_ends(dir, STR("/lib")) && siblings[i]; i++)
		add_dir(s, arena_printf(a, "%.*s%s", (int)dir.n, dir.p, siblings[i]));
}

/* Debian's ldconfig has the loader's own folders; upstream's has the siblings of all ABIs too. */
static void add_system_dirs(struct scan *s, const struct glibc_info *info, const struct machine *m)
{
	bool multiarch = m && m->multiarch && info->dirs[0] && strstr(info->dirs[0], m->multiarch);
	for (size_t i = 0; info->dirs[i]; i++) {
		struct str dir = str_from(info->dirs[i]);
		dir.n -= dir.n > 1; /* its slash */
		if (multiarch)
			add_dir(s, arena_dup_str(s->g->arena, dir));
		else
			add_system_dir(s, dir);
	}
}

/* elf/dl-is_dso.h */
static bool is_dso_name(const char *name)
{
	return ((strncmp(name, "lib", 3) == 0 || strncmp(name, "ld-", 3) == 0) &&
		       strstr(name, ".so")) ||
		strncmp(name, "ld.so.", 6) == 0 || strncmp(name, "ld64.so.", 8) == 0;
}

/* skip_dso_based_on_name(): files of prelink, and since 2.39 of rpm and dpkg, that are half
 * written. */
static bool is_temporary(const char *name, unsigned version)
{
	static const struct str prelink = STR(".#prelink#");
	struct str s = str_from(name), six = STR(".XXXXXX");
	if (str_ends(s, prelink) ||
		(s.n >= prelink.n + six.n &&
			strncmp(name + s.n - prelink.n - six.n, prelink.p, prelink.n) == 0))
		return true;
	return version >= 239 &&
		(strchr(name, ';') || str_ends(s, STR(".dpkg-new")) ||
			str_ends(s, STR(".dpkg-tmp")));
}

/* process_file(): the library behind a name of the folder, or NULL. */
static const struct file *library_at(const struct scan *s, const char *path)
{
	const struct place *place = registry_place(s->g, path);
	const struct file *f = place->file;
	if (!f || !f->elf || f->elf->type != ET_DYN || !f->elf->dynamic)
		return NULL;
	return ldcache_same_system(s->like, f->elf) && ldcache_flags(f->elf) ? f : NULL;
}

/* A link libfoo.so -> libfoo.so.1 is for ld(1) and entered by its own name, like one that is called
 * as the SONAME; any other counts as a file. */
static bool is_plain_link(const char *name, const char *soname)
{
	size_t n = strlen(name);
	return strcmp(name, soname) == 0 ||
		(str_ends(str_from(name), STR(".so")) && strncmp(name, soname, n) == 0);
}

static void add_library(
	struct scan *s, struct lib **libs, const char *dir, const char *name, bool is_link)
{
	struct arena *a = s->g->arena;
	const struct file *file = library_at(s, arena_printf(a, "%s/%s", dir, name));
	if (!file)
		return;
	name = arena_dup(a, name);
	const char *soname = file->elf->soname ? file->elf->soname : name;
	is_link = is_link && is_plain_link(name, soname);
	if (is_link)
		soname = name;
	size_t n = strlen(soname);
	if (n == 0 || n > NAME_MAX || strchr(soname, '/'))
		return; /* nobody can ask for it */
	struct lib *lib;
	HASH_FIND(hh, *libs, soname, n, lib);
	if (!lib) {
		lib = arena_new_of(a, struct lib);
		lib->soname = soname;
		HASH_ADD_KEYPTR(hh, *libs, soname, n, lib);
	} else if (is_link == lib->is_link ? ldcache_compare(lib->name, name) >= 0 : is_link) {
		return; /* what is there is newer, or a file */
	}
	lib->name = name;
	lib->file = file;
	lib->is_link = is_link;
}

/* create_links(): true when DIR/SONAME stays what it is, the library already or no link at all. */
static bool is_linked(const struct scan *s, const struct lib *lib, const char *path)
{
	if (strcmp(lib->soname, lib->name) == 0 || registry_place(s->g, path)->file == lib->file)
		return true;
	struct stat st;
	cleanup_fd int fd = root_open(s->g->root, path, O_PATH | O_NOFOLLOW);
	return fd >= 0 && fstat(fd, &st) == 0 && !S_ISLNK(st.st_mode);
}

/* Up to 2.36 a library that does not say that it needs libc.so.6 or libm.so.6 was FLAG_ELF, where
 * its ABI has no id of its own (readlib.c: known_libs). */
static uint32_t flags_of(const struct scan *s, const struct mkr_elf *elf)
{
	enum { FLAG_ELF = 1, FLAG_ELF_LIBC6 = 3 };
	uint32_t flags = ldcache_flags(elf);
	if (s->version > 236 || flags != FLAG_ELF_LIBC6 || elf->machine == EM_ARM || elf->interp)
		return flags;
	for (size_t i = 0; i < elf->n_requests; i++)
		if (strcmp(elf->requests[i].name, "libc.so.6") == 0 ||
			strcmp(elf->requests[i].name, "libm.so.6") == 0)
			return flags;
	return FLAG_ELF;
}

/* The highest bit of GNU_PROPERTY_X86_ISA_1_NEEDED (.../linux/x86/elf-read-prop.h). */
static uint32_t isa_of(const struct scan *s, const char *path)
{
	uint32_t isa = 0, bits = registry_detail(s->g, path, MKR_DETAIL_NOTES)->x86_isa_needed;
	while (bits >>= 1)
		isa++;
	return isa;
}

static void add_entry(struct scan *s, const struct folder_entry *f, const struct lib *lib)
{
	struct arena *a = s->g->arena;
	struct ldcache_entry e = { .name = lib->soname, .flags = flags_of(s, lib->file->elf) };
	e.path = arena_printf(a, "%s/%s", f->path, lib->soname);
	e.level = f->level;
	if (f->level || !is_linked(s, lib, e.path))
		e.path = arena_printf(a, "%s/%s", f->path, lib->name);
	if (f->level)
		e.isa = isa_of(s, e.path);
	else if (s->version <= 236)
		e.hwcap = ldcache_legacy_bits(s->like, f->path);
	vec_push(&s->entries, e);
}

static bool is_folder(const struct scan *s, const char *path)
{
	cleanup_fd int fd = root_open(s->g->root, path, O_PATH | O_DIRECTORY);
	return fd >= 0;
}

/* search_dir() */
static void search_folder(struct scan *s, const struct folder_entry *f)
{
	struct arena *a = s->g->arena;
	struct lib *libs = NULL;
	cleanup_dir DIR *d = NULL;
	if (list_folder(s, f->path, &d) < 0)
		return;
	for (struct dirent *e; (e = readdir(d)) && s->names < NAMES_MAX; s->names++) {
		const char *name = e->d_name;
		bool link = e->d_type == DT_LNK, unknown = e->d_type == DT_UNKNOWN;
		if (is_dso_name(name)) {
			struct stat st;
			if (unknown && fstatat(dirfd(d), name, &st, AT_SYMLINK_NOFOLLOW) == 0)
				link = S_ISLNK(st.st_mode);
			if ((link || unknown || e->d_type == DT_REG) &&
				!is_temporary(name, s->version))
				add_library(s, &libs, f->path, name, link);
			continue;
		}
		/* Up to 2.36: the older scheme's subfolders, after everything else. */
		if (s->version > 236 || f->level || !(link || unknown || e->d_type == DT_DIR) ||
			!ldcache_legacy_bits(s->like, name))
			continue;
		const char *sub = arena_printf(a, "%s/%s", f->path, name);
		if (is_folder(s, sub))
			add_folder(s, sub, NULL);
	}
	for (struct lib *lib = libs; lib; lib = lib->hh.next)
		add_entry(s, f, lib);
	HASH_CLEAR(hh, libs);
}

const char *ldconfig_run(struct registry *g, const struct mkr_elf *like,
	const struct glibc_info *info, const struct machine *m, size_t *ret_size)
{
	struct str dir = str_dir(str_from(info->cache));
	const char *conf = arena_printf(g->arena, "%.*s/ld.so.conf", (int)dir.n, dir.p);
	const char *const *dirs = ldconf_read(g, conf, info->version);
	if (!dirs)
		return NULL;
	struct scan s = { .g = g, .like = like, .version = info->version };
	for (size_t i = 0; dirs[i]; i++)
		add_dir(&s, dirs[i]);
	add_system_dirs(&s, info, m);
	for (size_t i = 0; i < s.folders.n; i++) {
		struct folder_entry f = s.folders.at[i]; /* the list grows */
		search_folder(&s, &f);
	}
	const char *data = ldcache_write(
		g->arena, s.entries.at, s.entries.n, like->big_endian, NULL, ret_size);
	vec_free(&s.folders);
	vec_free(&s.entries);
	return data;
}
