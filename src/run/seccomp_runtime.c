/* A profile for other launchers, which give it to libseccomp. */
#include "run/seccomp.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <string.h>

/* The tables of 32-bit programs come along where the same kernel runs them. */
static const struct {
	const char *goarch, *arches[4];
	unsigned on;
} machines[] = {
	{ "amd64", { "SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32" }, ON_AMD64 },
	{ "386", { "SCMP_ARCH_X86" }, ON_X86 },
	{ "arm64", { "SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM" }, ON_ARM64 },
	{ "arm", { "SCMP_ARCH_ARM" }, ON_ARM },
	{ "riscv64", { "SCMP_ARCH_RISCV64" }, ON_OTHER },
	{ "s390x", { "SCMP_ARCH_S390X", "SCMP_ARCH_S390" }, ON_OTHER },
	{ "ppc64le", { "SCMP_ARCH_PPC64LE" }, ON_OTHER },
	{ "mips64le", { "SCMP_ARCH_MIPSEL64", "SCMP_ARCH_MIPSEL" }, ON_OTHER },
};

/* For a masked comparison the mask is the first value (seccomp_rule_add(3)). */
static json_t *arg_json(const struct seccomp_arg *a)
{
	bool masked = a->op == SEC_MASKED_EQ;
	json_t *arg = json_pack("{s:i, s:s, s:I}", "index", (int)a->index, "op", seccomp_ops[a->op],
		"value", (json_int_t)(masked ? a->mask : a->value));
	if (masked)
		json_object_set_new(arg, "valueTwo", json_integer((json_int_t)a->value));
	return arg;
}

static void add_rule(
	json_t *list, const struct seccomp_rule *r, const struct seccomp_arg *args, size_t n_args)
{
	json_t *names = json_array(), *rule = json_object();
	for (const char *const *name = r->names; *name; name++)
		json_array_append_new(names, json_string(*name));
	json_object_set_new(rule, "names", names);
	if (r->action == SECCOMP_RET_ALLOW) {
		json_object_set_new(rule, "action", json_string("SCMP_ACT_ALLOW"));
	} else {
		json_object_set_new(rule, "action", json_string("SCMP_ACT_ERRNO"));
		json_object_set_new(rule, "errnoRet", json_integer(r->action & SECCOMP_RET_DATA));
	}
	json_t *array = json_array();
	for (size_t i = 0; i < n_args; i++)
		json_array_append_new(array, arg_json(&args[i]));
	if (n_args)
		json_object_set_new(rule, "args", array);
	else
		json_decref(array);
	json_array_append_new(list, rule);
}

static bool is_for(const struct seccomp_rule *r, uint64_t caps, unsigned on)
{
	return (r->caps & ~caps) == 0 && (r->not_caps & caps) == 0 &&
		(!r->arches || r->arches & on) && !(r->not_arches & on);
}

/* "Not these values", said before "the rest is allowed": as what is allowed. In order, the value of
 * one argument; the lower 32 bits count. */
static void add_rest(
	json_t *list, const struct seccomp_rule *allow, const struct seccomp_rule *except, size_t n)
{
	struct seccomp_arg arg = { .index = except[0].args->index, .op = SEC_LT };
	arg.value = except[0].args->value;
	add_rule(list, allow, &arg, 1);
	arg.op = SEC_EQ;
	for (size_t i = 0; i + 1 < n; i++)
		for (arg.value = except[i].args->value + 1; arg.value < except[i + 1].args->value;
			arg.value++)
			add_rule(list, allow, &arg, 1);
	arg.op = SEC_GT;
	arg.value = except[n - 1].args->value;
	add_rule(list, allow, &arg, 1);
}

/* How many rules from `r` on refuse single values of one argument of one call as the fallback does.
 */
static size_t count_refused(const struct seccomp_profile *p, size_t at)
{
	size_t n = 0;
	for (const struct seccomp_rule *r = &p->rules[at]; at + n < p->n; n++, r++)
		if (r->action != p->fallback || r->n_args != 1 ||
			strcmp(r->names[0], p->rules[at].names[0]) != 0)
			break;
	return n;
}

static json_t *rules_json(const struct seccomp_profile *p, uint64_t caps, unsigned on)
{
	json_t *list = json_array();
	for (size_t i = 0; i < p->n; i++) {
		size_t refused = count_refused(p, i);
		const struct seccomp_rule *r = &p->rules[i + refused < p->n ? i + refused : i];
		if (refused)
			add_rest(list, r, &p->rules[i], refused);
		else if (is_for(r, caps, on) && r->action != p->fallback)
			add_rule(list, r, r->args, r->n_args);
		i += refused;
	}
	return list;
}

json_t *seccomp_runtime(const struct seccomp_profile *p, uint64_t caps, const char *goarch)
{
	json_t *arches = json_array();
	unsigned on = ON_OTHER;
	for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++) {
		if (strcmp(machines[i].goarch, goarch) != 0)
			continue;
		on = machines[i].on;
		for (const char *const *name = machines[i].arches; *name; name++)
			json_array_append_new(arches, json_string(*name));
	}
	json_t *seccomp =
		json_pack("{s:s, s:i, s:o}", "defaultAction", "SCMP_ACT_ERRNO", "defaultErrnoRet",
			(int)(p->fallback & SECCOMP_RET_DATA), "syscalls", rules_json(p, caps, on));
	if (json_array_size(arches)) /* without them it is the machine it runs on */
		json_object_set(seccomp, "architectures", arches);
	json_decref(arches);
	return seccomp;
}
