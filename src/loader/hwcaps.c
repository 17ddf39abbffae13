#include "loader/hwcaps.h"

#include <mkroot/loader.h>

#include "base/str.h"
#include "base/vec.h"

#include <elf.h>
#include <stdbool.h>
#include <string.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

/* sysdeps/MACHINE/dl-hwcaps-subdirs.c */
static const char *const x86_64_levels[] = { "x86-64-v4", "x86-64-v3", "x86-64-v2", NULL };
static const char *const ppc64_levels[] = { "power10", "power9", NULL };
static const char *const s390x_levels[] = { "z17", "z16", "z15", "z14", "z13", NULL };
static const char *const no_levels[] = { NULL };

const char *const *hwcaps_levels(const struct machine *m)
{
	switch (m ? m->machine : EM_NONE) {
	case EM_X86_64:
		return x86_64_levels;
	case EM_PPC64:
		return m->big_endian ? no_levels : ppc64_levels;
	case EM_S390:
		return m->bits == 64 ? s390x_levels : no_levels;
	default:
		return no_levels;
	}
}

bool mkr_hwcaps_known(const char *level)
{
	const char *const *const lists[] = { x86_64_levels, ppc64_levels, s390x_levels };
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		for (const char *const *l = lists[i]; *l; l++)
			if (strcmp(*l, level) == 0)
				return true;
	return false;
}

/* What this CPU can do, as glibc's cpu-features.c sees it. */
struct cpu {
	bool v2, v3, v4;
	bool sse2;
	bool haswell, xeon_phi, avx512_1; /* Intel only: the older scheme's names */
};

#if defined(__x86_64__)
static bool has(unsigned value, unsigned mask)
{
	return (value & mask) == mask;
}

/* Does the operating system keep these register states (XCR0 bits)? */
static bool saves(unsigned c1, unsigned mask)
{
	if (!has(c1, bit_OSXSAVE))
		return false;
	unsigned low, high;
	__asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	(void)high;
	return has(low, mask);
}

static struct cpu cpu_read(void)
{
	enum { YMM = 0x6, ZMM = 0xe6, LAHF = 1, LZCNT = 1 << 5 };
	unsigned a, b, c, d, c1, d1, b7 = 0, c81 = 0;
	struct cpu cpu = { 0 };
	if (!__get_cpuid(1, &a, &b, &c1, &d1))
		return cpu;
	__get_cpuid_count(7, 0, &a, &b7, &c, &d);
	__get_cpuid(0x80000001, &a, &b, &c81, &d);
	bool ymm = saves(c1, YMM), zmm = saves(c1, ZMM);
	cpu.sse2 = has(d1, bit_SSE2);
	cpu.v2 = has(c1,
			 bit_CMPXCHG16B | bit_POPCNT | bit_SSE3 | bit_SSSE3 | bit_SSE4_1 |
				 bit_SSE4_2) &&
		has(c81, LAHF);
	bool bmi = has(b7, bit_AVX2 | bit_BMI | bit_BMI2) && has(c1, bit_FMA | bit_MOVBE) &&
		has(c81, LZCNT) && ymm;
	cpu.v3 = cpu.v2 && bmi && has(c1, bit_AVX | bit_F16C);
	bool avx512 = zmm && has(b7, bit_AVX512BW | bit_AVX512DQ | bit_AVX512VL);
	cpu.v4 = cpu.v3 && avx512 && has(b7, bit_AVX512F | bit_AVX512CD);
	unsigned max;
	if (!__get_cpuid(0, &max, &b, &c, &d) || b != signature_INTEL_ebx)
		return cpu;
	cpu.haswell = bmi && has(c1, bit_POPCNT);
	cpu.xeon_phi = zmm && has(b7, bit_AVX512CD | bit_AVX512ER | bit_AVX512PF);
	cpu.avx512_1 = avx512 && has(b7, bit_AVX512CD) && !has(b7, bit_AVX512ER);
	return cpu;
}

static bool is_native(const struct machine *m)
{
	return m && (m->machine == EM_X86_64 || m->machine == EM_386);
}
#else
static struct cpu cpu_read(void)
{
	return (struct cpu){ 0 };
}

static bool is_native(const struct machine *m)
{
	(void)m;
	return false;
}
#endif

/* The best level that counts, as an index into the machine's list; its length: none. */
static size_t best_level(const char *const *levels, const struct machine *m, const char *wanted,
	const struct cpu *cpu)
{
	size_t n = 0, best;
	while (levels[n])
		n++;
	if (!wanted || strcmp(wanted, "host") == 0) {
		if (n == 0 || !is_native(m))
			return n;
		return cpu->v4 ? 0 : cpu->v3 ? 1 : cpu->v2 ? 2 : n;
	}
	for (best = 0; best < n && strcmp(levels[best], wanted) != 0; best++)
		;
	return best;
}

typedef VEC(const char *) string_vec;

/* _dl_important_hwcaps() of glibc <= 2.36: every subset of the names, the fullest first, "tls" at
 * the front. */
static void add_legacy(struct arena *a, string_vec *v, const char *const *names, size_t n)
{
	for (size_t set = ((size_t)1 << n) - 1; set > 0; set--) {
		const char *path = "";
		for (size_t i = n; i-- > 0;)
			if (set & ((size_t)1 << i))
				path = arena_printf(a, "%s%s/", path, names[i]);
		vec_push(v, path);
	}
}

/* What the CPU can do in the older scheme's words, and its platform (cpu-features.c
 * update_active/init_cpu_features of 2.36; dl-procinfo.c). Returns how many words there are. */
static size_t legacy_names(
	const struct machine *m, const struct cpu *cpu, const char *names[4], const char **platform)
{
	size_t n = 0;
	if (m->machine == EM_386) {
		if (cpu->sse2)
			names[n++] = "sse2";
	} else {
		*platform = cpu->xeon_phi ? "xeon_phi" : cpu->haswell ? "haswell" : NULL;
		names[n++] = "x86_64";
		if (cpu->avx512_1)
			names[n++] = "avx512_1";
	}
	names[n++] = *platform ? *platform : m->platform;
	names[n++] = "tls";
	return n;
}

struct hwcaps hwcaps_make(
	struct arena *a, const struct machine *m, const char *wanted, unsigned version)
{
	const char *const *levels = hwcaps_levels(m);
	bool host = (!wanted || strcmp(wanted, "host") == 0) && is_native(m);
	struct cpu cpu = host ? cpu_read() : (struct cpu){ 0 };
	struct hwcaps h = { .levels = levels + best_level(levels, m, wanted, &cpu) };
	string_vec v = { 0 };
	for (size_t i = 0; h.levels[i]; i++)
		vec_push(&v, arena_printf(a, "glibc-hwcaps/%s/", h.levels[i]));
	if (host) {
		const char *names[4];
		size_t k = legacy_names(m, &cpu, names, &h.platform);
		if (version <= 236)
			add_legacy(a, &v, names, k);
	}
	vec_push(&v, "");
	const char **subdirs = arena_array(a, const char *, v.n);
	memcpy(subdirs, v.at, v.n * sizeof(*subdirs));
	h.subdirs = subdirs;
	h.n_subdirs = v.n;
	vec_free(&v);
	return h;
}
