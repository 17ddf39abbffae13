/* The real loader's answer beside ours. */
#ifndef GRAPH_JUDGE_H
#define GRAPH_JUDGE_H

#include "world.h"

struct score {
	size_t cases, compared, skipped, different, known, healed;
};

/* Builds the case, asks both, says on stdout where they differ. `mkroot`: the program's path. */
void judge(struct world *w, const struct graph *g, const char *mkroot, struct score *score);

#endif
