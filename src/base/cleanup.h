/* What a function holds is let go where its scope ends; what it hands over is stolen first. */
#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_fd_(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void cleanup_free_(void *p)
{
	free(*(void **)p);
}

static inline void cleanup_dir_(DIR *const *dir)
{
	if (*dir)
		closedir(*dir);
}

#define cleanup_fd __attribute__((cleanup(cleanup_fd_)))
#define cleanup_free __attribute__((cleanup(cleanup_free_)))
#define cleanup_dir __attribute__((cleanup(cleanup_dir_)))

/* DEFINE_CLEANUP(mkr_plan, mkr_plan_free) gives a function for cleanup_(mkr_plan). */
#define DEFINE_CLEANUP(name, free_fn)                                                              \
	__attribute__((unused)) static inline void cleanup_##name##_(struct name **p)              \
	{                                                                                          \
		free_fn(*p);                                                                       \
	}                                                                                          \
	struct name
#define cleanup_(name) __attribute__((cleanup(cleanup_##name##_)))

static inline int steal_fd(int *fd)
{
	int taken = *fd;
	*fd = -1;
	return taken;
}

static inline void *steal_ptr_(void *p)
{
	void *taken = *(void **)p;
	*(void **)p = NULL;
	return taken;
}

#define steal_ptr(p) steal_ptr_(p)

#endif
