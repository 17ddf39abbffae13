#!/usr/bin/env bats
# What holds of each archive format: the same bytes wherever it is made, whole or absent.

load lib

formats="tar tar.gz tar.xz tar.zst cpio cpio.gz cpio.xz cpio.zst squashfs"

# roots: two of the same content, made in another order, so that inodes and folders differ.
roots() {
	local i
	mkdir -p one two/srv/data
	cp -a "$FIXTURES/usr_merge_links/." one/
	mkdir -p one/srv/data
	for i in 1 2 3 4 5; do
		seq "$i" 5000 >"one/srv/data/$i"
	done
	ln one/srv/data/1 one/srv/data/0
	for i in 5 3 4 2 1; do
		cp -p "one/srv/data/$i" two/srv/data/
	done
	ln two/srv/data/1 two/srv/data/0
	cp -a "$FIXTURES/usr_merge_links/." two/
	touch -r one/srv/data two/srv/data
}

@test "formats: the same bytes as root and as a user, whatever the surroundings" {
	needs_root
	local suffix
	let_users_in
	roots
	mkdir -m 777 out
	chown -R 65534:65534 two
	for suffix in $formats; do
		mkroot -S one /bin/app -i /srv/data -i /usr/lib -j 1 -o "out/a.$suffix"
		says 0
		(
			cd out
			umask 077
			export TZ=Asia/Tokyo LC_ALL=C XZ_DEFAULTS=-0 ZSTD_CLEVEL=9 GZIP=-1 TAR_OPTIONS=--bogus
			as_user "$USER_MKROOT" -q -j 4 -i /usr/lib -i /srv/data/ -S ../two -o "$T/out/b.$suffix" /bin/app
		)
		cmp "out/a.$suffix" "out/b.$suffix"
	done
}

@test "formats: a squashfs holds what a folder holds" {
	needs unsquashfs
	mkroot bash ls -o root/
	says 0
	mkroot bash ls -o root.squashfs
	says 0 ""
	unsquashfs -q -n -d out root.squashfs
	diff -r --no-dereference root out >&2
}

@test "formats: Linux mounts a squashfs" {
	needs_root
	grep -qw squashfs /proc/filesystems || skip_or_fail "no squashfs in this kernel"
	mkdir mount sys
	cp -a "$FIXTURES/usr_merge_links/." sys/
	mkdir -p sys/srv/deep/er
	seq 90000 >sys/srv/deep/er/much
	: >sys/srv/deep/none
	truncate -s 3M sys/srv/deep/hole
	ln sys/srv/deep/er/much sys/srv/much
	chown 3:7 sys/srv/much
	chmod 4711 sys/srv/much
	setfattr -n user.note -v said sys/srv/much
	mkroot -S sys /bin/app -i /srv -o root/
	says 0
	mkroot -S sys /bin/app -i /srv -o root.squashfs
	says 0
	# shellcheck disable=SC2016 # for the other shell
	run unshare --mount bash -c 'mount -o loop,ro root.squashfs mount || exit 77; tree=(tar --sort=name --numeric-owner \
		--xattrs --format=pax --pax-option=delete=atime,delete=ctime,exthdr.name=%d/%f --mtime=@0 -cf -)
		[ -e mount/srv/much ] && cmp <("${tree[@]}" -C root .) <("${tree[@]}" -C mount .)'
	says 0 ""
}

@test "formats: Python reads every tar as GNU tar does" {
	local suffix name
	mkdir -p "sys/srv/$(printf 'long%.0s' {1..40})" sys/srv/folder
	name=$(printf 'x%.0s' {1..120})
	cp -a "$FIXTURES/usr_merge_links/." sys/
	seq 9 >"sys/srv/$(printf 'long%.0s' {1..40})/$name"
	ln -s "$name" sys/srv/link
	ln "sys/srv/$(printf 'long%.0s' {1..40})/$name" sys/srv/folder/second
	: >"sys/srv/ünï cödé"
	for suffix in tar tar.gz tar.xz; do
		mkroot -S sys /bin/app -i /srv -o "root.$suffix"
		says 0
		python3 - "root.$suffix" >by_python <<'END'
import stat, sys, tarfile
for m in tarfile.open(sys.argv[1], errorlevel=2, debug=1):
    kind = stat.S_IFDIR if m.isdir() else stat.S_IFLNK if m.issym() else stat.S_IFREG
    mode = stat.filemode(m.mode | kind) if not m.islnk() else "h" + stat.filemode(m.mode)[1:]
    to = " link to " + m.linkname if m.islnk() else " -> " + m.linkname if m.issym() else ""
    print(mode, f"{m.uid}/{m.gid}", m.size, m.mtime, m.name + ("/" if m.isdir() else "") + to)
END
		tar --numeric-owner --quoting-style=literal --full-time -tvf "root.$suffix" |
			while read -r mode owner size day hour name; do
				printf '%s %s %s %s %s\n' "$mode" "$owner" "$size" "$(date -d "$day $hour" +%s)" "$name"
			done >expected
		diff expected by_python >&2
	done
}

@test "formats: a build that is killed leaves OUTPUT whole, old or absent" {
	local suffix signal status_of
	for suffix in tar.gz cpio.zst squashfs; do
		for signal in KILL TERM INT; do
			echo old >"root.$suffix"
			"$MKROOT" -q /bin/bash /usr/bin/perl -o "root.$suffix" --level 9 &
			sleep 0.06
			kill -"$signal" $! 2>/dev/null || :
			status_of=0
			wait $! || status_of=$?
			[ "$status_of" -eq 0 ] || [ "$(cat "root.$suffix")" = old ]
			[ "$(ls -A)" = "root.$suffix" ]
		done
		rm "root.$suffix"
	done
}

# left_by_killed OUTPUT PATTERN: kills a writer of it until that has left something.
left_by_killed() {
	local i pid
	for ((i = 0; i < 50; i++)); do
		"$MKROOT" -q --with none /bin/true -i "$T/src:/src" -o "$1" &
		pid=$!
		until compgen -G "$2" >/dev/null || [ ! -d "/proc/$pid" ]; do :; done
		kill -KILL "$pid" 2>/dev/null || :
		wait "$pid" || :
		! compgen -G "$2" >/dev/null || return 0
	done
	return 1
}

@test "formats: a folder's writer that is killed disturbs nobody, and the next one removes what it left" {
	local output
	mkdir src
	head -c 20M /dev/urandom >src/file
	for output in new/ oci:img bundle:bun; do
		left_by_killed "$output" ".*.mkroot-??????"
		"$MKROOT" -q --with none /bin/true -o "$output"
		[ -z "$(compgen -G ".*.mkroot-*")" ]
	done
	left_by_killed new/ "new/.mkroot-??????"
	"$MKROOT" -q --with none /bin/true -o new/
	[ -z "$(compgen -G "new/.mkroot-*")" ]
	[ "$(ls -A)" = $'bun\nimg\nnew\nsrc' ]
}

@test "formats: a limit on the size of files is an error that leaves nothing" {
	local suffix status_of
	for suffix in $formats; do
		status_of=0
		# libsquashfs lets go of its blocks only where it wrote them all.
		[ "$suffix" != squashfs ] || export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0
		(ulimit -f 100 && exec "$MKROOT" -q /bin/bash -o "root.$suffix") 2>err || status_of=$?
		[ "$status_of" -eq 3 ] || { echo "$suffix: $status_of $(cat err)" >&2; return 1; }
		grep -qx "mkroot: error: cannot write 'root.$suffix': File too large" err
		[ "$(ls -A)" = err ]
	done
}

@test "formats: a level that a compression has not is wrong usage" {
	local row
	for row in "tar.gz 13" "tar.xz 10" "cpio.zst 23" "squashfs 10"; do
		mkroot true -o "x.${row% *}" --level "${row#* }"
		says 2 ""
		complains "levels" "not ${row#* }"
	done
	[ -z "$(ls -A)" ]
}
