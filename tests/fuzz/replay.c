/* Gives the target each file below the folders named, whole and cut short: the corpus as a plain
 * test, with any compiler. usage: replay PATH... */
#include "fuzz.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { SIZE_MAX_READ = 1 << 20, CUTS = 16 };

static unsigned long inputs;

static int one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)ftw;
	if (type != FTW_F || !S_ISREG(st->st_mode))
		return 0;
	size_t n = st->st_size < SIZE_MAX_READ ? (size_t)st->st_size : SIZE_MAX_READ;
	uint8_t *data = malloc(n + 1);
	FILE *f = fopen(path, "rb");
	if (!data || !f) {
		perror(path);
		exit(1);
	}
	n = fread(data, 1, n, f);
	fclose(f);
	for (size_t i = 0; i <= CUTS; i++, inputs++) {
		/* In memory of its own, so that a sanitizer sees what reads behind the end. */
		size_t size = n * (CUTS - i) / CUTS;
		uint8_t *copy = malloc(size + 1);
		if (!copy)
			exit(1);
		for (size_t k = 0; k < size; k++)
			copy[k] = data[k];
		uint8_t *exact = realloc(copy, size ? size : 1);
		LLVMFuzzerTestOneInput(exact ? exact : copy, size);
		free(exact ? exact : copy);
	}
	free(data);
	return 0;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (nftw(argv[i], one, 16, FTW_PHYS) != 0) {
			perror(argv[i]);
			return 1;
		}
	printf("%lu inputs\n", inputs);
	return inputs ? 0 : 1;
}
