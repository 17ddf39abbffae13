#include <mkroot/elf.h>

#include <elf.h>

#ifndef EM_LOONGARCH
#define EM_LOONGARCH 258
#endif

/* GOARCH and GOARM (go.dev/doc/install/source, "Optional environment variables"); image-spec,
 * image-index.md, "Platform Variants". */
static const struct {
	uint16_t machine;
	uint8_t bits;
	bool big_endian;
	const char *name;
} names[] = {
	{ EM_X86_64, 64, false, "amd64" },
	{ EM_386, 32, false, "386" },
	{ EM_AARCH64, 64, false, "arm64" },
	{ EM_ARM, 32, false, "arm" },
	{ EM_RISCV, 64, false, "riscv64" },
	{ EM_PPC64, 64, false, "ppc64le" },
	{ EM_PPC64, 64, true, "ppc64" },
	{ EM_S390, 64, true, "s390x" },
	{ EM_LOONGARCH, 64, false, "loong64" },
	{ EM_MIPS, 64, false, "mips64le" },
	{ EM_MIPS, 64, true, "mips64" },
	{ EM_MIPS, 32, false, "mipsle" },
	{ EM_MIPS, 32, true, "mips" },
};

const char *mkr_elf_goarch(const struct mkr_elf *elf, const char **variant)
{
	*variant = NULL;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (names[i].machine != elf->machine || names[i].bits != elf->bits ||
			names[i].big_endian != elf->big_endian)
			continue;
		/* Hard float is what distributions build for ARMv7. */
		if (elf->machine == EM_ARM)
			*variant = elf->flags & EF_ARM_ABI_FLOAT_HARD ? "v7" : "v5";
		return names[i].name;
	}
	return NULL;
}
