#include "rules/nss.h"

#include "rules/libc.h"

#include "base/vec.h"

#include <string.h>

const char *const *nss_modules(struct arena *a, struct str conf, const char *databases)
{
	VEC(const char *) out = { 0 };
	struct str line, word;
	while (next_line(&conf, &line)) {
		struct str name;
		if (!str_split(&line, ":", &name) ||
			!words_match(databases, arena_dup_str(a, str_trim(name))))
			continue;
		bool action = false;
		while (next_word(&line, &word)) {
			action = action || word.p[0] == '[';
			if (!action && !memchr(word.p, '/', word.n))
				vec_push(&out, arena_dup_str(a, word));
			if (memchr(word.p, ']', word.n))
				action = false;
		}
	}
	const char **list = arena_array(a, const char *, out.n + 1);
	if (out.n)
		memcpy(list, out.at, out.n * sizeof(*list));
	vec_free(&out);
	return list;
}

/* nss/Versions of glibc 2.34: "files" and "dns" moved into libc; its definitions tell. */
static bool is_old(const struct subject *s)
{
	for (const char *const *d = s->detail->defines; *d; d++)
		if (strcmp(*d, "GLIBC_2.34") == 0)
			return false;
	return true;
}

void nss_look(struct rules *r, struct nss *n, const struct subject *s, const char *functions)
{
	if (!s->elf || !s->detail || !s->libc || strcmp(s->libc, "glibc") != 0)
		return;
	if (subject_is_glibc(s)) {
		n->glibc_is_old = is_old(s);
		return;
	}
	if (!subject_imports(s, functions))
		return;
	if (n->n_askers == n->cap_askers) {
		size_t cap = n->cap_askers ? n->cap_askers * 2 : 16;
		const struct subject **grown =
			arena_array(rules_arena(r), const struct subject *, cap);
		if (n->n_askers)
			memcpy(grown, n->askers, n->n_askers * sizeof(*grown));
		n->askers = grown;
		n->cap_askers = cap;
	}
	struct subject *copy = arena_new_of(rules_arena(r), struct subject);
	*copy = *s;
	copy->path = arena_dup(rules_arena(r), s->path);
	n->askers[n->n_askers++] = copy;
}

/* Modules that answer by themselves. The others ask a daemon (systemd, sss, resolve, mdns, winbind,
 * nis, ldap), which is not in there: without them glibc goes on to the next, as when they are not
 * installed. "compat" reads passwd as "files" does; "usrfiles" is SUSE's for /usr/etc. */
static bool answers_alone(const struct nss *n, const char *module)
{
	return words_match("compat usrfiles", module) ||
		(n->glibc_is_old && words_match("files dns", module));
}

void nss_settle(struct rules *r, struct nss *n, const char *databases, bool all)
{
	if (n->n_answered == n->n_askers)
		return;
	struct arena *a = rules_arena(r);
	const char *conf = rules_read(r, "/etc/nsswitch.conf", NULL);
	const struct subject *first = n->askers[n->n_answered];
	rules_ask(r, first, &(struct ask){ ASK_PATH, "/etc/nsswitch.conf" }, "looks names up");
	/* nss/nss_database.c: what a file without the database's line means. */
	const char *const *modules = nss_modules(a, str_from(conf ? conf : ""), databases);
	static const char *const builtin[] = { "files", "dns", NULL };
	for (; n->n_answered < n->n_askers; n->n_answered++)
		for (const char *const *m = *modules ? modules : builtin; *m; m++) {
			bool inside = !n->glibc_is_old && words_match("files dns", *m);
			if (inside || !(all || answers_alone(n, *m)))
				continue;
			const char *so = arena_printf(a, "libnss_%s.so.2", *m);
			const char *why = arena_printf(a, "looks names up (nsswitch.conf: %s)", *m);
			rules_ask(
				r, n->askers[n->n_answered], &(struct ask){ ASK_LIBRARY, so }, why);
		}
}
