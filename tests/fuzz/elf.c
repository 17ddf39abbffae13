/* ELF files: all facts and all details of whatever the bytes are. */
#include "fuzz.h"

#include "base/arena.h"

#include <mkroot/elf.h>

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { ALL = MKR_DETAIL_VERSIONS | MKR_DETAIL_NOTES | MKR_DETAIL_IMPORTS };
	static int fd = -1;
	if (fd < 0)
		fd = memfd_create("input", MFD_CLOEXEC);
	if (ftruncate(fd, 0) < 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	struct arena *a = arena_new();
	const struct mkr_elf *elf;
	const struct mkr_elf_detail *d = NULL;
	struct mkr_error err;
	int r = mkr_elf_read(&elf, a, fd, size, &err);
	int q = mkr_elf_detail(&d, a, fd, size, ALL, &err);
	if (r != q)
		abort(); /* the second call takes what the first one took */
	for (size_t i = 1; q == 0 && i < d->n_imports; i++)
		if (strcmp(d->imports[i - 1], d->imports[i]) > 0)
			abort();
	/* The size that was told may be more than what is there. */
	mkr_elf_detail(&d, a, fd, size + 4096, ALL, NULL);
	if (arena_used(a) > 64 * 1024 * 1024)
		abort();
	arena_free(a);
	return 0;
}
