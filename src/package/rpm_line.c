#include "package/rpm_line.h"

/* One column. A line that has others than ten hides all the rest: Trivy reads no further. */
static const char *column(struct arena *a, struct str text, const char *otherwise)
{
	char *clean = arena_dup_str(a, text);
	for (char *c = clean; *c; c++)
		if ((unsigned char)*c < ' ' || *c == '\177')
			*c = ' ';
	return *clean ? clean : otherwise;
}

static const char *text_of(
	struct arena *a, const struct rpm_header *h, enum rpm_tag tag, const char *otherwise)
{
	return column(a, rpm_header_string(h, tag), otherwise);
}

static uint32_t number_of(const struct rpm_header *h, enum rpm_tag tag)
{
	struct rpm_ints all = rpm_header_ints(h, tag);
	return all.n ? rpm_ints_at(&all, 0) : 0;
}

/* "NAME-VERSION-RELEASE.src.rpm"; who reads it wants two dashes and a dot. */
static bool is_source(const char *text)
{
	const char *dash = strchr(text, '-');
	dash = dash ? strchr(dash + 1, '-') : NULL;
	return dash && strchr(dash, '.') && str_ends(str_from(text), STR(".rpm"));
}

struct str rpm_line(struct arena *a, const struct rpm_header *h)
{
	const char *name = text_of(a, h, RPM_NAME, ""), *version = text_of(a, h, RPM_VERSION, "");
	const char *release = text_of(a, h, RPM_RELEASE, "");
	if (!*name || !*version || !*release || strpbrk(version, "-") || strpbrk(release, "-"))
		return STR("");
	const char *source = text_of(a, h, RPM_SOURCERPM, "");
	if (!is_source(source))
		source = arena_printf(a, "%s-%s-%s.src.rpm", name, version, release);
	bool epoch = rpm_header_ints(h, RPM_EPOCH).n > 0;
	uint32_t built = number_of(h, RPM_BUILDTIME), number = number_of(h, RPM_EPOCH);
	const char *vendor = text_of(a, h, RPM_VENDOR, "(none)");
	const char *epoch_text = epoch ? arena_printf(a, "%u", number) : "(none)";
	return str_from(arena_printf(a, "%s\t%s-%s\t%u\t%u\t%s\t%s\t%u\t%s\t%u\t%s", name, version,
		release, built, built, vendor, epoch_text, number_of(h, RPM_SIZE),
		text_of(a, h, RPM_ARCH, "noarch"), number, source));
}
