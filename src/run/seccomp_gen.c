/* Runs at build time: prints seccomp_ready_rows. Two rows stand for all of --cap-drop: of docker's
 * capabilities its profile asks for CAP_SYS_CHROOT alone. */
#include "run/seccomp.h"
#include "run/seccomp_ready.h"

#include <mkroot/run.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static size_t print_code(size_t row, uint64_t caps)
{
	struct mkr_error err;
	struct sock_filter *code;
	size_t n;
	if (seccomp_compile(&code, &n, &seccomp_docker, caps, &err) < 0) {
		fprintf(stderr, "seccomp_gen: %s\n", err.text);
		exit(1);
	}
	printf("static const struct sock_filter code_%zu[] = {\n", row);
	for (size_t i = 0; i < n; i++)
		printf("\t{ 0x%02x, %u, %u, 0x%08x },\n", code[i].code, code[i].jt, code[i].jf,
			code[i].k);
	puts("};");
	free(code);
	return n;
}

int main(void)
{
	const uint64_t caps[] = { MKR_CAPS_DOCKER & seccomp_caps(&seccomp_docker), 0 };
	size_t n[2];
	puts("#include \"run/seccomp_ready.h\"\n");
	for (size_t i = 0; i < 2; i++)
		n[i] = print_code(i, caps[i]);
	puts("const struct seccomp_ready seccomp_ready_rows[] = {");
	for (size_t i = 0; i < 2; i++)
		printf("\t{ UINT64_C(0x%" PRIx64 "), code_%zu, %zu },\n", caps[i], i, n[i]);
	puts("\t{ 0, 0, 0 },\n};");
	return 0;
}
