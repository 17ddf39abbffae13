#include "run/op.h"
#include "base/escape.h"
#include "run/host_file.h"

enum { SHOWN_MAX = 8192 };

static void print_flags(FILE *out, unsigned flags)
{
	static const char *const names[] = { "ro", "nosuid", "nodev", "noexec" };
	for (unsigned i = 0, any = 0; i < 4; i++)
		if (flags & (1U << i))
			fprintf(out, "%s%s", any++ ? "," : " ", names[i]);
}

static void print_op(FILE *out, const struct op *op)
{
	switch (op->kind) {
	case OP_PRIVATE:
		fputs("private", out);
		break;
	case OP_BIND_ROOT:
		fputs("root bind", out);
		break;
	case OP_TMPFS_ROOT:
		fprintf(out, "root tmpfs %04o", (unsigned)op->mode);
		break;
	case OP_UNPACK:
		fputs("unpack", out);
		break;
	case OP_OVERLAY:
		fprintf(out, "root overlay, changes in %s",
			op->source ? op->source->path : "a tmpfs");
		break;
	case OP_VOLUME:
		fprintf(out, "volume %s on /%s", op->source ? op->source->path : "tmpfs", op->path);
		break;
	case OP_NODE:
		fprintf(out, "device %s at /%s", op->source->path, op->path);
		break;
	case OP_HOST_SYS:
		fprintf(out, "the host's /%s, where no fresh one can be had", op->path);
		break;
	case OP_MASK:
		fprintf(out, "mask /%s", op->path);
		break;
	case OP_BIND:
		fprintf(out, "bind /%s%s", op->path, op->is_dir ? "/" : "");
		break;
	case OP_BELOW:
		fputs("readonly proc, sysfs and the like below the root", out);
		break;
	case OP_LINK:
		fprintf(out, "link /%s -> %s", op->path, op->from);
		break;
	case OP_DIR:
		fprintf(out, "dir /%s %04o", op->path, (unsigned)op->mode);
		break;
	case OP_MOUNT:
		fprintf(out, "mount %s /%s", op->from, op->path);
		break;
	case OP_DEVICE:
		fprintf(out, "device /%s %u:%u", op->path, op->major, op->minor);
		break;
	case OP_CONSOLE:
		fprintf(out, "console /%s, where there is a terminal", op->path);
		break;
	case OP_READONLY:
		fprintf(out, "readonly /%s", op->path);
		break;
	case OP_FLAGS:
		fprintf(out, "flags /%s", op->path);
		break;
	case OP_SEAL:
		fputs("readonly / (top level)", out);
		break;
	case OP_PIVOT:
		fputs("pivot", out);
		break;
	case OP_HOSTNAME:
		fprintf(out, "hostname %s", op->from);
		break;
	case OP_LOOPBACK:
		fputs("loopback up", out);
		break;
	}
	print_flags(out, op->flags);
	if (op->data)
		fprintf(out, " %s", op->data);
	fputc('\n', out);
}

/* Names in ROOT may hold anything. */
static const char *shown(char *buf, size_t size, const char *text)
{
	if (text)
		escape_into(buf, size, text);
	return text ? buf : NULL;
}

void ops_print(FILE *out, const char *before, const struct ops *ops)
{
	char path[SHOWN_MAX], from[SHOWN_MAX], data[SHOWN_MAX];
	for (size_t i = 0; i < ops->list.n; i++) {
		struct op op = ops->list.at[i];
		op.path = shown(path, sizeof(path), op.path);
		op.from = shown(from, sizeof(from), op.from);
		op.data = shown(data, sizeof(data), op.data);
		fputs(before, out);
		print_op(out, &op);
	}
}
