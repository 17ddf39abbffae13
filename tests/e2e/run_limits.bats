# shellcheck shell=bash disable=SC2016 # what runs inside the root expands there
load lib
load roots

setup_file() {
	ROOTS=$(mktemp -d /tmp/mkroot-e2e-limits-XXXXXX)
	export ROOTS
	chmod 755 "$ROOTS"
	make_root "$ROOTS/full"
	one_file "$ROOTS/one"
	cp "$MKROOT" "$ROOTS/mkroot" # an ordinary user may not reach the build folder
	chmod 755 "$ROOTS/mkroot"
}

teardown_file() {
	rm -rf "$ROOTS"
}

set_up() {
	M=$ROOTS/mkroot
}

run_() {
	capture timeout 60 "$M" run "$@"
}

capture() {
	status=0
	output=$("$@" 2>"$BATS_TEST_TMPDIR/.stderr") || status=$?
	stderr=$(cat "$BATS_TEST_TMPDIR/.stderr")
	mapfile -t stderr_lines <<<"$stderr"
}

# The cgroups of a launcher, by its process id.
groups_of() {
	find /sys/fs/cgroup -type d -name "mkroot-$1-*"
}

gone() {
	[ -z "$(groups_of "$1")" ]
}

# on_controller NAME: can root be held by it here?
on_controller() {
	needs_root
	grep -qE "(^|[ ,])$1(,| |\$)" <(awk '$8 == "-" || 1' /proc/self/mountinfo | grep ' - cgroup ' | sed 's/.* //') \
		/sys/fs/cgroup/cgroup.controllers 2>/dev/null || skip_or_fail "the controller $1 is not mounted here"
}

# started OUT LAUNCHER-OPTION...: starts /inmate sleep in the background, waits until it runs. Sets $pid.
started() {
	local mark=limits-$BATS_TEST_NUMBER-$RANDOM
	"$M" run "$@" "$ROOTS/one" /inmate sleep "$mark" </dev/null >/dev/null 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	pid=$!
	eventually runs "$mark"
}

runs() {
	pgrep -f "^/inmate sleep $1\$" >/dev/null
}

ended() {
	kill -TERM "$pid"
	wait "$pid" || :
}

# file_of NAME: what a file of the started launcher's cgroup holds; v1's name or v2's.
file_of() {
	local folder name
	for folder in $(groups_of "$pid"); do
		for name; do
			[ ! -e "$folder/$name" ] || { cat "$folder/$name"; return; }
		done
	done
	return 1
}

@test "limits: who needs more memory than --memory is killed, and it is said" {
	on_controller memory
	run_ --memory 64m "$ROOTS/one" /inmate alloc 24
	[ "$status" -eq 0 ]
	[ "$output" = "all of it" ]
	[ -z "$stderr" ]
	run_ --memory 64m "$ROOTS/one" /inmate alloc 160
	[ "$status" -eq 137 ]
	[ -z "$output" ]
	[ "$stderr" = "mkroot: the command was killed: it needed more than --memory 64m" ]
}

@test "limits: a child that is killed for memory is told from the command" {
	on_controller memory
	make_root "$T/root"
	cp "$INMATE" "$T/root/inmate"
	run_ -m 64m "$T/root" sh -c '/inmate alloc 160; exit 3'
	[ "$status" -eq 3 ]
	[[ $stderr == *"mkroot: a process of the command was killed: it needed more than --memory 64m" ]]
}

@test "limits: the kernel has what was asked for" {
	local c
	for c in memory cpu pids; do on_controller $c; done
	started --memory 64m --memory-swap 96m --cpus 0.25 --pids-limit 50
	[ "$(file_of memory.limit_in_bytes memory.max)" = 67108864 ]
	case $(file_of memory.memsw.limit_in_bytes memory.swap.max) in
	100663296 | 33554432) ;;
	*) false ;;
	esac
	case $(file_of cpu.cfs_quota_us cpu.max) in
	25000 | "25000 100000") ;;
	*) false ;;
	esac
	[ "$(file_of pids.max)" = 50 ]
	ended
	gone "$pid"
}

@test "limits: without --memory-swap there is as much swap as memory, -1 is no limit" {
	on_controller memory
	started --memory 64m
	case $(file_of memory.memsw.limit_in_bytes memory.swap.max) in
	134217728 | 67108864) ;;
	*) false ;;
	esac
	ended
	started --memory 64m --memory-swap -1
	case $(file_of memory.memsw.limit_in_bytes memory.swap.max) in
	9223372036854771712 | max) ;;
	*) false ;;
	esac
	ended
}

@test "limits: a fork bomb stops at --pids-limit" {
	on_controller pids
	run_ --pids-limit 20 "$ROOTS/one" /inmate forks 200
	[ "$status" -eq 0 ]
	[ "$output" = 18 ] # the init and the command are two
	run_ --pids-limit -1 "$ROOTS/one" /inmate forks 200
	[ "$output" = 200 ]
}

@test "limits: --cpus holds the command back" {
	on_controller cpu
	"$M" run --cpus 0.1 "$ROOTS/one" /inmate burn 100000 </dev/null 3>&- &
	pid=$!
	throttled() { [ "$(file_of cpu.stat | awk '$1 == "nr_throttled" { print $2 }')" -ge 3 ]; }
	eventually throttled
	ended
}

@test "limits: --cpuset-cpus" {
	on_controller cpuset
	run_ --cpuset-cpus 0 "$ROOTS/full" cat /proc/self/status
	[ "$(awk '$1 == "Cpus_allowed_list:" { print $2 }' <<<"$output")" = 0 ]
	run_ --cpuset-cpus 0,4000 "$ROOTS/full" true
	[ "$status" -eq 125 ]
	[[ ${stderr_lines[0]} == "mkroot: error: --cpuset-cpus cannot be set: "* ]]
	[[ ${stderr_lines[1]} == "  cause: the CPUs here are "* ]]
}

@test "limits: the rates of a device" {
	on_controller blkio
	local disk
	disk=$(lsblk -dnpo NAME 2>/dev/null | head -n 1)
	[ -b "$disk" ] || disk=/dev/loop0
	[ -b "$disk" ] || skip_or_fail "no block device here"
	local number
	number=$((16#$(stat -c %t "$disk"))):$((16#$(stat -c %T "$disk")))
	started --device-read-bps "$disk:1mb" --device-write-bps "$disk:2m" \
		--device-read-iops "$disk:100" --device-write-iops "$disk:200"
	if [ -n "$(file_of io.max)" ]; then
		[ "$(file_of io.max)" = "$number rbps=1048576 wbps=2097152 riops=100 wiops=200" ]
	else
		[ "$(file_of box/blkio.throttle.read_bps_device)" = "$number 1048576" ]
		[ "$(file_of box/blkio.throttle.write_bps_device)" = "$number 2097152" ]
		[ "$(file_of box/blkio.throttle.read_iops_device)" = "$number 100" ]
		[ "$(file_of box/blkio.throttle.write_iops_device)" = "$number 200" ]
	fi
	ended
}

@test "limits: --ulimit, for everybody" {
	local text
	text=$("$M" run --ulimit nofile=100:200 --ulimit core=0 --ulimit cpu=-1 "$ROOTS/full" cat /proc/self/limits)
	[ "$(awk '/^Max open files/ { print $4, $5 } /^Max core/ { print $5, $6 } /^Max cpu/ { print $4, $5 }' <<<"$text")" = \
		$'unlimited unlimited\n0 0\n100 200' ]
	needs_userns
	text=$(as_user "$M" run --ulimit nofile=64 "$ROOTS/full" cat /proc/self/limits)
	[ "$(awk '/^Max open files/ { print $4, $5 }' <<<"$text")" = "64 64" ]
	capture as_user "$M" run --ulimit nofile=1000000000 "$ROOTS/full" true
	[ "$status" -eq 125 ]
	[ "$stderr" = "mkroot: error: cannot set --ulimit 'nofile=1000000000': Operation not permitted" ]
}

@test "limits: --chroot takes --ulimit and no other" {
	needs_root
	text=$("$M" run -q --chroot --ulimit nofile=64 "$ROOTS/one" /inmate exit 0)
	run_ -q --chroot --memory 64m "$ROOTS/one" /inmate exit 0
	[ "$status" -eq 125 ]
	[ "${stderr_lines[0]}" = "mkroot: error: --chroot goes with no limit but --ulimit" ]
}

@test "limits: what docker would not take is 125" {
	local option
	for option in memory=x memory= memory=-5 memory=64q memory=9999999999999999999 memory=1e3 \
		cpus=x cpus=0.001 cpus=-1 cpus=1:2 cpuset-cpus=x cpuset-cpus= cpuset-cpus=3-1 'cpuset-cpus=0,' \
		cpuset-cpus=99999 pids-limit=x pids-limit=-2 memory-swap=x memory-swap=64m \
		device-read-bps=x device-read-bps=/dev/null:1m device-read-bps=/dev/absent:1m device-write-iops=/dev/null:x \
		ulimit=x ulimit=nofile ulimit=nofile= ulimit=nofile=x ulimit=nofile=2:1 ulimit=what=1 ulimit=nofile=1:2:3; do
		run_ "--$option" "$ROOTS/one" /inmate exit 0
		[ "$status" -eq 125 ]
		[[ ${stderr_lines[0]} == "mkroot: error: option '--${option%%=*}'"* ]]
	done
	run_ --memory 64m --memory-swap 32m "$ROOTS/one" /inmate exit 0
	[ "$status" -eq 125 ]
}

@test "limits: a user without a cgroup of his own is refused, not ignored" {
	needs_userns
	needs_root # or this one may have been given one
	local option
	for option in memory=64m cpus=1 pids-limit=10 cpuset-cpus=0; do
		capture as_user "$M" run "--$option" "$ROOTS/one" /inmate exit 0
		[ "$status" -eq 125 ]
		[ "${stderr_lines[0]}" = "mkroot: error: --${option%%=*} cannot be set: no cgroup here is the caller's to use" ]
		[[ ${stderr_lines[1]} == "  cause: '/sys/fs/cgroup/"*"' (cgroup v"?") cannot be written to" ]]
		[[ ${stderr_lines[2]} == "  hint: "* ]]
	done
}

@test "limits: a user is started again in a scope of systemd's, once" {
	needs_userns
	needs_root # as above
	let_users_in
	# A service that makes no scope: the second start finds what the first one found.
	mkdir -p "$T/bin" "$T/run/systemd"
	printf '#!/bin/sh\necho "$@" >>"%s/asked"\nwhile [ "$1" != -- ]; do shift; done; shift; exec "$@"\n' "$T" >"$T/bin/systemd-run"
	chmod 755 "$T/bin/systemd-run"
	chown -R 65534 "$T/run"
	touch "$T/asked"
	chown 65534 "$T/asked"
	capture as_user env PATH="$T/bin:$PATH" XDG_RUNTIME_DIR="$T/run" "$M" run --memory 64m "$ROOTS/one" /inmate "a  b"
	[ "$status" -eq 125 ]
	[ "${stderr_lines[0]}" = "mkroot: error: --memory cannot be set: no cgroup here is the caller's to use" ]
	[ "$(cat "$T/asked")" = "--user --scope --quiet --collect --property=Delegate=yes -- true
--user --scope --quiet --collect --property=Delegate=yes -- $M run --memory 64m $ROOTS/one /inmate a  b" ]
	# It is asked first whether it can: one that cannot is not heard.
	printf '#!/bin/sh\necho no bus >&2\nexit 1\n' >"$T/bin/systemd-run"
	capture as_user env PATH="$T/bin:$PATH" XDG_RUNTIME_DIR="$T/run" "$M" run --memory 64m "$ROOTS/one" /inmate exit 0
	[ "$status" -eq 125 ]
	[ "${stderr_lines[0]}" = "mkroot: error: --memory cannot be set: no cgroup here is the caller's to use" ]
}

@test "limits: a tar that does not fit into --memory is no command that was killed" {
	on_controller memory
	mkdir "$T/big"
	cp "$INMATE" "$T/big/"
	head -c 90M /dev/zero >"$T/big/zero"
	tar -cf "$T/big.tar" -C "$T/big" .
	run_ --memory 64m "$T/big.tar" /inmate exit 0
	[ "$status" -eq 125 ]
	[ "$stderr" = "mkroot: error: setting up the root takes more than --memory gives
  cause: what is unpacked lies in memory, and counts" ]
}

@test "limits: a user with cgroups of his own, v1" {
	needs_userns
	on_controller pids
	[ -w /sys/fs/cgroup/pids/cgroup.procs ] || skip "the controller pids is on v2 here: see guest.bats"
	local own=/sys/fs/cgroup/pids/test-$$-$RANDOM
	mkdir "$own"
	chown -R 65534 "$own"
	capture sh -c 'echo $$ >"$1/cgroup.procs"; shift; exec "$@"' sh "$own" \
		setpriv --reuid=65534 --regid=65534 --clear-groups "$M" run --pids-limit 12 "$ROOTS/one" /inmate forks 50
	rmdir "$own" # nothing was left in it
	[ "$status" -eq 0 ]
	[ "$output" = 10 ]
}

@test "limits: inside, the cgroup is the root of all that is seen" {
	on_controller pids
	run_ --pids-limit 20 "$ROOTS/full" cat /proc/self/cgroup
	[ "$status" -eq 0 ]
	[ "$(cut -d: -f3- <<<"$output" | sort -u)" = / ]
	run_ "$ROOTS/full" cat /proc/self/cgroup
	[ "$(cut -d: -f3- <<<"$output" | sort -u)" = / ]
}

@test "limits: nothing is left after an end, a failed start, a signal" {
	on_controller memory
	local before
	before=$(find /sys/fs/cgroup -name 'mkroot-*' | wc -l)
	"$M" run --memory 64m --pids-limit 9 "$ROOTS/one" /inmate exit 0 &
	pid=$!
	wait $pid
	gone $pid
	"$M" run --memory 64m --pids-limit 9 "$ROOTS/one" /nothing 2>/dev/null &
	pid=$!
	wait $pid || :
	gone $pid
	"$M" run --memory 64m --cpuset-cpus 4000 "$ROOTS/one" /inmate exit 0 2>/dev/null &
	pid=$!
	wait $pid || :
	gone $pid
	run_ --pids-limit 1 "$ROOTS/one" /inmate exit 0
	[ "$status" -eq 125 ]
	[ "$stderr" = "mkroot: error: --pids-limit leaves no room for the command: the init counts as well" ]
	started --memory 64m
	ended
	gone "$pid"
	[ "$(find /sys/fs/cgroup -name 'mkroot-*' | wc -l)" -le "$before" ]
}

@test "limits: what SIGKILL of the launcher leaves, the next run removes" {
	on_controller memory
	local i mark killed=()
	for i in $(seq 15); do
		mark=limits-$$-$RANDOM-$i
		"$M" run --memory 64m --pids-limit 20 "$ROOTS/one" /inmate sleep "$mark" </dev/null >/dev/null 2>&1 3>&- &
		pid=$!
		sleep "0.0$(printf %02d $((RANDOM % 60)))"
		kill -KILL "$pid"
		wait "$pid" 2>/dev/null || :
		killed+=("$pid")
		none() { [ "$(processes_with "$mark")" -eq 0 ]; }
		eventually none
	done
	started --pids-limit 30
	run_ "$ROOTS/one" /inmate exit 0
	for i in "${killed[@]}"; do
		gone "$i"
	done
	# That of a launcher that lives stays.
	[ -n "$(groups_of "$pid")" ]
	ended
}

@test "limits: twenty starts at once" {
	on_controller memory
	local i pids=() st=0
	for i in $(seq 20); do
		"$M" run --memory 64m --pids-limit 9 "$ROOTS/one" /inmate exit "$i" 3>&- &
		pids+=($!)
	done
	for i in $(seq 20); do
		st=0
		wait "${pids[i - 1]}" || st=$?
		[ "$st" -eq "$i" ]
		gone "${pids[i - 1]}"
	done
}

@test "limits: with a cgroup, devices are held back by it" {
	on_controller devices
	local folder
	[ -b /dev/loop0 ] && [ -e /sys/fs/cgroup/devices ] || skip_or_fail "no /dev/loop0 or no v1 here"
	started --pids-limit 20
	[ "$(file_of devices.list | sort)" = "$(printf '%s\n' 'c *:* m' 'b *:* m' 'c 1:3 rwm' 'c 1:5 rwm' 'c 1:7 rwm' \
		'c 1:8 rwm' 'c 1:9 rwm' 'c 5:0 rwm' 'c 5:2 rwm' 'c 136:* rwm' | sort)" ]
	# Whoever is in it, here a process of ours that comes from outside.
	folder=$(groups_of "$pid" | grep /devices/)
	run sh -c 'echo $$ >"$1/cgroup.procs"; exec head -c 1 /dev/loop0' sh "$folder"
	[ "$status" -eq 1 ]
	[[ $output == *"Operation not permitted" ]]
	run sh -c 'echo $$ >"$1/cgroup.procs"; exec head -c 1 /dev/zero' sh "$folder"
	[ "$status" -eq 0 ]
	ended
}

@test "limits: no device node that is made inside opens a device" {
	needs_root
	with_programs "$T/root" bash mknod
	cp "$INMATE" "$T/root/inmate"
	run_ "$T/root" bash -c 'mknod /dev/x c 1 5; mknod /tmp/x c 1 5; /inmate touch /dev/x; /inmate touch /tmp/x; /inmate touch /dev/zero'
	[ "$status" -eq 0 ]
	[[ $output =~ ^("Permission denied"|"No such file or directory")$'\n'("Permission denied"|"No such file or directory")$'\nopen'$ ]]
}

# A root in which a node of loop0 is made on a tmpfs of one's own, and opened.
mounter() {
	[ -b /dev/loop0 ] || skip_or_fail "no /dev/loop0 here"
	with_programs "$T/root" bash mknod mount umount
	cp "$INMATE" "$T/root/inmate"
	mkdir "$T/root/mnt"
	commands='mount -t tmpfs none /mnt && mknod /mnt/x b 7 0 && mknod /mnt/zero c 1 5 && /inmate touch /mnt/zero; /inmate touch /mnt/x'
}

@test "limits: who may mount is held back from devices all the same" {
	on_controller devices
	mounter
	run_ --cap-drop ALL --cap-add SYS_ADMIN --cap-add MKNOD "$T/root" bash -c "$commands"
	[ "$output" = $'open\nOperation not permitted' ]
	[ "$status" -eq 1 ]
	[ -z "$stderr" ]
	run_ --cap-drop ALL --cap-add SYS_ADMIN --cap-add MKNOD --device /dev/loop0 "$T/root" bash -c "$commands"
	[ "$output" = $'open\nopen' ]
}

@test "limits: who may mount cgroupfs cannot widen what he has" {
	local c
	for c in devices pids; do on_controller $c; done
	[ -e /sys/fs/cgroup/devices/devices.list ] || skip "the controller devices is not on v1 here: see guest.bats"
	mounter
	mkdir "$T/root/cg"
	run_ --cap-drop ALL --cap-add SYS_ADMIN --cap-add MKNOD --pids-limit 20 "$T/root" bash -c "$commands
		mount -t cgroup -o devices none /cg || exit 9
		echo b 7:0 rwm >/cg/devices.allow; echo a >/cg/devices.allow
		/inmate touch /mnt/x
		umount /cg && mount -t cgroup -o pids none /cg || exit 9
		echo max >/cg/pids.max
		/inmate forks 50"
	[ "$status" -eq 0 ]
	[ "$output" = $'open\nOperation not permitted\nOperation not permitted\n18' ]
	[[ ${stderr_lines[0]} == *"echo: write error: Operation not permitted" ]]
	[[ ${stderr_lines[1]} == *"echo: write error: Operation not permitted" ]]
	[ ${#stderr_lines[@]} -eq 2 ]
}

@test "limits: who may mount starts also where no cgroup can forbid him devices, and it is said" {
	needs_root
	mounter
	capture unshare --mount sh -c 'umount -lR /sys/fs/cgroup; exec "$@"' sh "$M" run --cap-add SYS_ADMIN "$T/root" bash -c "$commands"
	[ "$status" -eq 0 ]
	[ "$output" = $'open\nopen' ]
	[ "$stderr" = "mkroot: warning: with SYS_ADMIN the command can open all devices of the host: there is no cgroup here to forbid it" ]
	capture unshare --mount sh -c 'umount -lR /sys/fs/cgroup; exec "$@"' sh "$M" run -q --cap-add SYS_ADMIN "$ROOTS/one" /inmate exit 3
	[ "$status" -eq 3 ]
	[ -z "$stderr" ]
}
