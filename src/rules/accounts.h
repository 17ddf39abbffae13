/* passwd and group of a new root: made of the old root's lines for the users that it shall know,
 * never a copy (passwd(5), group(5), shadow(5), gshadow(5)). */
#ifndef RULES_ACCOUNTS_H
#define RULES_ACCOUNTS_H

#include "base/arena.h"
#include "base/str.h"

#include <mkroot/rules.h>

#include <stdbool.h>

struct accounts;

/* Of the old root's two files; NULL: it has none. Lines that are none are passed over. Freed with
 * the arena. root, and nobody with its group, are wanted from the start. */
struct accounts *accounts_new(struct arena *a, const char *passwd, const char *group);

/* The user and the group of that name shall be in. False: the old root has neither. */
bool accounts_want(struct accounts *a, const char *name);

/* The id of the old root's user, or group, of that name. False: there is none. */
bool accounts_id(const struct accounts *a, bool group, const char *name, uint32_t *id);

/* The home of a system user (uid < 1000), or "". */
const char *accounts_home(const struct accounts *a, const char *name);

/* A user that the old root need not have. */
void accounts_add(struct accounts *a, const struct mkr_user *user);

/* System users and groups (0 < id < 1000) that a word of the text between NUL bytes is the name of
 * are in. */
void accounts_want_words(struct accounts *a, struct str text);

/* The same of the words of a configuration file. Users of every system (id under 100) count in
 * lines that are about users: "user www-data;". */
void accounts_want_configured(struct accounts *a, struct str text);

/* Does a group of that id have a name in the new root? */
bool accounts_has_gid(const struct accounts *a, uint32_t gid);

/* The files' texts. No line of shadow or gshadow lets anybody in. */
const char *accounts_passwd(struct accounts *a);
const char *accounts_group(struct accounts *a);
const char *accounts_shadow(struct accounts *a);
const char *accounts_gshadow(struct accounts *a);

#endif
