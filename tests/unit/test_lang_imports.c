#include "test.h"

#include "rules/lang_imports.h"

#include <string.h>

static struct arena *arena;

static const char *result(struct imports *i)
{
	const char *out = "";
	for (size_t k = 0; k < i->modules.n; k++)
		out = arena_printf(arena, "%s%s%s", out, k ? " " : "", i->modules.at[k]);
	for (size_t k = 0; k < i->folders.n; k++)
		out = arena_printf(arena, "%s %s", out, i->folders.at[k]);
	imports_free(i);
	return out;
}

static const char *python(const char *text, bool all)
{
	struct imports i = { 0 };
	python_imports(arena, str_from(text), all, &i);
	return result(&i);
}

static const char *perl(const char *text)
{
	struct imports i = { 0 };
	perl_imports(arena, str_from(text), &i);
	return result(&i);
}

static void python_names_the_first_part(void **state)
{
	(void)state;
	assert_string_equal(python("import os, sys as s, xml.dom as d\nfrom a.b import c\n", true),
		"os sys xml a");
	assert_string_equal(python("import os;import re\nimport\tjson", true), "os re json");
	assert_string_equal(
		python("try:\n    import x\nexcept E:\n\tfrom y import z", true), "x y");
	assert_string_equal(python("try:\n    import x\nimport b", false), "b");
	assert_string_equal(python("from . import a\nfrom .b import c\nimportant()\n# import "
				   "d\nfromage = 1\nimport",
				    true),
		"");
	assert_string_equal(python("sys.path.insert(0, '/usr/share/x'); y", true), " /usr/share/x");
	assert_string_equal(python("sys.path.append(\"lib\" 'no end", true), "");
}

static void perl_names_what_it_loads(void **state)
{
	(void)state;
	assert_string_equal(perl("use strict;\nuse Pod::Text 4.0 qw(x);\nno warnings;\n"
				 "  require IO::File;\nuse 5.010;\nuser();\n"),
		"strict Pod::Text warnings IO::File");
	assert_string_equal(
		perl("eval { require A::B; 1 };\nif (x) { require C } # use D\n"), "A::B C");
	assert_string_equal(perl("use parent qw(A B::C);\nuse base 'D';"), "parent A B::C base D");
	assert_string_equal(perl("use lib '/opt/x';"), "lib /opt/x");
	assert_string_equal(
		perl("my $x = A::B->new; f('C::D', \"E::F\", 'g', $H::I->j, K::L::m())"),
		"A::B C::D E::F");
	assert_string_equal(
		perl("use A;\n=head1 X\n\nuse B;\n\n=cut\n\nuse C;\n__END__\nuse D;\n"), "A C");
	assert_string_equal(perl("binmode STDIN, ':encoding(UTF-8)';"), "PerlIO::encoding");
}

static void a_table_of_modules_is_not_loaded(void **state)
{
	(void)state;
	const char *text = "use A;\n";
	for (int i = 0; i < 30; i++)
		text = arena_printf(arena, "%s'T%d::X' => 1,\n", text, i);
	assert_string_equal(perl(text), "A");
}

static int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static const char *families(const char *text)
{
	struct imports i = { 0 };
	const char *all = "";
	perl_imports(arena, str_from(text), &i);
	for (size_t k = 0; k < i.families.n; k++)
		all = arena_printf(arena, "%s%s ", all, i.families.at[k]);
	imports_free(&i);
	return all;
}

static void perl_chooses_modules_below_a_name(void **state)
{
	(void)state;
	assert_string_equal(
		families("require \"A/B/$x.pm\";\neval \"require C::D::$y\";"), "A::B C::D ");
	assert_string_equal(families("require A::B; require \"A/$x.pm\"; require $x; require"), "");
}

static void perl_looks_where_inc_says(void **state)
{
	(void)state;
	assert_string_equal(
		perl("my $d = $ENV{x} || '/usr/share/x';\nunshift @INC, $d;"), " /usr/share/x");
	assert_string_equal(perl("unshift (@INC, '/opt/y');"), " /opt/y");
	assert_string_equal(perl("my $d = '/usr/share/x';"), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(python_names_the_first_part),
		cmocka_unit_test(perl_names_what_it_loads),
		cmocka_unit_test(perl_chooses_modules_below_a_name),
		cmocka_unit_test(perl_looks_where_inc_says),
		cmocka_unit_test(a_table_of_modules_is_not_loaded),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
