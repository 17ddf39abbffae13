/* What a root is made for: one machine, and which of its kind. */
#include "check/findings.h"

#include <elf.h>
#include <string.h>

/* Machines by how many files are for them. */
struct machine_count {
	uint16_t machine;
	uint8_t bits;
	size_t n;
	const char *first;
};

void check_machines(struct check *c, const struct mkr_survey *s)
{
	enum { MACHINES_MAX = 16 };
	struct machine_count m[MACHINES_MAX] = { 0 };
	size_t n = 0, most = 0;
	for (size_t i = 0; i < s->n; i++) {
		const struct mkr_found *f = &s->found[i];
		size_t k = 0;
		while (k < n && (m[k].machine != f->machine || m[k].bits != f->bits))
			k++;
		if (f->kind != MKR_FOUND_ELF || k == MACHINES_MAX)
			continue;
		if (k == n)
			m[n++] = (struct machine_count){ f->machine, f->bits, 0, f->path };
		m[k].n++;
		most = m[k].n > m[most].n ? k : most;
	}
	for (size_t k = 0; k < n; k++) {
		char own[24], other[24];
		if (k == most)
			continue;
		finding_add(c, MIXED_MACHINES, m[k].first, NULL, NULL,
			arena_printf(c->arena,
				"is for %s, %u bit (%zu such file%s here); %zu are for "
				"%s, %u bit",
				mkr_machine_name(m[k].machine, own), m[k].bits, m[k].n,
				m[k].n == 1 ? "" : "s", m[most].n,
				mkr_machine_name(m[most].machine, other), m[most].bits));
	}
}

/* Files that only newer machines run, by level. What is in a glibc-hwcaps folder is for those. */
void check_level(struct check *c, const struct mkr_found *f, const struct mkr_load *load)
{
	if ((load->elf->machine != EM_X86_64 && load->elf->machine != EM_386) ||
		strstr(f->path, "/glibc-hwcaps/"))
		return;
	uint32_t bits = mkr_loader_detail(c->loader, load, MKR_DETAIL_NOTES)->x86_isa_needed;
	for (unsigned level = LEVELS; level-- > 0;) {
		if (!(bits >> (level + 1) & 1)) /* bit 0 is the baseline */
			continue;
		if (c->level[level].n++ == 0)
			c->level[level].first = f->path;
		return;
	}
}

void check_levels(struct check *c)
{
	for (unsigned level = 0; level < LEVELS; level++) {
		const struct level_count *l = &c->level[level];
		if (l->n)
			finding_add(c, ISA_LEVEL, l->first, NULL, NULL,
				arena_printf(c->arena,
					"needs a machine of x86-64-v%u or newer (%zu such file%s "
					"here)",
					level + 2, l->n, l->n == 1 ? "" : "s"));
	}
}
