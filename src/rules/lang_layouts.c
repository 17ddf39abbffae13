/* Where languages keep their files. From the projects' own build systems, and the lists of files of
 * Debian's, Fedora's, Alpine's and Arch's packages. */
#include "rules/lang.h"

/* Tests, editors, installers, what compiles against it, .pyc of python -O; windows, NIS and
 * Berkeley DB, for the libraries behind them. */
static const char *const python_skip[] = { "test", "tests", "idlelib", "ensurepip", "turtledemo",
	"lib2to3", "config-*", "*.opt-[12].pyc", "*.a", "site-packages", "dist-packages",
	"_tkinter.*", "turtle.*", "tkinter", "_test*.so", "_xx*.so", "xx*.so", "_ctypes_test*.so",
	"nis.*.so", "_dbm.*.so", "EXTERNALLY-MANAGED", NULL };
static const char *const perl_skip[] = { "CORE", "*.pod", "*.h", "*.a", "*.ld", "CPAN", "ExtUtils",
	"*.bs", ".packlist", NULL };
static const char *const ruby_skip[] = { "*.a", "*.h", "*.o", "ri", "doc", "cache", "spec", "test",
	"rdoc", "rbs-*", "typeprof-*", "debug-*", NULL };
static const char *const tcl_skip[] = { "demos", "*.a", "*.sh", NULL };
static const char *const java_skip[] = { "src.zip", "ct.sym", "*.diz", "*.debuginfo", "jmods",
	"classes_nocoops.jsa", "*.a", NULL };
static const char *const build_skip[] = { "*.a", "*.la", "*.h", "*.o", "man", "doc", "examples",
	"demo", "test", "tests", "src", "include", NULL };
static const char *const no_skip[] = { "*.a", "*.la", NULL };

/* python_base: .pyc of the standard library are found by mtime, which copies keep.
 * /etc/mime.types: Lib/mimetypes.py, knownfiles. */
#define PYTHON_FILES "/etc/python%v /etc/mime.types"

const struct layout layouts[] = {
	/* Modules/getpath.py: lib/pythonX.Y/os.py is the landmark, looked for above the program. */
	{ "python2* python3*", "libpython2* libpython3*",
		"lib/python%v/os.py lib64/python%v/os.py lib/python%v/os.pyc",
		"lib/python%v lib64/python%v " PYTHON_FILES, NULL,
		"/usr/local/lib/python%v/dist-packages lib/python%v/site-packages "
		"lib64/python%v/site-packages lib/python3/dist-packages",
		python_skip, python_modules, false },
	{ "pypy*", "libpypy*", "lib/pypy%v/os.py", "lib/pypy%v", NULL,
		"lib/pypy%v/site-packages /usr/local/lib/pypy%v/dist-packages "
		"lib/pypy3/dist-packages",
		python_skip, python_modules, false },
	/* Debian (debian/config.debian): perl-base alone must do for Essential packages. */
	{ "perl perl5*", "libperl.so*", "share/perl/%v/strict.pm %L/perl-base/strict.pm",
		"%L/perl-base", "%L/perl/%v share/perl/%v",
		"/etc/perl /usr/local/lib/*/perl/%v /usr/local/share/perl/%v %L/perl5/%v "
		"share/perl5",
		perl_skip, perl_modules, true },
	/* Fedora (perl.spec: privlib, archlib); core and vendor's are one. */
	{ "perl perl5*", "libperl.so*", "share/perl5/strict.pm", NULL, "lib64/perl5 share/perl5",
		"local/lib64/perl5/%v local/share/perl5/%v", perl_skip, perl_modules, true },
	/* Alpine, Arch: */
	{ "perl perl5*", "libperl.so*",
		"share/perl5/core_perl/strict.pm lib/perl5/core_perl/strict.pm "
		"lib/perl5/%v/core_perl/strict.pm",
		NULL,
		"lib/perl5/core_perl share/perl5/core_perl lib/perl5/%v/core_perl "
		"lib/perl5/*/core_perl",
		"share/perl5/vendor_perl lib/perl5/vendor_perl lib/perl5/*/vendor_perl "
		"share/perl5/site_perl lib/perl5/*/site_perl",
		perl_skip, perl_modules, true },
	/* perl's own Configure: privlib is lib/perl5/VERSION or lib/VERSION. */
	{ "perl perl5*", "libperl.so*", "lib/perl5/%v/strict.pm lib/%v/strict.pm", NULL,
		"lib/perl5/%v lib/%v/*", "lib/perl5/site_perl/%v lib/site_perl/%v", perl_skip,
		perl_modules, true },
	{ "ruby ruby2* ruby3*", "libruby*", "lib/ruby/%v*/set.rb lib/ruby/*/set.rb", NULL,
		"lib/ruby/%v* lib/ruby/vendor_ruby %L/ruby/%v* %L/ruby/vendor_ruby",
		"share/rubygems-integration lib/ruby/gems /var/lib/gems share/ruby", ruby_skip,
		NULL, false },
	{ "ruby ruby2* ruby3*", "libruby*", "share/ruby/set.rb", NULL,
		"share/ruby lib64/ruby lib/ruby share/rubygems", "share/gems lib64/gems lib/gems",
		ruby_skip, NULL, false },
	/* library/init.tcl; msgcat, http and so on are tcl8's modules. */
	{ "tclsh*", "libtcl8* libtcl9*",
		"share/tcltk/tcl%v/init.tcl lib/tcl%v/init.tcl share/tcl%v/init.tcl", NULL,
		"share/tcltk/tcl%v lib/tcl%v share/tcl%v share/tcltk/tcl8 lib/tcl8 share/tcl8",
		"lib/tcltk share/tcltk", tcl_skip, NULL, false },
	{ "wish*", "libtk8* libtk9*", "share/tcltk/tk%v/tk.tcl lib/tk%v/tk.tcl share/tk%v/tk.tcl",
		NULL, "share/tcltk/tk%v lib/tk%v share/tk%v", NULL, tcl_skip, NULL, false },
	{ NULL, "libexpect*",
		"lib/tcltk/*/expect*/pkgIndex.tcl lib/expect*/pkgIndex.tcl "
		"lib/tcl*/expect*/pkgIndex.tcl lib64/tcl*/expect*/pkgIndex.tcl",
		NULL, "lib/tcltk/*/expect* lib/expect* lib/tcl*/expect* lib64/tcl*/expect*", NULL,
		no_skip, NULL, false },
	/* php's extensions are named in conf.d; Debian has one folder for each way to run it. */
	{ "php* php-fpm* php-cgi*", "libphp*", "/etc/php/%v /etc/php%v", NULL,
		"/etc/php/%v /etc/php%v lib/php/20[0-9]* lib/php%v/modules",
		"share/php share/php%v", build_skip, NULL, false },
	{ "php php-fpm php-cgi", "libphp*", "/etc/php.ini /etc/php/php.ini /etc/php.d", NULL,
		"/etc/php.ini /etc/php.d /etc/php-fpm.conf /etc/php-fpm.d /etc/php/php.ini "
		"/etc/php/conf.d lib64/php/modules lib/php/modules",
		"share/php", build_skip, NULL, false },
	/* luaconf.h: LUA_LDIR, LUA_CDIR. LuaJIT (src/luaconf.h) reads those of 5.1. */
	{ "lua lua5*", NULL, "share/lua lib/lua lib64/lua %L/lua", NULL, NULL,
		"share/lua/%v lib/lua/%v lib64/lua/%v %L/lua/%v /usr/local/share/lua/%v "
		"/usr/local/lib/lua/%v",
		build_skip, NULL, false },
	{ "luajit*", NULL, "share/luajit-* share/lua/5.1", NULL, "share/luajit-*",
		"share/lua/5.1 lib/lua/5.1 lib64/lua/5.1 %L/lua/5.1", build_skip, NULL, false },
	/* .go are used when they are not older than their .scm. */
	{ "guile", "libguile-*", "share/guile/%v/ice-9/boot-9.scm share/guile/*/ice-9/boot-9.scm",
		NULL,
		"share/guile/%v %L/guile/%v/ccache lib/guile/%v/ccache lib64/guile/%v/ccache "
		"%L/guile/%v/extensions lib/guile/%v/extensions lib64/guile/%v/extensions",
		"share/guile/site/%v %L/guile/%v/site-ccache lib/guile/%v/site-ccache "
		"lib64/guile/%v/site-ccache",
		no_skip, NULL, false },
	/* java.home is the folder above the launcher's, links followed (java_md.c,
	 * GetApplicationHome); all of them need libjli. Debian's conf is links to /etc. */
	{ NULL, "libjli.so", "lib/modules lib/rt.jar", NULL, "lib conf release", NULL, java_skip,
		NULL, false },
	{ "gawk* awk", "", "%L/gawk lib/gawk lib64/gawk share/awk", NULL,
		"%L/gawk lib/gawk lib64/gawk share/awk", NULL, no_skip, NULL, false },
	{ "sbcl", NULL, "lib/sbcl/sbcl.core", NULL, "lib/sbcl", NULL, build_skip, NULL, false },
	{ "swipl*", "libswipl.so*",
		"lib/swi-prolog/boot.prc lib64/swipl/boot.prc lib/swipl/boot.prc", NULL,
		"lib/swi-prolog lib64/swipl lib/swipl", NULL, build_skip, NULL, false },
	/* The toplevel reads interfaces. */
	{ "ocaml ocamlrun", NULL, "lib/ocaml/stdlib.cma lib64/ocaml/stdlib.cma", NULL,
		"lib/ocaml/*.cm[ia] lib/ocaml/stublibs lib/ocaml/ld.conf lib64/ocaml/*.cm[ia] "
		"lib64/ocaml/stublibs lib64/ocaml/ld.conf",
		NULL, build_skip, NULL, false },
	{ "erlexec beam.smp", NULL, "bin/start.boot", NULL, "bin lib releases erts-*", NULL,
		build_skip, NULL, false },
	{ "R Rscript", "libR.so", "lib/R/library/base lib64/R/library/base", NULL,
		"lib/R/bin lib/R/etc lib/R/lib lib/R/library lib/R/modules lib64/R /etc/R "
		"share/R/share",
		"lib/R/site-library /usr/local/lib/R/site-library", build_skip, NULL, false },
	{ "node nodejs", NULL,
		"share/nodejs/undici share/nodejs/acorn share/nodejs/cjs-module-lexer", NULL,
		/* What Debian builds without its own copies: debian/rules, --shared-builtin-*. */
		"share/nodejs/acorn share/nodejs/acorn-walk share/nodejs/cjs-module-lexer "
		"share/nodejs/undici share/nodejs/busboy share/nodejs/streamsearch",
		NULL, build_skip, NULL, false },
	{ 0 },
};
