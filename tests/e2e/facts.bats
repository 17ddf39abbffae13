#!/usr/bin/env bats
# Symbol versions, judged by ld.so: the whole text of ldd -v, and what it complains of.

# shellcheck disable=SC2030,SC2031,SC2154 # what "run" sets is read in the same test
load lib

set_up() {
	loader=/lib64/ld-linux-x86-64.so.2
	[ -x "$loader" ] || skip_or_fail "no glibc loader for x86-64 here"
}

# agree FILE...: ldd -v of this machine's files.
agree() {
	local file n=0 lines=0
	for file; do
		[ "$(head -c 4 "$file" | tr -d '\177\0')" = ELF ] || continue
		LD_VERBOSE=1 LD_TRACE_LOADED_OBJECTS=1 "$loader" "$file" >"$T/lines" 2>"$T/err" || continue
		without_addresses <"$T/lines" >"$T/real"
		"$MKROOT" ldd -v "$file" >"$T/ours" 2>"$T/our.err" || :
		diff -u --label ld.so --label mkroot "$T/real" "$T/ours" >&2
		diff -u --label ld.so --label mkroot <(grep version "$T/err" | sort) \
			<(sed -n '/version/s/^mkroot: //p' "$T/our.err" | sort) >&2
		n=$((n + 1))
		lines=$((lines + $(wc -l <"$T/real")))
	done
	echo "# $n files, $lines lines" >&3
	[ "$n" -gt 20 ]
}

# every N PATTERN: each Nth file that fits; links are resolved.
every() {
	local files
	mapfile -t files < <(compgen -G "$2" | xargs -r readlink -e | LC_ALL=C sort -u | awk -v n="$1" 'NR % n == 0')
	printf '%s\n' "${files[@]}"
}

@test "facts: ldd -v of programs says what ld.so says" {
	local files
	mapfile -t files < <(every "${MKROOT_ALL:-12}" '/usr/bin/*')
	agree "${files[@]}"
}

@test "facts: ldd -v of libraries says what ld.so says" {
	local files
	mapfile -t files < <(every "${MKROOT_ALL:-12}" '/usr/lib/x86_64-linux-gnu/*.so.*')
	agree "${files[@]}"
}

# judge ROOT PROGRAM: both of one fixture.
judge() {
	local real_status=0
	fixture "$1"
	with_real_loader "$1"
	LD_VERBOSE=1 "$REAL_LDSO" "$1" "$loader" "$2" >"$T/lines" 2>"$T/err" || real_status=$?
	[ "$real_status" -ne 125 ] || skip_or_fail "no user namespace here"
	mkroot ldd -S "$1" -v "$2"
	diff -u --label ld.so --label mkroot <(without_addresses <"$T/lines") <(printf '%s\n' "$output") >&2
	diff -u --label ld.so --label mkroot <(grep version "$T/err") <(sed -n '/version/s/^mkroot: //p' <<<"$stderr") >&2
}

@test "facts: a missing version is said in ld.so's words, and ends the start" {
	judge versions_missing /usr/bin/app
	[ "$status" -eq 1 ]
	[[ $output == *$'\n\t\tlibv.so.1 (V_2) => not found\n'* ]]
	[[ $output == *'(V_3) [WEAK] => not found'* ]]
	[[ $stderr == *"version \`V_2' not found (required by /usr/bin/app)"* ]]
	[[ $stderr == *"no version information available"* ]]
}

@test "facts: where all versions are there, nothing is complained of" {
	judge versions_missing /usr/bin/good
	says 0 $'\tlibv.so.1 => /usr/lib/libv.so.1\n\n\tVersion information:\n\t/usr/bin/good:\n\t\tlibv.so.1 (V_1) => /usr/lib/libv.so.1'
	is_quiet
}

@test "facts: versions of a library that is not there are not found either" {
	judge versions_of_nobody /usr/bin/app
	[ "$status" -eq 1 ]
	[[ $output == *'libgone.so (G_1) => not found'*'liba.so (A_1) => /usr/lib/liba.so' ]]
}

@test "facts: a version's library goes by the name that somebody asked for it by" {
	judge versions_by_another_name /usr/bin/app
	[ "$status" -eq 0 ]
	[[ $output == *'libtwo.so.2 (T_1) => /usr/lib/libtwo.so.2' ]]
}

@test "facts: without -v no versions are read" {
	mkroot ldd -S "$FIXTURES/versions_missing" /usr/bin/app
	says 0 $'\tlibv.so.1 => /usr/lib/libv.so.1\n\tlibu.so => /usr/lib/libu.so'
	is_quiet
}

@test "facts: an ISA level above the CPU's ends the start" {
	local root=$FIXTURES/isa_level_too_high
	run -127 env LD_LIBRARY_PATH="$root/usr/lib" "$loader" "$root/usr/bin/app"
	[[ $output == *"libfuture.so: CPU ISA level is lower than required" ]]
	mkroot ldd -v -L "$root/usr/lib" "$root/usr/bin/app"
	[ "$status" -eq 1 ]
	[[ $stderr == *"libfuture.so: CPU ISA level is lower than required" ]]
	# A root of another machine is not compared with this CPU, unless a level is named.
	mkroot ldd -v -S "$root" /usr/bin/app
	[ "$status" -eq 0 ]
	mkroot ldd -v -S "$root" --hwcaps x86-64-v4 /usr/bin/app
	[ "$status" -eq 1 ]
}
