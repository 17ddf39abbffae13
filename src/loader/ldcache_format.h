/* The bytes of an ld.so.cache (glibc sysdeps/generic/dl-cache.h), for its reader and its writer. */
#ifndef LOADER_LDCACHE_FORMAT_H
#define LOADER_LDCACHE_FORMAT_H

#include <stdint.h>

/* struct cache_file, struct file_entry: offsets of their fields, and their sizes. */
#define OLD_MAGIC "ld.so-1.7.0"
enum { OLD_NLIBS = 12, OLD_HEADER = 16, OLD_ENTRY = 12 };

/* struct cache_file_new, struct file_entry_new */
#define NEW_MAGIC "glibc-ld.so.cache1.1"
enum {
	NEW_NLIBS = 20,
	NEW_LEN_STRINGS = 24,
	NEW_FLAGS = 28,
	NEW_EXTENSION = 32,
	NEW_HEADER = 48,
	ENTRY_FLAGS = 0,
	ENTRY_KEY = 4,
	ENTRY_VALUE = 8,
	ENTRY_HWCAP = 16,
	NEW_ENTRY = 24,
};
enum { ENDIAN_MASK = 3, ENDIAN_LITTLE = 2, ENDIAN_BIG = 3 };

/* struct cache_extension, struct cache_extension_section */
#define EXTENSION_MAGIC UINT32_C(0xeaa42174)
enum {
	EXTENSION_HEADER = 8,
	SECTION_TAG = 0,
	SECTION_OFFSET = 8,
	SECTION_SIZE = 12,
	SECTION = 16,
	TAG_GENERATOR = 0,
	TAG_GLIBC_HWCAPS = 1,
};

/* The upper half of an entry's hwcap: this bit says that the lower half is an index of the
 * glibc-hwcaps names; besides it there is the ISA level. */
enum { HWCAP_EXTENSION = 1 << 30, HWCAP_ISA_MASK = (1 << 10) - 1 };

#endif
