#include "image/whiteout.h"

#include "base/str.h"
#include "image/member.h"
#include "image/upper.h"

#include <errno.h>
#include <string.h>

#define WH ".wh."

int whiteout_look(enum whiteout *ret, const char *path, struct mkr_error *err)
{
	struct str rest = str_from(path), part;
	*ret = NOT_A_WHITEOUT;
	while (str_split(&rest, "/", &part)) {
		if (!str_starts(part, STR(WH)))
			continue;
		struct str name = str_skip(part, strlen(WH));
		if (str_eq(name, STR(WH ".opq")) && !rest.p)
			*ret = WHITEOUT_OF_ALL;
		else if (str_starts(name, STR(WH)))
			*ret = WHITEOUT_OF_NOTHING;
		else if (rest.p)
			return mkr_failx(err, -EINVAL, "a whiteout in the middle of a name");
		else if (name.n == 0 || str_eq(name, STR(".")) || str_eq(name, STR("..")))
			return mkr_failx(err, -EINVAL, "a whiteout of '%.*s'", (int)name.n, name.p);
		else
			*ret = WHITEOUT_OF_NAME;
		return 0;
	}
	return 0;
}

int whiteout_apply(struct unpack *u, enum whiteout kind, const char *path, struct mkr_error *err)
{
	int parent;
	const char *name;
	if (!u->upper || kind == WHITEOUT_OF_NOTHING)
		return 0; /* there is nothing lower than the first layer */
	int r = place_find(&u->place, path, false, &parent, &name, NULL);
	if (r == -ENOENT || r == -ENOTDIR)
		return 0;
	if (r < 0)
		return mkr_fail(err, r, "the folder of a whiteout");
	r = kind == WHITEOUT_OF_ALL ? upper_clear_in(u->upper, parent, err)
				    : upper_clear_below(u->upper, parent, name + strlen(WH), err);
	place_forget(&u->place);
	return r;
}
