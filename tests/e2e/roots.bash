# shellcheck shell=bash
# Roots for the tests of `mkroot run`. $MKROOT is the program, $INMATE a static test program.

: "${MKROOT:?the path of mkroot}" "${INMATE:?the path of the static test program}"

# A sanitizer's report must not look like a status that a test expects.
export ASAN_OPTIONS="${ASAN_OPTIONS:-exitcode=86}" LC_ALL=C.UTF-8

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

AS_USER=(setpriv --reuid 65533 --regid 65533 --clear-groups)
as_user() {
	if [ "$(id -u)" -eq 0 ]; then
		"${AS_USER[@]}" "$@"
	else
		"$@"
	fi
}

needs_root() {
	[ "$(id -u)" -eq 0 ] || skip "only root can do this"
}

needs_userns() {
	as_user unshare --user --map-root-user true 2>/dev/null ||
		skip "an ordinary user cannot create a user namespace here"
}

# Processes whose command line holds a word of this test's own.
processes_with() {
	local file n=0
	for file in /proc/[0-9]*/cmdline; do
		if tr '\0' '\n' 2>/dev/null <"$file" | grep -qxF -- "$1"; then
			n=$((n + 1))
		fi
	done 2>/dev/null
	echo "$n"
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
