/* A root that a fuzz target fills with its input: folders, and files that are the input cut at form
 * feeds. In memory where that is, so that a run is no trial of the disk. */
#ifndef FUZZ_FOLDER_H
#define FUZZ_FOLDER_H

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct fuzz_folder {
	char path[64];
	int fd;
	const char *const *folders,
		*const *names; /* a folder before what is in it; end with NULL */
};

static inline void folder_put(
	const struct fuzz_folder *f, const char *name, const void *data, size_t n)
{
	int file = openat(f->fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (file < 0 || write(file, data, n) != (ssize_t)n)
		abort();
	close(file);
}

/* The last name gets all that is left. */
static inline struct fuzz_folder folder_make(
	const char *const *folders, const char *const *names, const uint8_t *data, size_t size)
{
	struct stat st;
	struct fuzz_folder f = { .folders = folders, .names = names };
	snprintf(f.path, sizeof(f.path), "%s/mkroot-fuzz-XXXXXX",
		stat("/dev/shm", &st) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(f.path))
		abort();
	f.fd = open(f.path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; folders[i]; i++)
		mkdirat(f.fd, folders[i], 0755);
	for (size_t i = 0; names[i]; i++) {
		const uint8_t *cut = size && names[i + 1] ? memchr(data, '\f', size) : NULL;
		size_t n = cut ? (size_t)(cut - data) : size;
		folder_put(&f, names[i], data, n);
		data += cut ? n + 1 : n;
		size -= cut ? n + 1 : n;
	}
	return f;
}

static inline void folder_clean(const struct fuzz_folder *f)
{
	size_t n = 0;
	for (size_t i = 0; f->names[i]; i++)
		unlinkat(f->fd, f->names[i], 0);
	while (f->folders[n])
		n++;
	while (n-- > 0)
		unlinkat(f->fd, f->folders[n], AT_REMOVEDIR);
	rmdir(f->path);
	close(f->fd);
}

#endif
