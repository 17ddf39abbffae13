#include "run/op.h"
#include "run/view.h"

static void add(struct ops *ops, struct op op)
{
	vec_push(&ops->list, op);
}

static void add_overlay(struct ops *ops, const struct view *view)
{
	add(ops,
		(struct op){ OP_OVERLAY, OP_NOSUID | OP_NODEV, .source = view->overlay,
			.data = view->overlay ? NULL : view->tmpfs_options });
}

static void add_root(struct ops *ops, const struct mkr_box *box, const struct view *view)
{
	const unsigned more = box->read_only ? OP_RO : 0;
	switch (view->kind) {
	case VIEW_DIRECT:
		add(ops, (struct op){ OP_BIND_ROOT, .flags = more | OP_NOSUID | OP_NODEV });
		add(ops, (struct op){ OP_BELOW });
		return; /* has the folders, and is not ours to change */
	case VIEW_OVERLAY:
		add_overlay(ops, view);
		break;
	case VIEW_ARCHIVE:
		add(ops,
			(struct op){ OP_TMPFS_ROOT, OP_NOSUID | OP_NODEV, .mode = 0755,
				.data = view->tmpfs_options });
		add(ops, (struct op){ OP_UNPACK });
		if (view->overlay)
			add_overlay(ops, view);
		break;
	case VIEW_SKELETON:
		add(ops, (struct op){ OP_TMPFS_ROOT, OP_NOSUID | OP_NODEV, .mode = view->mode });
		for (size_t i = 0; i < view->entries.n; i++) {
			const struct view_entry *e = &view->entries.at[i];
			if (e->target)
				add(ops,
					(struct op){ OP_LINK, .path = e->name, .from = e->target });
			else
				add(ops,
					(struct op){ OP_BIND, more | OP_NOSUID | OP_NODEV, e->name,
						.is_dir = e->is_dir });
		}
		add(ops, (struct op){ OP_BELOW });
		break;
	}
	for (const char *const *m = view_mount_points; *m; m++)
		add(ops, (struct op){ OP_DIR, .path = *m, .mode = 0755 });
}

const char *const box_readonly[] = { "proc/bus", "proc/fs", "proc/irq", "proc/sys",
	"proc/sysrq-trigger", NULL };

static void add_proc(struct ops *ops)
{
	add(ops, (struct op){ OP_MOUNT, OP_NOSUID | OP_NODEV | OP_NOEXEC, "proc", "proc" });
	for (const char *const *path = box_readonly; *path; path++)
		add(ops, (struct op){ OP_READONLY, .path = *path, .optional = true });
}

static void add_dev(struct ops *ops)
{
	static const struct op devices[] = {
		{ OP_DEVICE, .path = "dev/null", .major = 1, .minor = 3 },
		{ OP_DEVICE, .path = "dev/zero", .major = 1, .minor = 5 },
		{ OP_DEVICE, .path = "dev/full", .major = 1, .minor = 7 },
		{ OP_DEVICE, .path = "dev/random", .major = 1, .minor = 8 },
		{ OP_DEVICE, .path = "dev/urandom", .major = 1, .minor = 9 },
		{ OP_DEVICE, .path = "dev/tty", .major = 5, .minor = 0 },
		{ OP_CONSOLE, .path = "dev/console" },
		{ OP_LINK, .path = "dev/fd", .from = "/proc/self/fd" },
		{ OP_LINK, .path = "dev/stdin", .from = "/proc/self/fd/0" },
		{ OP_LINK, .path = "dev/stdout", .from = "/proc/self/fd/1" },
		{ OP_LINK, .path = "dev/stderr", .from = "/proc/self/fd/2" },
		{ OP_LINK, .path = "dev/ptmx", .from = "pts/ptmx" },
		{ OP_DIR, .path = "dev/shm", .mode = 01777 },
		{ OP_DIR, .path = "dev/pts", .mode = 0755 },
		{ OP_DIR, .path = "dev/mqueue", .mode = 01777 },
		{ OP_MOUNT, OP_NOSUID | OP_NOEXEC, "dev/pts", "devpts",
			"newinstance,ptmxmode=0666,mode=0620" },
		{ OP_MOUNT, OP_NOSUID | OP_NODEV | OP_NOEXEC, "dev/shm", "tmpfs",
			"mode=1777,size=65536k" },
		{ OP_MOUNT, OP_NOSUID | OP_NODEV | OP_NOEXEC, "dev/mqueue", "mqueue",
			.optional = true }, /* a kernel without CONFIG_POSIX_MQUEUE */
	};
	/* The sizes of /dev and /dev/shm are docker's. */
	add(ops,
		(struct op){
			OP_MOUNT, OP_NOSUID | OP_NOEXEC, "dev", "tmpfs", "mode=0755,size=65536k" });
	for (size_t i = 0; i < sizeof(devices) / sizeof(*devices); i++)
		add(ops, devices[i]);
	add(ops, (struct op){ OP_FLAGS, OP_NODEV, "dev" });
}

const char *const box_masked[] = { "proc/acpi", "proc/asound", "proc/interrupts", "proc/kcore",
	"proc/keys", "proc/latency_stats", "proc/sched_debug", "proc/scsi", "proc/timer_list",
	"proc/timer_stats", "sys/firmware", "sys/devices/virtual/powercap",
	"sys/devices/system/cpu/cpu*/thermal_throttle", NULL };

static void add_masks(struct ops *ops)
{
	for (const char *const *path = box_masked; *path; path++)
		add(ops, (struct op){ OP_MASK, .path = *path, .optional = true });
}

static void add_sys(struct ops *ops, const struct view *view)
{
	/* Optional: not to be had in a user namespace where the outer /sys is partly hidden, nor
	 * with somebody else's network. */
	add(ops,
		(struct op){ OP_MOUNT, OP_RO | OP_NOSUID | OP_NODEV | OP_NOEXEC, "sys", "sysfs",
			.optional = true });
	if (view->host_network) {
		add(ops, (struct op){ OP_HOST_SYS, .path = "sys" });
		add(ops, (struct op){ OP_MASK, .path = "sys/fs/cgroup", .optional = true });
	}
}

static void add_wishes(struct ops *ops, const struct view *view)
{
	for (size_t i = 0; i < view->devices.n; i++)
		add(ops,
			(struct op){ OP_NODE, .path = view->devices.at[i].target,
				.source = view->devices.at[i].source });
	for (size_t i = 0; i < view->mounts.n; i++) {
		const struct view_mount *m = &view->mounts.at[i];
		add(ops,
			(struct op){ OP_VOLUME, m->flags, m->target, .source = m->source,
				.data = m->options, .replace = m->replace });
	}
}

void box_ops(struct ops *ops, const struct mkr_box *box, const struct view *view)
{
	add(ops, (struct op){ OP_PRIVATE });
	add_root(ops, box, view);
	add_proc(ops);
	add_dev(ops);
	add_sys(ops, view);
	add(ops, (struct op){ OP_MOUNT, OP_NOSUID | OP_NODEV, "tmp", "tmpfs", "mode=1777" });
	add_wishes(ops, view);
	add_masks(ops);
	if (view->kind == VIEW_SKELETON || (box->read_only && view->kind != VIEW_DIRECT))
		add(ops, (struct op){ OP_SEAL });
	add(ops, (struct op){ OP_PIVOT });
	add(ops, (struct op){ OP_HOSTNAME, .from = box->hostname ? box->hostname : "mkroot" });
	if (!view->host_network)
		add(ops, (struct op){ OP_LOOPBACK });
}
