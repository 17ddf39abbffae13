#include "cli/progress.h"

#include "base/escape.h"
#include "cli/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/* With the line for the end, which does not wait, it stays at ten in any second. */
static const int64_t second = 1000000000, patience = 300000000, step = 120000000;
enum { COLUMNS = 80, COLUMNS_MAX = 400 };

static int64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return t.tv_sec * second + t.tv_nsec;
}

void progress_begin(struct progress *p, bool quiet)
{
	const char *term = getenv("TERM");
	*p = (struct progress){ .next = now() + patience };
	p->on = !quiet && isatty(STDERR_FILENO) && term && *term && strcmp(term, "dumb") != 0;
}

/* Is it time for a line? */
static bool is_due(struct progress *p)
{
	if (!p->on)
		return false;
	int64_t t = now();
	if (t < p->next)
		return false;
	p->next = t + step;
	return true;
}

static size_t columns_of_stderr(void)
{
	struct winsize size;
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		return COLUMNS;
	return size.ws_col < COLUMNS_MAX ? size.ws_col : COLUMNS_MAX;
}

/* Ends the text where it has `columns`. What is not ASCII may be two wide: it is counted so. */
static void cut(char *text, size_t columns)
{
	size_t used = 0;
	for (char *p = text; *p;) {
		size_t n = utf8_length((const unsigned char *)p);
		used += n > 1 ? 2 : 1;
		if (used > columns) {
			*p = '\0';
			return;
		}
		p += n ? n : 1;
	}
}

/* "\033[K" clears what an earlier, longer line left (ECMA-48, EL). */
static void draw(struct progress *p, const char *text)
{
	fprintf(stderr, "\r%s\033[K", text);
	p->drawn = true;
}

void progress_look(void *ctx, size_t found)
{
	struct progress *p = ctx;
	char text[64];
	if (!is_due(p))
		return;
	snprintf(text, sizeof(text), "looking: %zu files", found);
	cut(text, columns_of_stderr() - 1);
	draw(p, text);
}

void progress_text(char *out, size_t size, size_t columns, const struct progress *p, uint64_t files,
	uint64_t bytes, const char *path)
{
	struct shown_size done, all;
	uint64_t part = p->bytes ? bytes : files, whole = p->bytes ? p->bytes : p->files;
	unsigned percent = whole ? (unsigned)((double)part / (double)whole * 100) : 100;
	int n = snprintf(out, size, "writing: %u%%, %s of %s, %" PRIu64 " of %" PRIu64 " files, ",
		percent, show_size(&done, bytes), show_size(&all, p->bytes), files, p->files);
	if (n > 0 && (size_t)n < size) {
		if (path) {
			snprintf(out + n, size - (size_t)n, "/");
			escape_into(out + n + 1, size - (size_t)n - 1, path);
		} else {
			snprintf(out + n, size - (size_t)n, "finishing");
		}
	}
	cut(out, columns - 1);
}

void progress_write(void *ctx, uint64_t files, uint64_t bytes, const char *path)
{
	struct progress *p = ctx;
	char text[2 * COLUMNS_MAX];
	/* The end is a state of its own, which may last: it is always told. */
	if (!is_due(p) && !(p->drawn && !path))
		return;
	progress_text(text, sizeof(text), columns_of_stderr(), p, files, bytes, path);
	draw(p, text);
}

void progress_clear(struct progress *p)
{
	if (p->drawn)
		fputs("\r\033[K", stderr);
	p->drawn = false;
}
