/* A list of used paths, as `mkroot trace --save` writes it: what is taken is printed and read again
 * without a change. */
#include "fuzz.h"

#include <mkroot/trace.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mkr_uses *u = mkr_uses_new(), *again = mkr_uses_new();
	struct mkr_error err;
	char *copy = malloc(size ? size : 1); /* exactly as long as it says */
	if (!copy)
		abort();
	if (size)
		memcpy(copy, data, size);
	size_t n, m;
	if (mkr_uses_parse(u, copy, size, &err) == 0) {
		char *text = mkr_uses_print(u, &n);
		if (mkr_uses_parse(again, text, n, NULL) < 0)
			abort();
		char *text2 = mkr_uses_print(again, &m);
		if (n != m || memcmp(text, text2, n) != 0)
			abort();
		free(text);
		free(text2);
	} else {
		mkr_uses_list(u, &n);
		if (n != 0)
			abort();
	}
	free(copy);
	mkr_uses_free(u);
	mkr_uses_free(again);
	return 0;
}
