/* USER, passwd and group of a hostile root; the same bytes as subuid(5). A form feed ends a part.
 */
#include "fuzz.h"

#include "base/arena.h"
#include "run/subid.h"
#include "run/user.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str rest = { (const char *)data, size }, spec, text = { 0 };
	struct user_files files = { 0 };
	struct user u;
	struct subid ids;
	if (size && str_split(&rest, "", &spec)) {
		const char *end = memchr(spec.p, '\f', spec.n);
		size_t n = end ? (size_t)(end - spec.p) : spec.n;
		text = end ? str_skip(spec, n + 1) : (struct str){ 0 };
		spec.n = n;
		end = text.n ? memchr(text.p, '\f', text.n) : NULL;
		files.passwd = end ? (struct str){ text.p, (size_t)(end - text.p) } : text;
		if (end)
			files.group = str_skip(text, files.passwd.n + 1);
		const char *who = arena_dup_str(a, spec);
		if (user_look_up(&u, a, who, &files, NULL) == 0 &&
			(u.uid == UINT32_MAX || u.gid == UINT32_MAX || u.home[0] != '/'))
			abort();
		if (subid_find(files.passwd, who, 7, &ids) && ids.count > UINT32_MAX - ids.first)
			abort();
		if (subid_free(files.passwd, files.group, 1, &ids) &&
			(subid_taken(files.passwd, ids) || subid_taken(files.group, ids)))
			abort();
	}
	arena_free(a);
	return 0;
}
