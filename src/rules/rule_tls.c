/* TLS libraries: their configuration, what they open, and whom they trust. */
#include "rules/embedded.h"
#include "rules/rule.h"

#include <string.h>

enum { CONFIGS_MAX = 32 };

struct state {
	const char *openssldir; /* where libcrypto looks, by its own words */
	const char *libssl; /* somebody needs it: "/usr/bin/curl needs libssl.so.3" */
	const char *trusts; /* another library that checks certificates is needed */
	bool asked_certs, asked_bundle, asked_modules;
	const char *p11_user; /* calls p11-kit itself */
	bool gnutls_has_file; /* as where its authorities are: no module is asked */
	const struct subject *p11; /* libp11-kit */
	const char *configs[CONFIGS_MAX]; /* read already */
	size_t n_configs;
};

static const struct rule rows[] = {
	/* gnutls_priority(3): the system's configuration; Fedora's is part of its crypto policies.
	 */
	{ .needs = "libgnutls", .ask = { ASK_PATH, "/etc/gnutls/config" } },
	{ .needs = "libgnutls",
		.ask = { ASK_PATH, "/etc/crypto-policies/back-ends/gnutls.config" } },
	{ .needs = "libnss3", .ask = { ASK_PATH, "/etc/crypto-policies/back-ends/nss.config" } },
	/* lib/softoken/legacydb, lib/freebl/loader.c, lib/util/secload.c: NSS opens its own parts.
	 */
	{ .needs = "libnss3", .ask = { ASK_LIBRARY, "libsoftokn3.so" } },
	{ .needs = "libnss3", .ask = { ASK_LIBRARY, "libfreeblpriv3.so" } },
	{ .needs = "libnss3", .ask = { ASK_LIBRARY, "libfreebl3.so" } },
	{ .needs = "libssl3", .ask = { ASK_LIBRARY, "libnssckbi.so" } },
	/* p11-kit's trust module: the folders of Fedora and Arch. Debian's reads the bundle. */
	{ .called = "p11-kit-trust.so", .ask = { ASK_TREE, "/etc/pki/ca-trust/source" } },
	{ .called = "p11-kit-trust.so", .ask = { ASK_TREE, "/usr/share/pki/ca-trust-source" } },
	{ .called = "p11-kit-trust.so", .ask = { ASK_TREE, "/etc/ca-certificates/trust-source" } },
	{ .called = "p11-kit-trust.so",
		.ask = { ASK_TREE, "/usr/share/ca-certificates/trust-source" } },
	{ 0 },
};

/* Files that hold all authorities, as Go's crypto/x509/root_linux.go lists them. */
static const char *const bundles[] = { "/etc/ssl/certs/ca-certificates.crt",
	"/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/pki/tls/cacert.pem",
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem", NULL };

static bool is_library(const struct subject *s, const char *words)
{
	const char *name = base_name(s->path), *end = strstr(name, ".so");
	size_t n = end ? (size_t)(end - name) : 0;
	struct str rest = str_from(words), word;
	while (n && next_word(&rest, &word))
		if (str_eq(word, (struct str){ name, n }))
			return true;
	return false;
}

/* What `openssl version -a` prints (crypto/info.c, crypto/cversion.c): OPENSSLDIR: "/usr/lib/ssl".
 */
static const char *said(struct rules *r, struct str text, const char *what)
{
	const char *key = arena_printf(rules_arena(r), "%s: \"", what);
	const char *at = memmem(text.p, text.n, key, strlen(key));
	if (!at)
		return NULL;
	struct str rest = str_skip(text, (size_t)(at - text.p) + strlen(key)), path;
	const char *end = memchr(rest.p, '"', rest.n);
	path = (struct str){ rest.p, end ? (size_t)(end - rest.p) : 0 };
	if (path.n < 2 || path.n > 1024 || *path.p != '/' || memchr(path.p, '\0', path.n))
		return NULL;
	return arena_dup_str(rules_arena(r), path);
}

/* config(5): ".include PATH" or ".include = PATH", a file or a folder of *.cnf and *.conf. */
static void ask_config(struct rules *r, struct state *st, const struct subject *s, const char *path)
{
	rules_ask(r, s, &(struct ask){ ASK_PATH, path }, "reads it");
	for (size_t i = 0; i < st->n_configs; i++)
		if (strcmp(st->configs[i], path) == 0)
			return;
	if (st->n_configs == CONFIGS_MAX)
		return;
	st->configs[st->n_configs++] = path;
	const char *text = rules_read(r, path, NULL);
	struct str rest = str_from(text ? text : ""), line, word;
	while (next_line(&rest, &line)) {
		if (!next_word(&line, &word) || !str_eq(word, STR(".include")))
			continue;
		if (next_word(&line, &word) && str_eq(word, STR("=")))
			next_word(&line, &word);
		if (word.n == 0 || *word.p != '/')
			continue;
		const char *more = arena_dup_str(rules_arena(r), word);
		const char *const *name = rules_list(r, more);
		if (!*name)
			ask_config(r, st, s, more);
		for (size_t i = 0; i < CONFIGS_MAX && name[i]; i++)
			if (str_ends(str_from(name[i]), STR(".cnf")) ||
				str_ends(str_from(name[i]), STR(".conf")))
				ask_config(r, st, s,
					arena_printf(rules_arena(r), "%s/%s", more, name[i]));
	}
}

/* FIPS needs a file that its installation makes (fips_config(5)). */
static const char *const no_fips[] = { "*/fips.so", NULL };

static void look_at_libcrypto(struct rules *r, struct state *st, const struct subject *s)
{
	struct str text = rules_rodata(r, s);
	const char *dir = said(r, text, "OPENSSLDIR"), *modules = said(r, text, "MODULESDIR");
	if (!dir)
		return;
	if (!st->openssldir)
		st->openssldir = dir;
	ask_config(r, st, s, arena_printf(rules_arena(r), "%s/openssl.cnf", dir));
	if (modules)
		rules_ask(r, s,
			&(struct ask){ ASK_TREE, modules, .skip = no_fips, .no_scripts = true },
			"opens what is in there");
	const char *engines = said(r, text, "ENGINESDIR");
	if (engines && rules_named(r))
		rules_ask(r, s, &(struct ask){ ASK_TREE, engines, .no_scripts = true },
			"opens what is in there");
}

/* configure --with-default-trust-store-file or -pkcs11: Debian's is a file, Fedora's and Arch's is
 * p11-kit's module. */
static bool names_bundle(struct str text)
{
	for (const char *const *path = bundles; text.n && *path; path++)
		if (memmem(text.p, text.n, *path, strlen(*path) + 1))
			return true;
	return false;
}

static const char *bundle_names(struct arena *a)
{
	const char *words = "";
	for (const char *const *path = bundles; *path; path++)
		words = arena_printf(a, "%s %s", words, *path);
	return words;
}

static int look(struct rules *r, void *state, const struct subject *s, struct mkr_error *err)
{
	struct state *st = state;
	struct arena *a = rules_arena(r);
	(void)err;
	if (!s->elf)
		return 0;
	if (is_library(s, "libcrypto"))
		look_at_libcrypto(r, st, s);
	else if (subject_is_static(s))
		look_at_libcrypto(r, st, s);
	/* Go's crypto/x509 and Rust's openssl-probe and rustls-native-certs. */
	const char *bundle = s->wanted ? subject_embeds(r, s, bundle_names(a)) : NULL;
	if (bundle && !st->trusts)
		st->trusts = arena_printf(a, "%s names %s", s->path, bundle);
	if (is_library(s, "libp11-kit") && !st->p11) {
		struct subject *copy = arena_new_of(a, struct subject);
		*copy = *s;
		copy->path = arena_dup(a, s->path);
		st->p11 = copy;
	}
	if (is_library(s, "libgnutls"))
		st->gnutls_has_file = names_bundle(rules_rodata(r, s));
	else if (!is_library(s, "libp11-kit p11-kit-trust") && subject_imports(s, "p11_kit_*"))
		st->p11_user = arena_printf(a, "%s calls p11-kit", s->path);
	const char *need = subject_needs(s, a, "libssl");
	if (need && !st->libssl)
		st->libssl = arena_printf(a, "%s needs %s", s->path, need);
	need = subject_needs(
		s, a, "libgnutls libmbedtls libwolfssl libtls libssl3 libbotan-* libs2n");
	if (need && !st->trusts)
		st->trusts = arena_printf(a, "%s needs %s", s->path, need);
	return 0;
}

static void ask_bundles(struct rules *r, struct state *st, const char *why)
{
	if (st->asked_bundle)
		return;
	st->asked_bundle = true;
	for (const char *const *path = bundles; *path; path++)
		if (rules_has(r, *path))
			rules_ask(r, NULL, &(struct ask){ ASK_PATH, *path }, why);
}

/* X509_get_default_cert_file(3) and ..._dir: one file with all, else a folder with a link for each
 * hash. Both only when asked for: the folder is 150 files with the same in them. */
static void ask_certs(struct rules *r, struct state *st)
{
	struct arena *a = rules_arena(r);
	const char *why = st->libssl ? st->libssl : "asked for by --with";
	const char *file = arena_printf(a, "%s/cert.pem", st->openssldir);
	const char *dir = arena_printf(a, "%s/certs", st->openssldir);
	st->asked_certs = true;
	ask_bundles(r, st, why);
	if (rules_has(r, file))
		rules_ask(r, NULL, &(struct ask){ ASK_PATH, file }, why);
	bool folder = rules_named(r) || !rules_has(r, file);
	if (rules_has(r, dir))
		rules_ask(r, NULL,
			&(struct ask){ folder ? ASK_TREE : ASK_PATH, dir, .no_scripts = true },
			why);
}

/* pkcs11.conf(5): "module: p11-kit-trust.so", looked up in pkcs11/ beside the library. Others than
 * the trusted authorities are smart cards, key rings: for who lists modules. */
static void ask_modules(struct rules *r, struct state *st)
{
	static const char *const confs[] = { "/usr/share/p11-kit/modules", "/etc/pkcs11/modules",
		"/usr/lib/p11-kit/modules" };
	struct arena *a = rules_arena(r);
	const struct subject *s = st->p11;
	st->asked_modules = true;
	rules_ask(r, s, &(struct ask){ ASK_PATH, "/etc/pkcs11/pkcs11.conf" }, "reads it");
	for (size_t i = 0; i < sizeof(confs) / sizeof(*confs); i++)
		for (const char *const *name = rules_list(r, confs[i]); *name; name++) {
			bool trust = strcmp(*name, "p11-kit-trust.module") == 0;
			const char *conf = arena_printf(a, "%s/%s", confs[i], *name);
			const char *text = rules_read(r, conf, NULL);
			struct str rest = str_from(text ? text : ""), line;
			if (!trust && !st->p11_user && !rules_named(r))
				continue;
			rules_ask(r, s, &(struct ask){ ASK_PATH, conf }, "reads it");
			while (next_line(&rest, &line)) {
				struct str key;
				if (!str_split(&line, ":", &key) ||
					!str_eq(str_trim(key), STR("module")) || !line.p)
					continue;
				const char *module = arena_dup_str(a, str_trim(line));
				if (!strchr(module, '/'))
					module = arena_printf(a, "%s/pkcs11/%s",
						arena_dup_str(a, str_dir(str_from(s->path))),
						module);
				rules_ask(r, s, &(struct ask){ ASK_LIBRARY, module },
					arena_printf(a, "opens it (%s)", conf));
			}
		}
}

static int settle(struct rules *r, void *state, struct mkr_error *err)
{
	struct state *st = state;
	(void)err;
	if (st->trusts || rules_named(r))
		ask_bundles(r, st, st->trusts ? st->trusts : "asked for by --with");
	if (st->openssldir && (st->libssl || rules_named(r)) && !st->asked_certs)
		ask_certs(r, st);
	bool modules = st->p11_user || rules_named(r) || !st->gnutls_has_file;
	if (st->p11 && modules && !st->asked_modules)
		ask_modules(r, st);
	return 0;
}

const struct rule_set rule_tls = {
	.name = "tls",
	.help = "openssl.cnf, providers, certificate authorities for TLS libraries",
	.rows = rows,
	.state_size = sizeof(struct state),
	.look = look,
	.settle = settle,
};
