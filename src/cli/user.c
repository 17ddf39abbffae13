#include "cli/user.h"

#include "base/arena.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool parse_id(const char *text, const char *end, uint32_t *id)
{
	uint64_t v = 0;
	if (text == end)
		return false;
	for (; text < end; text++) {
		if (*text < '0' || *text > '9')
			return false;
		v = v * 10 + (uint64_t)(*text - '0');
		if (v >= UINT32_MAX)
			return false;
	}
	*id = (uint32_t)v;
	return true;
}

static const char *part_end(const char *text)
{
	return text + strcspn(text, ":");
}

/* As useradd(8) takes them, but for a "$" at the end. Digits alone are an id, also a too large one.
 */
static bool is_name(const char *text, const char *end)
{
	if (text == end || end - text > MKR_USER_NAME_MAX || *text == '-' ||
		text + strspn(text, "0123456789") >= end)
		return false;
	for (; text < end; text++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-",
			    *text))
			return false;
	return true;
}

int user_from_words(struct mkr_user *out, const char *text, size_t *n, struct mkr_error *err)
{
	*n = 0;
	if (!text)
		return 0;
	*out = (struct mkr_user){ .uid = MKR_USER_ANY, .gid = MKR_USER_ANY };
	const char *at = text, *end = part_end(at);
	uint32_t number;
	bool named = !parse_id(at, end, &number);
	if (named) {
		if (!is_name(at, end))
			goto bad;
		memcpy(out->name, at, (size_t)(end - at));
		at = *end ? end + 1 : end;
		end = part_end(at);
		*n = 1;
	}
	if (*at && !parse_id(at, end, &out->uid))
		goto bad;
	at = *end ? end + 1 : end;
	if (*at && !parse_id(at, at + strlen(at), &out->gid))
		goto bad;
	return 0;
bad:
	return mkr_failx(err, -EINVAL, "--user is NAME[:UID[:GID]] or UID[:GID], not '%s'", text);
}

const char *image_user(struct arena *a, const char *text)
{
	uint32_t id;
	const char *end = part_end(text);
	if (parse_id(text, end, &id))
		return text;
	return arena_dup_str(a, (struct str){ text, (size_t)(end - text) });
}
