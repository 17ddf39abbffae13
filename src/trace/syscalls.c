#include "trace/syscalls.h"

#include <linux/audit.h>
#include <sys/syscall.h>

/* The shapes that calls have. */
#define LOOK(nr)                                                                                   \
	{                                                                                          \
		nr, CALL_LOOK, CALL_NONE, 0, CALL_NONE                                             \
	}
#define LOOK_AT(nr, flags)                                                                         \
	{                                                                                          \
		nr, CALL_LOOK, 0, 1, flags                                                         \
	}
#define LINK(nr)                                                                                   \
	{                                                                                          \
		nr, CALL_LINK, CALL_NONE, 0, CALL_NONE                                             \
	}
#define LINK_AT(nr)                                                                                \
	{                                                                                          \
		nr, CALL_LINK, 0, 1, CALL_NONE                                                     \
	}
#define MAKE(nr)                                                                                   \
	{                                                                                          \
		nr, CALL_MAKE, CALL_NONE, 0, CALL_NONE                                             \
	}
#define MAKE_AT(nr)                                                                                \
	{                                                                                          \
		nr, CALL_MAKE, 0, 1, CALL_NONE                                                     \
	}
#define MOVE(nr)                                                                                   \
	{                                                                                          \
		nr, CALL_MOVE, CALL_NONE, 1, CALL_NONE                                             \
	}
#define MOVE_AT(nr)                                                                                \
	{                                                                                          \
		nr, CALL_MOVE, 2, 3, CALL_NONE                                                     \
	}
#define SYMLINK(nr)                                                                                \
	{                                                                                          \
		nr, CALL_MAKE, CALL_NONE, 1, CALL_NONE                                             \
	}
#define SYMLINK_AT(nr)                                                                             \
	{                                                                                          \
		nr, CALL_MAKE, 1, 2, CALL_NONE                                                     \
	}
#define ENTER(nr)                                                                                  \
	{                                                                                          \
		nr, CALL_ENTER, CALL_NONE, 0, CALL_NONE                                            \
	}
#define CHANGE(nr)                                                                                 \
	{                                                                                          \
		nr, CALL_CHANGE, CALL_NONE, CALL_NONE, CALL_NONE                                   \
	}
#define OPEN(nr)                                                                                   \
	{                                                                                          \
		nr, CALL_OPEN, CALL_NONE, 0, 1                                                     \
	}
#define OPEN_AT(nr)                                                                                \
	{                                                                                          \
		nr, CALL_OPEN, 0, 1, 2                                                             \
	}
#define OPENAT2(nr)                                                                                \
	{                                                                                          \
		nr, CALL_OPENAT2, 0, 1, 2                                                          \
	}
#define CREAT(nr)                                                                                  \
	{                                                                                          \
		nr, CALL_CREAT, CALL_NONE, 0, CALL_NONE                                            \
	}
#define EXEC(nr)                                                                                   \
	{                                                                                          \
		nr, CALL_EXEC, CALL_NONE, 0, CALL_NONE                                             \
	}
#define EXEC_AT(nr)                                                                                \
	{                                                                                          \
		nr, CALL_EXEC, 0, 1, 4                                                             \
	}

/* Calls that all machines have, which have the same number on all since Linux 5.1
 * (Documentation/process/adding-syscalls.rst), are known by that: headers may be older. */
#define CALLS_SINCE_5_1 OPENAT2(437), LOOK_AT(439, 3), LOOK_AT(452, 3)

#if defined(__x86_64__)
#include "trace/arch_x86_64.h"
#elif defined(__aarch64__)
#include "trace/arch_aarch64.h"
#else
static const struct call_arch arches[] = { { 0 } }; /* mkr_trace() says that it cannot */
#define N_ARCHES 0
#endif

const struct call_arch *call_arches(size_t *n)
{
	*n = N_ARCHES;
	return arches;
}

const struct call *call_find(uint32_t audit, uint32_t nr)
{
	for (size_t i = 0; i < N_ARCHES; i++) {
		if (arches[i].audit != audit)
			continue;
		for (size_t k = 0; k < arches[i].n; k++)
			if (arches[i].calls[k].nr == (nr & ~arches[i].ignore))
				return &arches[i].calls[k];
	}
	return NULL;
}
