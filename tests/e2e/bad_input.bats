#!/usr/bin/env bats
# Bad input: one clear message that names the file, the right status, nothing left, never a hang.

load lib
: "${stderr=}" # set by run --separate-stderr

# Both verbs say the same of a file that is no program: the name, exit 1, no lines, no output.
both_refuse() { # FILE [TEXT...]
	local file=$1
	shift
	mkroot ldd "$file"
	says 1 ""
	complains "$file" "$@"
	mkroot "$file" -o root.tar
	says 1 ""
	complains "$file" "$@"
	[ ! -e root.tar ]
}

@test "bad input: a program that does not exist" {
	both_refuse "$T/nothing"
}

@test "bad input: a name that is nowhere in PATH" {
	mkroot no-such-program-anywhere -o root.tar
	says 1 ""
	complains no-such-program-anywhere
	[ ! -e root.tar ]
}

@test "bad input: an empty name" {
	mkroot ldd ""
	[ "$status" -eq 1 ] || [ "$status" -eq 2 ]
	complains
	mkroot "" -o root.tar
	[ "$status" -eq 1 ] || [ "$status" -eq 2 ]
	complains
}

@test "bad input: a text file" {
	echo hello >text
	chmod +x text
	both_refuse "$T/text"
}

@test "bad input: a folder" {
	mkdir folder
	both_refuse "$T/folder" "is a directory"
}

@test "bad input: a FIFO does not block" {
	mkfifo fifo
	both_refuse "$T/fifo"
}

@test "bad input: a device" {
	both_refuse /dev/null
	both_refuse /dev/zero
}

@test "bad input: a socket" {
	needs perl
	perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => "socket", Listen => 1)'
	both_refuse "$T/socket"
}

@test "bad input: a link to nothing, and one in a circle" {
	ln -s gone dangling
	both_refuse "$T/dangling"
	ln -s circle circle
	both_refuse "$T/circle"
}

@test "bad input: a name below a file" {
	mkroot ldd /bin/ls/x
	says 1 ""
	complains /bin/ls/x
}

@test "bad input: a file that may not be read is exit 3" {
	let_users_in
	install -m 000 /bin/ls secret
	run --separate-stderr as_user "$USER_MKROOT" ldd "$T/secret"
	says 3 ""
	complains "$T/secret" "Permission denied"
	mkdir -m 777 out
	run --separate-stderr as_user "$USER_MKROOT" "$T/secret" -o "$T/out/root.tar"
	says 3 ""
	complains "$T/secret"
	[ -z "$(ls -A out)" ]
}

@test "bad input: every broken ELF file, by ldd" {
	local file n=0
	for file in "$FIXTURES"/bad/should_fail_*; do
		[ -f "$file" ] || continue
		case $file in *hash_bang*) continue ;; esac
		n=$((n + 1))
		mkroot ldd "$file"
		# An interpreter that is not there is a line of ldd's, all others are errors.
		if [ "$status" -ne 1 ] || { [[ $output != *"not found"* ]] && ! complains "${file##*/}"; }; then
			echo "$file: status $status: $output $stderr" >&2
			return 1
		fi
	done
	[ "$n" -ge 50 ]
}

@test "bad input: every broken file, by build: nothing is left" {
	local file n=0
	mkdir out
	for file in "$FIXTURES"/bad/should_fail_*; do
		[ -f "$file" ] || continue
		n=$((n + 1))
		mkroot "$file" -o out/root.tar
		if [ "$status" -ne 1 ] || ! complains || [ -n "$(ls -A out)" ]; then
			echo "$file: status $status: $output $stderr $(ls -A out)" >&2
			return 1
		fi
	done
	[ "$n" -ge 50 ]
}

@test "bad input: strange ELF files neither crash nor hang nor eat memory" {
	local file
	for file in "$FIXTURES"/bad/odd_* "$FIXTURES"/bad/should_fail_*sparse*; do
		mkroot ldd "$file"
		[ "$status" -le 1 ]
	done
	# A gigabyte is far more than any of it takes; sanitizers want terabytes of address space.
	if ! grep -q __asan "$MKROOT"; then
		for file in "$FIXTURES"/bad/*sparse* "$FIXTURES"/bad/*huge*; do
			run bash -c 'ulimit -v 1000000; "$MKROOT" ldd "$1"' sh "$file"
			[ "$status" -le 1 ]
		done
	fi
}

@test "bad input: a broken library of a good program is named" {
	mkroot ldd "$FIXTURES/bad/uses_broken_library"
	says 1
	refuses "$FIXTURES/bad/should_fail_phentsize_12" "$FIXTURES/bad/uses_broken_library"
	mkroot "$FIXTURES/bad/uses_broken_library" -o root.tar
	says 1
	complains should_fail_phentsize_12
	[ ! -e root.tar ]
}

@test "bad input: a missing library is exit 1, named with who needs it, and nothing is written" {
	mkroot -S "$FIXTURES/missing_library" /usr/bin/app -o root.tar
	says 1 ""
	complains "libgone.so.1" "needed by" "/usr/bin/app"
	[ ! -e root.tar ]
	mkroot -S "$FIXTURES/missing_library" /usr/bin/app -o folder/
	says 1 ""
	[ ! -e folder ]
}

@test "bad input: -k writes all the same, and is still exit 1" {
	mkroot -k -S "$FIXTURES/missing_library" /usr/bin/app -o root.tar
	says 1
	[ "$(tar tf root.tar | grep -c 'usr/lib/lib')" -eq 2 ]
}

@test "bad input: no -o, no program, an unknown suffix are wrong usage" {
	mkroot /bin/ls
	says 2 ""
	complains
	mkroot -o root.tar
	says 2 ""
	complains
	mkroot /bin/ls -o root.zip
	says 2 ""
	complains root.zip .tar.zst
	[ ! -e root.zip ]
}

@test "bad input: an output folder that is not there, or may not be written to" {
	mkroot /bin/ls -o gone/root.tar
	says 3 ""
	complains gone
	let_users_in
	mkdir -m 555 closed
	run --separate-stderr as_user "$USER_MKROOT" /bin/ls -o "$T/closed/root.tar"
	says 3 ""
	complains "$T/closed"
	[ -z "$(ls -A closed)" ]
}

@test "bad input: /, a home folder and a mount point are refused as output" {
	local output
	for output in / dir:/ // /./ /proc /dev; do
		mkroot /bin/ls -o "$output"
		says 2 ""
		complains
	done
	mkdir home
	HOME=$T/home mkroot /bin/ls -o "$T/home"
	says 2 ""
	complains home
	[ -z "$(ls -A home)" ]
}

# In a mount namespace of its own, as other tests look at the host's mounts.
@test "bad input: a mount point that holds something is refused as output" {
	needs_root
	mkdir mount
	# shellcheck disable=SC2016 # for the other shell
	run --separate-stderr unshare --mount bash -c 'mount -t tmpfs none mount || exit 77; touch mount/x
		exec "$MKROOT" /bin/ls -o mount/'
	[ "$status" -ne 77 ] || skip_or_fail "cannot mount here"
	says 2 ""
	complains mount
}

@test "build: an empty mount point is a folder like others" {
	needs_root
	mkdir mount
	# shellcheck disable=SC2016 # for the other shell
	run --separate-stderr unshare --mount bash -c 'mount -t tmpfs none mount || exit 77
		"$MKROOT" -q /bin/ls -o mount/ && chroot mount /bin/ls /usr/bin'
	[ "$status" -ne 77 ] || skip_or_fail "cannot mount here"
	says 0 ls
}

@test "bad input: a full disk leaves nothing" {
	needs_root
	mkdir small
	local output
	for output in root.tar root.tar.gz root.tar.xz root.tar.zst folder/; do
		# shellcheck disable=SC2016 # for the other shell
		run --separate-stderr unshare --mount bash -c 'mount -t tmpfs -o size=1m none small || exit 77
			"$MKROOT" /bin/bash /bin/ls -o "small/$1"; status=$?
			ls -A small >left; exit $status' sh "$output"
		[ "$status" -ne 77 ] || skip_or_fail "cannot mount here"
		says 3 ""
		complains "No space left"
		[ ! -s left ]
	done
}

@test "bad input: a reader of - that goes away is exit 3, not a death by signal" {
	run bash -c '"$MKROOT" /bin/bash -o - 2>err | head -c 1 >/dev/null; exit "${PIPESTATUS[0]}"'
	[ "$status" -eq 3 ]
	stderr=$(cat err) complains "Broken pipe"
}

@test "bad input: a tar is not written to a terminal" {
	needs script
	run script -qec "'$MKROOT' /bin/ls -o -; echo status \$?" /dev/null </dev/null
	[[ $output == *"mkroot: error: "*"status 2"* ]]
}

@test "bad input: control characters of a name do not reach the terminal" {
	mkroot ldd $'a\e[31mb\nmkroot: error: c'
	says 1 ""
	complains
	[[ $stderr != *$'\e'* ]]
	[ "$(grep -c '^mkroot: error' <<<"$stderr")" -eq 1 ]
}
