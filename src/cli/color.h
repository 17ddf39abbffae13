/* Colours: whether, and which. */
#ifndef CLI_COLOR_H
#define CLI_COLOR_H

#include <mkroot/error.h>

#include <stdbool.h>
#include <stdio.h>

/* -EINVAL: `when`, the argument of --color, is none of auto, always and never. NULL is auto. */
int color_check(const char *when, struct mkr_error *err);

/* --color, then NO_COLOR, CLICOLOR_FORCE, CLICOLOR=0, then whether the stream is a terminal that
 * takes colours (no-color.org, bixense.com/clicolors). Each stream is asked for itself. */
bool color_wanted(const char *when, FILE *stream);

enum color { COLOR_NONE, COLOR_BAD, COLOR_WARN, COLOR_STRONG, COLOR_FADED, COLOR_NOTE };

/* The escape sequence that begins a colour, or COLOR_NONE, which ends all; "" when not `on`. */
const char *color(bool on, enum color which);

#endif
