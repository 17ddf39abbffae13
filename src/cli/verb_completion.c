/* mkroot completion bash|zsh|fish: from the same rows as the parser and --help. */
#include "cli/report.h"
#include "cli/verb.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

struct completion_args {
	struct common_args common;
};

/* Options whose argument is one of a few words; all others take a file name or free text. */
static const struct {
	const char *option, *words;
} choices[] = {
	{ "color", "auto always never" },
	{ "compress", "gzip zstd none" },
	{ "hwcaps", "host none x86-64-v2 x86-64-v3 x86-64-v4" },
	{ "network", "none host" },
	{ "userns", "auto host" },
	{ "owner", "keep root" },
	{ "with",
		"auto none dlopen sh names dns tls tz locale iconv terminfo pam scripts lang data "
		"exec fonts mime cc packages" },
};

static const char *words_of(const struct opt *o)
{
	for (size_t i = 0; i < sizeof(choices) / sizeof(*choices); i++)
		if (strcmp(choices[i].option, o->name) == 0)
			return choices[i].words;
	return NULL;
}

/* Hidden and refused rows are for fingers that know them already. */
static bool is_shown(const struct opt *o)
{
	return o->help && o->kind != OPT_REFUSED && o->kind != OPT_IGNORED;
}

/* Calls `print` for each row of a verb, its own first; a letter that the verb has is not the common
 * one's. */
static void each_option(
	const struct verb *v, void (*print)(const struct verb *, const struct opt *))
{
	for (const struct opt *o = v->opts; o->name; o++)
		if (is_shown(o))
			print(v, o);
	for (const struct opt *o = v->shared_opts; o && o->name; o++)
		if (is_shown(o))
			print(v, o);
	for (const struct opt *o = common_opts; o->name; o++) {
		struct opt own = *o;
		for (const struct opt *other = v->opts; other->name; other++)
			if (other->letter == o->letter)
				own.letter = 0;
		if (is_shown(o))
			print(v, &own);
	}
}

static void put_escaped(const char *text, const char *special)
{
	for (; *text; text++) {
		if (strchr(special, *text))
			putchar('\\');
		putchar(*text);
	}
}

static void print_verbs(void)
{
	for (const struct verb *const *v = verbs; *v; v++)
		printf("%s%s", v == verbs ? "" : " ", (*v)->name);
}

static void bash_option(const struct verb *v, const struct opt *o)
{
	(void)v;
	if (o->letter)
		printf(" -%c", o->letter);
	printf(" --%s", o->name);
}

/* Words for the argument of the option in front of the cursor. */
static void bash_choices(void)
{
	fputs("\tcase $prev in\n", stdout);
	for (size_t i = 0; i < sizeof(choices) / sizeof(*choices); i++)
		printf("\t--%s) words='%s' ;;\n", choices[i].option, choices[i].words);
	fputs("\tesac\n", stdout);
}

static void print_bash(void)
{
	fputs("# bash completion for mkroot, made by 'mkroot completion bash'\n"
	      "_mkroot() {\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
	      "\tlocal verbs='",
		stdout);
	print_verbs();
	printf("' verb=%s words='' opts=''\n", verbs[0]->name);
	fputs("\tCOMPREPLY=()\n"
	      "\t[[ \" $verbs \" == *\" ${COMP_WORDS[1]} \"* ]] && verb=${COMP_WORDS[1]}\n"
	      "\tcase $verb in\n",
		stdout);
	for (const struct verb *const *v = verbs; *v; v++) {
		printf("\t%s) opts='", (*v)->name);
		each_option(*v, bash_option);
		fputs("' ;;\n", stdout);
	}
	fputs("\tesac\n", stdout);
	bash_choices();
	fputs("\tif [[ $words ]]; then\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
	      "\telif [[ $cur == -* ]]; then\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -W \"$opts\" -- \"$cur\")\n"
	      "\telif ((COMP_CWORD == 1)); then\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -W \"$verbs\" -c -- \"$cur\")\n"
	      "\telif [[ $verb == help ]]; then\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -W \"$verbs\" -- \"$cur\")\n"
	      "\telif [[ $verb == completion ]]; then\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -W 'bash zsh fish' -- \"$cur\")\n"
	      "\telif [[ $verb == build && $cur && $cur != */* && $prev != -* ]]; then\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -c -- \"$cur\")\n"
	      "\tfi\n"
	      "}\n"
	      "complete -o bashdefault -o default -F _mkroot mkroot\n",
		stdout);
}

/* One argument of _arguments: '(-o --output)'{-o+,--output=}'[help]:ARG:_files' */
static void zsh_option(const struct verb *v, const struct opt *o)
{
	(void)v;
	const char *words = words_of(o);
	const char *many = o->kind == OPT_LIST ? "*" : "";
	fputs(" \\\n\t\t", stdout);
	if (o->letter)
		printf("'%s'{-%c%s,--%s%s}'[", many, o->letter, o->arg ? "+" : "", o->name,
			o->arg ? "=" : "");
	else
		printf("'%s--%s%s[", many, o->name,
			o->kind == OPT_MAYBE ? "=-"
				: o->arg     ? "="
					     : "");
	for (const char *c = o->help; *c; c++) {
		if (strchr("[]:\\", *c))
			putchar('\\');
		fputs(*c == '\'' ? "'\\''" : (char[]){ *c, '\0' }, stdout);
	}
	putchar(']');
	if (o->arg) {
		fputs(o->kind == OPT_MAYBE ? "::" : ":", stdout);
		put_escaped(o->arg, "[]:\\");
		printf(":%s%s%s", words ? "(" : "_files", words ? words : "", words ? ")" : "");
	}
	putchar('\'');
}

static void print_zsh(void)
{
	fputs("#compdef mkroot\n"
	      "# zsh completion for mkroot, made by 'mkroot completion zsh'\n"
	      "local -a verbs=(",
		stdout);
	print_verbs();
	printf(")\nlocal verb=%s\n", verbs[0]->name);
	fputs("if ((CURRENT == 2)) && [[ $words[2] != -* ]]; then\n"
	      "\t_alternative 'verbs:verb:($verbs)' 'commands:program:_command_names -e' "
	      "'files:file:_files'\n"
	      "\treturn\n"
	      "fi\n"
	      "if ((verbs[(Ie)$words[2]])); then\n"
	      "\tverb=$words[2]\n"
	      "\tshift words\n"
	      "\t((CURRENT--))\n"
	      "fi\n"
	      "case $verb in\n",
		stdout);
	for (const struct verb *const *v = verbs; *v; v++) {
		printf("%s)\n\t_arguments -s", (*v)->name);
		each_option(*v, zsh_option);
		const char *rest = strcmp((*v)->name, "help") == 0 ? "($verbs)"
			: strcmp((*v)->name, "completion") == 0    ? "(bash zsh fish)"
			: v == verbs                               ? "{_command_names -e; _files}"
								   : "_files";
		printf(" \\\n\t\t\"*: :%s\"\n\t;;\n", rest);
	}
	fputs("esac\n", stdout);
}

static void fish_option(const struct verb *v, const struct opt *o)
{
	const char *words = words_of(o);
	printf("complete -c mkroot -n '__mkroot_verb %s' -l %s", v->name, o->name);
	if (o->letter)
		printf(" -s %c", o->letter);
	if (words)
		printf(" -x -a '%s'", words);
	else if (o->arg && o->kind != OPT_MAYBE)
		fputs(" -r", stdout);
	fputs(" -d '", stdout);
	put_escaped(o->help, "'\\");
	fputs("'\n", stdout);
}

static void print_fish(void)
{
	fputs("# fish completion for mkroot, made by 'mkroot completion fish'\n"
	      "function __mkroot_verb\n"
	      "\tset -l words (commandline -opc)\n"
	      "\tset -l verb $words[2]\n"
	      "\tcontains -- \"$verb\" ",
		stdout);
	print_verbs();
	printf("; or set verb %s\n", verbs[0]->name);
	fputs("\ttest \"$verb\" = $argv[1]\n"
	      "end\n",
		stdout);
	for (const struct verb *const *v = verbs; *v; v++) {
		printf("complete -c mkroot -n __fish_use_subcommand -a %s -d '", (*v)->name);
		put_escaped((*v)->help, "'\\");
		fputs("'\n", stdout);
		each_option(*v, fish_option);
	}
	fputs("complete -c mkroot -n '__mkroot_verb completion' -x -a 'bash zsh fish'\n", stdout);
	fputs("complete -c mkroot -n '__mkroot_verb help' -x -a '", stdout);
	print_verbs();
	fputs("'\n", stdout);
}

/* A line of prose for scdoc(5), whose marks are escaped. */
static void put_prose(const char *text)
{
	put_escaped(text, "_*\\#[]|`~<");
	putchar('\n');
}

static void man_option(const struct verb *v, const struct opt *o)
{
	(void)v;
	for (const struct opt *c = common_opts; c->name; c++)
		if (c->name == o->name)
			return; /* said once, for all verbs */
	putchar('*');
	if (o->letter)
		printf("-%c*, *", o->letter);
	printf("--%s*", o->name);
	if (o->arg) {
		fputs(o->kind == OPT_MAYBE ? "[=_" : " _", stdout);
		put_escaped(o->arg, "_*\\");
		fputs(o->kind == OPT_MAYBE ? "_]" : "_", stdout);
	}
	fputs("\n\t", stdout);
	put_prose(o->help);
	putchar('\n');
}

/* The part of the manual page that would grow old first: doc/mkroot.1.scd is put around it. */
static void print_man(void)
{
	for (const struct verb *const *v = verbs; *v; v++) {
		printf("# mkroot %s\n\n*mkroot %s* ", (*v)->name, (*v)->name);
		put_prose((*v)->synopsis);
		putchar('\n');
		putchar(toupper((unsigned char)(*v)->help[0]));
		put_escaped((*v)->help + 1, "_*\\#[]|`~<");
		fputs(strchr("?.", (*v)->help[strlen((*v)->help) - 1]) ? "\n\n" : ".\n\n", stdout);
		if ((*v)->more) {
			put_prose((*v)->more);
		}
		each_option(*v, man_option);
	}
}

static int completion_main(const void *args, const struct opt_rest *rest)
{
	(void)args;
	static const struct {
		const char *name;
		void (*print)(void);
	} shells[] = { { "bash", print_bash }, { "zsh", print_zsh }, { "fish", print_fish },
		{ "scdoc", print_man } };
	struct mkr_error err;
	for (size_t i = 0; rest->n == 1 && i < sizeof(shells) / sizeof(*shells); i++) {
		if (strcmp(rest->operand[0], shells[i].name) != 0)
			continue;
		shells[i].print();
		return report_flush() ? EXIT_DONE : EXIT_IO;
	}
	if (rest->n == 1)
		mkr_failx(&err, -EINVAL, "no completion for '%s'", rest->operand[0]);
	else
		mkr_failx(&err, -EINVAL, "one shell is to be named");
	mkr_detail(&err, "hint", "mkroot completion bash, zsh or fish");
	report_error(&err);
	return EXIT_USAGE;
}

static const struct opt completion_opts[] = { { 0, NULL, NULL, NULL, OPT_FLAG, 0 } };

const struct verb verb_completion = {
	.name = "completion",
	.synopsis = "bash|zsh|fish",
	.help = "print what a shell needs to complete mkroot's options",
	.more = "source <(mkroot completion bash)\n",
	.opts = completion_opts,
	.args_size = sizeof(struct completion_args),
	.failure = EXIT_USAGE,
	.main = completion_main,
};
