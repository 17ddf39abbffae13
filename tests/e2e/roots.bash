# shellcheck shell=bash
# Roots for the tests of `mkroot run`, beside lib.bash.

: "${INMATE:?the path of the static test program, e2e/inmate.c}"

# with_programs DIR PROGRAM...: the programs and the libraries they name, as the tutorials have it.
with_programs() {
	local dir=$1 program lib
	shift
	mkdir -p "$dir/bin"
	for program in "$@"; do
		program=$(command -v "$program")
		cp -L "$program" "$dir/bin/"
		for lib in $(ldd "$program" | grep -o '/[^ ]*'); do
			mkdir -p "$dir$(dirname "$lib")"
			cp -Ln "$lib" "$dir$lib"
		done
	done
	[ ! -e "$dir/bin/bash" ] || ln -sf bash "$dir/bin/sh"
}

# make_root DIR: bash and a few tools, with all the mount points.
make_root() {
	mkdir -p "$1"/{dev,proc,sys,tmp,etc,root}
	with_programs "$1" bash cat ls readlink sleep id stat env mount umount
}

# one_file DIR: nothing but a static program.
one_file() {
	mkdir -p "$1"
	cp "$INMATE" "$1/inmate"
}

# All that can be seen of a tree, and the bytes.
picture() {
	(cd "$1" && find . -printf '%p %y %m %U:%G %s %T@ %C@ %l\n' | sort &&
		find . -type f -exec sha256sum {} + | sort)
}

needs_userns() {
	as_user unshare --user --map-root-user true 2>/dev/null ||
		skip_or_fail "an ordinary user cannot create a user namespace here"
}

# Processes that have a word of this test's own as an argument; the word is not one of grep's.
processes_with() {
	printf '%s' "$1" >"$BATS_TEST_TMPDIR/.word"
	grep -lzsxF -f "$BATS_TEST_TMPDIR/.word" /proc/[0-9]*/cmdline | wc -l
}

# eventually COMMAND...: true within five seconds.
eventually() {
	local i
	for ((i = 0; i < 100; i++)); do
		"$@" && return
		sleep 0.05
	done
	return 1
}

# Sets what bats' own run does; that one takes 127 for a mistake in the test.
# shellcheck disable=SC2034 # the tests read them
capture() {
	status=0
	output=$("$@" 2>"$BATS_TEST_TMPDIR/.stderr") || status=$?
	stderr=$(cat "$BATS_TEST_TMPDIR/.stderr")
	mapfile -t lines <<<"$output"
	mapfile -t stderr_lines <<<"$stderr"
}

run_() {
	capture timeout 60 "$M" run "$@"
}

user_run() {
	capture as_user timeout 60 "$M" run "$@"
}
