#include "elf/machine.h"

#include <elf.h>
#include <stdio.h>

#ifndef EM_LOONGARCH
#define EM_LOONGARCH 258
#endif

/* e_flags that tell ABIs of one machine apart. */
enum { RISCV_FLOAT_ABI = 0x6, PPC64_ABI = 3 };

static const struct machine machines[] = {
	{ EM_X86_64, 64, false, "x86-64", "x86_64", "x86_64-linux-gnu", "lib64",
		"/lib64/ld-linux-x86-64.so.2" },
	{ EM_X86_64, 32, false, "x32", "x86_64", "x86_64-linux-gnux32", "libx32",
		"/libx32/ld-linux-x32.so.2" },
	{ EM_386, 32, false, "i386", "i686", "i386-linux-gnu", "lib", "/lib/ld-linux.so.2" },
	{ EM_AARCH64, 64, false, "aarch64", "aarch64", "aarch64-linux-gnu", "lib64",
		"/lib/ld-linux-aarch64.so.1" },
	{ EM_AARCH64, 64, true, "aarch64 (big-endian)", "aarch64_be", "aarch64_be-linux-gnu",
		"lib64", "/lib/ld-linux-aarch64_be.so.1" },
	{ EM_ARM, 32, false, "arm", "v7l", "arm-linux-gnueabihf", "lib",
		"/lib/ld-linux-armhf.so.3" },
	{ EM_RISCV, 64, false, "riscv64", NULL, "riscv64-linux-gnu", "lib64/lp64d",
		"/lib/ld-linux-riscv64-lp64d.so.1" },
	{ EM_RISCV, 32, false, "riscv32", NULL, "riscv32-linux-gnu", "lib32/ilp32d",
		"/lib/ld-linux-riscv32-ilp32d.so.1" },
	{ EM_S390, 64, true, "s390x", "z900", "s390x-linux-gnu", "lib64", "/lib/ld64.so.1" },
	{ EM_S390, 32, true, "s390", "g5", "s390-linux-gnu", "lib", "/lib/ld.so.1" },
	{ EM_PPC64, 64, false, "ppc64le", "power8", "powerpc64le-linux-gnu", "lib64",
		"/lib64/ld64.so.2" },
	{ EM_PPC64, 64, true, "ppc64", "power4", "powerpc64-linux-gnu", "lib64",
		"/lib64/ld64.so.1" },
	{ EM_PPC, 32, true, "powerpc", NULL, "powerpc-linux-gnu", "lib", "/lib/ld.so.1" },
	{ EM_MIPS, 64, false, "mips64el", "mips", "mips64el-linux-gnuabi64", "lib64",
		"/lib64/ld.so.1" },
	{ EM_MIPS, 32, false, "mipsel", "mips", "mipsel-linux-gnu", "lib", "/lib/ld.so.1" },
	{ EM_MIPS, 32, true, "mips", "mips", "mips-linux-gnu", "lib", "/lib/ld.so.1" },
	{ EM_LOONGARCH, 64, false, "loongarch64", NULL, "loongarch64-linux-gnu", "lib64",
		"/lib64/ld-linux-loongarch-lp64d.so.1" },
	{ EM_SPARCV9, 64, true, "sparc64", "sparcv9", "sparc64-linux-gnu", "lib64",
		"/lib64/ld-linux.so.2" },
	{ EM_68K, 32, true, "m68k", NULL, "m68k-linux-gnu", "lib", "/lib/ld.so.1" },
	{ EM_PARISC, 32, true, "hppa", NULL, "hppa-linux-gnu", "lib", "/lib/ld.so.1" },
	{ EM_SH, 32, false, "sh4", NULL, "sh4-linux-gnu", "lib", "/lib/ld-linux.so.2" },
};

const struct machine *machine_of(const struct mkr_elf *elf)
{
	for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++) {
		const struct machine *m = &machines[i];
		if (m->machine == elf->machine && m->bits == elf->bits &&
			m->big_endian == elf->big_endian)
			return m;
	}
	return NULL;
}

/* elf_machine_matches_host() and elf_machine_reject_phdr_p() of each sysdeps/MACHINE/dl-machine.h.
 */
bool machine_same(const struct mkr_elf *a, const struct mkr_elf *b)
{
	if (a->machine != b->machine || a->bits != b->bits)
		return false;
	switch (a->machine) {
	case EM_RISCV:
		return (a->flags & RISCV_FLOAT_ABI) == (b->flags & RISCV_FLOAT_ABI);
	case EM_PPC64:
		return (a->flags & PPC64_ABI) == (b->flags & PPC64_ABI) ||
			(a->flags & PPC64_ABI) == 0 || (b->flags & PPC64_ABI) == 0;
	default:
		return true;
	}
}

const char *mkr_machine_name(uint16_t machine, char buf[24])
{
	for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++)
		if (machines[i].machine == machine)
			return machines[i].name;
	snprintf(buf, 24, "machine %u", machine);
	return buf;
}
