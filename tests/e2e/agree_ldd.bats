#!/usr/bin/env bats
# bats file_tags=slow
# Programs and libraries of this machine through mkroot and through its own loader: the same lines.
# A sample of each folder; MKROOT_ALL=1 takes every file.

load lib

set_up() {
	loader=/lib64/ld-linux-x86-64.so.2
	[ -x "$loader" ] || skip_or_fail "no glibc loader for x86-64 here"
}

# The ELF files among those named on stdin, one line each; about $1 of them, taken evenly. Links are
# resolved: the loader called by name takes $ORIGIN from the link, started by execve(2) it does not.
sample() {
	local want=$1 file magic all=() step
	while IFS= read -r file; do
		[ -f "$file" ] || continue
		magic=
		IFS= LC_ALL=C read -r -N 4 magic <"$file" 2>/dev/null || :
		[ "$magic" = $'\177ELF' ] || continue
		[ ! -L "$file" ] || file=$(readlink -f "$file")
		all+=("$file")
	done
	step=$((${#all[@]} / want))
	[ "$step" -gt 0 ] && [ -z "${MKROOT_ALL-}" ] || step=1
	for ((i = 0; i < ${#all[@]}; i += step)); do
		printf '%s\n' "${all[i]}"
	done
}

# agree AT_LEAST: for the files on stdin, as one call of mkroot, as ldd is called with many.
agree() {
	local file files=() real=$T/real ours=$T/ours status=0
	while IFS= read -r file; do
		if LD_TRACE_LOADED_OBJECTS=1 "$loader" "$file" >"$T/lines" 2>/dev/null; then
			files+=("$file")
			printf '%s:\n' "$file"
			without_addresses <"$T/lines"
		fi
	done >"$real" 2>/dev/null # where bash tells that the loader crashed, as it does on static programs
	"$MKROOT" ldd "${files[@]}" >"$ours" 2>"$T/err" || status=$?
	echo "# ${#files[@]} files, $(wc -l <"$real") lines" >&3
	[ "${#files[@]}" -ge "$1" ]
	diff -u --label ld.so --label mkroot "$real" "$ours" >"$T/diff" || {
		grep -c '^[-+]	' "$T/diff" >&2
		head -n 40 "$T/diff" "$T/err" >&2
		return 1
	}
	[ "$status" -eq "$(grep -c -m 1 'not found$' "$real")" ]
}

@test "agree: programs of /usr/bin" {
	find /usr/bin -maxdepth 1 | LC_ALL=C sort | sample 200 | agree 50
}

@test "agree: programs of /usr/sbin" {
	find /usr/sbin -maxdepth 1 | LC_ALL=C sort | sample 60 | agree 10
}

@test "agree: libraries and plugins below /usr/lib" {
	find /usr/lib /usr/libexec -name '*.so*' -type f 2>/dev/null | LC_ALL=C sort | sample 120 | agree 30
}

@test "agree: programs below /usr/lib and /usr/libexec" {
	find /usr/lib /usr/libexec -type f -perm -100 ! -name '*.so*' 2>/dev/null | LC_ALL=C sort | sample 60 | agree 2
}

@test "agree: one call per file prints the same as ldd with one file" {
	local file
	for file in /bin/bash /bin/ls /usr/bin/env /lib/x86_64-linux-gnu/libc.so.6 "$loader"; do
		[ -e "$file" ] || continue
		diff -u <(LD_TRACE_LOADED_OBJECTS=1 "$loader" "$file" | without_addresses) <("$MKROOT" ldd "$file")
	done
}

@test "agree: LD_LIBRARY_PATH, with an own libtinfo before the system's" {
	[ -e /lib/x86_64-linux-gnu/libtinfo.so.6 ] || skip "no libtinfo.so.6 here"
	mkdir over
	cp /lib/x86_64-linux-gnu/libtinfo.so.6 over/
	local path
	for path in "$T/over" "over" "$T/none:$T/over:" "$T/over;$T/none" "over/" "$T//over/"; do
		echo "path $path" >&2
		diff -u <(LD_LIBRARY_PATH=$path LD_TRACE_LOADED_OBJECTS=1 "$loader" /bin/bash | without_addresses) \
			<(LD_LIBRARY_PATH=$path "$MKROOT" ldd /bin/bash 2>/dev/null |
				if [[ $path == /* ]]; then cat; else sed "s|=> $T/over|=> over|"; fi) >&2
	done
}

@test "agree: LD_PRELOAD" {
	[ -e /lib/x86_64-linux-gnu/libm.so.6 ] || skip "no libm.so.6 here"
	local preload
	for preload in libm.so.6 /lib/x86_64-linux-gnu/libm.so.6 "libm.so.6 libdl.so.2" libm.so.6:libm.so.6; do
		echo "preload $preload" >&2
		diff -u <(env LD_PRELOAD="$preload" LD_TRACE_LOADED_OBJECTS=1 "$loader" /bin/bash | without_addresses) \
			<(env LD_PRELOAD="$preload" "$MKROOT" ldd /bin/bash) >&2
	done
}
