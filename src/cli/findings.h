/* Findings of a check, as lines and as JSON. */
#ifndef CLI_FINDINGS_H
#define CLI_FINDINGS_H

#include "base/json_out.h"

#include <mkroot/check.h>

#include <stdbool.h>
#include <stdio.h>

/* One line each: "error: PATH: TEXT". Warnings only when asked for. */
void findings_print(FILE *out, const struct mkr_findings *f, bool warnings, bool on);

/* Checks a plan that is to be written and says on stderr what is wrong with it. False: it must not
 * be written. */
bool findings_of_plan(const struct mkr_closure *c, const struct mkr_plan *plan, bool quiet);

/* The members of the JSON document: counts, then the findings. */
void findings_json(struct json *j, const struct mkr_findings *f);

#endif
