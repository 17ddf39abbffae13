/* Docker's format of profiles, and the "linux.seccomp" of the OCI runtime specification, which is
 * the same without the conditions (moby/profiles, seccomp/seccomp.go; runtime-spec,
 * config-linux.md). As with both, members that are not known are passed over, and so are names of
 * system calls. */
#include "run/seccomp.h"

#include "base/arena.h"
#include "base/json.h"
#include "run/caps.h"

#include <ctype.h>
#include <errno.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

enum { PROFILE_MAX = 1 << 20, ERRNO_MAX = 4095, ARCH_NAME_MAX = 32 };
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

struct parser {
	struct arena *arena;
	struct seccomp_rule *rules;
	size_t n;
	struct mkr_error *err;
};

static int parse_action(uint32_t *out, const json_t *object, const char *key, const char *errno_key,
	struct mkr_error *err)
{
	static const struct {
		const char *name;
		uint32_t value;
		bool has_data;
	} actions[] = {
		{ "SCMP_ACT_ALLOW", SECCOMP_RET_ALLOW, false },
		{ "SCMP_ACT_ERRNO", SECCOMP_RET_ERRNO, true },
		{ "SCMP_ACT_KILL", SECCOMP_RET_KILL_THREAD, false },
		{ "SCMP_ACT_KILL_THREAD", SECCOMP_RET_KILL_THREAD, false },
		{ "SCMP_ACT_KILL_PROCESS", SECCOMP_RET_KILL_PROCESS, false },
		{ "SCMP_ACT_LOG", SECCOMP_RET_LOG, false },
		{ "SCMP_ACT_TRACE", SECCOMP_RET_TRACE, true },
		{ "SCMP_ACT_TRAP", SECCOMP_RET_TRAP, false },
	};
	const char *name = json_text(object, key);
	if (!name)
		return mkr_failx(err, -EBADMSG, "\"%s\" is missing or no string", key);
	size_t i = 0;
	while (i < COUNT(actions) && strcmp(actions[i].name, name) != 0)
		i++;
	if (i == COUNT(actions))
		return mkr_failx(err, -EBADMSG, "\"%s\": no action '%s' here", key, name);
	const json_t *data = json_object_get(object, errno_key);
	json_int_t value = data && !json_is_null(data) ? json_integer_value(data) : EPERM;
	if ((data && !json_is_null(data) && !json_is_integer(data)) || value < 0 ||
		value > ERRNO_MAX)
		return mkr_failx(
			err, -EBADMSG, "\"%s\" is no number from 0 to %d", errno_key, ERRNO_MAX);
	*out = actions[i].value | (actions[i].has_data ? (uint32_t)value : 0);
	return 0;
}

/* The strings of an array, which may be missing; ends with NULL. */
static int parse_strings(const char *const **out, struct arena *arena, const json_t *object,
	const char *key, struct mkr_error *err)
{
	const json_t *list = json_object_get(object, key);
	if (list && !json_is_null(list) && !json_is_array(list))
		return mkr_failx(err, -EBADMSG, "\"%s\" is no array", key);
	size_t n = json_array_size(list);
	const char **at = arena_array(arena, const char *, n + 1);
	for (size_t i = 0; i < n; i++) {
		const char *text = json_string_value(json_array_get(list, i));
		if (!text)
			return mkr_failx(
				err, -EBADMSG, "\"%s\" holds something that is no string", key);
		at[i] = arena_dup(arena, text);
	}
	*out = at;
	return 0;
}

const char *const seccomp_ops[SECCOMP_OPS] = { [SEC_EQ] = "SCMP_CMP_EQ",
	[SEC_NE] = "SCMP_CMP_NE",
	[SEC_LT] = "SCMP_CMP_LT",
	[SEC_LE] = "SCMP_CMP_LE",
	[SEC_GT] = "SCMP_CMP_GT",
	[SEC_GE] = "SCMP_CMP_GE",
	[SEC_MASKED_EQ] = "SCMP_CMP_MASKED_EQ" };

static int parse_arg(struct seccomp_arg *out, const json_t *arg, struct mkr_error *err)
{
	const char *op = json_text(arg, "op");
	json_int_t index = json_integer_value(json_object_get(arg, "index"));
	json_int_t value = json_integer_value(json_object_get(arg, "value"));
	json_int_t second = json_integer_value(json_object_get(arg, "valueTwo"));
	size_t i = 0;
	while (op && i < SECCOMP_OPS && strcmp(seccomp_ops[i], op) != 0)
		i++;
	if (!op || i == SECCOMP_OPS)
		return mkr_failx(err, -EBADMSG, "\"args\": no comparison '%s'", op ? op : "");
	if (index < 0 || index >= SECCOMP_ARGS || value < 0 || second < 0)
		return mkr_failx(err, -EBADMSG, "\"args\": a number out of range");
	*out = (struct seccomp_arg){ (unsigned)index, (enum seccomp_op)i, (uint64_t)value, 0 };
	if (out->op == SEC_MASKED_EQ) {
		out->mask = (uint64_t)value;
		out->value = (uint64_t)second;
	}
	return 0;
}

static int parse_args(struct seccomp_rule *rule, struct arena *arena, const json_t *call,
	bool *ret_any, struct mkr_error *err)
{
	const json_t *list = json_object_get(call, "args");
	if (list && !json_is_null(list) && !json_is_array(list))
		return mkr_failx(err, -EBADMSG, "\"args\" is no array");
	size_t n = json_array_size(list);
	struct seccomp_arg *args = arena_array(arena, struct seccomp_arg, n);
	unsigned seen = 0;
	*ret_any = false;
	for (size_t i = 0; i < n; i++) {
		int r = parse_arg(&args[i], json_array_get(list, i), err);
		if (r < 0)
			return r;
		/* runc: with two conditions for one argument, each stands for itself. */
		*ret_any = *ret_any || (seen & (1U << args[i].index));
		seen |= 1U << args[i].index;
	}
	rule->args = args;
	rule->n_args = n;
	return 0;
}

static unsigned machines(const char *const *names)
{
	static const struct {
		const char *name;
		unsigned machine;
	} known[] = { { "amd64", ON_AMD64 }, { "x86", ON_X86 }, { "arm64", ON_ARM64 },
		{ "arm", ON_ARM } };
	unsigned all = *names ? ON_OTHER << 1 : 0; /* not "any", also when none is known */
	for (; *names; names++)
		for (size_t i = 0; i < COUNT(known); i++)
			if (strcmp(known[i].name, *names) == 0)
				all |= known[i].machine;
	return all;
}

/* A capability that nobody has heard of is one that the process does not have. */
static uint64_t capabilities(const char *const *names)
{
	uint64_t all = 0;
	for (; *names; names++) {
		int cap = cap_number(*names);
		all |= UINT64_C(1) << (cap < 0 ? 63 : cap);
	}
	return all;
}

/* "6.18.4-rc1" as 6 << 16 | 18; what is no number counts as 0. */
static unsigned long version_number(const char *text)
{
	char *end;
	unsigned long major = strtoul(text, &end, 10);
	unsigned long minor = *end == '.' ? strtoul(end + 1, NULL, 10) : 0;
	return (major & 0xffff) << 16 | (minor & 0xffff);
}

static bool kernel_is(const char *least)
{
	struct utsname u;
	return uname(&u) == 0 && version_number(u.release) >= version_number(least);
}

/* "includes" and "excludes". */
static int parse_conditions(struct seccomp_rule *rule, struct arena *arena, const json_t *call,
	bool *ret_never, struct mkr_error *err)
{
	const char *const *names;
	const json_t *with = json_object_get(call, "includes");
	const json_t *without = json_object_get(call, "excludes");
	int r = parse_strings(&names, arena, with, "arches", err);
	if (r < 0)
		return r;
	rule->arches = machines(names);
	if ((r = parse_strings(&names, arena, without, "arches", err)) < 0)
		return r;
	rule->not_arches = machines(names);
	if ((r = parse_strings(&names, arena, with, "caps", err)) < 0)
		return r;
	rule->caps = capabilities(names);
	if ((r = parse_strings(&names, arena, without, "caps", err)) < 0)
		return r;
	rule->not_caps = capabilities(names);
	const char *least = json_text(with, "minKernel"), *most = json_text(without, "minKernel");
	*ret_never = (least && !kernel_is(least)) || (most && kernel_is(most));
	return 0;
}

static int parse_call(struct parser *p, const json_t *call)
{
	struct seccomp_rule rule = { 0 };
	bool any = false, never = false;
	int r = parse_action(&rule.action, call, "action", "errnoRet", p->err);
	if (r == 0)
		r = parse_strings(&rule.names, p->arena, call, "names", p->err);
	if (r == 0)
		r = parse_args(&rule, p->arena, call, &any, p->err);
	if (r == 0)
		r = parse_conditions(&rule, p->arena, call, &never, p->err);
	if (r < 0 || never)
		return r;
	const char *one = json_text(call, "name"); /* before docker 1.13 */
	if (one && !rule.names[0]) {
		const char **names = arena_array(p->arena, const char *, 2);
		names[0] = arena_dup(p->arena, one);
		rule.names = names;
	}
	size_t n = any ? rule.n_args : 1;
	for (size_t i = 0; i < n; i++) {
		p->rules[p->n] = rule;
		if (any) {
			p->rules[p->n].args = rule.args + i;
			p->rules[p->n].n_args = 1;
		}
		p->n++;
	}
	return 0;
}

static int parse_calls(struct parser *p, const json_t *top)
{
	const json_t *calls = json_object_get(top, "syscalls");
	if (calls && !json_is_null(calls) && !json_is_array(calls))
		return mkr_failx(p->err, -EBADMSG, "\"syscalls\" is no array");
	size_t n = json_array_size(calls), most = 0;
	for (size_t i = 0; i < n; i++) {
		size_t args = json_array_size(json_object_get(json_array_get(calls, i), "args"));
		most += args ? args : 1;
	}
	p->rules = arena_array(p->arena, struct seccomp_rule, most);
	for (size_t i = 0; i < n; i++) {
		int r = parse_call(p, json_array_get(calls, i));
		if (r < 0)
			return mkr_wrap(p->err, r, "\"syscalls\", number %zu", i + 1);
	}
	return 0;
}

/* "SCMP_ARCH_X86_64"; 0: libseccomp does not know it. */
static uint32_t arch_number(const char *name)
{
	static const char prefix[] = "SCMP_ARCH_";
	char lower[ARCH_NAME_MAX];
	size_t n = sizeof(prefix) - 1, i = 0;
	if (strncmp(name, prefix, n) != 0)
		return 0;
	for (; name[n + i] && i + 1 < sizeof(lower); i++)
		lower[i] = (char)tolower((unsigned char)name[n + i]);
	lower[i] = '\0';
	return seccomp_arch_resolve_name(lower);
}

/* Of those, the ones that this machine can run: rules for others would never be asked. */
static bool is_ours(uint32_t arch)
{
	for (size_t i = 0; i < seccomp_docker.n_arches; i++)
		if (seccomp_docker.arches[i] == arch)
			return true;
	return false;
}

static void add_arch(struct seccomp_profile *p, uint32_t *arches, const char *name)
{
	uint32_t arch = name ? arch_number(name) : 0;
	for (size_t i = 0; i < p->n_arches; i++)
		if (arches[i] == arch)
			return;
	if (arch && is_ours(arch))
		arches[p->n_arches++] = arch;
}

static void add_arches(struct seccomp_profile *p, uint32_t *arches, const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		add_arch(p, arches, json_string_value(json_array_get(list, i)));
}

/* The machine's own table is always in, as with libseccomp. */
static void parse_arches(struct seccomp_profile *p, struct arena *arena, const json_t *top)
{
	uint32_t *arches = arena_array(arena, uint32_t, seccomp_docker.n_arches);
	const json_t *row;
	size_t i;
	p->arches = arches;
	arches[p->n_arches++] = seccomp_docker.arches[0];
	add_arches(p, arches, json_object_get(top, "architectures"));
	json_array_foreach(json_object_get(top, "archMap"), i, row)
	{
		const char *name = json_text(row, "architecture");
		if (name && arch_number(name) == arches[0])
			add_arches(p, arches, json_object_get(row, "subArchitectures"));
	}
}

static int parse_profile(const struct seccomp_profile **out, struct arena *arena, const json_t *top,
	struct mkr_error *err)
{
	struct seccomp_profile *p = arena_new_of(arena, struct seccomp_profile);
	struct parser parser = { .arena = arena, .err = err };
	if (!json_is_object(top))
		return mkr_failx(err, -EBADMSG, "it is no JSON object");
	int r = parse_action(&p->fallback, top, "defaultAction", "defaultErrnoRet", err);
	if (r == 0)
		r = parse_calls(&parser, top);
	if (r < 0)
		return r;
	parse_arches(p, arena, top);
	p->rules = parser.rules;
	p->n = parser.n;
	*out = p;
	return 0;
}

int seccomp_parse(const struct seccomp_profile **out, struct arena *arena, const char *text,
	size_t n, struct mkr_error *err)
{
	json_t *top;
	int r = json_parse(&top, text, n, PROFILE_MAX, err);
	if (r < 0)
		return r;
	r = parse_profile(out, arena, top, err);
	json_decref(top);
	return r;
}
