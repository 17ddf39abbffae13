#include <mkroot/error.h>

#include "base/escape.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Room for a message before it is escaped and cut to MKR_ERROR_TEXT. */
enum { RAW_MAX = 2 * MKR_ERROR_TEXT };

static void set_text(struct mkr_error *err, int code, const char *raw)
{
	err->code = code;
	escape_into(err->text, sizeof(err->text), raw);
}

int mkr_fail(struct mkr_error *err, int code, const char *fmt, ...)
{
	if (!err)
		return code;
	char raw[RAW_MAX];
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof(raw))
		snprintf(raw + n, sizeof(raw) - (size_t)n, ": %s", strerror(-code));
	err->detail[0] = '\0';
	set_text(err, code, raw);
	return code;
}

int mkr_failx(struct mkr_error *err, int code, const char *fmt, ...)
{
	if (!err)
		return code;
	char raw[RAW_MAX];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	err->detail[0] = '\0';
	set_text(err, code, raw);
	return code;
}

int mkr_wrap(struct mkr_error *err, int code, const char *fmt, ...)
{
	if (!err)
		return code;
	char outer[MKR_ERROR_TEXT], inner[MKR_ERROR_TEXT];
	char raw[RAW_MAX];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	escape_into(outer, sizeof(outer), raw);
	memcpy(inner, err->text, sizeof(inner));
	err->code = code;
	/* Both parts are escaped already: escaping twice would double each backslash. */
	size_t n = strlen(outer);
	if (n + 2 < sizeof(err->text)) {
		memcpy(err->text, outer, n);
		memcpy(err->text + n, ": ", 3);
		n += 2;
		size_t m = strnlen(inner, sizeof(err->text) - n - 1);
		memcpy(err->text + n, inner, m);
		err->text[n + m] = '\0';
	}
	return code;
}

void mkr_detail(struct mkr_error *err, const char *label, const char *fmt, ...)
{
	if (!err)
		return;
	char raw[RAW_MAX], line[MKR_ERROR_TEXT];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	escape_into(line, sizeof(line), raw);
	size_t used = strlen(err->detail);
	int n = snprintf(err->detail + used, sizeof(err->detail) - used, "%s: %s\n", label, line);
	if (n < 0 || (size_t)n >= sizeof(err->detail) - used)
		err->detail[used] = '\0'; /* a line that does not fit is left out whole */
}
