/* Device rules as a program for BPF_PROG_TYPE_CGROUP_DEVICE (bpf(2); struct bpf_cgroup_dev_ctx in
 * <linux/bpf.h>; access and type are halves of one word there). */
#include "base/cleanup.h"
#include "run/devices.h"

#include <errno.h>
#include <stddef.h>
#include <sys/syscall.h>

enum { TYPE = BPF_REG_2, ACCESS = BPF_REG_3, MAJOR = BPF_REG_4, MINOR = BPF_REG_5 };

struct registers {
	uint8_t to : 4, from : 4;
};

static void emit(
	struct device_program *p, uint8_t code, struct registers r, int16_t jump, int32_t value)
{
	struct bpf_insn insn = {
		.code = code, .dst_reg = r.to, .src_reg = r.from, .off = jump, .imm = value
	};
	vec_push(&p->code, insn);
}

static void load(struct device_program *p, struct registers r, size_t offset)
{
	emit(p, BPF_LDX | BPF_W | BPF_MEM, r, (int16_t)offset, 0);
}

static void answer(struct device_program *p, int32_t value)
{
	emit(p, BPF_ALU64 | BPF_MOV | BPF_K, (struct registers){ BPF_REG_0 }, 0, value);
	emit(p, BPF_JMP | BPF_EXIT, (struct registers){ 0 }, 0, 0);
}

/* Each comparison that fails jumps behind the rule's answer. */
static void add_rule(struct device_program *p, const struct device_rule *rule)
{
	const struct {
		struct registers reg;
		int value;
	} equal[] = {
		{ { TYPE }, rule->type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR },
		{ { MAJOR }, rule->major },
		{ { MINOR }, rule->minor },
	};
	int32_t others = 0;
	if (!(rule->access & DEVICE_READ))
		others |= BPF_DEVCG_ACC_READ;
	if (!(rule->access & DEVICE_WRITE))
		others |= BPF_DEVCG_ACC_WRITE;
	if (!(rule->access & DEVICE_MKNOD))
		others |= BPF_DEVCG_ACC_MKNOD;
	size_t n = 0;
	for (size_t i = 0; i < 3; i++)
		n += equal[i].value != DEVICE_ANY;
	int16_t left = (int16_t)(n + (others ? 1 : 0) + 1);
	for (size_t i = 0; i < 3; i++)
		if (equal[i].value != DEVICE_ANY)
			emit(p, BPF_JMP | BPF_JNE | BPF_K, equal[i].reg, left--, equal[i].value);
	if (others)
		emit(p, BPF_JMP | BPF_JSET | BPF_K, (struct registers){ ACCESS }, left--, others);
	answer(p, 1);
}

void device_program_make(struct device_program *p, const struct device_rules *rules)
{
	load(p, (struct registers){ TYPE, BPF_REG_1 },
		offsetof(struct bpf_cgroup_dev_ctx, access_type));
	emit(p, BPF_ALU64 | BPF_MOV | BPF_X, (struct registers){ ACCESS, TYPE }, 0, 0);
	emit(p, BPF_ALU64 | BPF_AND | BPF_K, (struct registers){ TYPE }, 0, 0xffff);
	emit(p, BPF_ALU64 | BPF_RSH | BPF_K, (struct registers){ ACCESS }, 0, 16);
	load(p, (struct registers){ MAJOR, BPF_REG_1 }, offsetof(struct bpf_cgroup_dev_ctx, major));
	load(p, (struct registers){ MINOR, BPF_REG_1 }, offsetof(struct bpf_cgroup_dev_ctx, minor));
	for (size_t i = 0; i < rules->list.n; i++)
		add_rule(p, &rules->list.at[i]);
	answer(p, 0);
}

static int sys_bpf(int command, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, command, attr, sizeof(*attr));
}

int devices_set_v2(int group, const struct device_rules *rules, struct mkr_error *err)
{
	static const char license[] = "MIT"; /* no helper that asks for another one is called */
	struct device_program p = { 0 };
	device_program_make(&p, rules);
	union bpf_attr attr = { 0 };
	attr.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
	attr.insns = (uintptr_t)p.code.at;
	attr.insn_cnt = (uint32_t)p.code.n;
	attr.license = (uintptr_t)license;
	cleanup_fd int program = sys_bpf(BPF_PROG_LOAD, &attr);
	int code = -errno;
	vec_free(&p.code);
	if (program < 0)
		return mkr_fail(err, code,
			"the devices of the box cannot be limited: loading the BPF program");
	attr = (union bpf_attr){ 0 };
	attr.target_fd = (uint32_t)group;
	attr.attach_bpf_fd = (uint32_t)program;
	attr.attach_type = BPF_CGROUP_DEVICE;
	attr.attach_flags = BPF_F_ALLOW_MULTI;
	if (sys_bpf(BPF_PROG_ATTACH, &attr) < 0)
		return mkr_fail(err, -errno,
			"the devices of the box cannot be limited: attaching the BPF program");
	return 0;
}
