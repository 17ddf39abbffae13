#!/usr/bin/env bats
# bats file_tags=slow
# Each call that a build makes fails once, is cut short, or is the last that it makes: strace does
# this to the program as it is. Not under the sanitizers: LeakSanitizer is a tracer itself.

load lib

set_up() {
	needs strace
	mkdir -p sys/srv work
	cp -a "$FIXTURES/usr_merge_links/." sys/
	seq 20000 >sys/srv/a
	ln sys/srv/a sys/srv/b
	seq 5 90000 >sys/srv/z
	chmod 4750 sys/srv/z
	cd work || return 1
}

# what PATH: all that is to be the same in an output, however it came about.
what() {
	if [ -e "$1/index.json" ] || [ -e "$1/config.json" ]; then # the image's own files have the hour of the build
		(cd "$1" && find . -type f -printf '%p %m\n' -exec sha256sum {} + | LC_ALL=C sort)
	elif [ -d "$1" ]; then
		tar --sort=name --numeric-owner --pax-option=delete=atime,delete=ctime --format=pax \
			-cf - -C "$1" . | sha256sum
	elif [ -e "$1" ]; then
		sha256sum <"$1"
	else
		echo absent
	fi
}

build() {
	"$@" "$MKROOT" -q -S ../sys /bin/app -i /srv -j 2 -o "$output" 2>../stderr
}

# hurt STEP FAULT CALL...: for every STEPth of each CALL a build in which it has that FAULT. One that
# says that it failed has left nothing, one that succeeds has made what it should, one that was killed
# has left either under that name; and the next one makes it, and takes away what else was left.
hurt() {
	local step=$1 fault=$2 call count i status_of now
	shift 2
	for call; do
		count=$(awk -v call="$call" '$NF == call { print $4 }' ../counts)
		for ((i = 1; i <= ${count:-0}; i += step)); do
			status_of=0
			{
				build timeout -s KILL 30 strace -f -qq -o /dev/null -e trace="$call" \
					-e inject="$call:$fault:when=$i" || status_of=$?
			} 2>/dev/null # bash tells of each that was killed
			now=$(what "$path")
			case $status_of in
			0) [ "$now" = "$whole" ] ;;
			1 | 3) [ -z "$(ls -A)" ] && grep -q '^mkroot: error: ' ../stderr ;;
			137) [ "$fault" = signal=KILL ] && [[ $now = absent || $now = "$whole" ]] ;;
			*) false ;;
			esac || {
				printf '%s: %s %s of call %s: status %s, made %s, left %s\n' \
					"$output" "$fault" "$call" "$i" "$status_of" "$now" "$(ls -A)" >&2
				cat ../stderr >&2
				return 1
			}
			[ "$fault" != signal=KILL ] || { build && [ "$(ls -A)" = "$path" ]; }
			rm -rf "$path"
			injected=$((injected + 1))
		done
	done
}

# survives OUTPUT PATH
survives() {
	output=$1 path=$2 injected=0
	local writes="write pwrite64 copy_file_range sendfile ftruncate fallocate linkat symlinkat mkdirat
		fchownat fchmod fchmodat utimensat renameat renameat2"
	build strace -f -qq -c -o ../counts
	whole=$(what "$path")
	[ "$whole" != absent ]
	rm -r "$path"
	# shellcheck disable=SC2086 # words
	hurt 1 error=ENOSPC $writes
	hurt 2 error=EIO read pread64
	hurt 2 retval=0 read pread64
	hurt 7 error=EMFILE openat openat2
	hurt 7 error=ENOMEM newfstatat readlinkat flistxattr getdents64 mmap
	# shellcheck disable=SC2086 # words
	hurt 3 signal=KILL $writes
	[ "$injected" -gt 40 ]
}

@test "faults: a tar" {
	survives root.tar root.tar
}

@test "faults: a compressed cpio" {
	survives root.cpio.zst root.cpio.zst
}

@test "faults: a squashfs" {
	survives root.squashfs root.squashfs
}

@test "faults: an image" {
	survives oci:img:1 img
}

@test "faults: an image in an archive" {
	survives docker-archive:img.tar.gz:a:1 img.tar.gz
}

@test "faults: a folder" {
	survives root/ root
}

teardown() {
	[ -z "${elsewhere-}" ] || rm -rf "$elsewhere"
}

# Between file systems it is sendfile(2) that copies.
@test "faults: another file system" {
	[ "$(stat -c %d /dev/shm)" != "$(stat -c %d .)" ] || skip "/dev/shm is no file system of its own"
	elsewhere=$(mktemp -d -p /dev/shm)
	mkdir "$elsewhere/work"
	ln -s "$(realpath ../sys)" "$elsewhere/sys"
	cd "$elsewhere/work"
	injected=0
	for output in root.tar root/; do
		path=${output%/}
		build strace -f -qq -c -o ../counts
		whole=$(what "$path")
		rm -r "$path"
		hurt 1 error=ENOSPC sendfile
		hurt 1 error=EIO sendfile
		hurt 1 retval=0 sendfile
		hurt 1 signal=KILL sendfile
	done
	[ "$injected" -ge 16 ]
}
