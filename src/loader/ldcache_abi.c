#include "loader/ldcache_abi.h"

#include "base/str.h"

#include <elf.h>
#include <string.h>

#ifndef EM_LOONGARCH
#define EM_LOONGARCH 258
#endif

/* sysdeps/generic/ldconfig.h: FLAG_ELF_LIBC6 and the ABI's bits. */
enum { ELF = 1, LIBC6 = 3 };

/* e_flags of elf.h that older headers lack. */
enum {
	ARM_EABI5 = 5,
	ARM_FLOAT_SOFT = 0x200,
	ARM_FLOAT_HARD = 0x400,
	MIPS_ABI2 = 0x20,
	MIPS_NAN2008 = 0x400,
	RISCV_RVC = 1,
	RISCV_FLOAT = 6,
	RISCV_FLOAT_DOUBLE = 4,
	LOONGARCH_FLOAT = 3,
	LOONGARCH_FLOAT_SOFT = 1,
	LOONGARCH_FLOAT_DOUBLE = 3,
	LOONGARCH_OBJABI_V1 = 0x40,
};

static uint32_t arm_flags(uint32_t e)
{
	if (e >> 24 != ARM_EABI5)
		return LIBC6;
	return e & ARM_FLOAT_HARD ? 0x900 | LIBC6 : e & ARM_FLOAT_SOFT ? 0xb00 | LIBC6 : LIBC6;
}

static uint32_t mips_flags(const struct mkr_elf *elf)
{
	bool nan2008 = elf->flags & MIPS_NAN2008;
	if (elf->bits == 64)
		return nan2008 ? 0xe00 | LIBC6 : 0x700 | LIBC6;
	if (elf->flags & MIPS_ABI2)
		return nan2008 ? 0xd00 | LIBC6 : 0x600 | LIBC6;
	return nan2008 ? 0xc00 | LIBC6 : LIBC6;
}

static uint32_t riscv_flags(uint32_t e)
{
	if (e & ~(uint32_t)(RISCV_FLOAT | RISCV_RVC))
		return 0;
	e &= RISCV_FLOAT;
	return e == 0 ? 0xf00 | LIBC6 : e == RISCV_FLOAT_DOUBLE ? 0x1000 | LIBC6 : 0;
}

static uint32_t loongarch_flags(uint32_t e)
{
	e &= ~(uint32_t)LOONGARCH_OBJABI_V1;
	return e == LOONGARCH_FLOAT_SOFT      ? 0x1100 | LIBC6
		: e == LOONGARCH_FLOAT_DOUBLE ? 0x1200 | LIBC6
					      : 0;
}

uint32_t ldcache_flags(const struct mkr_elf *elf)
{
	bool wide = elf->bits == 64;
	switch (elf->machine) {
	case EM_X86_64:
		return wide ? 0x300 | LIBC6 : 0x800 | LIBC6;
	case EM_AARCH64:
		return wide ? 0xa00 | LIBC6 : 0;
	case EM_ARM:
		return arm_flags(elf->flags);
	case EM_MIPS:
		return mips_flags(elf);
	case EM_RISCV:
		return riscv_flags(elf->flags);
	case EM_LOONGARCH:
		return loongarch_flags(elf->flags);
	case EM_S390:
		return wide ? 0x400 | LIBC6 : LIBC6;
	case EM_PPC64:
		return 0x500 | LIBC6;
	case EM_SPARCV9:
		return 0x100 | LIBC6;
	case EM_IA_64:
		return 0x200 | LIBC6;
	default:
		return LIBC6;
	}
}

/* The machines that share a system, by the name of one of them. */
static uint16_t system_of(uint16_t machine)
{
	switch (machine) {
	case EM_386:
		return EM_X86_64;
	case EM_ARM:
		return EM_AARCH64;
	case EM_PPC:
		return EM_PPC64;
	case EM_SPARC:
	case EM_SPARC32PLUS:
		return EM_SPARCV9;
	default:
		return machine;
	}
}

bool ldcache_same_system(const struct mkr_elf *a, const struct mkr_elf *b)
{
	return a->big_endian == b->big_endian && system_of(a->machine) == system_of(b->machine);
}

/* The older scheme's bits on x86 (2.36: sysdeps/x86/dl-procinfo.c, dl-hwcap.h; elf/ldconfig.c).
 * Other machines had theirs; there a folder of that scheme is a plain one. */
static const struct {
	const char *name;
	uint8_t bit;
} x86_bits[] = { { "sse2", 0 }, { "x86_64", 1 }, { "avx512_1", 2 }, { "i586", 48 }, { "i686", 49 },
	{ "haswell", 50 }, { "xeon_phi", 51 }, { "tls", 63 } };

static uint64_t legacy_bit(struct str name)
{
	for (size_t i = 0; i < sizeof(x86_bits) / sizeof(*x86_bits); i++)
		if (str_eq(name, str_from(x86_bits[i].name)))
			return UINT64_C(1) << x86_bits[i].bit;
	return 0;
}

uint64_t ldcache_legacy_bits(const struct mkr_elf *elf, const char *path)
{
	uint64_t bits = 0, bit;
	struct str rest = str_from(path);
	if (system_of(elf->machine) != EM_X86_64)
		return 0;
	while (rest.n && (bit = legacy_bit(str_base(rest)))) {
		bits += bit; /* as path_hwcap() does: a name that stands twice counts twice */
		rest = str_dir(rest);
	}
	return bits;
}

/* True when the older scheme's folder NAME is among those that are searched. */
static bool has_subdir(const struct hwcaps *caps, const char *name)
{
	for (size_t i = 0; i < caps->n_subdirs; i++)
		if (strcmp(caps->subdirs[i], name) == 0)
			return true;
	return false;
}

static void set_legacy(
	struct ldcache_abi *abi, const struct mkr_elf *elf, const struct hwcaps *caps)
{
	const uint64_t tls = UINT64_C(1) << 63;
	abi->legacy = true;
	abi->hwcap = tls;
	if (elf->machine == EM_386) {
		abi->platforms = UINT64_C(3) << 48;
		abi->platform = UINT64_C(1) << 49;
		abi->hwcap |= 1;
	} else if (elf->machine == EM_X86_64) {
		abi->platforms = UINT64_C(15) << 48;
		abi->platform = caps->platform ? legacy_bit(str_from(caps->platform)) : 0;
		abi->hwcap |= 2 | (has_subdir(caps, "avx512_1/") ? 4 : 0);
	}
}

struct ldcache_abi ldcache_abi_of(
	const struct mkr_elf *elf, const struct hwcaps *caps, unsigned version)
{
	static const char *const none[] = { NULL };
	struct ldcache_abi abi = { .big_endian = elf->big_endian, .align = 8, .isa = UINT32_MAX };
	abi.flags = ldcache_flags(elf);
	if (elf->machine == EM_386)
		abi.align = 4;
	if (elf->machine == EM_68K)
		abi.align = 2;
	/* sysdeps/generic/dl-cache.h takes FLAG_ELF too; .../arm/dl-cache.h unmarked libraries. */
	if (abi.flags == LIBC6)
		abi.flags_too = ELF;
	if (elf->machine == EM_ARM && abi.flags != LIBC6) {
		abi.flags_too = abi.flags;
		abi.flags = LIBC6;
	}
	/* glibc-hwcaps came with 2.33; without them bit 62 is one that no CPU has. */
	abi.levels = version >= 233 ? caps->levels : none;
	if (elf->machine == EM_X86_64) {
		static const char *const x86[] = { "x86-64-v2", "x86-64-v3", "x86-64-v4" };
		abi.isa = 1;
		for (size_t i = 0; abi.levels[i]; i++)
			for (uint32_t k = 0; k < 3; k++)
				if (strcmp(abi.levels[i], x86[k]) == 0)
					abi.isa |= UINT32_C(2) << k;
	}
	if (version <= 239)
		set_legacy(&abi, elf, caps);
	return abi;
}
