/* What programs need at run time and no DT_NEEDED tells, as data.
 *
 * A rule set is one file, src/rules/rule_NAME.c, and its name in CMake's MKROOT_RULES: NAME is what
 * --with calls it. Its rows say which objects ask for something (by what they import, need, or are
 * called) and what that is; what no row can say, its functions do. Each row cites where the fact
 * comes from. Rules look at a root and ask; they add nothing themselves. */
#ifndef RULES_RULE_H
#define RULES_RULE_H

#include "base/arena.h"
#include "base/str.h"
#include "package/package.h"

#include <mkroot/elf.h>
#include <mkroot/root.h>
#include <mkroot/rules.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum subject_kind { SUBJECT_PROGRAM, SUBJECT_LIBRARY, SUBJECT_SCRIPT };

/* One thing that will be in the new root, and that may ask for more. */
struct subject {
	enum subject_kind kind;
	const char *path; /* without links, with a leading slash: "/usr/bin/mawk" */
	const char *asked; /* by which it was reached: "/usr/bin/awk" */
	const struct mkr_elf *elf; /* NULL for a script */
	const struct mkr_elf_detail *detail; /* imports and notes; NULL for a script */
	const char *libc; /* "glibc", "musl"; NULL: none, or a script */
	const char *lib_dir; /* the folder of its C library, as `path`; NULL: none, or a script */
	const char *interp; /* SCRIPT: the program that reads it, as `path` */
	const char *script; /* the script that brought it, to be read by it; NULL: no script */
	const char *set; /* the rule set that brought it; NULL: none */
	bool wanted; /* the user asked for it, or it is what reads a script that was asked for;
		      * what a rule brought has it false */
	const void *process; /* the closure's own: who opens what this asks for */
	size_t load;
};

enum ask_kind {
	ASK_PATH, /* what a path names, with the links on the way. An ELF file or a script brings
		   * what it needs; a folder comes alone */
	ASK_TREE, /* a folder with all that is below it, and what links in it lead to; a file is
		   * taken too */
	ASK_LIBRARY, /* opened by the subject's process, by soname or path, as dlopen(3) finds it */
	ASK_COMMAND, /* a program by its name, looked up as a shell does */
	ASK_FOLDER, /* a folder that has to be there, made when the old root has none: "run/sshd" */
	ASK_MADE, /* a regular file whose bytes are `data`: never the old root's */
};

struct ask {
	enum ask_kind kind;
	const char *what; /* path or name */
	bool required; /* the asker cannot do without: that it is not there is an error */
	bool no_scripts; /* TREE: scripts in there come without what reads them */
	const char *const *skip; /* TREE: globs of what stays out, as mkr_closure_opts.exclude;
				  * may be NULL */
	uint64_t weigh; /* PATH, TREE: a file is left out, with a warning, when libraries from
			 * elsewhere that nothing else brought come with it, and have more bytes
			 * than this, or than three times this with a program; 0: none
			 * is */
	bool hush; /* what is too heavy is no news */
	const void *data; /* MADE; borrowed until the closure is freed */
	size_t size;
	unsigned mode; /* MADE, FOLDER: permission bits; 0: 0644, 0755 */
	unsigned uid, gid; /* MADE, FOLDER: who owns it */
};

/* One row: any object of which a condition is true brings the ask. A row without condition holds
 * for --with NAME only. Lists are words with blanks between; a "*" at the end of a word stands for
 * any rest. */
struct rule {
	const char *imports; /* symbols */
	const char *needs; /* sonames up to ".so": "libssl" */
	const char *called; /* last parts of the object's path: "python3*" */
	const char *libc; /* a further condition: only under that libc; NULL: any */
	struct ask ask;
};

struct rules;

struct rule_set {
	const char *name;
	const char *help; /* one line */
	const struct rule *rows; /* ends with a row that asks for nothing; may be NULL */
	size_t state_size; /* bytes of the set's own for each closure, zeroed; 0: none */
	/* For each subject, once. May be NULL. */
	int (*look)(struct rules *r, void *state, const struct subject *s, struct mkr_error *err);
	/* When no subject is left: what depends on all of them. What it asks for may bring further
	 * subjects, then further calls. May be NULL. */
	int (*settle)(struct rules *r, void *state, struct mkr_error *err);
	/* Once, when settling brings nothing more: what is made of all that was found. May be NULL.
	 */
	int (*finish)(struct rules *r, void *state, struct mkr_error *err);
	void (*let_go)(void *state); /* of what is not the arena's; may be NULL */
	bool not_auto; /* only by name */
};

extern const struct rule_set *const rules[]; /* ends with NULL */

/* What a set's functions may use. */
const struct mkr_root *rules_root(const struct rules *r);
struct arena *rules_arena(struct rules *r);

/* Was the calling set named by the user, not only switched on by "auto"? What follows an "=" in
 * --with NAME=VALUE, or ""; several with blanks between. */
bool rules_named(const struct rules *r);
const char *rules_value(const struct rules *r);

/* The users that the new root shall know beside those that are found. */
const struct mkr_user *rules_users(const struct rules *r, size_t *n);

/* The root's packages, read when they are first asked for; never NULL. */
struct packages *rules_packages(struct rules *r);

/* True when the path is there, whatever it is; links are followed. */
bool rules_has(const struct rules *r, const char *path);

/* A whole small file, NUL-terminated, in the arena; *n, which may be NULL, is its size. NULL: it is
 * not there, no regular file, or over 1 MiB. */
const char *rules_read(struct rules *r, const char *path, size_t *n);

/* The names in a folder, sorted; ends with NULL, and is empty when there is none. */
const char *const *rules_list(struct rules *r, const char *folder);

/* The new root's passwd, or group, shall know the old root's user, or group, of that name. */
void rules_add_name(struct rules *r, const char *name);
const char *const *rules_added_names(const struct rules *r, size_t *n);

/* Files and folders below /etc, and *.conf and *.cnf of elsewhere, that were asked for. */
const char *const *rules_configs(const struct rules *r, size_t *n);

/* A file that tells about what a program runs as, and that does not come along itself. */
void rules_add_config(struct rules *r, const char *path);

/* Files that say who and where a machine is are made and never the old root's (passwd, shadow,
 * hosts ...). Was one of them asked for by its path? */
bool rules_asked_for_made(const struct rules *r, const char *path);

/* Asks once for a thing; `s` is who, NULL: nobody in particular. `why` in few words: "calls
 * getpwnam". Strings are copied. */
void rules_ask(struct rules *r, const struct subject *s, const struct ask *ask, const char *why);

/* Says something to the user, once. */
void rules_warn(struct rules *r, const char *text);

/* The first of the words (as in struct rule) that the object imports, or needs; NULL: none. */
const char *subject_imports(const struct subject *s, const char *words);
const char *subject_needs(const struct subject *s, struct arena *a, const char *words);

/* The next line that holds something; what follows a "#" is left out, as are blanks at both ends.
 */
bool next_line(struct str *rest, struct str *line);

/* The next word: blanks lie between. */
bool next_word(struct str *rest, struct str *word);

/* Is one of the words the text? */
bool words_match(const char *words, const char *text);

/* The object's read-only bytes (read once an object, at most 64 MiB of them), "" for a script or
 * where they cannot be read. Borrowed until another object's are asked for. */
struct str rules_rodata(struct rules *r, const struct subject *s);

/* Takes the next C string off *rest: printable ASCII that a NUL ends. False: there is no more. */
bool strings_next(struct str *rest, struct str *text);

/* The next absolute path in the text at or behind *at, which is 0 at first: of two components or
 * more, also inside a longer string ("PATH=/usr/bin:/usr/sbin" are two). What is filled in at run
 * time is cut off with its component: "/etc/x/%s.conf" is "/etc/x". */
bool strings_next_path(struct str text, size_t *at, struct str *path);

#endif
