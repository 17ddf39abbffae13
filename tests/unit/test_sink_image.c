#include "sink_test.h"

#include "sink/base_layers.h"
#include "sink/image_json.h"
#include "sink/image_name.h"
#include "sink/layers.h"
#include "sink/layout.h"
#include "sink/store.h"

static void tags_are_those_of_the_specification(void **state)
{
	static const char *const good[] = { "a", "1.0", "A-b", "a--b", "a.b_c:d@e+f", "a/b/c",
		"host:5000/app:1.0" };
	static const char *const bad[] = { "", "/", "a/", "/a", "a//b", "-a", "a-", "a---b", "a..b",
		"a b", "a\n", "a._b", "\xc3\xa4" };
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		if (!image_tag_is_valid(good[i]))
			fail_msg("'%s' is refused", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (image_tag_is_valid(bad[i]))
			fail_msg("'%s' is taken", bad[i]);
}

static const struct {
	const char *text, *familiar, *full, *tag;
} docker_names[] = {
	{ "app", "app:latest", "docker.io/library/app:latest", "latest" },
	{ "app:1.0", "app:1.0", "docker.io/library/app:1.0", "1.0" },
	{ "me/app", "me/app:latest", "docker.io/me/app:latest", "latest" },
	{ "localhost/app:X", "localhost/app:X", "localhost/app:X", "X" },
	{ "h:5000/app", "h:5000/app:latest", "h:5000/app:latest", "latest" },
	{ "h.example/a/b:v", "h.example/a/b:v", "h.example/a/b:v", "v" },
	{ "a.b__c---d", "a.b__c---d:latest", "docker.io/library/a.b__c---d:latest", "latest" },
	{ "", NULL },
	{ "App", NULL },
	{ "a:", NULL },
	{ "a:b:c", NULL },
	{ "a:.b", NULL },
	{ "a/", NULL },
	{ "/a", NULL },
	{ "a___b", NULL },
	{ "a..b", NULL },
	{ "h:x/a", NULL },
	{ "-h.example/a", "-h.example/a:latest", "-h.example/a:latest", "latest" },
	{ "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", NULL },
};

static void docker_names_have_a_tag_and_a_registry(void **state)
{
	struct bench *b = *state;
	struct arena *a = arena_new();
	for (size_t i = 0; i < sizeof(docker_names) / sizeof(*docker_names); i++) {
		struct docker_name name;
		int r = docker_name_parse(&name, a, docker_names[i].text, &b->err);
		if (r != (docker_names[i].full ? 0 : -EINVAL))
			fail_msg("'%s': %d", docker_names[i].text, r);
		if (r < 0)
			continue;
		assert_string_equal(name.familiar, docker_names[i].familiar);
		assert_string_equal(name.full, docker_names[i].full);
		assert_string_equal(name.tag, docker_names[i].tag);
	}
	arena_free(a);
}

static void canonical_is(json_t *value, const char *text)
{
	char *is = json_canonical(value);
	assert_string_equal(is, text);
	free(is);
	json_decref(value);
}

#define LIST(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define ONES "0100000000000000000000000000000000000000000000000000000000000000"

static void a_configuration_is_written_with_all_that_is_said(void **state)
{
	static const struct layer_digests layers[] = {
		{ .packed = { .size = 5 }, .title = "libc6", .type = "type" },
		{ .plain = { .sha256 = { 1 } }, .title = "\xff", .type = "type" },
	};
	const struct mkr_image_spec config = { .architecture = "arm",
		.variant = "v7",
		.entrypoint = LIST("a\"b"),
		.cmd = LIST("c", "d\n"),
		.env = LIST("PATH=/bin", "X="),
		.labels = LIST("l=1", "org.opencontainers.image.title=t"),
		.annotations = LIST("org.opencontainers.image.title=other", "n=2",
			"org.opencontainers.image.version=3=3"),
		.ports = LIST("80/tcp"),
		.volumes = LIST("/data"),
		.user = "app",
		.workdir = "/srv",
		.stop_signal = "SIGTERM" };
	const struct image_facts f = {
		.config = &config, .created = 1000000000, .layers = layers, .n = 2
	};
	(void)state;
	canonical_is(image_config(&f),
		"{\"architecture\":\"arm\",\"config\":{\"Cmd\":[\"c\",\"d\\n\"],\"Entrypoint\":["
		"\"a\\\"b\"],\"Env\":[\"PATH=/bin\",\"X=\"],\"ExposedPorts\":{\"80/tcp\":{}},"
		"\"Labels\":{\"l\":\"1\",\"org.opencontainers.image.title\":\"t\","
		"\"org.opencontainers.image.version\":\"3=3\"},\"StopSignal\":\"SIGTERM\","
		"\"User\":\"app\",\"Volumes\":{\"/data\":{}},\"WorkingDir\":\"/srv\"},"
		"\"created\":\"2001-09-09T01:46:40Z\",\"history\":[{\"created\":\"2001-09-09T01:46:"
		"40Z\",\"created_by\":\"mkroot: libc6\"},{\"created\":\"2001-09-09T01:46:40Z\","
		"\"created_by\":\"mkroot\"}],\"os\":\"linux\",\"rootfs\":{\"diff_ids\":["
		"\"sha256:" ZEROS "\",\"sha256:" ONES
		"\"],\"type\":\"layers\"},\"variant\":\"v7\"}");
	canonical_is(image_manifest(&f, &layers[1].plain),
		"{\"annotations\":{\"n\":\"2\",\"org.opencontainers.image.title\":\"other\","
		"\"org.opencontainers.image.version\":\"3=3\"},\"config\":{\"digest\":"
		"\"sha256:" ONES
		"\",\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"size\":0},"
		"\"layers\":[{\"digest\":\"sha256:" ZEROS "\",\"mediaType\":\"type\",\"size\":5},"
		"{\"digest\":\"sha256:" ZEROS
		"\",\"mediaType\":\"type\",\"size\":0}],\"mediaType\":"
		"\"application/vnd.oci.image.manifest.v1+json\",\"schemaVersion\":2}");
	canonical_is(docker_manifest(&f, &layers[1].plain, "app:1"),
		"[{\"Config\":\"blobs/sha256/" ONES "\",\"Layers\":[\"blobs/sha256/" ZEROS
		"\",\"blobs/sha256/" ZEROS "\"],\"RepoTags\":[\"app:1\"]}]");
}

static void times_that_no_calendar_holds_are_held_back(void **state)
{
	static const struct {
		int64_t time;
		const char *text;
	} rows[] = { { -1, "1970-01-01T00:00:00Z" }, { INT64_MAX, "9999-12-31T23:59:59Z" } };
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct mkr_image_spec config = { .architecture = "amd64" };
		const struct image_facts f = { .config = &config, .created = rows[i].time };
		json_t *c = image_config(&f);
		assert_string_equal(json_text(c, "created"), rows[i].text);
		json_decref(c);
	}
}

static json_t *index_of(const char *manifests)
{
	json_t *index = index_new();
	json_t *list = json_loads(manifests, 0, NULL);
	assert_non_null(list);
	json_object_set_new(index, "manifests", list);
	return index;
}

static void the_same_tag_is_replaced_where_it_stands(void **state)
{
#define TAG(tag) "\"annotations\":{\"org.opencontainers.image.ref.name\":\"" tag "\"}"
#define HEAD "{\"manifests\":["
#define TAIL "],\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"schemaVersion\":2}"
	static const struct {
		const char *before, *set, *after;
	} rows[] = {
		{ "[]", "{\"mediaType\":\"m\"}", HEAD "{\"mediaType\":\"m\"}" TAIL },
		{ "[{" TAG("a") "},{" TAG("b") "},{" TAG("a") "}]",
			"{" TAG("a") ",\"mediaType\":\"m\"}",
			HEAD "{" TAG("a") ",\"mediaType\":\"m\"},{" TAG("b") "}" TAIL },
		{ "[{" TAG("a") "},{\"mediaType\":\"m\",\"x\":1},{\"mediaType\":\"n\"},"
				"{\"artifactType\":\"y\",\"mediaType\":\"m\"}]",
			"{\"mediaType\":\"m\"}",
			HEAD "{" TAG("a") "},{\"mediaType\":\"m\"},{\"mediaType\":\"n\"},"
					  "{\"artifactType\":\"y\",\"mediaType\":\"m\"}" TAIL },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		json_t *index = index_of(rows[i].before), *d = json_loads(rows[i].set, 0, NULL);
		index_set(index, d);
		canonical_is(index, rows[i].after);
		json_decref(d);
	}
}

static const struct mkr_origin base = { "libc6", true, 0 }, often = { "often", false, 9 },
			       seldom = { "seldom", false, 1 }, never = { "never", false, 0 };

/* A root of which each package has a file. */
static void fill(struct bench *b)
{
	add_dir(b, "etc", 0755)->why = MKR_WHY_PARENT;
	add_data(b, "etc/mine", "mine");
	add_dir(b, "srv", 0700);
	add_dir(b, "usr", 0755)->why = MKR_WHY_PARENT;
	b->at[b->n - 1].mtime = 2000000000;
	add_dir(b, "usr/lib", 0755)->why = MKR_WHY_PARENT;
	add_data(b, "usr/lib/libc.so", "c")->package = &base;
	add_data(b, "usr/lib/never.so", "n")->package = &never;
	add_data(b, "usr/lib/often.so", "o")->package = &often;
	b->at[b->n - 1].mtime = 1500000000;
	add_data(b, "usr/lib/seldom.so", "s")->package = &seldom;
	struct mkr_entry *twin = add(b,
		(struct mkr_entry){ .path = "usr/lib/twin.so",
			.target = "usr/lib/often.so",
			.mode = S_IFREG | 0644 });
	twin->package = &never;
}

/* "TITLE: path path, TITLE: ..." */
static const char *split(struct bench *b, unsigned max)
{
	static char text[2048];
	size_t used = 0;
	const struct mkr_image_spec config = { .layers = max };
	const struct mkr_target to = { .image = &config };
	struct sink_args args = { .to = &to, .arena = arena_new(), .entries = b->at, .n = b->n };
	assert_int_equal(layers_arrange(&args, &b->err), 0);
	text[0] = '\0';
	for (size_t i = 0, at = 0; i < args.layers->n; i++) {
		const struct layer *l = &args.layers->at[i];
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s:", i ? ", " : "",
			l->title ? l->title : "-");
		for (; at < l->end; at++)
			used += (size_t)snprintf(
				text + used, sizeof(text) - used, " %s", args.entries[at].path);
	}
	arena_free(args.arena);
	return text;
}

static void packages_get_layers_by_how_many_need_them(void **state)
{
	struct bench *b = *state;
	fill(b);
	assert_string_equal(split(b, 1),
		"-: etc etc/mine srv usr usr/lib usr/lib/libc.so usr/lib/never.so usr/lib/often.so "
		"usr/lib/seldom.so usr/lib/twin.so");
	assert_string_equal(split(b, 2),
		"libc6: usr usr/lib usr/lib/libc.so, files: etc etc/mine srv usr usr/lib "
		"usr/lib/never.so usr/lib/often.so usr/lib/seldom.so usr/lib/twin.so");
	assert_string_equal(split(b, 3),
		"libc6: usr usr/lib usr/lib/libc.so, packages: usr usr/lib usr/lib/never.so "
		"usr/lib/often.so usr/lib/seldom.so usr/lib/twin.so, files: etc etc/mine srv");
	assert_string_equal(split(b, 4),
		"libc6: usr usr/lib usr/lib/libc.so, often: usr usr/lib usr/lib/often.so "
		"usr/lib/twin.so, packages: usr usr/lib usr/lib/never.so usr/lib/seldom.so, files: "
		"etc etc/mine srv");
	const char *most =
		"libc6: usr usr/lib usr/lib/libc.so, often: usr usr/lib usr/lib/often.so "
		"usr/lib/twin.so, seldom: usr usr/lib usr/lib/seldom.so, never: usr usr/lib "
		"usr/lib/never.so, files: etc etc/mine srv";
	assert_string_equal(split(b, 5), most);
	assert_string_equal(split(b, 9999), most);
}

static void a_packages_layer_has_no_time_of_a_folder(void **state)
{
	struct bench *b = *state;
	fill(b);
	const struct mkr_image_spec config = { .layers = 9 };
	const struct mkr_target to = { .image = &config };
	struct sink_args args = { .to = &to, .arena = arena_new(), .entries = b->at, .n = b->n };
	assert_int_equal(layers_arrange(&args, &b->err), 0);
	for (size_t i = 0; i < args.n; i++) {
		bool often_s = i >= args.layers->at[0].end && i < args.layers->at[1].end;
		if (strcmp(args.entries[i].path, "usr") == 0)
			assert_int_equal(args.entries[i].mtime, often_s ? 1500000000 : 1000000000);
		if (strcmp(args.entries[i].path, "srv") == 0)
			assert_int_equal(args.entries[i].mode, S_IFDIR | 0700);
	}
	arena_free(args.arena);
}

static void sockets_are_left_out_with_a_word(void **state)
{
	struct bench *b = *state;
	const struct mkr_image_spec config = { .architecture = "amd64" };
	add_data(b, "file", "x");
	add(b, (struct mkr_entry){ .path = "socket", .mode = S_IFSOCK | 0777 });
	const struct mkr_target to = { .output = "oci:img",
		.level = -1,
		.image = &config,
		.warn = note_warning,
		.warn_ctx = b->warnings };
	assert_int_equal(mkr_write(b->at, b->n, &to, &b->written, &b->err), 0);
	assert_string_equal(b->warnings, "'socket' is a socket: it is left out\n");
	assert_string_equal(
		sh("for f in img/blobs/sha256/*; do tar -tzf $f 2>/dev/null || :; done"), "file\n");
}

static void an_image_of_nothing_has_a_layer(void **state)
{
	struct bench *b = *state;
	const struct mkr_image_spec config = { .architecture = "amd64", .compress = "none" };
	const struct mkr_target to = { .output = "oci:img", .level = -1, .image = &config };
	assert_int_equal(mkr_write(b->at, 0, &to, NULL, &b->err), 0);
	assert_string_equal(
		sh("ls img/blobs/sha256 | wc -l; find img -size 10240c | wc -l"), "3\n1\n");
}

static void without_a_machine_there_is_no_image(void **state)
{
	struct bench *b = *state;
	assert_int_equal(write_to(b, "oci:img"), -EINVAL);
	assert_string_equal(b->err.text, "the image's architecture is not known");
	assert_int_equal(write_to(b, "bundle:img"), -EINVAL);
	assert_string_equal(sh("ls"), "out\nsrc\n");
}

static void when_an_image_was_created_may_be_said_of_any_zone(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} cases[] = {
		{ "2001-09-09T01:46:40Z", 1000000000 },
		{ "2001-09-09T01:46:40.123456789Z", 1000000000 },
		{ "2001-09-09T03:46:40+02:00", 1000000000 },
		{ "2001-09-08T18:16:40.5-07:30", 1000000000 },
		{ "0001-01-01T00:00:00Z", -62135596800 },
		{ "yesterday", INT64_MIN },
		{ "", INT64_MIN },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		json_t *config = json_pack("{s:s}", "created", cases[i].text);
		assert_true(created_of(config) == cases[i].seconds);
		json_decref(config);
	}
	assert_true(created_of(NULL) == INT64_MIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags_are_those_of_the_specification),
		bench_test(docker_names_have_a_tag_and_a_registry),
		cmocka_unit_test(a_configuration_is_written_with_all_that_is_said),
		cmocka_unit_test(times_that_no_calendar_holds_are_held_back),
		cmocka_unit_test(when_an_image_was_created_may_be_said_of_any_zone),
		cmocka_unit_test(the_same_tag_is_replaced_where_it_stands),
		bench_test(packages_get_layers_by_how_many_need_them),
		bench_test(a_packages_layer_has_no_time_of_a_folder),
		bench_test(sockets_are_left_out_with_a_word),
		bench_test(an_image_of_nothing_has_a_layer),
		bench_test(without_a_machine_there_is_no_image),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
