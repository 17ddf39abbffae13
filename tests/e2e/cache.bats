#!/usr/bin/env bats
# ld.so.cache, read, made and written. The judges are this machine's ldconfig and ld.so: the real one,
# in that root.

load lib

LDSO=/lib64/ld-linux-x86-64.so.2

set_up() {
	PATH=$PATH:/sbin:/usr/sbin
	: "${CACHE_TOOL:?}"
}

# root NAME: a copy of the fixture, with the machine's own loader in it.
root() {
	[ -x "$LDSO" ] || skip_or_fail "no glibc loader for x86-64 here"
	needs ldconfig
	fixture "$1"
	with_real_loader "$1"
	# A name that CMake cannot write: a file that rpm has not finished.
	[ ! -d "$1/opt/second" ] || cp "$1/usr/lib/libplain.so" "$1/opt/second/librpm.so.1;5f0c"
}

# without_older_scheme ROOT FORMAT: 2.36's ldconfig corrupts its heap when it writes such entries in
# the old format.
without_older_scheme() {
	[ "$2" = new ] || rm -rf "$1"/opt/lib/{tls,haswell}
}

# ldconfig_says FILE, we_say FILE [BIG]: the entries, one line each, by ldconfig, or by us.
ldconfig_says() {
	ldconfig -p -C "$1" | grep -P '^\t'
}
we_say() {
	"$CACHE_TOOL" print "$@"
}

same() {
	diff -u --label "$1" --label "$2" <(printf '%s\n' "$3") <(printf '%s\n' "$4") >&2
}

# agrees ROOT: ld.so and we map the same files for ROOT's app, in the same order.
agrees() {
	local real ours
	real=$("$REAL_LDSO" "$1" "$LDSO" /usr/bin/app | without_addresses) || skip_or_fail "no chroot here"
	ours=$("$MKROOT" ldd --hwcaps=host -S "$1" /usr/bin/app 2>"$T/warnings") || :
	same ld.so mkroot "$real" "$ours"
}

@test "cache: all formats are read as ldconfig reads them" {
	local format name
	for name in conf_names_folders conf_with_levels; do
		root "$name"
		for format in new old compat; do
			without_older_scheme "$name" "$format"
			ldconfig -X -r "$name" -C "/$format" -c "$format" 2>/dev/null
			same ldconfig mkroot "$(ldconfig_says "$name/$format")" "$(we_say "$name/$format")"
		done
	done
}

@test "cache: what ldconfig wrote is written again to the byte" {
	local name
	for name in conf_names_folders conf_with_levels; do
		root "$name"
		ldconfig -X -r "$name" -C /cache 2>/dev/null
		"$CACHE_TOOL" again "$name/cache" again
		cmp "$name/cache" again
	done
	[ -s /etc/ld.so.cache ] || skip "no cache of this machine"
	"$CACHE_TOOL" again /etc/ld.so.cache again
	cmp /etc/ld.so.cache again
}

@test "cache: without one, the entries are those that ldconfig would make" {
	local name
	for name in conf_names_folders conf_with_levels; do
		root "$name"
		# Links are made first: where there are none we name the file.
		ldconfig -r "$name" -C /cache 2>/dev/null
		"$CACHE_TOOL" run "$name" /usr/bin/app run
		same ldconfig mkroot "$(ldconfig_says "$name/cache")" "$(we_say run)"
	done
}

@test "cache: ldconfig's view of this whole machine is ours" {
	[ -x "$LDSO" ] && [ -x /bin/bash ] || skip_or_fail "no glibc loader for x86-64 here"
	needs ldconfig
	[ -e /etc/ld.so.conf ] || skip "no ld.so.conf on this machine"
	ldconfig -X -C "$T/cache" 2>/dev/null || skip_or_fail "only root can run ldconfig"
	"$CACHE_TOOL" run / /bin/bash run
	same ldconfig mkroot "$(ldconfig_says cache)" "$(we_say run)"
}

@test "cache: ld.so maps what we say, in every format" {
	local format name
	for name in conf_names_folders conf_with_levels; do
		root "$name"
		for format in new old compat; do
			without_older_scheme "$name" "$format"
			ldconfig -X -r "$name" -c "$format" 2>/dev/null
			agrees "$name"
			is_quiet_file warnings
		done
	done
}

is_quiet_file() {
	[ ! -s "$1" ] || { cat "$1" >&2; return 1; }
}

@test "cache: as if ldconfig had run is what ld.so does once it has" {
	local name ours
	for name in conf_names_folders conf_with_levels; do
		root "$name"
		ours=$("$MKROOT" ldd --hwcaps=host -S "$name" /usr/bin/app 2>warnings)
		[ "$(cat warnings)" = "mkroot: warning: no /etc/ld.so.cache: resolved as if ldconfig had run" ]
		ldconfig -r "$name" 2>/dev/null
		same "with a cache" "without" "$("$MKROOT" ldd --hwcaps=host -S "$name" /usr/bin/app)" "$ours"
		agrees "$name"
	done
}

@test "cache: it is followed exactly, stale or not" {
	root conf_names_folders
	ldconfig -X -r conf_names_folders 2>/dev/null
	# A file that came after ldconfig is not seen, one that went is passed over for a default folder.
	rm conf_names_folders/opt/lib/libboth.so conf_names_folders/opt/lib/libfoo.so.1
	agrees conf_names_folders
	mkroot ldd -S conf_names_folders /usr/bin/app
	says 1 $'\tlibfoo.so.1 => not found\n\tlibboth.so => /usr/lib/libboth.so\n\tlibplain.so => /lib/libplain.so' ||
		says 1 $'\tlibfoo.so.1 => not found\n\tlibboth.so => /usr/lib/libboth.so\n\tlibplain.so => /usr/lib/libplain.so'
	# A folder that the configuration lost still serves.
	cp -a "$FIXTURES/conf_names_folders/opt/lib/." conf_names_folders/opt/lib/
	rm -r conf_names_folders/etc/ld.so.conf*
	agrees conf_names_folders
}

# poke FILE OFFSET BYTES: overwrites bytes.
poke() {
	printf '%b' "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

@test "cache: a corrupt one is none, also for ld.so" {
	root conf_names_folders
	ldconfig -X -r conf_names_folders 2>/dev/null
	local cache=conf_names_folders/etc/ld.so.cache good size
	cp $cache good
	size=$(stat -c %s good)
	for change in '0 x' '17 9' '20 \xff\xff\xff\xff' '28 \x01' '28 \x03' '28 \x04' '28 \x00' '32 \x01' '32 \xff\xff\xff\xff'; do
		cp good $cache
		poke $cache "${change%% *}" "${change#* }"
		agrees conf_names_folders || { echo "with $change" >&2; return 1; }
	done
	for good in 0 10 47 48 60 $((size / 2)) $((size - 1)); do
		head -c "$good" good >$cache
		agrees conf_names_folders || { echo "cut at $good" >&2; return 1; }
	done
	# What is there is not replaced by a guess.
	head -c 10 good >$cache
	mkroot ldd -S conf_names_folders /usr/bin/app
	is_quiet
	[[ $output == *"libfoo.so.1 => not found"* ]]
}

@test "cache: no FIFO is waited for, no sparse terabyte read" {
	fixture conf_names_folders
	mkfifo conf_names_folders/etc/ld.so.cache
	mkroot ldd -S conf_names_folders /usr/bin/app
	says 1
	rm conf_names_folders/etc/ld.so.cache
	truncate -s 1T conf_names_folders/etc/ld.so.cache
	mkroot ldd -S conf_names_folders /usr/bin/app
	says 1
}

@test "build: a root of default folders gets no cache" {
	fixture conf_names_folders
	rm -r conf_names_folders/opt/lib conf_names_folders/opt/second
	cp conf_names_folders/usr/lib/libboth.so conf_names_folders/usr/lib/libfoo.so.1
	mkroot -S conf_names_folders /usr/bin/app -o root/
	says 0
	[ ! -e root/etc ]
	mkroot -S "$FIXTURES/runpath_cancels_rpath" -n -k /usr/bin/app
	[[ $output != *ld.so.cache* ]]
}

@test "build: what only the configuration leads to makes a cache, which ld.so follows" {
	root conf_names_folders
	mkroot -S conf_names_folders /usr/bin/app -o made/
	says 0
	[ "$(stat -c '%a %u:%g' made/etc/ld.so.cache)" = "644 $(id -u):$(id -g)" ]
	same ours expected "$(we_say made/etc/ld.so.cache | sed 's, => /usr/lib/, => /lib/,')" \
$'\tlibplain.so (libc6,x86-64) => /lib/libplain.so
\tlibfoo.so.1 (libc6,x86-64) => /opt/lib/libfoo.so.1
\tlibboth.so (libc6,x86-64) => /opt/lib/libboth.so
\tld-linux-x86-64.so.2 (libc6,x86-64) => /lib64/ld-linux-x86-64.so.2' ||
	same ours expected "$(we_say made/etc/ld.so.cache | sed 's, => /usr/lib/, => /lib/,')" \
$'\tlibplain.so (libc6,x86-64) => /lib/libplain.so
\tlibfoo.so.1 (libc6,x86-64) => /opt/lib/libfoo.so.1
\tlibboth.so (libc6,x86-64) => /opt/lib/libboth.so'
	same ldconfig mkroot "$(ldconfig_says made/etc/ld.so.cache)" "$(we_say made/etc/ld.so.cache)"
	agrees made
	mkroot -S conf_names_folders -n /usr/bin/app
	grep -qxP '/etc/ld\.so\.cache\t\d+\tmade: lists the libraries in here' <<<"$output"
}

@test "build: the cache of the old root is never copied" {
	root conf_names_folders
	ldconfig -r conf_names_folders 2>/dev/null
	mkroot -S conf_names_folders /usr/bin/app -i /etc -o made/
	says 0
	[[ $(we_say conf_names_folders/etc/ld.so.cache) == *libother.so.2* ]]
	[[ $(we_say made/etc/ld.so.cache) != *libother.so.2* ]]
	agrees made
	# A file of the user's own is the user's.
	echo mine >mine
	cp mine conf_names_folders/mine
	mkroot -S conf_names_folders /usr/bin/app -i /mine:/etc/ld.so.cache -o tar.tar
	says 0
	[ "$(tar xOf tar.tar etc/ld.so.cache)" = mine ]
}

@test "build: a library that is included is in the cache too" {
	root conf_names_folders
	ldconfig -r conf_names_folders 2>/dev/null
	mkroot -S conf_names_folders /usr/bin/app -i /opt/second/libother.so.2 -o made/
	says 0
	[[ $(we_say made/etc/ld.so.cache) == *$'\tlibother.so.2 (libc6,x86-64) => /opt/second/libother.so.2\n'* ]]
}

@test "build: a folder that is added to keeps the entries of its files" {
	root conf_names_folders
	mkdir -p other/opt/third other/etc other/usr/bin
	cp -a conf_names_folders/lib64 other/
	cp conf_names_folders/usr/bin/app other/usr/bin/second
	cp conf_names_folders/opt/lib/libfoo.so.1.10 other/opt/third/libfoo.so.1
	cp conf_names_folders/usr/lib/lib{both,plain}.so other/opt/third/
	echo /opt/third >other/etc/ld.so.conf
	ldconfig -X -r other 2>/dev/null
	mkroot -S conf_names_folders /usr/bin/app -i /opt/second/libother.so.2 -o jail/
	says 0
	rm jail/opt/lib/libboth.so
	mkroot -S other /usr/bin/second -o jail/
	says 0
	local cache
	cache=$(we_say jail/etc/ld.so.cache)
	[[ $cache == *"libother.so.2 (libc6,x86-64) => /opt/second/libother.so.2"* ]]
	[[ $cache == *"libboth.so (libc6,x86-64) => /opt/third/libboth.so"* ]]
	[[ $cache != *"/opt/lib/libboth.so"* ]]
	# ... and a build that needs none of its own leaves it alone.
	cp jail/etc/ld.so.cache before
	mkroot -S "$FIXTURES/static_programs" /usr/bin/static -o jail/ || :
	cmp before jail/etc/ld.so.cache
}

@test "build: the same input gives the same cache" {
	fixture conf_with_levels
	mkroot -S conf_with_levels /usr/bin/app -o one.tar
	says 0
	mkroot -S conf_with_levels /usr/bin/app -o two.tar
	says 0
	cmp one.tar two.tar
	SOURCE_DATE_EPOCH=1 "$MKROOT" -q -S conf_with_levels /usr/bin/app -o three.tar
	[ "$(tar tvf three.tar --utc etc/ld.so.cache | tr -s ' ' | cut -d ' ' -f 4,5)" = "1970-01-01 00:00" ]
}

@test "build: a foreign root gets a cache of its own byte order" {
	local name order id made entry
	while read -r name order id; do
		mkroot -S "$FIXTURES/conf_of_$name" /usr/bin/app -o "$name/"
		says 0
		made=$(we_say "$name/etc/ld.so.cache" "$order")
		entry=$'\t'"libfoo.so.1 (libc6$id) => /opt/lib/libfoo.so.1.2"
		[[ $made == *"$entry"* ]] || { echo "$name: $made" >&2; return 1; }
		[[ $made != *alien* ]]
		mkroot ldd -S "$name" /usr/bin/app
		is_quiet
		[ "$(head -n 1 <<<"$output")" = $'\t'"libfoo.so.1 => /opt/lib/libfoo.so.1.2" ]
	done <<-END
		s390x big ,64bit
		ppc64 big ,64bit
		mips big
		aarch64 little ,AArch64
		i386 little
	END
}

@test "build: what -L led to is in the root's cache, before what is there without it" {
	fixture need_in_a_circle
	mkdir need_in_a_circle/over
	mv need_in_a_circle/usr/lib/liba.so need_in_a_circle/over/
	cp need_in_a_circle/usr/lib/libb.so need_in_a_circle/over/
	mkroot -S need_in_a_circle -L /over /usr/bin/app -o root/
	says 0
	mkroot ldd -S root /usr/bin/app
	says 0 "$("$MKROOT" ldd -S need_in_a_circle -L /over /usr/bin/app)"
	mkroot check root
	says 0
}
