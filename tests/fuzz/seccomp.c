/* A seccomp profile in JSON, and the program made of it. */
#include "fuzz.h"

#include "base/arena.h"
#include "run/seccomp.h"

#include <stdlib.h>

/* What the kernel asks of a program: jumps stay inside, and it ends with a return. */
static void check(const struct sock_filter *code, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t left = n - i - 1;
		if (BPF_CLASS(code[i].code) == BPF_JMP &&
			(BPF_OP(code[i].code) == BPF_JA ? code[i].k >= left
							: code[i].jt >= left || code[i].jf >= left))
			abort();
	}
	if (!n || BPF_CLASS(code[n - 1].code) != BPF_RET)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	const struct seccomp_profile *p;
	struct sock_filter *code;
	size_t n;
	if (seccomp_parse(&p, a, (const char *)data, size, NULL) == 0 &&
		seccomp_compile(&code, &n, p, 0, NULL) == 0) {
		check(code, n);
		free(code);
	}
	arena_free(a);
	return 0;
}
