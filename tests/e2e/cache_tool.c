/* ld.so.cache files through the library's own reader and writer, for cache.bats.
 *
 *   cache_tool print FILE [big]        as ldconfig -p -C FILE
 *   cache_tool again FILE OUT [big]    the same entries, written anew
 *   cache_tool run ROOT PROGRAM OUT    what ldconfig would make for PROGRAM's system in ROOT
 *   cache_tool seeds FOLDER            one file of each format and byte order, for the fuzzer */
#include "base/cleanup.h"
#include "loader/ldcache_write.h"
#include "loader/ldconfig.h"
#include "os/root.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 1 << 24 };

static char *read_all(struct arena *a, const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	char *data = arena_alloc(a, FILE_MAX);
	if (!f) {
		perror(path);
		exit(2);
	}
	*n = fread(data, 1, FILE_MAX - 1, f);
	fclose(f);
	return data;
}

static int write_all(const char *path, const char *data, size_t n)
{
	FILE *f = fopen(path, "wb");
	bool ok = f && data && fwrite(data, 1, n, f) == n;
	return f && fclose(f) == 0 && ok ? 0 : 2;
}

static bool open_file(struct arena *a, struct ldcache *c, const char *path, const char *order)
{
	size_t n;
	const char *data = read_all(a, path, &n);
	struct ldcache_abi abi = { .big_endian = order && strcmp(order, "big") == 0, .align = 8 };
	return ldcache_open(c, data, n, &abi);
}

/* elf/cache.c print_entry() */
static const char *abi_name(uint32_t flags)
{
	static const char *const names[] = { "", "", "", ",x86-64", ",64bit", ",64bit", ",N32",
		",64bit", ",x32", ",hard-float", ",AArch64", ",soft-float", ",nan2008",
		",N32,nan2008", ",64bit,nan2008", ",soft-float", ",double-float", ",soft-float",
		",double-float" };
	return flags >> 8 < sizeof(names) / sizeof(*names) ? names[flags >> 8] : ",?";
}

static int print(const struct ldcache *c)
{
	for (size_t i = 0; i < c->n_entries; i++) {
		struct ldcache_entry e;
		if (!ldcache_entry(c, i, &e)) {
			printf("\t(entry %zu cannot be read)\n", i);
			continue;
		}
		printf("\t%s (%s%s", e.name, (e.flags & 0xff) == 3 ? "libc6" : "ELF",
			abi_name(e.flags));
		if (e.level)
			printf(", hwcap: \"%s\"", e.level);
		else if (e.hwcap)
			printf(", hwcap: %#.16" PRIx64, e.hwcap);
		printf(") => %s\n", e.path);
	}
	return 0;
}

/* The generator stands at the end of what ldconfig writes: "ldconfig (Debian ...) ...". */
static int again(struct arena *a, const struct ldcache *c, const char *out)
{
	struct ldcache_entry *entries = arena_array(a, struct ldcache_entry, c->n_entries + 1);
	for (size_t i = 0; i < c->n_entries; i++)
		if (!ldcache_entry(c, i, &entries[i]))
			return 2;
	const char *generator = memmem(c->data, c->n, "ldconfig (", 10);
	if (generator)
		generator = arena_dup_str(
			a, (struct str){ generator, (size_t)(c->data + c->n - generator) });
	size_t n;
	const char *data = ldcache_write(a, entries, c->n_entries, c->big_endian, generator, &n);
	return write_all(out, data, n);
}

static int run_in(struct registry *g, const char *program, const char *out)
{
	const struct file *f = registry_place(g, program)->file;
	const struct file *ldso =
		f && f->elf && f->elf->interp ? registry_place(g, f->elf->interp)->file : NULL;
	if (!ldso || !ldso->elf)
		return 2;
	const struct machine *m = machine_of(f->elf);
	struct stat st;
	cleanup_fd int fd = root_open_file(g->root, f->elf->interp, &st);
	struct glibc_info info = glibc_info_read(g, fd, ldso->elf, m);
	size_t n = 0;
	const char *data = ldconfig_run(g, f->elf, &info, m, &n);
	return write_all(out, data, n);
}

static int run(const char *dir, const char *program, const char *out)
{
	struct mkr_root *root;
	struct registry g;
	if (mkr_root_open(&root, dir, NULL) < 0)
		return 2;
	registry_init(&g, root);
	int status = run_in(&g, program, out);
	registry_done(&g);
	mkr_root_free(root);
	return status;
}

static int print_or_again(struct arena *a, int argc, char **argv)
{
	struct ldcache c;
	bool prints = strcmp(argv[1], "print") == 0;
	int order = prints ? 3 : 4;
	if (!open_file(a, &c, argv[2], argc > order ? argv[order] : NULL)) {
		fprintf(stderr, "%s: no cache\n", argv[2]);
		return 1;
	}
	return prints ? print(&c) : argc > 3 ? again(a, &c, argv[3]) : 2;
}

/* The old format without entries takes the 16 bytes that the new one has to be aligned to anyway.
 */
static int seeds(const char *dir)
{
	static const struct ldcache_entry entries[] = {
		{ .name = "libc.so.6", .path = "/lib/libc.so.6", .flags = 0x303 },
		{ .name = "libc.so.6", .path = "/lib32/libc.so.6", .flags = 3 },
		{ .name = "libx.so.10", .path = "/opt/tls/libx.so.10", .flags = 0x303, .hwcap = 2 },
		{ .name = "libx.so.9",
			.path = "/hw/x86-64-v3/libx.so",
			.flags = 0x303,
			.level = "x86-64-v3",
			.isa = 2 },
		{ .name = "libx.so.9",
			.path = "/hw/x86-64-v2/libx.so",
			.flags = 0x303,
			.level = "x86-64-v2" },
	};
	int status = 0;
	for (int big = 0; big < 2; big++) {
		size_t n;
		char path[4096], old[4096] = "ld.so-1.7.0";
		struct arena *a = arena_new();
		const char *data = ldcache_write(a, entries, 5, big, "seed", &n);
		snprintf(path, sizeof(path), "%s/new%d", dir, big);
		status |= write_all(path, data, n);
		memcpy(old + 16, data, n);
		snprintf(path, sizeof(path), "%s/compat%d", dir, big);
		status |= write_all(path, old, n + 16);
		arena_free(a);
	}
	return status;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "seeds") == 0)
		return seeds(argv[2]);
	if (argc == 5 && strcmp(argv[1], "run") == 0)
		return run(argv[2], argv[3], argv[4]);
	if (argc < 3)
		return 2;
	struct arena *a = arena_new();
	int status = print_or_again(a, argc, argv);
	arena_free(a);
	return status;
}
