/* Words that are names of commands. */
#ifndef RULES_COMMANDS_H
#define RULES_COMMANDS_H

#include "rules/rule.h"

/* All in COMMAND_PATH, sorted, each once; empty as zeroes. */
struct commands {
	const char *const *names; /* NULL: not read yet */
	size_t n;
};

void commands_read(struct commands *x, struct rules *r);

/* The first command that does not stand before the word: those that start like it follow. */
size_t commands_from(const struct commands *x, struct str word);
bool commands_have(const struct commands *x, struct str word);

/* A command of every system whose name is a word that programs print, or an option of theirs. */
bool is_plain_word(const char *word);

#endif
