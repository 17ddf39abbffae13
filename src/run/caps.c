#include "run/caps.h"

#include <mkroot/run.h>

#include <errno.h>
#include <linux/capability.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* In the order of their numbers (include/uapi/linux/capability.h). */
static const char *const names[] = { "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID",
	"KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE", "NET_BIND_SERVICE",
	"NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO",
	"SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
	"SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE",
	"AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM",
	"BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF", "CHECKPOINT_RESTORE" };
_Static_assert(COUNT(names) == CAP_CHECKPOINT_RESTORE + 1, "one name for each number");

int cap_number(const char *name)
{
	if (strncasecmp(name, "CAP_", 4) == 0)
		name += 4;
	for (size_t i = 0; i < COUNT(names); i++)
		if (strcasecmp(names[i], name) == 0)
			return (int)i;
	return -1;
}

const char *mkr_cap_name(unsigned number)
{
	return number < COUNT(names) ? names[number] : NULL;
}

static int find(uint64_t *out, const char *option, const char *name, struct mkr_error *err)
{
	int number = cap_number(name);
	if (strcasecmp(name, "ALL") == 0)
		*out = MKR_CAPS_ALL;
	else if (number >= 0)
		*out = UINT64_C(1) << number;
	else
		return mkr_failx(
			err, -EINVAL, "option '--%s': there is no capability '%s'", option, name);
	return 0;
}

static int collect(
	uint64_t *out, const char *option, const char *const *list, struct mkr_error *err)
{
	*out = 0;
	for (; list && *list; list++) {
		uint64_t one = 0;
		int r = find(&one, option, *list, err);
		if (r < 0)
			return r;
		*out |= one;
	}
	return 0;
}

/* daemon/pkg/oci/caps of moby, TweakCapabilities(): "add ALL" goes before "drop ALL", and what is
 * added by its name is there whatever was dropped. */
int mkr_caps_change(
	uint64_t *caps, const char *const *add, const char *const *drop, struct mkr_error *err)
{
	uint64_t more, less;
	int r = collect(&more, "cap-add", add, err);
	if (r == 0)
		r = collect(&less, "cap-drop", drop, err);
	if (r < 0)
		return r;
	if (more == MKR_CAPS_ALL)
		*caps = less == MKR_CAPS_ALL ? more : more & ~less;
	else
		*caps = (*caps & ~less) | more;
	return 0;
}

static int get(struct __user_cap_data_struct data[2])
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	return syscall(SYS_capget, &head, data) < 0 ? -errno : 0;
}

uint64_t caps_own(uint64_t which)
{
	struct __user_cap_data_struct data[2];
	uint64_t own = 0;
	if (get(data) < 0)
		return 0;
	which &= data[0].permitted | (uint64_t)data[1].permitted << 32;
	for (unsigned i = 0; i < COUNT(names); i++)
		if ((which >> i & 1) && prctl(PR_CAPBSET_READ, i, 0, 0, 0) == 1)
			own |= UINT64_C(1) << i;
	return own;
}

int caps_bound(uint64_t caps, struct mkr_error *err)
{
	/* Up to what the kernel knows, which may be more than we do. */
	for (unsigned i = 0; i < 64; i++) {
		if (caps >> i & 1)
			continue;
		if (prctl(PR_CAPBSET_DROP, i, 0, 0, 0) == 0)
			continue;
		if (errno == EINVAL)
			break;
		if (prctl(PR_CAPBSET_READ, i, 0, 0, 0) != 0)
			return mkr_fail(err, -errno, "cannot drop a capability");
	}
	return 0;
}

int caps_set(uint64_t caps)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const struct __user_cap_data_struct data[2] = {
		{ .effective = (uint32_t)caps, .permitted = (uint32_t)caps },
		{ .effective = (uint32_t)(caps >> 32), .permitted = (uint32_t)(caps >> 32) },
	};
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 && errno != EINVAL)
		return -errno;
	return syscall(SYS_capset, &head, data) < 0 ? -errno : 0;
}
