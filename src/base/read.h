/* Reading a part of a file, whole. */
#ifndef BASE_READ_H
#define BASE_READ_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* pread(2) until there are `n` bytes, or the file ends. Returns how many, or -errno. */
ssize_t read_at(int fd, void *to, size_t n, uint64_t at);

#endif
