/* nsswitch.conf(5): which modules the C library opens for a database. */
#ifndef RULES_NSS_H
#define RULES_NSS_H

#include "rules/rule.h"

/* What a set knows of the C library and of who looks things up, over its closure. */
struct nss {
	bool glibc_is_old; /* before 2.34 "files" and "dns" are modules of their own */
	const struct subject **askers; /* copies */
	size_t n_askers, cap_askers, n_answered;
};

/* For each subject: is it the C library, does it call one of the functions? */
void nss_look(struct rules *r, struct nss *n, const struct subject *s, const char *functions);

/* nsswitch.conf, and the modules it names for the databases (words): those that answer out of files
 * or the net; all when `all`. */
void nss_settle(struct rules *r, struct nss *n, const char *databases, bool all);

/* The words of a database's lines: no actions ("[NOTFOUND=return]"). Ends with NULL. */
const char *const *nss_modules(struct arena *a, struct str conf, const char *databases);

#endif
