/* From the names of modules to files, as python and perl look for them. */
#include "rules/lang.h"

#include "base/cleanup.h"
#include "os/root.h"
#include "rules/lang_imports.h"

#include <fcntl.h>
#include <string.h>

enum { FILES_MAX = 4000, BYTES_MAX = 64 << 20, DEPTH_MAX = 12, FAMILY_MAX = 32 << 20 };

static const char *const package_skip[] = { "test", "tests", "*.opt-[12].pyc", "*.pod", "*.a",
	"*.h", "*.bs", ".packlist", NULL };

static bool is_folder(const struct rules *r, const char *path)
{
	cleanup_fd int fd = root_open(rules_root(r), path, O_PATH | O_DIRECTORY);
	return fd >= 0;
}

static void ask(struct module_search *m, const char *path)
{
	struct ask tree = {
		.kind = ASK_TREE, .what = path, .no_scripts = true, .skip = package_skip
	};
	rules_ask(m->rules, m->script, &tree, "imports it");
}

static bool is_enough(const struct module_search *m)
{
	return m->texts->files >= FILES_MAX || m->texts->bytes >= BYTES_MAX;
}

static struct str read_file(struct module_search *m, const char *path)
{
	const char *key = arena_printf(rules_arena(m->rules), "read %s", path);
	if (is_enough(m) || !set_add(m->seen, rules_arena(m->rules), key))
		return (struct str){ NULL, 0 };
	const char *text = rules_read(m->rules, path, NULL);
	struct str all = { text, text ? strlen(text) : 0 };
	m->texts->files++;
	m->texts->bytes += all.n;
	return all;
}

static void python_file(struct module_search *m, const char *path, bool script);

/* All texts of a package. */
static void python_package(struct module_search *m, const char *folder, unsigned depth)
{
	const char *const *names = rules_list(m->rules, folder);
	for (; *names && depth < DEPTH_MAX && !is_enough(m); names++) {
		const char *path = arena_printf(rules_arena(m->rules), "%s/%s", folder, *names);
		struct str name = str_from(*names);
		if (str_ends(name, STR(".py")))
			python_file(m, path, false);
		else if (!strchr(name.p, '.') && !str_eq(name, STR("tests")) &&
			!str_eq(name, STR("test")) && is_folder(m->rules, path))
			python_package(m, path, depth + 1);
	}
}

/* True when the folder has the module, which is taken unless it is the core's. */
static bool python_in(struct module_search *m, const char *folder, const char *name, bool take)
{
	struct arena *a = rules_arena(m->rules);
	const char *package = arena_printf(a, "%s/%s", folder, name);
	const char *file = arena_printf(a, "%s/%s.py", folder, name);
	bool is_package = is_folder(m->rules, package), is_file = rules_has(m->rules, file);
	struct names objects = { NULL, 0 };
	if (!is_package && !is_file)
		objects = rules_paths(m->rules, arena_printf(a, "%s/%s.*so", folder, name));
	if (!take || (!is_package && !is_file && !objects.n))
		return is_package || is_file || objects.n;
	for (size_t i = 0; i < objects.n; i++)
		ask(m, objects.at[i]);
	if (is_package)
		ask(m, package);
	else if (is_file)
		ask(m, file);
	/* What importlib.metadata reads, and the libraries of wheels. */
	const char *const beside[] = { arena_printf(a, "%s/%s-*-info", folder, name),
		arena_printf(a, "%s/%s.libs", folder, name),
		arena_printf(a, "%s/__pycache__/%s.*[0-9].pyc", folder, name) };
	for (size_t i = 0; i < sizeof(beside) / sizeof(*beside); i++) {
		struct names found = rules_paths(m->rules, beside[i]);
		for (size_t k = 0; k < found.n; k++)
			ask(m, found.at[k]);
	}
	if (is_package)
		python_package(m, package, 0);
	else if (is_file)
		python_file(m, file, false);
	return true;
}

static void python_module(struct module_search *m, const char *name)
{
	struct arena *a = rules_arena(m->rules);
	if (!set_add(m->seen, a, arena_printf(a, "%s %s", m->interp->path, name)))
		return;
	for (size_t i = 0; i < m->own.n; i++)
		if (python_in(m, m->own.at[i], name, true))
			return;
	for (size_t i = 0; i < m->core.n; i++)
		if (python_in(m, m->core.at[i], name, false) ||
			python_in(m, arena_printf(a, "%s/lib-dynload", m->core.at[i]), name, false))
			return;
	for (size_t i = 0; i < m->site.n; i++)
		if (python_in(m, m->site.at[i], name, true))
			return;
}

static void python_file(struct module_search *m, const char *path, bool script)
{
	struct imports imports = { 0 };
	struct str text = read_file(m, path);
	if (!text.p)
		return;
	python_imports(rules_arena(m->rules), text, script, &imports);
	for (size_t i = 0; i < imports.folders.n; i++)
		vec_push(&m->own, imports.folders.at[i]);
	for (size_t i = 0; i < imports.modules.n; i++)
		python_module(m, imports.modules.at[i]);
	imports_free(&imports);
}

void python_modules(struct module_search *m, const char *script)
{
	/* sys.path[0] is the script's folder. */
	vec_push(&m->own, arena_dup_str(rules_arena(m->rules), str_dir(str_from(script))));
	python_file(m, script, true);
}

static void perl_file(struct module_search *m, const char *path, unsigned depth);

/* The module, what it loads of its own, and what lies in the folder of its name. */
static bool perl_in(struct module_search *m, const char *folder, const char *name, unsigned depth)
{
	struct arena *a = rules_arena(m->rules);
	const char *file = arena_printf(a, "%s/%s.pm", folder, name);
	if (!rules_has(m->rules, file))
		return false;
	ask(m, file);
	perl_file(m, file, depth + 1);
	return true;
}

static void perl_objects(struct module_search *m, const char *folder, const char *name)
{
	const char *objects = arena_printf(rules_arena(m->rules), "%s/auto/%s", folder, name);
	const char *const *names = rules_list(m->rules, objects);
	for (; *names; names++) {
		const char *path = arena_printf(rules_arena(m->rules), "%s/%s", objects, *names);
		/* .bs are for ld of systems that are gone. */
		if (!str_ends(str_from(path), STR(".bs")) && !is_folder(m->rules, path))
			ask(m, path);
	}
}

static const char *as_path(struct arena *a, const char *name)
{
	char *path = arena_dup(a, name), *to = path;
	for (const char *from = name; *from; from++) {
		bool colons = from[0] == ':' && from[1] == ':';
		*to++ = colons ? '/' : *from;
		from += colons;
	}
	*to = '\0';
	return path;
}

static void perl_module(struct module_search *m, const char *module, unsigned depth)
{
	struct arena *a = rules_arena(m->rules);
	if (depth > DEPTH_MAX * 4 ||
		!set_add(m->seen, a, arena_printf(a, "%s %s", m->interp->path, module)))
		return;
	const char *name = as_path(a, module);
	const struct names *lists[] = { &m->site, &m->core };
	bool found = false;
	for (size_t i = 0; i < m->own.n; i++) {
		found |= perl_in(m, m->own.at[i], name, depth);
		perl_objects(m, m->own.at[i], name);
	}
	for (size_t k = 0; k < 2 && !found; k++)
		for (size_t i = 0; i < lists[k]->n && !found; i++)
			found = perl_in(m, lists[k]->at[i], name, depth);
	for (size_t k = 0; k < 2 && found; k++)
		for (size_t i = 0; i < lists[k]->n; i++)
			perl_objects(m, lists[k]->at[i], name);
}

/* All modules below a name, unless they are the core's. */
static void perl_family(struct module_search *m, const char *family, unsigned depth)
{
	struct arena *a = rules_arena(m->rules);
	if (depth > DEPTH_MAX * 4 ||
		!set_add(m->seen, a, arena_printf(a, "%s %s::", m->interp->path, family)))
		return;
	for (size_t i = 0; i < m->own.n + m->site.n; i++) {
		const char *folder = arena_printf(a, "%s/%s",
			i < m->own.n ? m->own.at[i] : m->site.at[i - m->own.n], as_path(a, family));
		const char *const *name = rules_list(m->rules, folder);
		if (*name &&
			rules_tree_size(m->rules, folder, package_skip, FAMILY_MAX) > FAMILY_MAX)
			continue;
		if (*name)
			ask(m, folder);
		for (; *name; name++) {
			struct str stem = str_from(*name);
			if (!str_ends(stem, STR(".pm")))
				continue;
			stem.n -= 3;
			perl_module(m, arena_printf(a, "%s::%.*s", family, (int)stem.n, stem.p),
				depth + 1);
		}
	}
}

static void perl_file(struct module_search *m, const char *path, unsigned depth)
{
	struct imports imports = { 0 };
	struct str text = read_file(m, path);
	if (!text.p)
		return;
	perl_imports(rules_arena(m->rules), text, &imports);
	for (size_t i = 0; i < imports.folders.n; i++)
		vec_push(&m->own, imports.folders.at[i]);
	for (size_t i = 0; i < imports.modules.n; i++)
		perl_module(m, imports.modules.at[i], depth);
	for (size_t i = 0; i < imports.families.n; i++)
		perl_family(m, imports.families.at[i], depth);
	imports_free(&imports);
}

void perl_modules(struct module_search *m, const char *script)
{
	/* What perl loads by itself: perlvar(1) %! and %+, open(3perl) of a string, glob, methods
	 * of handles (perl5140delta). */
	static const char *const implied[] = { "Errno", "Tie::Hash::NamedCapture", "PerlIO::scalar",
		"File::Glob", "IO::File" };
	for (size_t i = 0; i < sizeof(implied) / sizeof(*implied); i++)
		perl_module(m, implied[i], 0);
	perl_file(m, script, 0);
}
