/* Why a call failed, in words a user can act on.
 *
 * Every function of the library that can fail returns 0 (or a descriptor, or a count) on success
 * and a negative errno value on failure, and takes a `struct mkr_error *err` last. The caller owns
 * the struct; there is nothing to free. `err` may be NULL: the code alone is returned then.
 *
 * The lowest floor says what went wrong (mkr_fail), each floor above adds what it alone knows
 * (mkr_wrap), so that the text reads "program '/bin/x': interpreter '/lib/ld.so': No such file
 * ...". The text never holds a newline or another control character, whatever the file names held.
 */
#ifndef MKROOT_ERROR_H
#define MKROOT_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

enum { MKR_ERROR_TEXT = 1024, MKR_ERROR_DETAIL = 1024 };

struct mkr_error {
	int code; /* negative errno value, 0: nothing failed */
	char text[MKR_ERROR_TEXT];
	char detail[MKR_ERROR_DETAIL]; /* further lines, "label: text\n" each; "" for none */
};

/* Sets text to the message, ": " and strerror(-code). Returns code. */
int mkr_fail(struct mkr_error *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Sets text to the message alone. Returns code. */
int mkr_failx(struct mkr_error *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts the message and ": " in front of the text. Returns code. */
int mkr_wrap(struct mkr_error *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Appends a line of evidence ("cause", "hint", "needed by" ...) below the text. */
void mkr_detail(struct mkr_error *err, const char *label, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#ifdef __cplusplus
}
#endif

#endif
