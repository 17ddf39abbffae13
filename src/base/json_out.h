/* JSON as it is written (RFC 8259): one document on a stream, member by member, nothing kept.
 *
 * Names of files are bytes, JSON is UTF-8: emit_bytes() writes what can be shown under the key,
 * with U+FFFD for what is no UTF-8, and in that case all bytes once more, in base64, under
 * "KEY_b64". */
#ifndef BASE_JSON_OUT_H
#define BASE_JSON_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct json {
	FILE *out;
	unsigned depth;
	uint64_t arrays, used; /* bit d: level d is an array; it holds something */
};

enum { JSON_DEPTH_MAX = 63 };

/* Opens the outermost object. The caller looks at ferror(out) when the document is closed. */
void emit_begin(struct json *j, FILE *out);

/* Closes it, with a newline. */
void emit_finish(struct json *j);

/* Each writes one member, or with a NULL key one element of an array. */
void emit_object(struct json *j, const char *key);
void emit_array(struct json *j, const char *key);
void emit_end(struct json *j); /* of the innermost object or array */
void emit_text(struct json *j, const char *key, const char *text); /* NULL text: null */
void emit_number(struct json *j, const char *key, uint64_t number);
void emit_signed(struct json *j, const char *key, int64_t number);
void emit_bool(struct json *j, const char *key, bool value);
void emit_null(struct json *j, const char *key);

/* Bytes as lower-case hexadecimal digits. NULL: null. */
void emit_hex(struct json *j, const char *key, const unsigned char *bytes, size_t n);

/* A file's name or another string of unknown bytes; needs a key. NULL: null. */
void emit_bytes(struct json *j, const char *key, const char *bytes);

#endif
