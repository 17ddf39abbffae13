/* What other parts of the program are told of an image. */
#include "test.h"

#include "tarball.h"

#include "image/digest.h"

#include <mkroot/image.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define D1 "sha256:1111111111111111111111111111111111111111111111111111111111111111"
#define D2 "sha256:2222222222222222222222222222222222222222222222222222222222222222"
#define OCI "application/vnd.oci.image."

static int set_up(void **state)
{
	static struct tarball t;
	tarball_open(&t);
	*state = &t;
	return 0;
}

static int tear_down(void **state)
{
	tarball_close(*state);
	return 0;
}

static void add(struct tarball *t, const char *name, const char *data)
{
	tarball_add(t, (struct tar_member){ '0', name, .data = data, .mode = 0644 });
}

static void add_blob(struct tarball *t, const char *data, char digest[static DIGEST_TEXT])
{
	char name[100];
	digest_of(data, strlen(data), digest);
	snprintf(name, sizeof(name), "blobs/sha256/%s", digest + 7);
	add(t, name, data);
}

static const char *bytes_of(const struct mkr_image_layer *l)
{
	static char text[64];
	assert_true(l->size < sizeof(text));
	assert_int_equal(pread(l->fd, text, l->size, (off_t)l->offset), (ssize_t)l->size);
	text[l->size] = '\0';
	return text;
}

static void the_layers_and_the_config_of_an_archive(void **state)
{
	struct tarball *t = *state;
	static const char config[] = "{\"os\":\"linux\",\"architecture\":\"arm64\",\"rootfs\":{"
				     "\"type\":\"layers\",\"diff_ids\":[\"" D1 "\",\"" D2 "\"]},"
				     "\"config\":{\"Cmd\":[\"a\"],\"User\":\"7\"},\"extra\":[1]}";
	char one[DIGEST_TEXT], two[DIGEST_TEXT], conf[DIGEST_TEXT], manifest[DIGEST_TEXT];
	char text[1024];
	add(t, "./oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
	add_blob(t, "first bytes", one);
	add_blob(t, config, conf);
	add_blob(t, "second", two);
	int n = snprintf(text, sizeof(text),
		"{\"schemaVersion\":2,\"config\":{\"mediaType\":\"" OCI "config.v1+json\","
		"\"digest\":\"%s\",\"size\":%zu},\"layers\":[{\"mediaType\":\"" OCI
		"layer.v1.tar\",\"digest\":\"%s\",\"size\":11},{\"mediaType\":\"" OCI
		"layer.v1.tar+gzip\",\"digest\":\"%s\",\"size\":6}]}",
		conf, strlen(config), one, two);
	add_blob(t, text, manifest);
	snprintf(text, sizeof(text),
		"{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"" OCI
		"manifest.v1+json\",\"digest\":\"%s\",\"size\":%d}]}",
		manifest, n);
	add(t, "index.json", text);
	tarball_end(t);

	struct mkr_image *img;
	struct mkr_error err = { .text = "" };
	size_t size;
	if (mkr_image_open(&img, t->path, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(mkr_image_dir(img), -1);
	assert_string_equal(mkr_image_config_json(img, &size), config);
	assert_int_equal(size, strlen(config));
	const struct mkr_image_config *c = mkr_image_config(img);
	assert_string_equal(c->architecture, "arm64");
	assert_string_equal(c->cmd[0], "a");
	assert_null(c->cmd[1]);
	assert_string_equal(c->user, "7");
	const struct mkr_image_layer *l = mkr_image_layers(img, &size);
	assert_int_equal(size, 2);
	assert_string_equal(l[0].digest, one);
	assert_string_equal(l[0].diff_id, D1);
	assert_string_equal(l[0].media_type, OCI "layer.v1.tar");
	assert_string_equal(bytes_of(&l[0]), "first bytes");
	assert_string_equal(l[1].digest, two);
	assert_string_equal(l[1].diff_id, D2);
	assert_string_equal(l[1].media_type, OCI "layer.v1.tar+gzip");
	assert_string_equal(bytes_of(&l[1]), "second");
	mkr_image_free(img);
}

static void the_layers_of_a_docker_archive(void **state)
{
	struct tarball *t = *state;
	add(t, "a/layer.tar", "plain");
	tarball_add(t, (struct tar_member){ '2', "b/layer.tar", "../c.tgz" });
	add(t, "c.tgz", "\x1f\x8bpacked");
	add(t, "c.json", "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" D1 "\",\"" D2 "\"]}}");
	add(t, "manifest.json",
		"[{\"Config\":\"c.json\",\"Layers\":[\"a/layer.tar\",\"b/layer.tar\"]}]");
	tarball_end(t);

	struct mkr_image *img;
	struct mkr_error err = { .text = "" };
	size_t n;
	if (mkr_image_open(&img, t->path, &err) < 0)
		fail_msg("%s", err.text);
	const struct mkr_image_layer *l = mkr_image_layers(img, &n);
	assert_int_equal(n, 2);
	assert_string_equal(l[0].digest, D1); /* what is not compressed is its own tar */
	assert_string_equal(bytes_of(&l[0]), "plain");
	assert_null(l[1].digest);
	assert_string_equal(l[1].diff_id, D2);
	assert_string_equal(l[1].media_type, OCI "layer.v1.tar+gzip");
	assert_string_equal(bytes_of(&l[1]), "\x1f\x8bpacked");
	mkr_image_free(img);
}

static void a_plain_tar_has_neither(void **state)
{
	struct tarball *t = *state;
	add(t, "etc/f", "x");
	tarball_end(t);
	struct mkr_image *img;
	size_t n = 1;
	assert_int_equal(mkr_image_open(&img, t->path, NULL), 0);
	assert_null(mkr_image_config(img));
	assert_null(mkr_image_layers(img, &n));
	assert_int_equal(n, 0);
	assert_null(mkr_image_config_json(img, &n));
	mkr_image_free(img);
}

static void a_root_with_a_manifest_of_its_own_is_a_root(void **state)
{
	struct tarball *t = *state;
	add(t, "usr/f", "x");
	add(t, "manifest.json", "{}");
	tarball_end(t);
	struct mkr_image *img;
	size_t n = 1;
	assert_int_equal(mkr_image_open(&img, t->path, NULL), 0);
	assert_null(mkr_image_layers(img, &n));
	mkr_image_free(img);
}

static void what_is_unpacked_below_goes_again(void **state)
{
	struct tarball *t = *state;
	tarball_add(t, (struct tar_member){ '5', "./", .mode = 0777 });
	tarball_add(t, (struct tar_member){ '5', "dir", .mode = 0 });
	tarball_add(t, (struct tar_member){ '0', "dir/f", .data = "x", .mode = 0 });
	tarball_end(t);
	char dir[] = "/tmp/mkroot-test-below-XXXXXX";
	assert_non_null(mkdtemp(dir));
	struct mkr_image *img;
	struct mkr_unpacked *u;
	struct stat st;
	assert_int_equal(mkr_image_open(&img, t->path, NULL), 0);
	assert_int_equal(mkr_image_unpack_below(&u, img, dir, NULL), 0);
	assert_int_equal(strncmp(mkr_unpacked_path(u), dir, strlen(dir)), 0);
	/* The archive's root is open to all, the folder that it is in is not. */
	assert_int_equal(stat(mkr_unpacked_path(u), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0777);
	char above[128];
	snprintf(above, sizeof(above), "%s/..", mkr_unpacked_path(u));
	assert_int_equal(stat(above, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	mkr_unpacked_free(u);
	assert_int_equal(rmdir(dir), 0); /* it is empty */
	assert_int_equal(mkr_image_unpack_below(&u, img, dir, NULL), -ENOENT);
	mkr_image_free(img);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_layers_and_the_config_of_an_archive),
		TEST(the_layers_of_a_docker_archive),
		TEST(a_plain_tar_has_neither),
		TEST(a_root_with_a_manifest_of_its_own_is_a_root),
		TEST(what_is_unpacked_below_goes_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
