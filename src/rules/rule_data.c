/* What a program or a library names: files and folders in its constant text that are its own, its
 * packages', or those of plug-ins for it; and what its package keeps for it. */
#include "rules/embedded.h"
#include "rules/private.h"
#include "rules/state.h"

#include "base/cleanup.h"
#include "base/map.h"
#include "base/set.h"
#include "os/root.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum {
	CANDIDATES_MAX = 20000,
	CHILDREN_MAX = 200,
	FILE_MAX = 64 << 20,
	FOLDER_MAX = 96 << 20, /* emacs' lisp has 74 MB */
	FAR_MAX = 2 << 20, /* of a library that the program does not need itself */
	REST_MAX = 8 << 20, /* above a folder that is named */
	STRANGER_MAX = 1 << 20,
	LIBRARIES_MAX = 32 << 20, /* of one plug-in: postgresql's llvmjit.so has 170 MB */
};

/* What a survey said, for whoever names a folder below the same one. */
struct surveyed {
	const char *key;
	struct folder folder;
	bool whole;
	UT_hash_handle hh;
};

struct data {
	struct surveyed *surveyed;
	struct set *seen; /* folders, and by whom */
	struct set *near; /* sonames that programs need themselves */
};

/* One subject being looked at. */
struct look {
	struct rules *r;
	struct data *data;
	const struct subject *s;
	const struct package *own; /* NULL: not known */
	bool known; /* `own` was looked up */
	bool near; /* a program, or a library that one needs itself */
};

static const struct package *own(struct look *l)
{
	if (!l->known)
		l->own = packages_owner(rules_packages(l->r), l->s->path);
	l->known = true;
	return l->own;
}

static bool survey(struct look *l, const char *real, struct folder *out)
{
	struct arena *a = rules_arena(l->r);
	const char *key = arena_printf(a, "%s\n%s", real, own(l) ? own(l)->name : "");
	struct surveyed *known;
	HASH_FIND_STR(l->data->surveyed, key, known);
	if (!known) {
		known = arena_new_of(a, struct surveyed);
		known->key = key;
		known->whole = folder_survey(l->r, own(l), real, &known->folder);
		HASH_ADD_KEYPTR(hh, l->data->surveyed, known->key, strlen(known->key), known);
	}
	*out = known->folder;
	return known->whole;
}

/* "ed.conf", "ed_config", "edrc" */
static bool is_config_of(const char *name, struct str mine)
{
	if (!str_starts(str_from(name), mine) || mine.n < 2)
		return false;
	const char *rest = name + mine.n;
	return strcmp(rest, "rc") == 0 || strncmp(rest, ".conf", 5) == 0 ||
		strcmp(rest, "_config") == 0 || strcmp(rest, "-conf") == 0;
}

/* Are its name and the folder's the same, versions aside? The only word where no package manager
 * has one. */
static bool has_shape(const struct look *l, const char *path)
{
	struct str mine = name_stem(base_name(l->s->path)), rest = str_from(path), part;
	if (str_starts(mine, STR("lib")))
		mine = str_skip(mine, 3);
	while (str_split(&rest, "/", &part)) {
		char name[256];
		if (part.n < 2 || part.n >= sizeof(name))
			continue;
		memcpy(name, part.p, part.n);
		name[part.n] = '\0';
		if (str_eq(name_stem(name), mine) || is_config_of(name, mine))
			return true;
	}
	return false;
}

static void ask_tree(struct look *l, const char *path, const char *const *skip, const char *why)
{
	struct ask ask = { .kind = ASK_TREE,
		.what = path,
		.no_scripts = true,
		.skip = skip,
		.weigh = LIBRARIES_MAX };
	rules_ask(l->r, l->s, &ask, why);
}

/* Anybody's small file is taken when it is named in full; nothing in /etc that no package has. */
static bool wants_file(struct look *l, const char *real, const struct stat *st)
{
	struct packages *p = rules_packages(l->r);
	if (path_is_command(real) || path_is_common(real))
		return false;
	const struct package *mine = own(l), *owner = packages_owner(p, real);
	if (owner && mine && package_is_kin(p, mine, owner))
		return st->st_size <= FILE_MAX;
	bool machine = strncmp(real, "/etc/", 5) == 0 || strncmp(real, "/var/", 5) == 0;
	if (machine && !owner)
		return packages_count(p) == 0 && has_shape(l, real) && st->st_mode & S_IROTH;
	return st->st_size <= (has_shape(l, real) ? FILE_MAX : STRANGER_MAX);
}

static void too_much(struct look *l, const char *path, uint64_t bytes)
{
	rules_warn(l->r,
		arena_printf(rules_arena(l->r),
			"%s, which %s names, is left out: %llu MB; add -i %s", path, l->s->path,
			(unsigned long long)(bytes >> 20), path));
}

static bool is_shallow(const char *path)
{
	static const char *const shared[] = { "/usr/share/misc", "/usr/share/fonts",
		"/usr/share/dict", "/usr/share/mime", "/usr/share/perl5", "/usr/share/java",
		"/usr/lib/python3/dist-packages", "/usr/local/lib", "/usr/local/share", "/var/lib",
		"/var/log", "/var/spool", "/usr/share/X11", "/etc/default" };
	const char *below = strncmp(path, "/usr/", 5) == 0 ? path + 4 : path;
	if (strchr(below + 1, '/') == NULL)
		return true;
	for (size_t i = 0; i < sizeof(shared) / sizeof(*shared); i++)
		if (strcmp(path, shared[i]) == 0)
			return true;
	/* /usr/lib/x86_64-linux-gnu */
	const char *base = base_name(path);
	return strstr(base, "-linux-") != NULL;
}

/* All of it is the subject's: of whom else's nothing is in there. */
static bool is_private(struct look *l, const char *real, const struct folder *f)
{
	if (f->strangers)
		return false;
	return own(l) ? f->kin > 0 || has_shape(l, real) : has_shape(l, real);
}

/* A library's folder with programs is no data: these are somebody's commands. Those of libraries
 * further away are mostly plug-ins for what the program does not do. */
static bool is_fit(const struct look *l, const struct folder *f)
{
	if (l->s->kind == SUBJECT_LIBRARY && f->programs)
		return false;
	return l->near || (f->objects == 0 && f->bytes <= FAR_MAX);
}

/* A program that names "share/x/1.0/init" looks beside it as well ("share/x/1.0/icc"): the folders
 * above it belong to it as long as they are private and not much more. */
static void ask_with_rest(struct look *l, const char *path, const char *real,
	const struct folder *named, const char *why)
{
	struct arena *a = rules_arena(l->r);
	ask_tree(l, path, named->skip, why);
	for (;;) {
		struct folder f;
		const char *above = arena_dup_str(a, str_dir(str_from(real)));
		if (path_is_command(above) || path_is_common(above) || is_shallow(above) ||
			strncmp(above, "/etc/", 5) == 0 || !survey(l, above, &f))
			return;
		if (!is_private(l, above, &f) || !is_fit(l, &f) ||
			f.bytes > named->bytes + REST_MAX)
			return;
		ask_tree(l, above, f.skip, why);
		real = above;
	}
}

static void consider_folder(struct look *l, const char *path, const char *why, bool deeper);

static bool is_dir(struct look *l, const char *path)
{
	struct stat st;
	cleanup_fd int fd = root_open(rules_root(l->r), path, O_PATH);
	return fd >= 0 && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
}

/* A file that others have theirs beside: "/etc/apache2/apache2.conf", "/usr/share/fish/config.fish"
 * with vendor_completions.d/. Programs are for who starts them. */
static void consider_file_beside(struct look *l, const char *path, const char *why)
{
	struct packages *p = rules_packages(l->r);
	const struct package *mine = own(l), *owner = packages_owner(p, path);
	struct stat st;
	cleanup_fd int fd = root_open_file(rules_root(l->r), path, &st);
	if (fd >= 0 && !(st.st_mode & 0111) && st.st_size <= STRANGER_MAX && owner && mine &&
		package_is_kin(p, mine, owner))
		ask_tree(l, path, private_skip, why);
}

/* Of a folder that several share, the parts that are the subject's. */
static void consider_parts(struct look *l, const char *real, const char *why)
{
	int fd = root_open(rules_root(l->r), real, O_RDONLY | O_DIRECTORY);
	cleanup_dir DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *e;
	size_t n = 0;
	if (!d && fd >= 0)
		close(fd);
	while (d && n++ < CHILDREN_MAX && (e = readdir(d))) {
		const char *below = arena_printf(rules_arena(l->r), "%s/%s", real, e->d_name);
		if (e->d_name[0] != '.' && (e->d_type == DT_DIR || e->d_type == DT_LNK))
			consider_folder(l, below, why, false);
		else if (e->d_type == DT_REG)
			consider_file_beside(l, below, why);
	}
}

static void consider_folder(struct look *l, const char *path, const char *why, bool deeper)
{
	struct folder f;
	struct arena *a = rules_arena(l->r);
	const char *real = root_real_path(rules_root(l->r), a, path);
	if (!real || path_is_command(real) || path_is_common(real) || is_shallow(real))
		return;
	if (!set_add(&l->data->seen, a,
		    arena_printf(a, "%s\n%s", real, own(l) ? own(l)->name : l->s->path)))
		return;
	if (!survey(l, real, &f))
		return;
	bool private = is_private(l, real, &f);
	if (private && is_fit(l, &f) && f.bytes > FOLDER_MAX)
		too_much(l, real, f.bytes);
	else if (private && is_fit(l, &f))
		ask_with_rest(l, path, real, &f, why);
	else if (!private && f.kin && l->s->kind != SUBJECT_LIBRARY && deeper)
		consider_parts(l, real, why);
}

/* Never the old root's: that they are named is what makes rules_ask() see to them. */
static bool is_machines(const char *path)
{
	static const char names[] = "/etc/passwd /etc/group /etc/shadow /etc/gshadow /etc/hosts "
				    "/etc/resolv.conf /etc/hostname /etc/machine-id";
	return words_match(names, path);
}

/* A static program has its C library's strings: loaders, gconv's folder, configuration. They are
 * there for what it does not do. */
static bool is_of_libc_inside(struct look *l, const char *path)
{
	if (!subject_is_static(l->s))
		return false;
	if (words_match("gconv ld-*", base_name(path)) || strstr(path, "/gconv/"))
		return true;
	const struct package *owner = packages_owner(rules_packages(l->r), path);
	return owner && words_match("glibc musl", owner->source) &&
		!(own(l) && strcmp(own(l)->source, owner->source) == 0);
}

static void consider(struct look *l, const char *path, const char *why)
{
	struct stat st;
	cleanup_fd int fd = root_open(rules_root(l->r), path, O_PATH);
	if (fd < 0 || fstat(fd, &st) < 0)
		return;
	if (is_of_libc_inside(l, path))
		return;
	if (S_ISDIR(st.st_mode))
		consider_folder(l, path, why, true);
	if (!S_ISREG(st.st_mode))
		return;
	const char *real = root_real_path(rules_root(l->r), rules_arena(l->r), path);
	if (is_machines(path) || (real && wants_file(l, real, &st)))
		ask_tree(l, path, private_skip, why);
}

/* Folders of every system, which are only missed: "/var/tmp". Old names of them are links. */
static void consider_system_folders(struct look *l, const char *path)
{
	static const char *const folders[] = { "/run", "/run/lock", "/var/run", "/var/lock",
		"/var/tmp", "/var/log", "/var/spool", "/var/mail", "/var/spool/mail", "/var/cache",
		"/var/lib" };
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		size_t n = strlen(folders[i]);
		if (strncmp(path, folders[i], n) == 0 && (path[n] == '/' || path[n] == '\0') &&
			is_dir(l, folders[i]))
			rules_ask(l->r, l->s, &(struct ask){ ASK_FOLDER, folders[i] }, "names it");
	}
}

static void consider_strings(struct look *l)
{
	struct str text = rules_rodata(l->r, l->s), path;
	struct set *once = NULL;
	struct arena *tmp = arena_new();
	size_t at = 0, n = 0;
	while (n < CANDIDATES_MAX && strings_next_path(text, &at, &path)) {
		const char *name = arena_dup_str(tmp, path);
		if (l->s->wanted && l->s->kind == SUBJECT_PROGRAM && !subject_is_static(l->s))
			consider_system_folders(l, name);
		if (path_is_common(name) || !set_add(&once, tmp, name))
			continue;
		n++;
		consider(l, name, "names it");
	}
	set_clear(&once);
	arena_free(tmp);
}

/* The folders that packages call their own in the usual places. */
static void consider_shapes(struct look *l)
{
	static const char *const places[] = { "/usr/lib", "/usr/libexec", "/usr/share", "/etc" };
	struct arena *a = rules_arena(l->r);
	struct str stem = name_stem(base_name(l->s->path));
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		consider(l, arena_printf(a, "%s/%s", places[i], base_name(l->s->path)),
			"has it by its name");
		consider(l, arena_printf(a, "%s/%.*s", places[i], (int)stem.n, stem.p),
			"has it by its name");
	}
}

/* The C library's own files are asked for by what calls it. */
static bool is_libc(const struct subject *s)
{
	static const char words[] = "libc.so* libm.so* libc-* ld-* libpthread* librt* libdl* "
				    "libresolv* libnss_* libmvec* libutil*";
	return words_match(words, base_name(s->path));
}

static void note_needs(struct look *l)
{
	if (l->s->kind != SUBJECT_PROGRAM)
		return;
	for (size_t i = 0; i < l->s->elf->n_requests; i++)
		set_add(&l->data->near, rules_arena(l->r), l->s->elf->requests[i].name);
}

static bool is_near(struct look *l)
{
	const struct set *there;
	if (l->s->kind != SUBJECT_LIBRARY)
		return true;
	const char *name = l->s->elf->soname ? l->s->elf->soname : base_name(l->s->asked);
	HASH_FIND_STR(l->data->near, name, there);
	return there && l->s->wanted;
}

static int look(struct rules *r, void *state, const struct subject *s, struct mkr_error *err)
{
	(void)err;
	struct look l = { .r = r, .data = state, .s = s };
	if (is_libc(s))
		return 0;
	note_needs(&l);
	l.near = is_near(&l);
	consider_strings(&l);
	if (s->wanted && s->kind != SUBJECT_LIBRARY) {
		consider_shapes(&l);
		if (l.known && l.own)
			state_folders_ask(r, s, l.own);
	}
	return 0;
}

static void let_go(void *state)
{
	struct data *d = state;
	HASH_CLEAR(hh, d->surveyed);
	set_clear(&d->seen);
	set_clear(&d->near);
}

const struct rule_set rule_data = {
	.name = "data",
	.help = "files and folders that programs and libraries name and that are their own",
	.state_size = sizeof(struct data),
	.look = look,
	.let_go = let_go,
};
