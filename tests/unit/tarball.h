/* Tar archives made header by header, so that they can hold what no tar program would write. */
#ifndef TARBALL_H
#define TARBALL_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct tarball {
	char path[64];
	int fd;
};

static inline void tarball_open(struct tarball *t)
{
	strcpy(t->path, "/tmp/mkroot-test-tar-XXXXXX");
	t->fd = mkstemp(t->path);
	assert_true(t->fd >= 0);
}

static inline void tarball_block(struct tarball *t, const void *bytes, size_t n)
{
	static const char zeros[512];
	assert_int_equal(write(t->fd, bytes, n), (ssize_t)n);
	if (n % 512)
		assert_true(write(t->fd, zeros, 512 - n % 512) > 0);
}

struct tar_member {
	char type; /* '0' file, '1' hard link, '2' symbolic link, '3' device, '5' folder, '6' FIFO
		    */
	const char *name, *link, *data;
	unsigned mode;
	unsigned long size; /* what the header says; 0: the length of data */
	long mtime;
};

static inline void tarball_add(struct tarball *t, struct tar_member m)
{
	char h[512] = "";
	size_t n = m.data ? strlen(m.data) : 0;
	memcpy(h, m.name, strnlen(m.name, 100));
	snprintf(h + 100, 8, "%07o", m.mode);
	snprintf(h + 108, 8, "%07o", 0U);
	snprintf(h + 116, 8, "%07o", 0U);
	snprintf(h + 124, 12, "%011lo", m.size ? m.size : (unsigned long)n);
	snprintf(h + 136, 12, "%011lo", (unsigned long)m.mtime);
	h[156] = m.type;
	if (m.link)
		memcpy(h + 157, m.link, strnlen(m.link, 100));
	memcpy(h + 257, "ustar\00000", 8);
	memset(h + 148, ' ', 8);
	unsigned sum = 0;
	for (size_t i = 0; i < sizeof(h); i++)
		sum += (unsigned char)h[i];
	snprintf(h + 148, 8, "%06o", sum);
	tarball_block(t, h, sizeof(h));
	if (n)
		tarball_block(t, m.data, n);
}

static inline void tarball_end(struct tarball *t)
{
	static const char zeros[512];
	tarball_block(t, zeros, sizeof(zeros));
	tarball_block(t, zeros, sizeof(zeros));
}

static inline void tarball_close(struct tarball *t)
{
	close(t->fd);
	unlink(t->path);
}

#endif
