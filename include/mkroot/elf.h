/* What an ELF file says about itself, copied out of it (elf(5); System V gABI, chapters 4 and 5).
 *
 * Only the ELF header, the program headers and what these point to are read: section headers may be
 * missing or wrong, as the loaders do not look at them either. Both classes, both byte orders. */
#ifndef MKROOT_ELF_H
#define MKROOT_ELF_H

#include <mkroot/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum mkr_request_kind {
	MKR_REQUEST_NEEDED, /* DT_NEEDED */
	MKR_REQUEST_AUXILIARY, /* DT_AUXILIARY: may be missing */
	MKR_REQUEST_FILTER, /* DT_FILTER */
};

/* One library asked for; in the order of the dynamic section. */
struct mkr_request {
	enum mkr_request_kind kind;
	const char *name;
};

/* The facts. Strings and lists live in the arena they were read into. */
struct mkr_elf {
	uint16_t type; /* ET_EXEC, ET_DYN ... */
	uint16_t machine; /* EM_* */
	uint8_t bits; /* 32 or 64 */
	bool big_endian;
	uint8_t osabi, abi_version;
	uint32_t flags; /* e_flags */
	bool dynamic; /* has a PT_DYNAMIC with bytes */
	bool loads; /* has a PT_LOAD */
	uint64_t flags_1; /* DT_FLAGS_1 */
	/* What a loader refuses it for, NULL: nothing. bad_ident is noticed before the machine is compared,
	 * malformed after: a file for another machine is passed over, whatever else is wrong with it. */
	const char *bad_ident, *malformed;
	uint64_t rodata_at,
		rodata_size; /* in the file: where the constant strings are; 0 bytes: none */

	const char *interp, *soname, *rpath, *runpath; /* NULL: absent; "" is something else */
	const char *audit, *depaudit; /* DT_AUDIT, DT_DEPAUDIT */
	const struct mkr_request *requests;
	size_t n_requests;
};

struct arena;

/* Reads the facts of the regular file `fd` (`size` bytes, as fstat(2) said) into `arena`; the
 * descriptor stays the caller's. Everything in the file is hostile: no size it names is believed
 * before it was compared with a limit.
 * -ENOEXEC: not ELF at all (the text says what it is: "an ar archive", "empty"), -EBADMSG: not even a
 * whole ELF header, -EIO ... from pread(2). What is broken behind the header, or over a limit, is a
 * fact: `malformed`. */
int mkr_elf_read(const struct mkr_elf **out, struct arena *arena, int fd, uint64_t size,
	struct mkr_error *err);

/* "x86-64", "aarch64", "machine 12345" (`buf` is used for that last one only). */
const char *mkr_machine_name(uint16_t machine, char buf[24]);

#ifdef __cplusplus
}
#endif

#endif
