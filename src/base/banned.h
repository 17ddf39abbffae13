/* Calls that have no place in this library: each has a form that says its size, its descriptor or
 * its locale. Forced into every source file of libmkroot by the build. */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#undef strcpy
#undef strcat
#undef sprintf
#undef vsprintf
#undef strtok
#undef gmtime
#undef localtime
#undef realpath
#undef system
#undef popen
#undef readlink
#undef tmpnam
#undef mktemp
#undef atoi
#pragma GCC poison strcpy strcat sprintf vsprintf strtok gmtime localtime realpath system popen    \
	readlink tmpnam mktemp atoi

#endif
