#include "cli/report.h"

#include "base/escape.h"
#include "cli/verb.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

void report_error(const struct mkr_error *err)
{
	fflush(stdout);
	fprintf(stderr, "mkroot: error: %s\n", err->text);
	for (const char *line = err->detail; *line;) {
		const char *end = strchr(line, '\n');
		size_t n = end ? (size_t)(end - line) : strlen(line);
		fprintf(stderr, "  %.*s\n", (int)n, line);
		line += n + (end != NULL);
	}
}

int report_failure(const struct mkr_error *err, int status)
{
	report_error(err);
	return status;
}

static void talk(const char *kind, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

static void talk(const char *kind, const char *fmt, va_list ap)
{
	char raw[4096], text[4096];
	vsnprintf(raw, sizeof(raw), fmt, ap);
	escape_into(text, sizeof(text), raw);
	fflush(stdout);
	fprintf(stderr, "mkroot: %s%s\n", kind, text);
}

void report_warning(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	talk("warning: ", fmt, ap);
	va_end(ap);
}

void report_note(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	talk("", fmt, ap);
	va_end(ap);
}

int report_status(int code)
{
	switch (-code) {
	case ENOENT:
	case ENOEXEC:
	case EISDIR:
	case ENOTDIR:
	case ELOOP:
	case EINVAL:
	case EBADMSG:
	case EFBIG:
		return EXIT_NO;
	default:
		return EXIT_IO;
	}
}

const char *show_name(struct shown_name *buf, const char *name)
{
	escape_into(buf->text, sizeof(buf->text), name);
	return buf->text;
}

const char *show_size(struct shown_size *buf, unsigned long long bytes)
{
	static const char *const units[] = { "kB", "MB", "GB", "TB", "PB", "EB" };
	if (bytes < 1000) {
		snprintf(buf->text, sizeof(buf->text), "%llu B", bytes);
		return buf->text;
	}
	double value = (double)bytes / 1000;
	size_t unit = 0;
	while (value >= 999.95 && unit < 5) {
		value /= 1000;
		unit++;
	}
	snprintf(buf->text, sizeof(buf->text), "%.1f %s", value, units[unit]);
	return buf->text;
}

bool report_flush(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return true;
	struct mkr_error err;
	mkr_fail(&err, errno ? -errno : -EIO, "cannot write to standard output");
	report_error(&err);
	return false;
}
