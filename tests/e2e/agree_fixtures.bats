#!/usr/bin/env bats
# Every root of fixtures/ through mkroot and through the real loader of this machine: same objects,
# same order, or both refuse. The judge is ld.so itself, in that root.

load lib

set_up() {
	[ -x /lib64/ld-linux-x86-64.so.2 ] || skip_or_fail "no glibc loader for x86-64 here"
}

# agree ROOT PROGRAM [LIBRARY_PATH]: no "run", which would cost a process for each of many.
agree() {
	local root=$1 program=$2 path=${3-} real ours real_status=0 our_status=0
	real=$("$REAL_LDSO" "$root" /lib64/ld-linux-x86-64.so.2 "$program" "$path" 2>"$T/real.err" |
		without_addresses; exit "${PIPESTATUS[0]}") || real_status=$?
	[ "$real_status" -ne 125 ] || skip_or_fail "no user namespace here: $(cat "$T/real.err")"
	ours=$("$MKROOT" ldd --hwcaps host -S "$root" ${path:+-L "$path"} "$program" 2>"$T/ours.err") || our_status=$?
	if [ "$real_status" -ne 0 ]; then
		# The loader refuses to start; so must we, with the same file in the first line.
		local file
		file=$(sed -nE 's/.*shared libraries: ([^:]*):.*/\1/p' "$T/real.err")
		[ "$our_status" -eq 1 ] && [[ $(head -n 1 "$T/ours.err") == *"$file"* ]] && return
	else
		[ "$real" = "$ours" ] && [ "$our_status" -eq "$(grep -c -m 1 'not found$' <<<"$real")" ] && return
	fi
	printf '%s %s: loader %s, mkroot %s\n' "$root" "$program" "$real_status" "$our_status"
	cat "$T/real.err" "$T/ours.err"
	diff -u --label ld.so --label mkroot <(printf '%s\n' "$real") <(printf '%s\n' "$ours")
	return 1
} >&2

@test "agree: every program of every root" {
	local root program n=0 bad=0
	for root in "$FIXTURES"/*/; do
		root=${root%/}
		root=${root##*/}
		[ -L "$FIXTURES/$root/lib64/ld-linux-x86-64.so.2" ] || [ -e "$FIXTURES/$root/lib64/ld-linux-x86-64.so.2" ] || continue
		# check_findings is wrong on purpose; "ld.so PROGRAM" does not look at its PT_INTERP.
		[ "$root" != check_findings ] || continue
		# With ld.so.conf and no cache we resolve as if ldconfig had run, which ld.so does not.
		[ "$root" != bad ] && { [ ! -e "$FIXTURES/$root/etc/ld.so.conf" ] || [ -e "$FIXTURES/$root/etc/ld.so.cache" ]; } || continue
		fixture "$root"
		with_real_loader "$root"
		for program in "$root"/usr/bin/* "$root"/opt/app "$root"/opt/bin/app; do
			[ -f "$program" ] && [ "$(head -c 4 "$program" | tr -d '\177')" = ELF ] || continue
			agree "$T/$root" "/${program#*/}" || bad=$((bad + 1))
			n=$((n + 1))
		done
	done
	echo "# $n programs, $bad differ" >&3
	[ "$n" -ge 30 ]
	[ "$bad" -eq 0 ]
}

@test "agree: every broken ELF file is refused by both, or by neither" {
	local file bad=0 n=0
	fixture bad
	with_real_loader bad
	for file in bad/odd_* bad/should_fail_*; do
		[ -f "$file" ] || continue
		# Through the loader PT_INTERP does not matter, and strings may run on to the next NUL.
		case $file in
		*interp* | *unterminated | *hash_bang* | *sparse*) continue ;;
		esac
		local real=0 ours=0
		"$REAL_LDSO" "$T/bad" /lib64/ld-linux-x86-64.so.2 "/${file#bad/}" /usr/lib >/dev/null 2>&1 || real=$?
		"$MKROOT" ldd -S "$T/bad" -L /usr/lib "/${file#bad/}" >/dev/null 2>&1 || ours=$?
		n=$((n + 1))
		# A loader that crashes has no opinion.
		[ "$real" -lt 128 ] || continue
		if [ "$real" -eq 0 ] && [ "$ours" -ne 0 ] && [[ $file == *odd_* ]]; then
			echo "# $file: the loader takes it, mkroot does not" >&3
		elif [ "$real" -ne 0 ] && [ "$ours" -eq 0 ]; then
			echo "# $file: the loader refuses it, mkroot does not" >&3
			bad=$((bad + 1))
		fi
	done
	[ "$n" -ge 30 ]
	[ "$bad" -eq 0 ]
}

@test "agree: the library path, with folders for each rule" {
	fixture first_asker_decides
	with_real_loader first_asker_decides
	agree "$T/first_asker_decides" /usr/bin/app /opt/late
	agree "$T/first_asker_decides" /usr/bin/app /opt/none:/opt/late:/opt/early
	agree "$T/first_asker_decides" /usr/bin/app '/opt/none;/opt/late'
	agree "$T/first_asker_decides" /opt/libzero.so /opt/late
	# shellcheck disable=SC2016 # a token of the loader's
	agree "$T/first_asker_decides" /usr/bin/app '$ORIGIN/../../opt/late'
}

@test "agree: glibc-hwcaps folders, folder first and level second" {
	fixture runpath_is_not_inherited
	with_real_loader runpath_is_not_inherited
	local dir=runpath_is_not_inherited level
	for level in x86-64-v2 x86-64-v3 x86-64-v4 x86-64-v9; do
		mkdir -p "$dir/opt/lib/glibc-hwcaps/$level"
		cp "$dir/opt/lib/libtwo.so" "$dir/opt/lib/glibc-hwcaps/$level/"
	done
	mkdir "$dir/opt/first"
	cp "$dir/opt/lib/libtwo.so" "$dir/opt/first/"
	# The loader takes what this CPU can; in a foreign root we take the baseline, unless told.
	local real ours
	real=$("$REAL_LDSO" "$T/$dir" /lib64/ld-linux-x86-64.so.2 /usr/bin/app /opt/lib | without_addresses)
	ours=$("$MKROOT" ldd -S "$T/$dir" --hwcaps host -L /opt/lib /usr/bin/app) || :
	[ "$real" = "$ours" ] || { diff <(echo "$real") <(echo "$ours") >&2; false; }
	real=$("$REAL_LDSO" "$T/$dir" /lib64/ld-linux-x86-64.so.2 /usr/bin/app /opt/first:/opt/lib | without_addresses)
	ours=$("$MKROOT" ldd -S "$T/$dir" --hwcaps host -L /opt/first:/opt/lib /usr/bin/app) || :
	[ "$real" = "$ours" ] || { diff <(echo "$real") <(echo "$ours") >&2; false; }
}

@test "agree: an ld.so.cache in the root" {
	needs_root
	needs /sbin/ldconfig
	fixture default_folders
	with_real_loader default_folders
	mkdir -p default_folders/etc default_folders/opt/conf
	cp default_folders/lib64/libe.so default_folders/usr/lib/liba.so default_folders/opt/conf/
	echo /opt/conf >default_folders/etc/ld.so.conf
	/sbin/ldconfig -r "$T/default_folders"
	agree "$T/default_folders" /usr/bin/app
	# A stale entry falls through to the default folders, a new file is not seen.
	rm default_folders/opt/conf/liba.so
	agree "$T/default_folders" /usr/bin/app
	# The loader never reads ld.so.conf.
	: >default_folders/etc/ld.so.conf
	agree "$T/default_folders" /usr/bin/app
}
