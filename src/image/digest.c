#include "image/digest.h"

#include "base/hex.h"

#include <string.h>

void digest_end(struct sha256_ctx *ctx, char out[static DIGEST_TEXT])
{
	uint8_t sum[SHA256_DIGEST_SIZE];
	sha256_digest(ctx, sizeof(sum), sum);
	memcpy(out, "sha256:", 7);
	hex_digits(out + 7, sum, sizeof(sum));
}

void digest_of(const void *data, size_t n, char out[static DIGEST_TEXT])
{
	struct sha256_ctx ctx;
	sha256_init(&ctx);
	sha256_update(&ctx, n, data);
	digest_end(&ctx, out);
}

bool digest_is_hex(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!((text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f')))
			return false;
	return n == DIGEST_HEX;
}

bool digest_is_sha256(const char *text)
{
	return strncmp(text, "sha256:", 7) == 0 && digest_is_hex(text + 7, strlen(text + 7));
}
