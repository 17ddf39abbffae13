#include "test.h"

#include "elf/script.h"

#include "base/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

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

struct line {
	const char *text, *interp, *argument;
};

static const struct line lines[] = {
	{ "#!/bin/sh\n", "/bin/sh", NULL },
	{ "#!/bin/sh", "/bin/sh", NULL },
	{ "#! /bin/sh\n", "/bin/sh", NULL },
	{ "#!\t \t/bin/sh \t\n", "/bin/sh", NULL },
	{ "#!/bin/sh -e\n", "/bin/sh", "-e" },
	{ "#!/bin/sh\t-e -x \n", "/bin/sh", "-e -x" },
	{ "#!/bin/sh -e ", "/bin/sh", "-e " },
	{ "#!/bin/sh\r\n", "/bin/sh\r", NULL },
	{ "#!/bin/sh -e\r\necho", "/bin/sh", "-e\r" },
	{ "#!sh\n", "sh", NULL },
	{ "#!\n", NULL, NULL },
	{ "#!  \t\n/bin/sh\n", NULL, NULL },
	{ "#!", NULL, NULL },
	{ "#", NULL, NULL },
	{ "", NULL, NULL },
	{ "#?/bin/sh\n", NULL, NULL },
	{ " #!/bin/sh\n", NULL, NULL },
};

static void a_line_is_what_the_kernel_takes_it_for(void **state)
{
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		const struct line *l = &lines[i];
		struct script s;
		bool is = script_parse(&s, *state, l->text, strlen(l->text));
		assert_int_equal(is, l->interp != NULL);
		if (!is)
			continue;
		assert_string_equal(s.interp, l->interp);
		assert_int_equal(s.argument != NULL, l->argument != NULL);
		if (l->argument)
			assert_string_equal(s.argument, l->argument);
	}
}

static void a_nul_ends_the_line(void **state)
{
	struct script s;
	assert_true(script_parse(&s, *state, "#!/bin/sh\0 -e\n", 14));
	assert_string_equal(s.interp, "/bin/sh");
	assert_null(s.argument);
}

/* "#!" and `n` bytes more, of which `blank` is one. */
static bool parse_long(void **state, struct script *s, size_t n, size_t blank, char last)
{
	char text[512] = "#!/";
	memset(text + 3, 'x', n - 1);
	if (blank)
		text[2 + blank] = ' ';
	text[2 + n] = last;
	return script_parse(s, *state, text, n + 3);
}

static void what_is_behind_256_bytes_does_not_exist(void **state)
{
	struct script s;
	/* A newline at the very end of the buffer is seen, one behind it is not. */
	assert_true(parse_long(state, &s, 253, 0, '\n'));
	assert_int_equal(strlen(s.interp), 253);
	assert_false(parse_long(state, &s, 254, 0, '\n'));
	assert_false(parse_long(state, &s, 300, 0, '\n'));
	/* An argument may be cut, after 255 bytes. */
	assert_true(parse_long(state, &s, 300, 100, '\n'));
	assert_int_equal(strlen(s.interp), 100);
	assert_int_equal(strlen(s.argument), 255 - 2 - 100 - 1);
}

static void env_names_the_command(void **state)
{
	static const struct {
		const char *argument, *command;
	} cases[] = {
		{ "python3", "python3" },
		{ "python3 -u", "python3" },
		{ "-S python3 -u", "python3" },
		{ "-Spython3 -u", "python3" },
		{ "--split-string=python3 -u", "python3" },
		{ "--split-string python3", "python3" },
		{ "-vS python3", "python3" },
		{ "-i A=b NAME", "NAME" },
		{ "-iS A=b NAME x", "NAME" },
		{ "-S -i A=b NAME", "NAME" },
		{ "-S A='b c' NAME", "NAME" },
		{ "-S A=\"b c\" NAME", "NAME" },
		{ "-S A=b\\_c NAME", "c" },
		{ "-S A=\"b\\_c\" NAME", "NAME" },
		{ "-S -u X NAME", "NAME" },
		{ "-u X NAME", "NAME" },
		{ "-uX NAME", "NAME" },
		{ "--unset=X NAME", "NAME" },
		{ "--unset X NAME", "NAME" },
		{ "-C /tmp NAME", "NAME" },
		{ "-S --chdir=/tmp -- NAME", "NAME" },
		{ "- NAME", "NAME" },
		{ "-S '/opt/my tools/run' x", "/opt/my tools/run" },
		{ "-S # python3", NULL },
		{ "-S ${PYTHON} x", NULL },
		{ "-S \\c python3", NULL },
		{ "-S", NULL },
		{ "-i", NULL },
		{ "A=b", NULL },
		{ "-u", NULL },
		{ "-S \"unfinished", "unfinished" },
		{ "-S x\\", "x\\" },
		{ "--", NULL },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *command = env_command(*state, cases[i].argument);
		assert_int_equal(command != NULL, cases[i].command != NULL);
		if (command)
			assert_string_equal(command, cases[i].command);
	}
}

/* The kernel is the judge: an interpreter of our own says how it was called. */
static void the_kernel_agrees(void **state)
{
	char dir[] = "/tmp/mkroot-test-script-XXXXXX", self[4096], path[64];
	assert_non_null(mkdtemp(dir));
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	assert_true(n > 0);
	self[n] = '\0';
	assert_int_equal(chdir(dir), 0);
	assert_int_equal(symlink(self, "sh"), 0);
	assert_int_equal(symlink(self, "sh\r"), 0);
	snprintf(path, sizeof(path), "%s/script", dir);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		/* "/bin/sh" is written as "./sh"; what is refused stays refused. */
		char text[512] = "", said[512] = "", ours[512] = "";
		const char *at = strstr(lines[i].text, "/bin/sh");
		size_t before = at ? (size_t)(at - lines[i].text) : strlen(lines[i].text);
		snprintf(text, sizeof(text), "%.*s%s%s", (int)before, lines[i].text,
			at ? "./sh" : "", at ? at + 7 : "");
		struct script s;
		if (script_parse(&s, *state, text, strlen(text)))
			snprintf(ours, sizeof(ours), "%s|%s|", s.interp,
				s.argument ? s.argument : "");
		int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
		assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
		close(fd);
		int ends[2];
		assert_int_equal(pipe(ends), 0);
		pid_t child = fork();
		if (child == 0) {
			char *args[] = { path, NULL };
			char *env[] = { NULL, NULL };
			char number[32];
			snprintf(number, sizeof(number), "SAY=%d", ends[1]);
			env[0] = number;
			execve(path, args, env);
			_exit(0);
		}
		close(ends[1]);
		ssize_t got = read(ends[0], said, sizeof(said) - 1);
		assert_true(got >= 0);
		close(ends[0]);
		waitpid(child, NULL, 0);
		assert_string_equal(said, ours);
	}
	unlink("sh"), unlink("sh\r"), unlink("script");
	assert_int_equal(chdir("/"), 0);
	rmdir(dir);
}

/* As an interpreter: argv is the interpreter, perhaps an argument, the script. */
static int say(int argc, char **argv, const char *fd)
{
	return dprintf((int)strtol(fd, NULL, 10), "%s|%s|", argv[0], argc > 2 ? argv[1] : "") < 0;
}

int main(int argc, char **argv)
{
	if (getenv("SAY"))
		return say(argc, argv, getenv("SAY"));
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_line_is_what_the_kernel_takes_it_for),
		TEST(a_nul_ends_the_line),
		TEST(what_is_behind_256_bytes_does_not_exist),
		TEST(env_names_the_command),
		TEST(the_kernel_agrees),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
