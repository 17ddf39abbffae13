/* Where a verb takes its programs from: a sysroot, a loader for it, paths as the user typed them.
 */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include <mkroot/error.h>
#include <mkroot/image.h>
#include <mkroot/loader.h>
#include <mkroot/root.h>

#include <stdbool.h>

/* What the options of build and ldd say about the search. */
struct input_args {
	const char *sysroot; /* a folder, or a ROOT as run has it, which is unpacked */
	const char *library_path, *preload, *hwcaps;
	bool set_id; /* set-user-ID programs by the rules that ld.so has for them when they run */
	bool honour_preload; /* LD_PRELOAD and the root's /etc/ld.so.preload, as ld.so would */
};

struct input {
	struct mkr_unpacked *unpacked; /* the sysroot, where that is no folder */
	struct mkr_root *root;
	struct mkr_loader *loader;
	bool host; /* no -S: relative paths are relative to the working directory */
	char *cwd; /* inside the root */
	char *library_path;
	char *preload;
};

/* Fills *in; input_close() also after a failure. The environment is read here. */
int input_open(struct input *in, const struct input_args *args, struct mkr_error *err);
void input_close(struct input *in);

/* The absolute path inside the root of what the user typed; the caller frees it. */
char *input_path(const struct input *in, const char *typed);

/* The same for a program: a name without a slash is looked up in PATH, inside the root. -ENOENT
 * with the list that was searched and the nearest name. */
int input_program(const struct input *in, const char *typed, char **out, struct mkr_error *err);

#endif
