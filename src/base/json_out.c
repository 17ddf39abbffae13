#include "base/json_out.h"

#include "base/base64.h"
#include "base/cleanup.h"
#include "base/escape.h"

#include <inttypes.h>
#include <string.h>

static bool in_array(const struct json *j)
{
	return j->arrays >> j->depth & 1;
}

static void indent(const struct json *j)
{
	fputc('\n', j->out);
	for (unsigned i = 0; i < j->depth; i++)
		fputs("  ", j->out);
}

/* U+FFFD for each byte that belongs to no character. */
static void put_string(FILE *out, const char *text)
{
	fputc('"', out);
	for (const unsigned char *p = (const unsigned char *)text; *p;) {
		size_t n = utf8_length(p);
		if (n == 0)
			fputs("\\ufffd", out);
		else if (*p == '"' || *p == '\\')
			fprintf(out, "\\%c", *p);
		else if (*p == '\n' || *p == '\t')
			fputs(*p == '\n' ? "\\n" : "\\t", out);
		else if (*p < 0x20 || *p == 0x7f)
			fprintf(out, "\\u%04x", *p);
		else
			fwrite(p, 1, n, out);
		p += n ? n : 1;
	}
	fputc('"', out);
}

/* The comma, the line and the key in front of a value. */
static void lead(struct json *j, const char *key)
{
	uint64_t bit = UINT64_C(1) << j->depth;
	if (j->used & bit)
		fputc(',', j->out);
	j->used |= bit;
	indent(j);
	if (in_array(j) || !key)
		return;
	put_string(j->out, key);
	fputs(": ", j->out);
}

static void go_down(struct json *j, bool array)
{
	fputc(array ? '[' : '{', j->out);
	if (j->depth < JSON_DEPTH_MAX)
		j->depth++;
	uint64_t bit = UINT64_C(1) << j->depth;
	j->used &= ~bit;
	j->arrays = array ? j->arrays | bit : j->arrays & ~bit;
}

void emit_begin(struct json *j, FILE *out)
{
	*j = (struct json){ .out = out };
	go_down(j, false);
}

void emit_finish(struct json *j)
{
	emit_end(j);
	fputc('\n', j->out);
}

void emit_object(struct json *j, const char *key)
{
	lead(j, key);
	go_down(j, false);
}

void emit_array(struct json *j, const char *key)
{
	lead(j, key);
	go_down(j, true);
}

void emit_end(struct json *j)
{
	bool array = in_array(j), used = j->used >> j->depth & 1;
	j->depth--;
	if (used)
		indent(j);
	fputc(array ? ']' : '}', j->out);
}

void emit_text(struct json *j, const char *key, const char *text)
{
	lead(j, key);
	if (text)
		put_string(j->out, text);
	else
		fputs("null", j->out);
}

void emit_number(struct json *j, const char *key, uint64_t number)
{
	lead(j, key);
	fprintf(j->out, "%" PRIu64, number);
}

void emit_signed(struct json *j, const char *key, int64_t number)
{
	lead(j, key);
	fprintf(j->out, "%" PRId64, number);
}

void emit_bool(struct json *j, const char *key, bool value)
{
	lead(j, key);
	fputs(value ? "true" : "false", j->out);
}

void emit_null(struct json *j, const char *key)
{
	emit_text(j, key, NULL);
}

void emit_hex(struct json *j, const char *key, const unsigned char *bytes, size_t n)
{
	if (!bytes) {
		emit_null(j, key);
		return;
	}
	lead(j, key);
	fputc('"', j->out);
	for (size_t i = 0; i < n; i++)
		fprintf(j->out, "%02x", bytes[i]);
	fputc('"', j->out);
}

void emit_bytes(struct json *j, const char *key, const char *bytes)
{
	emit_text(j, key, bytes);
	if (!bytes || utf8_is_valid(bytes))
		return;
	char name[64];
	cleanup_free char *base64 = base64_of(bytes);
	snprintf(name, sizeof(name), "%s_b64", key);
	emit_text(j, name, base64);
}
