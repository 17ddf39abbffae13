#include "image/ref.h"

/* containers-transports(5); dir:, tar: and those that no ROOT is as for -o. Only those with a tag
 * end at a colon, the first one, as skopeo has it. */
struct ref ref_parse(struct arena *a, const char *text)
{
	static const struct {
		const char *word;
		enum scheme scheme;
		bool has_tag;
	} schemes[] = {
		{ "dir:", SCHEME_PLAIN, false },
		{ "tar:", SCHEME_PLAIN, false },
		{ "cpio:", SCHEME_PLAIN, false },
		{ "squashfs:", SCHEME_PLAIN, false },
		{ "oci:", SCHEME_OCI, true },
		{ "oci-archive:", SCHEME_OCI_ARCHIVE, true },
		{ "docker-archive:", SCHEME_DOCKER_ARCHIVE, true },
		{ "bundle:", SCHEME_BUNDLE, false },
	};
	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
		struct str rest = str_from(text), path;
		if (!str_starts(rest, str_from(schemes[i].word)))
			continue;
		rest = str_skip(rest, strlen(schemes[i].word));
		struct ref ref = { .scheme = schemes[i].scheme, .path = rest.p };
		if (!schemes[i].has_tag || !strchr(rest.p, ':'))
			return ref;
		str_split(&rest, ":", &path);
		ref.path = arena_dup_str(a, path);
		ref.tag = rest.n ? arena_dup_str(a, rest) : NULL;
		return ref;
	}
	return (struct ref){ .path = text };
}
