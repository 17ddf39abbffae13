#include "test.h"

#include "plan/internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* One line for each entry: "PATH/" a folder, "PATH=TEXT" a file, "PATH>TARGET" a link, "PATH&FIRST"
 * a further name of a file; all with the time 1. "PATH!..." has the time 2, "PATH@" is MKR_WHY_MADE
 * as well. Sorted. */
static struct mkr_plan *plan_of(const char *const *rows)
{
	struct mkr_plan *p = plan_new();
	size_t n = 0;
	while (rows[n])
		n++;
	p->entries = arena_array(p->arena, struct mkr_entry, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct str rest = str_from(rows[i]), path, flags = { 0 };
		size_t length = strcspn(rows[i], "=>&");
		const char kind = rows[i][length];
		const char *text = kind ? arena_dup(p->arena, rows[i] + length + 1) : "";
		rest.n = length;
		str_split(&rest, "!@", &path);
		flags = (struct str){ rows[i] + path.n, length - path.n };
		bool folder = !kind && path.n && path.p[path.n - 1] == '/';
		path.n -= folder;
		p->entries[i] = (struct mkr_entry){ .path = arena_dup_str(p->arena, path),
			.mode = folder        ? S_IFDIR | 0755
				: kind == '>' ? S_IFLNK | 0777
					      : S_IFREG | 0644,
			.target = kind == '>' || kind == '&' ? text : NULL,
			.data = kind == '=' ? text : NULL,
			.size = kind == '=' ? strlen(text) : 0,
			.because = "asked for",
			.why = flags.n && memchr(flags.p, '@', flags.n) ? MKR_WHY_MADE
									: MKR_WHY_INCLUDE,
			.mtime = flags.n && memchr(flags.p, '!', flags.n) ? 2 : 1 };
	}
	p->n = n;
	return p;
}

static void is(const struct mkr_plan *p, const char *text)
{
	static char out[4096];
	size_t n;
	const struct mkr_entry *e = mkr_plan_entries(p, &n);
	out[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		size_t used = strlen(out);
		char *to = out + used;
		size_t room = sizeof(out) - used;
		if (S_ISDIR(e[i].mode))
			snprintf(to, room, "%s/ ", e[i].path);
		else if (S_ISLNK(e[i].mode))
			snprintf(to, room, "%s>%s ", e[i].path, e[i].target);
		else if (e[i].target)
			snprintf(to, room, "%s&%s ", e[i].path, e[i].target);
		else
			snprintf(to, room, "%s=%.*s ", e[i].path, (int)e[i].size,
				(const char *)e[i].data);
	}
	assert_string_equal(out, text);
}

#define ROWS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static const struct {
	const char *const *base, *const *top;
	const char *whole, *added;
} laid[] = {
	/* what is there already is not added; folders come along where something is in them */
	{ ROWS("a/", "a/x=1", "b/", "b/y=2"), ROWS("a/", "a/x=1", "b/", "b/z=3", "c/"),
		"a/ a/x=1 b/ b/y=2 b/z=3 c/ ", "b/ b/z=3 c/ " },
	/* another content, another time; but a time of what is made means nothing */
	{ ROWS("m=1", "x=1", "y=1"), ROWS("m!@=1", "x=2", "y!=1"), "m=1 x=2 y=1 ", "x=2 y=1 " },
	/* the base's links to folders are followed, from the top too */
	{ ROWS("lib>usr/lib", "lib64>/lib", "usr/", "usr/lib/", "usr/lib/a=1"),
		ROWS("lib/", "lib/b=2", "lib64/", "lib64/c=3", "lib64/d/", "lib64/d/e=5"),
		"lib>usr/lib lib64>/lib usr/ usr/lib/ usr/lib/a=1 usr/lib/b=2 usr/lib/c=3 "
		"usr/lib/d/ usr/lib/d/e=5 ",
		"usr/ usr/lib/ usr/lib/b=2 usr/lib/c=3 usr/lib/d/ usr/lib/d/e=5 " },
	/* two names that the base makes one are one when they are the same */
	{ ROWS("lib>usr/lib", "usr/", "usr/lib/"),
		ROWS("lib/", "lib/a=1", "usr/", "usr/lib/", "usr/lib/a=1"),
		"lib>usr/lib usr/ usr/lib/ usr/lib/a=1 ", "usr/ usr/lib/ usr/lib/a=1 " },
	/* a link takes the place of a link */
	{ ROWS("l>a", "m>b"), ROWS("l>c", "m!>b"), "l>c m>b ", "l>c " },
	/* the first name of a file of the base is replaced: the second one has the bytes now */
	{ ROWS("a=1", "b&a", "c&a"), ROWS("a=2"), "a=2 b=1 c&b ", "a=2 " },
	/* names of one file are added together, or not at all */
	{ ROWS("a=1"), ROWS("a=1", "b&a"), "a=1 b&a ", "a=1 b&a " },
	{ ROWS("a=1", "b&a"), ROWS("a=1", "b&a"), "a=1 b&a ", "" },
	{ ROWS("a=1", "b=1"), ROWS("a=1", "b&a"), "a=1 b&a ", "a=1 b&a " },
	/* what is a link to an earlier name may come before it now */
	{ ROWS("a/", "z>a"), ROWS("m/", "m/f=1", "z/", "z/g&m/f"), "a/ a/g=1 m/ m/f&a/g z>a ",
		"a/ a/g=1 m/ m/f&a/g " },
	/* what every root has need not be a link */
	{ ROWS("bin/", "bin/a=1"), ROWS("bin>usr/bin", "usr/", "usr/bin/", "usr/bin/b=1"),
		"bin/ bin/a=1 usr/ usr/bin/ usr/bin/b=1 ", "usr/ usr/bin/ usr/bin/b=1 " },
	/* nothing on top */
	{ ROWS("a=1"), ROWS(NULL), "a=1 ", "" },
};

static void what_is_added_is_what_the_base_has_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(laid) / sizeof(*laid); i++) {
		struct mkr_plan *base = plan_of(laid[i].base), *top = plan_of(laid[i].top);
		struct mkr_laid out;
		struct mkr_error err;
		if (mkr_plan_lay(&out, base, top, "img", &err) < 0)
			fail_msg("%zu: %s", i, err.text);
		is(out.whole, laid[i].whole);
		is(out.added, laid[i].added);
		mkr_plan_free(out.whole);
		mkr_plan_free(out.added);
		mkr_plan_free(base);
		mkr_plan_free(top);
	}
}

static const struct {
	const char *const *base, *const *top;
	const char *text;
} conflicts[] = {
	{ ROWS("a/"), ROWS("a=1"), "'a' in 'img' is a folder, but a file is to be there" },
	{ ROWS("a=1"), ROWS("a/", "a/b=1"), "'a' in 'img' is a file, but a folder is to be there" },
	{ ROWS("a>b"), ROWS("a=1"),
		"'a' in 'img' is a symbolic link to b, but a file is to be there" },
	{ ROWS("a>nowhere"), ROWS("a/"),
		"'a' in 'img' is a symbolic link to nowhere, but a folder is to be there" },
	{ ROWS("a>a"), ROWS("a/", "a/b=1"),
		"'a' in 'img' is a symbolic link to a, but a folder is to be there" },
	{ ROWS("l>u", "u/"), ROWS("l/", "l/a=1", "u/", "u/a=2"),
		"two things are to be 'u/a' in 'img': a file (asked for), and a file (asked for)" },
};

static void what_is_in_the_way_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(conflicts) / sizeof(*conflicts); i++) {
		struct mkr_plan *base = plan_of(conflicts[i].base);
		struct mkr_plan *top = plan_of(conflicts[i].top);
		struct mkr_laid out;
		struct mkr_error err;
		assert_int_equal(mkr_plan_lay(&out, base, top, "img", &err), -EEXIST);
		if (strncmp(err.text, conflicts[i].text, strlen(conflicts[i].text)) != 0)
			fail_msg("%zu: %s", i, err.text);
		mkr_plan_free(base);
		mkr_plan_free(top);
	}
}

static const struct {
	const char *const *base, *const *now;
	const char *const *made;
	const char *changes;
} changed[] = {
	{ ROWS("a=1", "b/", "b/c=2", "l>a"), ROWS("a=1", "b/", "b/c=2", "l>a"), NULL, "" },
	{ ROWS("a=1", "b/", "b/c=2"), ROWS("a=2", "b/", "b/c!=2"), NULL, "a=2 b/ b/c=2 " },
	/* gone: the topmost name says it */
	{ ROWS("b/", "b/c/", "b/c/d=1", "b/e=1"), ROWS("b/"), NULL, "b/ b/.wh.c= b/.wh.e= " },
	{ ROWS("b/", "b/c=1"), ROWS(NULL), NULL, ".wh.b= " },
	/* a file in the place of a folder replaces it with all that was in it; and so the other way
	 */
	{ ROWS("b/", "b/c=1"), ROWS("b=1"), NULL, "b=1 " },
	{ ROWS("b=1"), ROWS("b/", "b/c=1"), NULL, "b/ b/c=1 " },
	{ ROWS("b/", "b/c=1"), ROWS("b>x"), NULL, "b>x " },
	/* names of one file */
	{ ROWS("a=1", "b&a"), ROWS("a=1", "b=1"), NULL, "a=1 b=1 " },
	{ ROWS("a=1", "b=1"), ROWS("a=1", "b&a"), NULL, "a=1 b&a " },
	{ ROWS("a=1", "b&a", "c&a"), ROWS("b=1", "c&b"), NULL, ".wh.a= " },
	{ ROWS("a=1", "b&a"), ROWS("a=2", "b&a"), NULL, "a=2 b&a " },
	{ ROWS("a=1"), ROWS("a=1", "b&a"), NULL, "a=1 b&a " },
	/* the launcher's mount points, and what it made above them */
	{ ROWS("etc/"), ROWS("dev/", "etc/", "etc/q/", "etc/q/r=", "proc/"),
		ROWS("dev", "etc/q/r", "proc"), "" },
	{ ROWS("run/", "var/", "var/run>/run"), ROWS("run/", "run/m/", "var/", "var/run>/run"),
		ROWS("var/run/m"), "" },
	{ ROWS("etc/"), ROWS("etc/", "etc/q/", "etc/q/r=", "etc/q/s=1"), ROWS("etc/q/r"),
		"etc/ etc/q/ etc/q/s=1 " },
	{ ROWS("proc>usr"), ROWS("proc/"), ROWS("proc"), "" },
	{ ROWS("a=1"), ROWS("a=1", "mine/"), ROWS("mine2"), "mine/ " },
};

static void a_layer_says_what_has_changed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(changed) / sizeof(*changed); i++) {
		struct mkr_plan *base = plan_of(changed[i].base), *now = plan_of(changed[i].now);
		const struct mkr_change how = { .made = changed[i].made };
		struct mkr_plan *out;
		struct mkr_error err;
		if (mkr_plan_changes(&out, base, now, &how, &err) < 0)
			fail_msg("%zu: %s", i, err.text);
		is(out, changed[i].changes);
		mkr_plan_free(out);
		mkr_plan_free(base);
		mkr_plan_free(now);
	}
}

static void owners_that_cannot_be_told_are_those_of_the_base(void **state)
{
	(void)state;
	struct mkr_plan *base = plan_of(ROWS("a=1", "b=1")),
			*now = plan_of(ROWS("a=1", "b=2", "c=3"));
	for (size_t i = 0; i < 2; i++)
		base->entries[i].uid = base->entries[i].gid = 7;
	now->entries[2].uid = 1000;
	const struct mkr_change how = { .one_owner = true };
	struct mkr_plan *out;
	assert_int_equal(mkr_plan_changes(&out, base, now, &how, NULL), 0);
	is(out, "b=2 c=3 ");
	assert_int_equal(out->entries[0].uid, 7);
	assert_int_equal(out->entries[0].gid, 7);
	assert_int_equal(out->entries[1].uid, 0);
	mkr_plan_free(out);
	const struct mkr_change exact = { 0 };
	assert_int_equal(mkr_plan_changes(&out, base, now, &exact, NULL), 0);
	is(out, "a=1 b=2 c=3 ");
	mkr_plan_free(out);
	mkr_plan_free(base);
	mkr_plan_free(now);
}

/* tmpfs took user.* only from Linux 6.6 on. */
static void attributes_that_no_file_could_keep_are_not_lost(void **state)
{
	(void)state;
	const struct mkr_xattr x = { "user.x", "1", 1 };
	struct mkr_plan *base = plan_of(ROWS("a=1", "b=1")), *now = plan_of(ROWS("a=1", "b!=1"));
	for (size_t i = 0; i < 2; i++) {
		base->entries[i].xattrs = &x;
		base->entries[i].n_xattrs = 1;
	}
	const struct mkr_change how = { 0 };
	struct mkr_plan *out;
	assert_int_equal(mkr_plan_changes(&out, base, now, &how, NULL), 0);
	is(out, "b=1 ");
	assert_int_equal(out->entries[0].n_xattrs, 1);
	assert_string_equal(out->entries[0].xattrs[0].name, "user.x");
	mkr_plan_free(out);
	/* Where another file has one, they could. */
	now->entries[1].xattrs = &x;
	now->entries[1].n_xattrs = 1;
	assert_int_equal(mkr_plan_changes(&out, base, now, &how, NULL), 0);
	is(out, "a=1 b=1 ");
	assert_int_equal(out->entries[0].n_xattrs, 0);
	mkr_plan_free(out);
	mkr_plan_free(base);
	mkr_plan_free(now);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_added_is_what_the_base_has_not),
		cmocka_unit_test(what_is_in_the_way_is_named),
		cmocka_unit_test(a_layer_says_what_has_changed),
		cmocka_unit_test(owners_that_cannot_be_told_are_those_of_the_base),
		cmocka_unit_test(attributes_that_no_file_could_keep_are_not_lost),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
