# shellcheck shell=bash disable=SC2154 # status, output and stderr are set by bats
# What the end-to-end tests share. ctest says where things are:
#
#   $MKROOT       the program            $FIXTURES   the roots of fixtures/, for reading only
#   $REAL_LDSO    tests/e2e/real_ldso.c  $CI         "true": what can be tested must be tested
#
# Each test has a folder of its own, $T, which is the current folder; bats removes it.
bats_require_minimum_version 1.5.0

: "${MKROOT:?run these through ctest, or set MKROOT, FIXTURES and REAL_LDSO}"
: "${FIXTURES:?}"

setup() {
	unset LD_LIBRARY_PATH LD_PRELOAD SOURCE_DATE_EPOCH
	export LC_ALL=C.UTF-8
	# A sanitizer's status that no test expects; LD_PRELOAD is for the loader, not for it.
	export ASAN_OPTIONS=exitcode=99:verify_asan_link_order=0 UBSAN_OPTIONS=exitcode=99
	umask 022
	T=$BATS_TEST_TMPDIR/t # bats has files of its own beside it
	mkdir "$T"
	cd "$T" || return 1
	if declare -F set_up >/dev/null; then
		set_up
	fi
}

# mkroot ARG...: runs it; $status, $output (stdout) and $stderr hold what came of it. A test that
# wants them merged, or in a pipe, uses "$MKROOT" itself.
mkroot() {
	stderr=
	run --separate-stderr timeout 60 "$MKROOT" "$@"
	[ "${1-}" = run ] || no_sanitizer_report
}

# A crash or a sanitizer's report is never what a test expects, whatever status it looks for.
no_sanitizer_report() {
	if [ "$status" -ge 99 ] || [[ ${stderr-}$output == *Sanitizer* || ${stderr-}$output == *"runtime error:"* ]]; then
		printf 'status %s\n%s\n%s\n' "$status" "$output" "${stderr-}" >&2
		return 1
	fi
}

# says STATUS [STDOUT]: the status and the whole of standard output.
says() {
	local bad=0
	[ "$status" -eq "$1" ] || bad=1
	[ $# -lt 2 ] || [ "$output" = "$2" ] || bad=1
	if [ "$bad" -eq 1 ]; then
		printf 'status %s, expected %s; stderr: %s\n' "$status" "$1" "${stderr-}"
		[ $# -lt 2 ] || diff -u --label expected --label actual \
			<(printf '%s\n' "$2") <(printf '%s\n' "$output") || :
		return 1
	fi >&2
}

# complains TEXT...: standard error is an error of ours, begins with one line that says what is wrong
# (evidence and a hint may follow, indented), and holds each TEXT.
complains() {
	local text
	if [[ $stderr != "mkroot: error: "* ]] || grep -qvE '^(mkroot: |  )' <<<"$stderr"; then
		printf 'this is no error message of ours: %s\n' "$stderr" >&2
		return 1
	fi
	for text in "$@"; do
		if [[ $stderr != *"$text"* ]]; then
			printf 'no "%s" in: %s\n' "$text" "$stderr" >&2
			return 1
		fi
	done
}

# refuses FILE PROGRAM: the one line about a library that the loader would refuse to start with.
refuses() {
	if ! grep -qE "^mkroot: $1: .* \\(needed by $2\\)$" <<<"$stderr" || [ "$(wc -l <<<"$stderr")" -ne 1 ]; then
		printf 'this does not refuse %s: %s\n' "$1" "$stderr" >&2
		return 1
	fi
}

# is_quiet: nothing on standard error.
is_quiet() {
	if [ -n "$stderr" ]; then
		printf 'unexpected: %s\n' "$stderr" >&2
		return 1
	fi
}

# skip_or_fail REASON: for what this machine cannot do. In CI it can, so there it is a failure.
skip_or_fail() {
	if [ "${CI-}" = true ]; then
		printf 'in CI this must not be skipped: %s\n' "$1" >&2
		return 1
	fi
	skip "$1"
}

needs_root() {
	[ "$(id -u)" -eq 0 ] || skip_or_fail "only root can do this"
}

needs() {
	local tool
	for tool in "$@"; do
		command -v "$tool" >/dev/null || skip_or_fail "no $tool here"
	done
}

# let_users_in: opens the way for other users to this test's folder and to a copy of the program,
# which may lie in a home folder. Sets $USER_MKROOT.
let_users_in() {
	local folder=$T
	while [ "$folder" != / ] && [ "$folder" != /tmp ] && [ -O "$folder" ]; do
		chmod a+x "$folder"
		folder=$(dirname "$folder")
	done
	USER_MKROOT=$T/.mkroot
	[ -e "$USER_MKROOT" ] || install -m 755 "$MKROOT" "$USER_MKROOT"
}

# as_user COMMAND...: as an ordinary user; who is one already stays who he is.
as_user() {
	if [ "$(id -u)" -ne 0 ]; then
		"$@"
	else
		setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs --inh-caps=-all \
			env HOME=/nonexistent "$@"
	fi
}

# fixture NAME: a copy of that root that may be changed, in $T/NAME.
fixture() {
	cp -a "$FIXTURES/$1" "$T/$1"
}

# with_real_loader ROOT: puts this machine's own loader where ROOT's programs ask for it.
with_real_loader() {
	cp -L --remove-destination /lib64/ld-linux-x86-64.so.2 "$1/lib64/"
}

# without_addresses: the loader's lines as `mkroot ldd` prints them. A filter.
without_addresses() {
	sed -E 's/ \(0x[0-9a-f]+\)$//; /^\tlinux-vdso\.so\.1$/d'
}
