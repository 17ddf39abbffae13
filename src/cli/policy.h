/* How sources become entries, from --owner and SOURCE_DATE_EPOCH. */
#ifndef CLI_POLICY_H
#define CLI_POLICY_H

#include <mkroot/plan.h>

/* `owner` is --owner's word, NULL: keep. The environment and the caller's ids are read here.
 * -EINVAL: a word that is none. */
int policy_from_words(struct mkr_policy *p, const char *owner, struct mkr_error *err);

#endif
