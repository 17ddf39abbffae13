/* What a zstd tar costs at least: a file that is there, compressed by libzstd and its own threads.
 *
 *   zstd INPUT OUTPUT WORKERS
 */
#include <stdio.h>
#include <stdlib.h>
#include <zstd.h>

static int squeeze(ZSTD_CCtx *c, FILE *from, FILE *to)
{
	static char in[128 * 1024], out[128 * 1024];
	size_t left;
	do {
		size_t n = fread(in, 1, sizeof(in), from);
		ZSTD_inBuffer source = { in, n, 0 };
		ZSTD_EndDirective how = n ? ZSTD_e_continue : ZSTD_e_end;
		do {
			ZSTD_outBuffer target = { out, sizeof(out), 0 };
			left = ZSTD_compressStream2(c, &target, &source, how);
			if (ZSTD_isError(left) || fwrite(out, 1, target.pos, to) != target.pos)
				return -1;
		} while (source.pos < n || (how == ZSTD_e_end && left));
		if (!n)
			return ferror(from) || fflush(to) ? -1 : 0;
	} while (1);
}

int main(int argc, char **argv)
{
	FILE *from = argc == 4 ? fopen(argv[1], "r") : NULL;
	FILE *to = from ? fopen(argv[2], "w") : NULL;
	ZSTD_CCtx *c = ZSTD_createCCtx();
	if (!to || !c)
		return 2;
	ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel, 3);
	ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
	size_t r = ZSTD_CCtx_setParameter(c, ZSTD_c_nbWorkers, atoi(argv[3]));
	if (ZSTD_isError(r)) {
		fprintf(stderr, "%s\n", ZSTD_getErrorName(r));
		return 2;
	}
	return squeeze(c, from, to) < 0;
}
