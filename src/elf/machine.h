/* What differs between machines: a table of facts. */
#ifndef ELF_MACHINE_H
#define ELF_MACHINE_H

#include <mkroot/elf.h>

/* One ABI of glibc. */
struct machine {
	uint16_t machine;
	uint8_t bits;
	bool big_endian; /* for machines that have both */
	const char *name; /* as error messages call it */
	const char *platform; /* AT_PLATFORM: what $PLATFORM is */
	const char *multiarch; /* Debian's tuple: /lib/TUPLE */
	const char *slibdir; /* glibc's own default (sysdeps .../configure.ac): lib64, lib ... */
	const char *interp; /* glibc's loader */
};

/* The row that fits, NULL for a machine that glibc does not know. */
const struct machine *machine_of(const struct mkr_elf *elf);

/* True when glibc for `a` takes an object like `b` for its own machine. */
bool machine_same(const struct mkr_elf *a, const struct mkr_elf *b);

#endif
