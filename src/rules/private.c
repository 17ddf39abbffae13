/* Private or not: by the package manager's word, else by the shape of the path. */
#include "rules/private.h"

#include "base/cleanup.h"
#include "base/vec.h"
#include "os/root.h"

#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <string.h>

enum { FILES_MAX = 20000, DEPTH_MAX = 16 };

/* Not "*.la": libltdl opens plug-ins by it (ImageMagick's coders). "bitcode" is LLVM's;
 * zsh reads what a .zwc was made of as well. */
const char *const private_skip[] = { "*.a", "*.h", "*.hpp", "*.pc", "*.debug", "*.zwc", "*.md",
	"*.mo", "*.desktop", "*.bash-completion", "*.dpkg-*", "*.rpm*", "README*", "COPYING*",
	"LICENSE*", "NEWS*", "CHANGES*", "AUTHORS*", "ChangeLog*", "changelog*", "copyright", "doc",
	"docs", "man", "info", "gtk-doc", "examples", "example", "tests", "test", "demo", "demos",
	"include", "pkgconfig", "locale", "bash-completion", "applications", "appdata", "metainfo",
	"bitcode", "lintian", "bug", "menu", "doc-base", "gir-1.0", "aclocal", "tutor",
	"vendor-completions", "zsh-completions", "security", NULL };

bool path_is_skipped(const char *path)
{
	struct str rest = str_from(path), part;
	char name[256];
	while (str_split(&rest, "/", &part)) {
		if (part.n == 0 || part.n >= sizeof(name))
			continue;
		memcpy(name, part.p, part.n);
		name[part.n] = '\0';
		for (const char *const *glob = private_skip; *glob; glob++)
			if (fnmatch(*glob, name, 0) == 0)
				return true;
	}
	return false;
}

/* python3.11 and perl-base have their libraries below a version: what of these is needed, the
 * scripts' imports tell better. */
static bool is_of_interpreter(const char *path)
{
	static const char *const parts[] = { "/lib/python3.", "/lib64/python3.", "/etc/python3",
		"-gnu/perl/", "-gnu/perl5/", "-gnu/perl-base" };
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (strstr(path, parts[i]))
			return true;
	return false;
}

/* What a running system has, what is somebody's own, and what sets of their own bring. */
bool path_is_common(const char *path)
{
	static const char *const below[] = { "/dev", "/proc", "/sys", "/tmp", "/run", "/home",
		"/root", "/boot", "/mnt", "/media", "/var/tmp", "/var/run", "/var/lock",
		"/var/cache", "/var/lib/dpkg", "/var/lib/rpm", "/var/lib/apt", "/usr/include",
		"/usr/src", "/usr/share/zoneinfo", "/usr/share/terminfo", "/usr/lib/terminfo",
		"/lib/terminfo", "/etc/terminfo", "/usr/share/i18n", "/usr/lib/locale",
		"/usr/share/X11/locale", "/etc/ssl/private", "/etc/pki/tls/private", "/etc/pam.d",
		"/lib/modules", "/usr/lib/modules", "/lib/firmware", "/usr/lib/firmware",
		"/usr/share/icons", "/usr/share/pixmaps", "/usr/share/themes", "/usr/share/sounds",
		"/usr/share/backgrounds", "/usr/share/perl", "/usr/share/perl5", "/usr/lib/perl5",
		"/usr/lib64/perl5", "/usr/lib/python3", "/etc/perl", "/etc/ssl", "/usr/lib/ssl",
		"/etc/pki", "/usr/share/ca-certificates", "/usr/local/share/ca-certificates",
		"/etc/skel", "/etc/selinux", "/etc/profile", "/etc/inputrc", "/usr/lib/debug",
		"/etc/alternatives", "/etc/init.d", "/lib/systemd/system",
		"/usr/lib/systemd/system", "/etc/systemd" };
	for (size_t i = 0; i < sizeof(below) / sizeof(*below); i++) {
		size_t n = strlen(below[i]);
		if (strncmp(path, below[i], n) == 0 && (path[n] == '/' || path[n] == '\0'))
			return true;
	}
	return path_is_skipped(path) || is_of_interpreter(path);
}

bool path_is_command(const char *path)
{
	static const char *const folders[] = { "/bin", "/sbin", "/usr/bin", "/usr/sbin",
		"/usr/local/bin", "/usr/local/sbin", "/usr/games" };
	struct str dir = str_dir(str_from(path));
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		if (str_eq(dir, str_from(folders[i])) || strcmp(path, folders[i]) == 0)
			return true;
	return false;
}

static bool depends_directly(
	struct packages *p, const struct package *a, const struct package *b, struct arena *tmp)
{
	struct str rest = str_from(a->depends), word;
	while (str_split(&rest, " ", &word))
		if (word.n && packages_named(p, arena_dup_str(tmp, word)) == b)
			return true;
	return false;
}

bool package_is_kin(struct packages *p, const struct package *own, const struct package *other)
{
	if (own == other || strcmp(own->source, other->source) == 0 ||
		packages_depends(p, own, other))
		return true;
	struct arena *tmp = arena_new();
	bool plugin = !own->essential && depends_directly(p, other, own, tmp);
	arena_free(tmp);
	return plugin;
}

struct str name_stem(const char *name)
{
	struct str s = str_from(name);
	const char *so = strstr(name, ".so");
	if (so)
		s.n = (size_t)(so - name);
	while (s.n > 1 && s.p[s.n - 1] && strchr("0123456789.-_", s.p[s.n - 1]))
		s.n--;
	return s;
}

struct survey {
	struct rules *r;
	const struct package *own;
	struct folder *out;
	size_t files;
	VEC(const char *) skip;
};

static bool survey_folder(struct survey *y, const char *path, unsigned depth);

static const char *escape_glob(struct arena *a, const char *path)
{
	char *text = arena_alloc(a, 2 * strlen(path) + 1), *end = text;
	for (; *path; *end++ = *path++)
		if (strchr("*?[\\", *path))
			*end++ = '\\';
	return text;
}

static void count_file(struct survey *y, const char *path, const struct stat *st)
{
	struct packages *p = rules_packages(y->r);
	const struct package *owner = packages_owner(p, path);
	bool machine = strncmp(path, "/etc/", 5) == 0 || strncmp(path, "/var/", 5) == 0;
	if (!owner && machine && !(st->st_mode & S_IROTH)) {
		vec_push(&y->skip, escape_glob(rules_arena(y->r), path));
		return;
	}
	y->out->bytes += (uint64_t)st->st_size;
	if (strstr(base_name(path), ".so"))
		y->out->objects++;
	else if (st->st_mode & S_IXUSR)
		y->out->programs++;
	if (!owner)
		y->out->unowned++;
	else if (y->own && package_is_kin(p, y->own, owner))
		y->out->kin++;
	else
		y->out->strangers++;
}

static bool leads_to_program(struct survey *y, const char *path)
{
	struct stat st;
	cleanup_fd int fd = root_open(rules_root(y->r), path, O_PATH);
	return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_mode & S_IXUSR &&
		!strstr(base_name(path), ".so");
}

static bool survey_entry(
	struct survey *y, int dir, const char *path, const char *name, unsigned depth)
{
	struct stat st;
	if (path_is_skipped(name) || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return true;
	if (++y->files > FILES_MAX)
		return false;
	const char *below = arena_printf(rules_arena(y->r), "%s/%s", path, name);
	if (S_ISDIR(st.st_mode))
		return survey_folder(y, below, depth + 1);
	if (S_ISLNK(st.st_mode))
		y->out->programs += leads_to_program(y, below);
	if (S_ISREG(st.st_mode))
		count_file(y, below, &st);
	return true;
}

static bool survey_folder(struct survey *y, const char *path, unsigned depth)
{
	int fd = root_open(rules_root(y->r), path, O_RDONLY | O_DIRECTORY);
	if (fd < 0 || depth > DEPTH_MAX) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	cleanup_dir DIR *d = fdopendir(fd);
	if (!d) {
		close(fd);
		return false;
	}
	const struct dirent *e;
	bool whole = true;
	while (whole && (e = readdir(d)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			whole = survey_entry(y, fd, path, e->d_name, depth);
	return whole;
}

bool folder_survey(struct rules *r, const struct package *own, const char *path, struct folder *out)
{
	struct survey y = { .r = r, .own = own, .out = out };
	*out = (struct folder){ 0 };
	for (size_t i = 0; private_skip[i]; i++)
		vec_push(&y.skip, private_skip[i]);
	bool whole = survey_folder(&y, path, 0);
	vec_push(&y.skip, NULL);
	const char **skip = arena_array(rules_arena(r), const char *, y.skip.n);
	memcpy(skip, y.skip.at, y.skip.n * sizeof(*skip));
	out->skip = skip;
	vec_free(&y.skip);
	return whole;
}
