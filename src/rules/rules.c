/* Which sets are on, whose rows hold for a subject, and the queue of what they ask for. */
#include "rules/rules.h"

#include "base/cleanup.h"
#include "base/set.h"
#include "base/vec.h"
#include "os/root.h"
#include "rules/strings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct active {
	const struct rule_set *set;
	void *state;
	bool named; /* by the user, not by "auto" */
	const char *value;
};

struct rules {
	const struct mkr_root *root;
	struct arena *arena;
	const struct mkr_user *users;
	size_t n_users;
	VEC(struct active) active;
	const struct active *current; /* whose function is running */
	VEC(struct asked *) queue;
	size_t next;
	struct set *done; /* asks, as text */
	struct set *said;
	VEC(const char *) warnings;
	size_t next_warning;
	struct rodata rodata;
	struct packages *packages; /* NULL: nobody asked yet */
	VEC(const char *) names;
	VEC(const char *) made_instead;
	VEC(const char *) configs;
};

bool mkr_rule_set_at(size_t i, struct mkr_rule_set *out)
{
	for (size_t k = 0; k <= i; k++)
		if (!rules[k])
			return false;
	*out = (struct mkr_rule_set){ rules[i]->name, rules[i]->help, !rules[i]->not_auto };
	return true;
}

const struct mkr_root *rules_root(const struct rules *r)
{
	return r->root;
}

struct arena *rules_arena(struct rules *r)
{
	return r->arena;
}

const struct mkr_user *rules_users(const struct rules *r, size_t *n)
{
	*n = r->n_users;
	return r->users;
}

bool rules_named(const struct rules *r)
{
	return r->current->named;
}

const char *rules_value(const struct rules *r)
{
	return r->current->value;
}

bool rules_has(const struct rules *r, const char *path)
{
	cleanup_fd int fd = root_open(r->root, path, O_PATH);
	return fd >= 0;
}

struct packages *rules_packages(struct rules *r)
{
	if (!r->packages)
		r->packages = packages_open(r->root);
	return r->packages;
}

struct str rules_rodata(struct rules *r, const struct subject *s)
{
	return rodata_read(&r->rodata, r->root, s);
}

void rules_warn(struct rules *r, const char *text)
{
	if (set_add(&r->said, r->arena, text))
		vec_push(&r->warnings, arena_dup(r->arena, text));
}

const char *rules_warning(struct rules *r)
{
	const char *broken;
	while (r->packages && (broken = packages_warning(r->packages)))
		rules_warn(r, broken);
	return r->next_warning < r->warnings.n ? r->warnings.at[r->next_warning++] : NULL;
}

void rules_add_name(struct rules *r, const char *name)
{
	vec_push(&r->names, arena_dup(r->arena, name));
}

const char *const *rules_added_names(const struct rules *r, size_t *n)
{
	*n = r->names.n;
	return r->names.at;
}

const char *const *rules_configs(const struct rules *r, size_t *n)
{
	*n = r->configs.n;
	return r->configs.at;
}

void rules_add_config(struct rules *r, const char *path)
{
	vec_push(&r->configs, arena_dup(r->arena, path));
}

static bool is_config(const char *path)
{
	struct str text = str_from(path);
	return str_starts(text, STR("/etc/")) || str_ends(text, STR(".conf")) ||
		str_ends(text, STR(".cnf"));
}

bool rules_asked_for_made(const struct rules *r, const char *path)
{
	for (size_t i = 0; i < r->made_instead.n; i++)
		if (strcmp(r->made_instead.at[i], path) == 0)
			return true;
	return false;
}

bool rules_makes(const char *path)
{
	static const char *const made[] = { "/etc/passwd", "/etc/group", "/etc/shadow",
		"/etc/gshadow", "/etc/passwd-", "/etc/group-", "/etc/shadow-", "/etc/gshadow-",
		"/etc/security/opasswd", "/etc/hosts", "/etc/resolv.conf", "/etc/hostname",
		"/etc/machine-id" };
	for (size_t i = 0; i < sizeof(made) / sizeof(*made); i++)
		if (strcmp(made[i], path) == 0)
			return true;
	return false;
}

void rules_ask(struct rules *r, const struct subject *s, const struct ask *ask, const char *why)
{
	if ((ask->kind == ASK_PATH || ask->kind == ASK_TREE) && rules_makes(ask->what)) {
		vec_push(&r->made_instead, arena_dup(r->arena, ask->what));
		return;
	}
	const char *set = r->current->set->name;
	/* A library is opened by a process, and each may find its own. */
	const char *key = ask->kind == ASK_LIBRARY && s
		? arena_printf(r->arena, "%d %p %s", (int)ask->kind, s->process, ask->what)
		: arena_printf(r->arena, "%d %s", (int)ask->kind, ask->what);
	if (!set_add(&r->done, r->arena, key))
		return;
	struct asked *a = arena_new_of(r->arena, struct asked);
	a->ask = *ask;
	a->ask.what = arena_dup(r->arena, ask->what);
	a->set = set;
	a->because = s ? arena_printf(r->arena, "%s %s", s->path, why) : arena_dup(r->arena, why);
	a->process = s ? s->process : NULL;
	a->load = s ? s->load : 0;
	vec_push(&r->queue, a);
	if ((ask->kind == ASK_PATH || ask->kind == ASK_TREE) && is_config(a->ask.what))
		vec_push(&r->configs, a->ask.what);
}

const struct asked *rules_next(struct rules *r)
{
	return r->next < r->queue.n ? r->queue.at[r->next++] : NULL;
}

/* Why a row holds for the subject, or NULL. */
static const char *row_holds(struct rules *r, const struct rule *row, const struct subject *s)
{
	if (row->libc && (!s->libc || strcmp(row->libc, s->libc) != 0))
		return NULL;
	const char *word = row->imports ? subject_imports(s, row->imports) : NULL;
	if (word)
		return arena_printf(r->arena, "calls %s", word);
	word = row->needs ? subject_needs(s, r->arena, row->needs) : NULL;
	if (word)
		return arena_printf(r->arena, "needs %s", word);
	if (row->called && words_match(row->called, base_name(s->path)))
		return "asks for it";
	return NULL;
}

static bool is_row(const struct rule *row)
{
	return row->ask.what != NULL;
}

bool rules_any(const struct rules *r)
{
	return r->active.n > 0;
}

int rules_look(struct rules *r, const struct subject *s, struct mkr_error *err)
{
	for (size_t i = 0; i < r->active.n; i++) {
		const struct active *a = r->current = &r->active.at[i];
		for (const struct rule *row = a->set->rows; row && is_row(row); row++) {
			const char *why = row_holds(r, row, s);
			if (why)
				rules_ask(r, s, &row->ask, why);
		}
		int code = a->set->look ? a->set->look(r, a->state, s, err) : 0;
		if (code < 0)
			return mkr_wrap(err, code, "rules for %s, '%s'", a->set->name, s->path);
	}
	return 0;
}

int rules_settle(struct rules *r, struct mkr_error *err)
{
	for (size_t i = 0; i < r->active.n; i++) {
		const struct active *a = r->current = &r->active.at[i];
		int code = a->set->settle ? a->set->settle(r, a->state, err) : 0;
		if (code < 0)
			return mkr_wrap(err, code, "rules for %s", a->set->name);
	}
	return 0;
}

int rules_finish(struct rules *r, struct mkr_error *err)
{
	for (size_t i = 0; i < r->active.n; i++) {
		const struct active *a = r->current = &r->active.at[i];
		int code = a->set->finish ? a->set->finish(r, a->state, err) : 0;
		if (code < 0)
			return mkr_wrap(err, code, "rules for %s", a->set->name);
	}
	return 0;
}

static struct active *find_active(struct rules *r, struct str name)
{
	for (size_t i = 0; i < r->active.n; i++)
		if (str_eq(str_from(r->active.at[i].set->name), name))
			return &r->active.at[i];
	return NULL;
}

bool rules_on(const struct rules *r, const char *name)
{
	return find_active((struct rules *)(uintptr_t)r, str_from(name)) != NULL;
}

static struct active *switch_on(struct rules *r, const struct rule_set *set)
{
	struct active *there = find_active(r, str_from(set->name));
	if (there)
		return there;
	struct active a = { .set = set, .value = "" };
	if (set->state_size)
		a.state = arena_alloc(r->arena, set->state_size);
	vec_push(&r->active, a);
	return &r->active.at[r->active.n - 1];
}

static int add_word(struct rules *r, struct str word, struct mkr_error *err)
{
	if (word.n == 0 || str_eq(word, STR("none")))
		return 0;
	bool all = str_eq(word, STR("auto")), known = all;
	const char *equals = memchr(word.p, '=', word.n);
	struct str name = { word.p, equals ? (size_t)(equals - word.p) : word.n };
	for (size_t i = 0; rules[i]; i++) {
		if (all && !rules[i]->not_auto)
			switch_on(r, rules[i]);
		if (!str_eq(str_from(rules[i]->name), name))
			continue;
		known = true;
		struct active *a = switch_on(r, rules[i]);
		a->named = true;
		if (equals)
			a->value = arena_printf(r->arena, "%s%s%.*s", a->value,
				*a->value ? " " : "", (int)(word.n - name.n - 1), equals + 1);
	}
	if (known)
		return 0;
	const char *names = "auto, none";
	for (size_t i = 0; rules[i]; i++)
		names = arena_printf(r->arena, "%s, %s", names, rules[i]->name);
	mkr_failx(err, -EINVAL, "no run-time data is called '%.*s'", (int)word.n, word.p);
	mkr_detail(err, "hint", "--with takes %s", names);
	return -EINVAL;
}

/* What the user named comes whether or not something asks for it. */
static void ask_named(struct rules *r)
{
	for (size_t i = 0; i < r->active.n; i++) {
		r->current = &r->active.at[i];
		if (!r->current->named)
			continue;
		for (const struct rule *row = r->current->set->rows; row && is_row(row); row++)
			if (row->ask.kind != ASK_LIBRARY)
				rules_ask(r, NULL, &row->ask, "asked for by --with");
	}
}

int rules_new(struct rules **out, const struct mkr_root *root, const struct rules_opts *opts,
	struct mkr_error *err)
{
	struct rules *r = calloc(1, sizeof(*r));
	if (!r)
		out_of_memory();
	r->root = root;
	r->arena = arena_new();
	struct mkr_user *users = arena_array(r->arena, struct mkr_user, opts->n_users);
	if (opts->n_users)
		memcpy(users, opts->users, opts->n_users * sizeof(*users));
	r->users = users;
	r->n_users = opts->n_users;
	for (size_t i = 0; opts->with && opts->with[i]; i++) {
		struct str rest = str_from(opts->with[i]), word;
		while (str_split(&rest, ",", &word)) {
			int code = add_word(r, str_trim(word), err);
			if (code < 0) {
				rules_free(r);
				return code;
			}
		}
	}
	ask_named(r);
	*out = r;
	return 0;
}

void rules_free(struct rules *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->active.n; i++)
		if (r->active.at[i].set->let_go)
			r->active.at[i].set->let_go(r->active.at[i].state);
	set_clear(&r->done);
	set_clear(&r->said);
	vec_free(&r->active);
	vec_free(&r->queue);
	vec_free(&r->warnings);
	rodata_free(&r->rodata);
	packages_free(r->packages);
	vec_free(&r->names);
	vec_free(&r->made_instead);
	vec_free(&r->configs);
	arena_free(r->arena);
	free(r);
}
