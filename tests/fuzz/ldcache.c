/* An ld.so.cache, read by loaders of either byte order, and written anew from what was read. */
#include "fuzz.h"

#include "loader/ldcache_write.h"

#include <stdlib.h>
#include <string.h>

enum { ENTRIES_MAX = 512 };

/* What is written must be found again: by the first entry's name, its path or a better one. */
static void write_again(struct arena *a, const struct ldcache *c, const struct ldcache_abi *abi)
{
	struct ldcache_entry entries[ENTRIES_MAX];
	size_t n = 0, size;
	for (size_t i = 0; i < c->n_entries && n < ENTRIES_MAX; i++)
		n += ldcache_entry(c, i, &entries[n]);
	struct ldcache again;
	const char *data = ldcache_write(a, entries, n, abi->big_endian, "fuzz", &size);
	if (!data || !ldcache_open(&again, data, size, abi) || again.n_entries != n)
		abort();
	for (size_t i = 0; i < n; i++) {
		struct ldcache_entry e;
		if (!ldcache_entry(&again, i, &e))
			abort();
		ldcache_lookup(&again, e.name, abi);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const char *const levels[] = { "x86-64-v3", "x86-64-v2", "power9", NULL };
	struct arena *a = arena_new();
	char *data = malloc(size + 1);
	if (!data)
		abort();
	memcpy(data, bytes, size);
	data[size] = '\0';
	for (unsigned i = 0; i < 4; i++) {
		struct ldcache c;
		struct ldcache_abi abi = { .big_endian = i & 1,
			.align = i & 2 ? 4 : 8,
			.flags = 0x303,
			.flags_too = 3,
			.levels = levels,
			.isa = 3,
			.legacy = i & 1,
			.hwcap = 2,
			.platforms = UINT64_C(15) << 48 };
		if (!ldcache_open(&c, data, size, &abi))
			continue;
		struct ldcache_entry e;
		for (size_t k = 0; k < c.n_entries; k++)
			if (ldcache_entry(&c, k, &e) && k < ENTRIES_MAX)
				ldcache_lookup(&c, e.name, &abi);
		ldcache_lookup(&c, "libc.so.6", &abi);
		write_again(a, &c, &abi);
	}
	free(data);
	arena_free(a);
	return 0;
}
