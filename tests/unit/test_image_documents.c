#include "test.h"

#include "image/digest.h"
#include "image/documents.h"
#include "image/pick.h"
#include "image/ref.h"
#include "image/whiteout.h"

#include <errno.h>

#define D1 "sha256:1111111111111111111111111111111111111111111111111111111111111111"
#define D2 "sha256:2222222222222222222222222222222222222222222222222222222222222222"
#define DESCRIPTOR(digest) "{\"mediaType\":\"t\",\"digest\":\"" digest "\",\"size\":5"

static int set_up(void **state)
{
	*state = arena_new();
	return 0;
}

static int tear_down(void **state)
{
	arena_free(*state);
	return 0;
}

static void a_digest_is_that_of_fips_180(void **state)
{
	(void)state;
	char text[DIGEST_TEXT];
	digest_of("abc", 3, text);
	assert_string_equal(
		text, "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_true(digest_is_sha256(text));
	text[10] = 'A';
	assert_false(digest_is_sha256(text));
	assert_false(digest_is_sha256("sha256:ba78"));
	assert_false(
		digest_is_sha256("sha512:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410"));
}

static void a_reference_is_split_at_its_first_colon(void **state)
{
	static const struct {
		const char *text;
		enum scheme scheme;
		const char *path, *tag;
	} rows[] = {
		{ "root", SCHEME_NONE, "root", NULL },
		{ "a:b", SCHEME_NONE, "a:b", NULL },
		{ "tar:a:b.tar", SCHEME_PLAIN, "a:b.tar", NULL },
		{ "oci:dir", SCHEME_OCI, "dir", NULL },
		{ "oci:dir:", SCHEME_OCI, "dir", NULL },
		{ "oci:dir:v1:2", SCHEME_OCI, "dir", "v1:2" },
		{ "oci-archive:f.tar:x", SCHEME_OCI_ARCHIVE, "f.tar", "x" },
		{ "docker-archive:f.tar:reg:5000/n:t", SCHEME_DOCKER_ARCHIVE, "f.tar",
			"reg:5000/n:t" },
		{ "bundle:b", SCHEME_BUNDLE, "b", NULL },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct ref ref = ref_parse(*state, rows[i].text);
		assert_int_equal(ref.scheme, rows[i].scheme);
		assert_string_equal(ref.path, rows[i].path);
		if (rows[i].tag)
			assert_string_equal(ref.tag, rows[i].tag);
		else
			assert_null(ref.tag);
	}
}

static void a_whiteout_is_told_by_its_last_component(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		int code;
		enum whiteout kind;
	} rows[] = {
		{ "", 0, NOT_A_WHITEOUT },
		{ "a/b", 0, NOT_A_WHITEOUT },
		{ "a/x.wh.b", 0, NOT_A_WHITEOUT },
		{ ".wh.b", 0, WHITEOUT_OF_NAME },
		{ "a/.wh.b", 0, WHITEOUT_OF_NAME },
		{ "a/.wh..b", 0, WHITEOUT_OF_NAME },
		{ "a/.wh....", 0, WHITEOUT_OF_NAME },
		{ ".wh..wh..opq", 0, WHITEOUT_OF_ALL },
		{ "a/.wh..wh..opq", 0, WHITEOUT_OF_ALL },
		{ ".wh..wh..opq/b", 0, WHITEOUT_OF_NOTHING },
		{ ".wh..wh.plnk/7.8", 0, WHITEOUT_OF_NOTHING },
		{ ".wh..wh.aufs", 0, WHITEOUT_OF_NOTHING },
		{ ".wh.", -EINVAL },
		{ "a/.wh..", -EINVAL },
		{ "a/.wh...", -EINVAL },
		{ ".wh.a/b", -EINVAL },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		enum whiteout kind;
		int r = whiteout_look(&kind, rows[i].path, NULL);
		if (r != rows[i].code || (r == 0 && kind != rows[i].kind))
			fail_msg("'%s': %d, %d", rows[i].path, r, (int)kind);
	}
}

static void an_index_keeps_names_and_platforms(void **state)
{
	static const char text[] = "{\"schemaVersion\":2,\"manifests\":[" DESCRIPTOR(
		D1) ",\"platform\":{\"os\":\"linux\",\"architecture\":\"arm\",\"variant\":\"v7\"},"
		    "\"annotations\":{\"org.opencontainers.image.ref.name\":\"v1\","
		    "\"io.containerd.image.name\":\"docker.io/x:v1\"}}," DESCRIPTOR(
			    D2) ",\"annotations\":{\"vnd.docker.reference.type\":"
				"\"attestation-manifest\"},\"urls\":[7]}],\"extra\":{}}";
	struct descriptors index;
	assert_int_equal(index_parse(&index, *state, text, sizeof(text) - 1, NULL), 0);
	assert_int_equal(index.n, 2);
	const struct descriptor *d = index.at;
	assert_string_equal(d->media_type, "t");
	assert_string_equal(d->digest, D1);
	assert_int_equal(d->size, 5);
	assert_string_equal(d->architecture, "arm");
	assert_string_equal(d->variant, "v7");
	assert_string_equal(d->ref_name, "v1");
	assert_string_equal(d->image_name, "docker.io/x:v1");
	assert_false(d->attested);
	assert_true(d[1].attested);
	assert_null(d[1].os);
}

static void a_config_without_words_says_nothing(void **state)
{
	static const char text[] = "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" D1
				   "\"]},\"config\":{\"Cmd\":null,\"User\":\"\"}}";
	struct config c;
	assert_int_equal(config_parse(&c, *state, text, sizeof(text) - 1, NULL), 0);
	assert_int_equal(c.n_diff_ids, 1);
	assert_string_equal(c.diff_ids[0], D1);
	assert_null(c.facts.cmd[0]);
	assert_null(c.facts.entrypoint[0]);
	assert_null(c.facts.env[0]);
	assert_null(c.facts.user);
	assert_null(c.facts.workdir);
}

static void what_is_not_linux_is_refused(void **state)
{
	static const char text[] = "{\"os\":\"windows\",\"rootfs\":{\"type\":\"layers\"}}";
	struct mkr_error err;
	struct config c;
	assert_int_equal(config_parse(&c, *state, text, sizeof(text) - 1, &err), -ENOTSUP);
	assert_string_equal(err.text, "it is for 'windows', not for linux");
}

static void deep_json_is_refused(void **state)
{
	char text[200];
	struct descriptors index;
	memset(text, '[', sizeof(text));
	assert_int_equal(index_parse(&index, *state, text, sizeof(text), NULL), -EBADMSG);
}

static const char *picked(struct arena *a, const struct descriptor *d, size_t n, const char *tag)
{
	const struct descriptor *out;
	struct descriptors index = { d, n };
	int r = pick_tag(&out, &index, tag, &(struct wanted){ .machine = "arm64" }, a, NULL);
	return r == 0 ? out->digest : r == -ENOENT ? "none" : "several";
}

static void an_image_is_picked_by_tag_and_platform(void **state)
{
	const struct descriptor tags[] = {
		{ .digest = "a", .ref_name = "v1" },
		{ .digest = "b", .ref_name = "v2", .image_name = "docker.io/library/x:v9" },
		{ .digest = "c", .image_name = "docker.io/library/y:v3" },
		{ .digest = "d", .attested = true },
	};
	assert_string_equal(picked(*state, tags, 4, "v1"), "a");
	assert_string_equal(picked(*state, tags, 4, "docker.io/library/x:v9"), "b");
	assert_string_equal(picked(*state, tags, 4, "v9"), "none"); /* it has a name of its own */
	assert_string_equal(picked(*state, tags, 4, "v3"), "c");
	assert_string_equal(picked(*state, tags, 4, NULL), "several");
	assert_string_equal(picked(*state, tags + 3, 1, NULL), "none");
	assert_string_equal(picked(*state, tags, 1, NULL), "a");
	assert_string_equal(picked(*state, tags, 0, NULL), "none");
	const struct descriptor platforms[] = {
		{ .digest = "a", .os = "linux", .architecture = "amd64" },
		{ .digest = "b", .os = "linux", .architecture = "arm64", .variant = "v9" },
		{ .digest = "c", .os = "linux", .architecture = "arm64" },
		{ .digest = "d", .os = "windows", .architecture = "arm64" },
	};
	assert_string_equal(picked(*state, platforms, 4, NULL), "c");
	assert_string_equal(picked(*state, platforms, 2, NULL), "b");
	assert_string_equal(picked(*state, platforms, 1, NULL), "a"); /* the only one */
}

static void docker_names_have_a_short_form(void **state)
{
	(void)state;
	static const char *const one[] = { "docker.io/library/demo:latest", NULL };
	static const char *const two[] = { "reg:5000/demo", "localhost/app:1", NULL };
	const struct saved_image images[] = { { .tags = one }, { .tags = two } };
	const struct saved_images both = { images, 2 };
	static const struct {
		const char *tag;
		int found;
	} rows[] = { { "demo", 0 }, { "demo:latest", 0 }, { "library/demo", -1 }, { "demo:1", -1 },
		{ "reg:5000/demo:latest", 1 }, { "reg:5000/demo", 1 }, { "app:1", 1 },
		{ "app", -1 }, { "docker.io/library/demo:latest", 0 } };
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct saved_image *s = NULL;
		int r = pick_saved(&s, &both, rows[i].tag, NULL);
		if (rows[i].found < 0 ? r != -ENOENT : r != 0 || s != &images[rows[i].found])
			fail_msg("'%s': %d", rows[i].tag, r);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_digest_is_that_of_fips_180),
		TEST(a_reference_is_split_at_its_first_colon),
		TEST(a_whiteout_is_told_by_its_last_component),
		TEST(an_index_keeps_names_and_platforms),
		TEST(a_config_without_words_says_nothing),
		TEST(what_is_not_linux_is_refused),
		TEST(deep_json_is_refused),
		TEST(an_image_is_picked_by_tag_and_platform),
		TEST(docker_names_have_a_short_form),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
