/* A launcher that was killed (SIGKILL) has left its empty cgroups: the next one removes them. */
#ifndef RUN_SWEEP_H
#define RUN_SWEEP_H

#include <stdbool.h>

/* Looks into our own groups and those above them. What still lives, is not empty or is not ours to
 * remove stays; failures are nobody's concern. */
void sweep(void);

/* A glance at the usual places, cheap enough for every start: is there anything to sweep? */
bool sweep_is_due(void);

#endif
