#include "cli/image_args.h"

#include "base/escape.h"
#include "base/vec.h"
#include "cli/report.h"
#include "cli/words.h"

#include <mkroot/elf.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PATH_VARIABLE "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

struct reader {
	struct arena *arena;
	struct mkr_error *err;
};

const char *image_args_first(const struct image_args *args)
{
	const struct {
		const char *name;
		bool given;
	} options[] = {
		{ "--entrypoint", args->entrypoint },
		{ "--cmd", args->cmd },
		{ "--env", args->env.n },
		{ "--workdir", args->workdir },
		{ "--label", args->label.n },
		{ "--annotation", args->annotation.n },
		{ "--expose", args->expose.n },
		{ "--volume", args->volume.n },
		{ "--stop-signal", args->stop_signal },
		{ "--platform", args->platform },
		{ "--compress", args->compress },
		{ "--layers", args->layers },
	};
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		if (options[i].given)
			return options[i].name;
	return NULL;
}

/* JSON is UTF-8. */
static int check_text(struct reader *rd, const char *option, const char *text)
{
	if (!text || utf8_is_valid(text))
		return 0;
	return mkr_failx(rd->err, -EINVAL, "option '%s': '%s' is no UTF-8", option, text);
}

typedef int item_fn(struct reader *rd, const char *option, const char *text, const char **out);

/* Each item as `each` makes it; NULL for none. */
static int read_list(struct reader *rd, const char *const **out, const char *option,
	const struct opt_list *list, item_fn *each)
{
	const char **items = arena_array(rd->arena, const char *, list->n + 1);
	for (size_t i = 0; i < list->n; i++) {
		int r = check_text(rd, option, list->at[i]);
		if (r == 0)
			r = each(rd, option, list->at[i], &items[i]);
		if (r < 0)
			return r;
	}
	*out = list->n ? items : NULL;
	return 0;
}

static int take_pair(struct reader *rd, const char *option, const char *text, const char **out)
{
	*out = text;
	if (*text != '=' && strchr(text, '='))
		return 0;
	return mkr_failx(rd->err, -EINVAL, "option '%s' takes NAME=VALUE, not '%s'", option, text);
}

/* docker run --expose without its ranges: PORT[/PROTOCOL] (image-spec, config.md, ExposedPorts) */
static int take_port(struct reader *rd, const char *option, const char *text, const char **out)
{
	char *end;
	unsigned long port = strtoul(text, &end, 10);
	const char *protocol = *end ? end : "/tcp";
	bool known = strcmp(protocol, "/tcp") == 0 || strcmp(protocol, "/udp") == 0 ||
		strcmp(protocol, "/sctp") == 0;
	if (*text < '0' || *text > '9' || port == 0 || port > 65535 || !known)
		return mkr_failx(rd->err, -EINVAL,
			"option '%s' takes PORT, PORT/tcp, PORT/udp or PORT/sctp, not '%s'", option,
			text);
	*out = arena_printf(rd->arena, "%lu%s", port, protocol);
	return 0;
}

static int take_folder(struct reader *rd, const char *option, const char *text, const char **out)
{
	*out = text;
	if (*text == '/')
		return 0;
	return mkr_failx(
		rd->err, -EINVAL, "option '%s' takes an absolute path, not '%s'", option, text);
}

/* Of one name the last one counts, as with docker run. */
const char *const *image_add_env(
	struct arena *a, const char *const *env, const struct opt_list *list)
{
	size_t n = 0, i;
	while (env[n])
		n++;
	const char **out = arena_array(a, const char *, n + list->n + 1);
	memcpy(out, env, n * sizeof(*out));
	for (i = 0; i < list->n; i++) {
		size_t length = strcspn(list->at[i], "=") + 1, at = 0;
		while (at < n && strncmp(out[at], list->at[i], length) != 0)
			at++;
		out[at] = list->at[i];
		n += at == n;
	}
	return out;
}

/* PATH first, unless it is given. */
static int read_env(struct reader *rd, struct mkr_image_spec *out, const struct opt_list *list)
{
	static const char *const path[] = { PATH_VARIABLE, NULL };
	const char *const *given = NULL;
	int r = read_list(rd, &given, "--env", list, take_pair);
	if (r == 0)
		out->env = image_add_env(rd->arena, path, list);
	return r;
}

/* OS/ARCH[/VARIANT] */
static int read_platform(struct reader *rd, struct mkr_image_spec *out, const char *text)
{
	static const char set[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	if (!text)
		return 0;
	struct str rest = str_from(text), os, arch = { 0 }, variant = { 0 };
	str_split(&rest, "/", &os);
	bool ok = str_eq(os, STR("linux")) && str_split(&rest, "/", &arch) && arch.n;
	if (ok && str_split(&rest, "/", &variant))
		ok = variant.n && !rest.p;
	ok = ok && strspn(arch.p, set) >= arch.n &&
		(!variant.n || strspn(variant.p, set) >= variant.n);
	if (!ok)
		return mkr_failx(rd->err, -EINVAL,
			"--platform is linux/ARCH or linux/ARCH/VARIANT, ARCH as Go has it "
			"(amd64), "
			"not '%s'",
			text);
	out->architecture = arena_dup_str(rd->arena, arch);
	out->variant = variant.n ? arena_dup_str(rd->arena, variant) : NULL;
	return 0;
}

static int read_command(
	struct reader *rd, const char *const **out, const char *option, const char *text)
{
	if (!text)
		return 0;
	int r = check_text(rd, option, text);
	if (r == 0)
		r = words_split(out, rd->arena, text, rd->err);
	return r < 0 ? mkr_wrap(rd->err, r, "option '%s'", option) : 0;
}

/* A number, or a name as signal(7) has it. */
static int check_signal(struct reader *rd, const char *text)
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-";
	if (!text || (strncmp(text, "SIG", 3) == 0 && text[3] && strspn(text, set) == strlen(text)))
		return 0;
	char *end;
	long number = strtol(text, &end, 10);
	if (*text >= '0' && *text <= '9' && !*end && number > 0 && number <= 64)
		return 0;
	return mkr_failx(rd->err, -EINVAL,
		"--stop-signal is a name such as SIGTERM or a number, not '%s'", text);
}

int image_from_args(struct mkr_image_spec *out, struct arena *a, const struct image_args *args,
	struct mkr_error *err)
{
	struct reader rd = { a, err };
	*out = (struct mkr_image_spec){ .workdir = args->workdir,
		.stop_signal = args->stop_signal,
		.compress = args->compress };
	if (args->layers < 0)
		return mkr_failx(
			err, -EINVAL, "--layers is a number of layers, not '%d'", args->layers);
	out->layers = args->layers < MKR_LAYERS_MAX ? (unsigned)args->layers : MKR_LAYERS_MAX;
	int r = read_command(&rd, &out->entrypoint, "--entrypoint", args->entrypoint);
	if (r == 0)
		r = read_command(&rd, &out->cmd, "--cmd", args->cmd);
	if (r == 0)
		r = read_env(&rd, out, &args->env);
	if (r == 0)
		r = read_list(&rd, &out->labels, "--label", &args->label, take_pair);
	if (r == 0)
		r = read_list(&rd, &out->annotations, "--annotation", &args->annotation, take_pair);
	if (r == 0)
		r = read_list(&rd, &out->ports, "--expose", &args->expose, take_port);
	if (r == 0)
		r = read_list(&rd, &out->volumes, "--volume", &args->volume, take_folder);
	if (r == 0)
		r = check_text(&rd, "--workdir", args->workdir);
	if (r == 0 && args->workdir)
		r = take_folder(&rd, "--workdir", args->workdir, &out->workdir);
	if (r == 0)
		r = check_signal(&rd, args->stop_signal);
	return r < 0 ? r : read_platform(&rd, out, args->platform);
}

/* The one machine of all files. */
struct machine_of_all {
	const char *name, *variant;
	const char *path; /* one of its files */
};

static int add_file(struct machine_of_all *m, const struct mkr_load *l, struct mkr_error *err)
{
	const char *variant, *name = mkr_elf_goarch(l->elf, &variant);
	char buf[24];
	if (!name)
		name = mkr_machine_name(l->elf->machine, buf);
	if (m->name && strcmp(m->name, name) != 0) {
		mkr_failx(err, -EINVAL, "an image is for one machine: '%s' is for %s, '%s' for %s",
			m->path, m->name, l->path, name);
		mkr_detail(err, "hint", "say which one it is: --platform linux/%s", m->name);
		return -EINVAL;
	}
	if (!m->name && !mkr_elf_goarch(l->elf, &variant)) {
		mkr_failx(err, -EINVAL, "'%s' is for %s, which images have no name for", l->path,
			name);
		mkr_detail(err, "hint", "say what to call it: --platform linux/ARCH");
		return -EINVAL;
	}
	*m = (struct machine_of_all){ name, variant, l->path };
	return 0;
}

/* `base`: what the machine has to be, because it is that of what the image is based on; or NULL. */
static int find_machine(struct mkr_image_spec *config, const struct mkr_closure *c,
	const char *base, struct mkr_error *err)
{
	struct machine_of_all m = { .name = base, .path = "--base" };
	size_t n;
	const struct mkr_map *const *maps = mkr_closure_maps(c, &n);
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < maps[i]->n; k++) {
			const struct mkr_load *l = &maps[i]->load[k];
			int r = l->elf && l->path ? add_file(&m, l, err) : 0;
			if (r < 0)
				return r;
		}
	}
	if (base)
		return 0;
	if (!m.name) {
		mkr_failx(err, -EINVAL, "no program says which machine the image is for");
		mkr_detail(err, "hint", "say it: --platform linux/amd64");
		return -EINVAL;
	}
	config->architecture = m.name;
	config->variant = m.variant;
	return 0;
}

int image_settle(struct mkr_image_spec *config, struct arena *a, const struct mkr_closure *c,
	const char *program, const char *base, struct mkr_error *err)
{
	if (program && !config->cmd && !config->entrypoint) {
		if (!utf8_is_valid(program))
			return mkr_failx(err, -EINVAL,
				"'%s' is no UTF-8, which an image's command has to be: say --cmd",
				program);
		const char **cmd = arena_array(a, const char *, 2);
		cmd[0] = arena_dup(a, program);
		config->cmd = cmd;
	}
	return config->architecture && !base ? 0 : find_machine(config, c, base, err);
}
