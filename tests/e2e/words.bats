#!/usr/bin/env bats
# What mkroot says of itself: help, completion, the manual page.

# shellcheck disable=SC2154 # stderr is set by mkroot()
load lib

# complete WORD...: what bash would offer for the last word
complete_bash() {
	"$MKROOT" completion bash >"$T/completion.bash"
	(
		# shellcheck disable=SC1091 # made above
		. "$T/completion.bash"
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		_mkroot
		printf '%s\n' "${COMPREPLY[@]}"
	)
}

@test "help: each verb has its text, unknown ones a hint" {
	local verb
	for verb in build ldd why check run help completion; do
		mkroot help "$verb"
		[ "$status" -eq 0 ]
		[[ $output == "usage: mkroot $verb "* ]]
		is_quiet
	done
	mkroot help chekc
	says 2 ""
	complains "no verb 'chekc'" "hint: a verb with a similar name exists: check"
}

@test "completion bash: verbs, options of the verb, words of an option" {
	complete_bash mkroot che | grep -qx check
	[ "$(complete_bash mkroot ldd --tr)" = --tree ]
	[ "$(complete_bash mkroot check --str)" = --strict ]
	[ -z "$(complete_bash mkroot ldd --strict)" ]
	[ "$(complete_bash mkroot ldd --color al)" = always ]
	[ "$(complete_bash mkroot ba --outp)" = --output ]
	[ "$(complete_bash mkroot completion z)" = zsh ]
	complete_bash mkroot build tru | grep -qx true
}

@test "completion bash: --with takes the words that help tells" {
	diff <(complete_bash mkroot --with "" | sort) <({
		printf 'auto\nnone\n'
		"$MKROOT" help build | sed -n '/^What --with/,$s/^  [ +] \([a-z]*\) .*/\1/p'
	} | sort) >&2
}

@test "completion: zsh and fish take what is made for them" {
	local shell
	for shell in zsh fish; do
		mkroot completion "$shell"
		[ "$status" -eq 0 ]
		[[ $output == *strict* ]]
		if command -v "$shell" >/dev/null; then
			"$shell" -n /dev/stdin <<<"$output"
		fi
	done
	mkroot completion csh
	says 2 ""
	complains "no completion for 'csh'"
}

@test "the manual page knows every option of every verb" {
	needs scdoc man
	local page verb option
	page=$(dirname "$MKROOT")/mkroot.1
	LC_ALL=C man --warnings -l "$page" >text 2>warnings
	[ ! -s warnings ] || { cat warnings >&2; return 1; }
	for verb in build ldd why check run; do
		mkroot help "$verb"
		grep -oE '^  .{4}--[a-z-]+' <<<"$output" | grep -oE -- '--[a-z-]+' >options
		while read -r option; do
			grep -qF -- "$option" text || { echo "no $option in the page" >&2; return 1; }
		done <options
	done
}
