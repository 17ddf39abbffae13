/* The names in COMMAND_PATH, and which of them say little. */
#include "rules/commands.h"

#include "base/vec.h"
#include "os/command.h"

#include <stdlib.h>
#include <string.h>

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void commands_read(struct commands *x, struct rules *r)
{
	VEC(const char *) all = { 0 };
	struct str rest = STR(COMMAND_PATH), folder;
	while (str_split(&rest, ":", &folder)) {
		const char *const *name = rules_list(r, arena_dup_str(rules_arena(r), folder));
		for (; *name; name++)
			vec_push(&all, *name);
	}
	if (all.n)
		qsort(all.at, all.n, sizeof(*all.at), by_name);
	const char **list = arena_array(rules_arena(r), const char *, all.n + 1);
	for (size_t i = 0; i < all.n; i++)
		if (i == 0 || strcmp(all.at[i], all.at[i - 1]) != 0)
			list[x->n++] = all.at[i];
	x->names = list;
	vec_free(&all);
}

size_t commands_from(const struct commands *x, struct str word)
{
	size_t low = 0, high = x->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strncmp(x->names[middle], word.p, word.n);
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool commands_have(const struct commands *x, struct str word)
{
	size_t i = commands_from(x, word);
	return i < x->n && str_eq(str_from(x->names[i]), word);
}

bool is_plain_word(const char *word)
{
	static const char words[] =
		"[ arch base32 base64 basename cat chgrp chmod chown cp cut date dd df dir dirname "
		"du "
		"echo env expand expr factor false find fmt fold groups head hostid hostname id "
		"install join kill less link ln login logname ls md5sum mkdir mkfifo mknod more "
		"mount "
		"mv nice nl nohup nproc od paste pathchk pinky pr printenv printf ptx pwd readlink "
		"realpath rm rmdir seq shred shuf sleep sort split stat stty sum sync tac tail tee "
		"test time timeout touch tr true truncate tsort tty umount uname unexpand uniq "
		"unlink "
		"users vdir wall wc which who whoami yes more last look line column cal reset "
		"clear "
		"tabs tput free top w watch halt init login su locale script rev fsck swapon "
		"swapoff "
		"perl lock diff cmp host file patch open view edit ar as at batch mail write mesg "
		"bash passwd getopt flock comm chrt stat csplit numfmt chroot stdbuf cksum b2sum "
		"sha1sum sha224sum sha256sum sha384sum sha512sum "
		"x86_64 i386 linux32 linux64 sg service nologin runlevel lastb last";
	return words_match(words, word);
}
