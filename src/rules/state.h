/* Folders that a program expects to find, empty: where it keeps its state. */
#ifndef RULES_STATE_H
#define RULES_STATE_H

#include "rules/rule.h"

/* Asks for those that the subject's package ships below /var, has made at boot (tmpfiles.d(5)), or
 * when its service starts (systemd.exec(5), RuntimeDirectory= ...). */
void state_folders_ask(struct rules *r, const struct subject *s, const struct package *own);

#endif
