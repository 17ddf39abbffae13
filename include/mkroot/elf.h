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
	/* What a loader refuses it for, NULL: nothing. bad_ident is noticed before the machine is
	 * compared, malformed after: a file for another machine is passed over, whatever else is
	 * wrong with it. */
	const char *bad_ident, *malformed;
	uint64_t rodata_at,
		rodata_size; /* in the file: where the constant strings are; 0 bytes: none */

	const char *interp, *soname, *rpath, *runpath; /* NULL: absent; "" is something else */
	const char *audit, *depaudit; /* DT_AUDIT, DT_DEPAUDIT */
	const struct mkr_request *requests;
	size_t n_requests;
};

/* One version that a file needs of a library (DT_VERNEED), in the order of the file. */
struct mkr_version_need {
	const char *file; /* the library, as it was called when the file was linked */
	const char *version;
	bool weak; /* a start does without it */
};

enum mkr_priority { MKR_DLOPEN_REQUIRED, MKR_DLOPEN_RECOMMENDED, MKR_DLOPEN_SUGGESTED };

/* One entry of a .note.dlopen (UAPI.12): a library that the file opens by itself. */
struct mkr_dlopen {
	const char *const *sonames; /* the first that is present is the one; ends with NULL */
	const char *feature, *description; /* NULL: not said */
	enum mkr_priority priority;
};

/* What mkr_elf_detail() shall read. */
enum {
	MKR_DETAIL_VERSIONS = 1, /* needs, defines */
	MKR_DETAIL_NOTES = 2, /* dlopens, x86_isa_*, abi_*, build_id */
	MKR_DETAIL_IMPORTS = 4, /* imports */
};

/* Further facts, which a link map does not need and which cost further reads. Zero and NULL where
 * the file says nothing, or was not asked. */
struct mkr_elf_detail {
	/* Why the rest of a part that was asked for is not there, NULL: it is whole. */
	const char *bad_versions, *bad_notes, *bad_imports;

	bool has_needs, has_defines; /* there is a DT_VERNEED, a DT_VERDEF */
	bool has_relr; /* a DT_RELR */
	const struct mkr_version_need *needs;
	size_t n_needs;
	const char *const
		*defines; /* the first of them mostly the file's own name; ends with NULL */

	const struct mkr_dlopen *dlopens;
	size_t n_dlopens;
	uint32_t x86_isa_needed, x86_isa_used; /* GNU_PROPERTY_X86_ISA_1_* bits */
	bool has_abi_tag;
	uint32_t abi_os, abi_version[3]; /* NT_GNU_ABI_TAG: 0 is Linux; the oldest kernel */
	const unsigned char *build_id; /* NULL: none */
	size_t build_id_size;

	/* The names of symbols that others have to define: sorted bytewise, each once. */
	const char *const *imports;
	size_t n_imports;
};

struct arena;

/* Reads the facts of the regular file `fd` (`size` bytes, as fstat(2) said) into `arena`; the
 * descriptor stays the caller's. Everything in the file is hostile: no size it names is believed
 * before it was compared with a limit.
 * -ENOEXEC: not ELF at all (the text says what it is: "an ar archive", "empty"), -EBADMSG: not even
 * a whole ELF header, -EIO ... from pread(2). What is broken behind the header, or over a limit, is
 * a fact: `malformed`. */
int mkr_elf_read(const struct mkr_elf **out, struct arena *arena, int fd, uint64_t size,
	struct mkr_error *err);

/* Reads further facts of the same file, which mkr_elf_read() took for one; `parts` is an or of
 * MKR_DETAIL_*. As hostile: what is broken or over a limit is in bad_*, what stood before it is
 * there. Fails as mkr_elf_read(). */
int mkr_elf_detail(const struct mkr_elf_detail **out, struct arena *arena, int fd, uint64_t size,
	unsigned parts, struct mkr_error *err);

/* Is `name` among the imports? */
bool mkr_elf_imports(const struct mkr_elf_detail *detail, const char *name);

/* Something to be started, not to be loaded by others: it names an interpreter, or is no library by
 * its type or its flags. */
bool mkr_elf_is_program(const struct mkr_elf *elf);

/* "x86-64", "aarch64", "machine 12345" (`buf` is used for that last one only). */
const char *mkr_machine_name(uint16_t machine, char buf[24]);

/* What Go and with it the OCI call the file's machine ("amd64"); *variant: what further tells such
 * machines apart ("v7" of "arm"), or NULL. NULL: no name. */
const char *mkr_elf_goarch(const struct mkr_elf *elf, const char **variant);

#ifdef __cplusplus
}
#endif

#endif
