/* What the real loader says of a program in another root, as a judge for `mkroot ldd -S`.
 * usage: real_ldso ROOT LOADER PROGRAM [LD_LIBRARY_PATH]
 *
 * With LD_VERBOSE in its environment, as ldd -v.
 *
 * chroot(8) cannot be used: its own loader would see LD_TRACE_LOADED_OBJECTS. Without root's powers
 * a user namespace lends the one that chroot(2) wants. */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc < 4) {
		fputs("usage: real_ldso ROOT LOADER PROGRAM [LD_LIBRARY_PATH]\n", stderr);
		return 2;
	}
	if ((geteuid() != 0 && unshare(CLONE_NEWUSER) < 0) || chroot(argv[1]) < 0 ||
		chdir("/") < 0) {
		perror(argv[1]);
		return 125;
	}
	char library_path[4096];
	snprintf(library_path, sizeof(library_path), "LD_LIBRARY_PATH=%s", argc > 4 ? argv[4] : "");
	char trace[] = "LD_TRACE_LOADED_OBJECTS=1";
	char verbose[] = "LD_VERBOSE=1";
	char *env[] = { trace, library_path, getenv("LD_VERBOSE") ? verbose : NULL, NULL };
	char *args[] = { argv[2], argv[3], NULL };
	execve(argv[2], args, env);
	perror(argv[2]);
	return 126;
}
