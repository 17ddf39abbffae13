# shellcheck shell=bash disable=SC2016 # what runs inside the root expands there
load lib
load roots

setup_file() {
	ROOTS=$(mktemp -d /tmp/mkroot-e2e-run-XXXXXX)
	export ROOTS
	chmod 755 "$ROOTS"
	make_root "$ROOTS/full"
	one_file "$ROOTS/one"
	tar -cf "$ROOTS/full.tar" -C "$ROOTS/full" .
	cp "$MKROOT" "$ROOTS/mkroot" # an ordinary user may not reach the build folder
	chmod 755 "$ROOTS/mkroot"
	MOUNTS_BEFORE=$(cat /proc/self/mountinfo)
	export MOUNTS_BEFORE
}

teardown_file() {
	chmod -R u+rwX "$ROOTS"
	rm -rf "$ROOTS"
}

set_up() {
	M=$ROOTS/mkroot
}

# Whatever a test did: nothing is mounted on the host that was not, where mkroot mounts. Others may
# be at work on this machine.
teardown() {
	local new
	chmod -R u+rwX "$BATS_TEST_TMPDIR" # or bats cannot remove it, unless it is root
	new=$(comm -13 <(sort <<<"$MOUNTS_BEFORE") <(sort /proc/self/mountinfo) | awk '{ print $5 }' |
		grep -E "^(/|/(dev|proc|sys|tmp)(/pts|/shm|/mqueue|/sys)?|$ROOTS.*|$BATS_RUN_TMPDIR.*)\$" || :)
	[ -z "$new" ]
}

@test "run: a command in a folder, its output and status" {
	run_ "$ROOTS/full" sh -c 'echo "in $PWD"; exit 7'
	[ "$status" -eq 7 ]
	[ "$output" = "in /" ]
	[ -z "$stderr" ]
}

@test "run: a tar, whatever its name and compression" {
	local c
	for c in cat gzip xz "zstd -q" bzip2; do
		$c <"$ROOTS/full.tar" >"$BATS_TEST_TMPDIR/image"
		run_ "$BATS_TEST_TMPDIR/image" sh -c 'echo hello >/new && cat /new'
		[ "$status" -eq 0 ]
		[ "$output" = hello ]
	done
}

@test "run: every exit status comes through" {
	local n
	for n in {0..255}; do
		run_ "$ROOTS/one" /inmate exit "$n"
		[ "$status" -eq "$n" ]
		[ -z "$stderr" ]
	done
}

@test "run: killed by signal N is 128 + N" {
	local n
	for n in 1 2 3 4 6 7 8 9 10 11 13 14 15 31 34 64; do
		run_ "$ROOTS/one" /inmate kill $n
		[ "$status" -eq $((128 + n)) ]
	done
}

@test "run: all namespaces but the user's are new for root" {
	needs_root
	local ns
	for ns in mnt pid uts ipc net cgroup; do
		run_ "$ROOTS/full" readlink "/proc/self/ns/$ns"
		[ "$status" -eq 0 ]
		[ "$output" != "$(readlink /proc/self/ns/$ns)" ]
	done
	run_ "$ROOTS/full" readlink /proc/self/ns/user
	[ "$output" = "$(readlink /proc/self/ns/user)" ]
}

@test "run: an ordinary user gets a user namespace with one id" {
	needs_userns
	user_run "$ROOTS/full" sh -c \
		'readlink /proc/self/ns/user; while read -r map; do echo $map; done </proc/self/uid_map
		 while read -r s; do echo "$s"; done </proc/self/setgroups; id -u; id -g'
	[ "$status" -eq 0 ]
	[ "${lines[0]}" != "$(readlink /proc/self/ns/user)" ]
	[ "${lines[1]}" = "0 $(as_user id -u) 1" ]
	[ "${lines[2]}" = deny ]
	[ "${lines[3]}" = 0 ]
	[ "${lines[4]}" = 0 ]
}

@test "run: an ordinary user runs a tar, whoever owns its files" {
	needs_userns
	user_run "$ROOTS/full.tar" sh -c 'echo x >/etc/f && stat -c %u /etc/f /bin'
	[ "$status" -eq 0 ]
	[ "$output" = $'0\n0' ]
}

@test "run: pid 1 is the init, the command is its child" {
	run_ "$ROOTS/full" sh -c 'echo $$ $PPID; [ "$(readlink /proc/1/root)" != / ] || ls /proc/1/root/'
	[ "${lines[0]}" = "2 1" ]
}

@test "run: no mount of the host is seen inside" {
	run_ "$ROOTS/full" cat /proc/self/mountinfo
	[ "$status" -eq 0 ]
	local points
	points=$(awk '{ print $5 }' <<<"$output" | grep -vE '^/proc/(bus|fs|irq|sys|sysrq-trigger)$' |
		grep -vE '^/proc/(acpi|asound|interrupts|kcore|keys|latency_stats|sched_debug|scsi|timer_.*)$' |
		grep -vE '^/sys/(firmware|devices/virtual/powercap)$' |
		grep -vE '^/dev/(null|zero|full|random|urandom|tty)$' | sort | tr '\n' ' ')
	[ "$points" = "/ /dev /dev/mqueue /dev/pts /dev/shm /proc /sys /tmp " ]
	# Nothing is shared or a slave: no mount of the host's will come in later.
	[[ ! $output =~ \ (shared|master): ]]
	# The root: no set-id programs, no devices.
	[[ $(grep ' / / ' <<<"$output" || awk '$5 == "/"' <<<"$output") == *nosuid,nodev* ]]
}

@test "run: what the host mounts later does not come in" {
	needs_root
	mkdir "$ROOTS/full/mnt"
	mkfifo "$BATS_TEST_TMPDIR/go"
	"$M" run "$ROOTS/full" sh -c 'echo up; read -r _; [ ! -e /mnt/secret ]' \
		<"$BATS_TEST_TMPDIR/go" >"$BATS_TEST_TMPDIR/out" &
	local pid=$!
	exec 7>"$BATS_TEST_TMPDIR/go"
	eventually grep -q up "$BATS_TEST_TMPDIR/out"
	unshare --mount --propagation unchanged true
	mount -t tmpfs none "$ROOTS/full/mnt"
	: >"$ROOTS/full/mnt/secret"
	echo go >&7
	exec 7>&-
	local st=0
	wait "$pid" || st=$?
	umount "$ROOTS/full/mnt"
	rmdir "$ROOTS/full/mnt"
	[ "$st" -eq 0 ]
}

@test "run: /dev has the harmless devices and nothing else" {
	run_ "$ROOTS/full" sh -c 'ls /dev; echo x >/dev/null; [ -c /dev/zero ] && [ -d /dev/shm ] && stat -c %a /dev/shm'
	[ "$status" -eq 0 ]
	[ "$(tr '\n' ' ' <<<"$output")" = \
		"fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero 1777 " ]
}

@test "run: the knobs of the machine in /proc are read-only" {
	run_ "$ROOTS/full" sh -c 'echo x >/proc/sys/kernel/core_pattern'
	[ "$status" -ne 0 ]
	[[ $stderr == *"Read-only file system"* ]]
}

@test "run: writes to a folder stay, /tmp is the command's own" {
	cp -a "$ROOTS/full" "$BATS_TEST_TMPDIR/jail"
	run_ "$BATS_TEST_TMPDIR/jail" sh -c 'echo x >/etc/new; echo y >/top; echo z >/tmp/gone'
	[ "$status" -eq 0 ]
	[ "$(cat "$BATS_TEST_TMPDIR/jail/etc/new")" = x ]
	[ "$(cat "$BATS_TEST_TMPDIR/jail/top")" = y ]
	[ ! -e "$BATS_TEST_TMPDIR/jail/tmp/gone" ]
}

@test "run: a root of one static file, and it stays one" {
	local before
	before=$(picture "$ROOTS/one")
	run_ "$ROOTS/one" /inmate look /proc/self/exe
	[ "$status" -eq 0 ]
	run_ "$ROOTS/one" /inmate look /dev/null
	[ "$status" -eq 0 ]
	[ "$(picture "$ROOTS/one")" = "$before" ]
}

@test "run: links in the place of dev, proc, sys and tmp are not followed" {
	local here=$BATS_TEST_TMPDIR/here before
	local jail=$here/jail
	make_root "$jail"
	rmdir "$jail"/{dev,proc,sys,tmp}
	mkdir "$here/outside"
	ln -s "$here/outside" "$jail/dev"
	ln -s ../../../../../.. "$jail/proc"
	ln -s /etc "$jail/sys"
	ln -s ../outside "$jail/tmp"
	before=$(picture "$here")
	run_ "$jail" sh -c '[ -c /dev/null ] && [ -d /proc/self ] && [ -d /sys ] && echo x >/tmp/f && [ ! -L /dev ] && ls /etc'
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	[ "$(picture "$here")" = "$before" ]
	# Without room of its own the top level cannot be written, and says so; a folder in it can.
	run_ "$jail" sh -c 'echo x >/etc/kept; echo y >/top'
	[ "$status" -ne 0 ]
	[[ $stderr == *"Read-only file system"* ]]
	[ "$(cat "$jail/etc/kept")" = x ]
}

@test "run: the same links in a tar are replaced" {
	local jail=$BATS_TEST_TMPDIR/jail
	make_root "$jail"
	rmdir "$jail"/{dev,proc}
	ln -s etc "$jail/dev"
	ln -s /etc "$jail/proc"
	tar -cf "$jail.tar" -C "$jail" .
	run_ "$jail.tar" sh -c '[ -c /dev/null ] && [ -d /proc/self ] && ls /etc'
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "run: a root that is read-only and somebody else's" {
	needs_userns
	local jail=$BATS_TEST_TMPDIR/jail before
	one_file "$jail"
	chmod 555 "$jail" "$jail/inmate"
	chmod 755 "$BATS_TEST_TMPDIR" "$(dirname "$BATS_TEST_TMPDIR")" "$(dirname "$(dirname "$BATS_TEST_TMPDIR")")" 2>/dev/null || :
	cp -a "$jail" "$ROOTS/locked"
	before=$(picture "$ROOTS/locked")
	user_run "$ROOTS/locked" /inmate look /dev/null
	[ "$status" -eq 0 ]
	[ "$(picture "$ROOTS/locked")" = "$before" ]
}

@test "run: chroot and fchdir do not lead out" {
	run_ "$ROOTS/one" /inmate climb "$ROOTS/one/inmate"
	[ "${lines[-1]}" = in ]
	run_ "$ROOTS/full.tar" sh -c 'cd /../../..; ls -d /tmp/mkroot-e2e* /proc/1/root/tmp/mkroot-e2e*'
	[ "$status" -ne 0 ]
	[ -z "$output" ]
}

@test "run: no descriptor but 0, 1 and 2 comes in" {
	exec 9</ 8<"$ROOTS/full.tar"
	run_ "$ROOTS/one" /inmate fds
	exec 9<&- 8<&-
	# bats itself hands on more; all of them must be gone.
	[ "$output" = $'0\n1\n2' ]
	exec 9</
	run_ "$ROOTS/full" ls /proc/self/fd/9/ /proc/1/fd/9/
	exec 9<&-
	[ "$status" -ne 0 ]
	[ -z "$output" ]
}

@test "run: a working directory through a descriptor is refused" {
	exec 9</
	run_ -w /proc/self/fd/9 "$ROOTS/full" ls
	[ "$status" -eq 125 ]
	local fd
	for fd in 3 4 5 6 7; do
		run_ -w /proc/1/fd/$fd "$ROOTS/full" ls
		[ "$status" -eq 125 ]
	done
	exec 9<&-
}

@test "run: a folder as standard input is refused" {
	run_ "$ROOTS/full" ls </
	[ "$status" -eq 125 ]
	[ "${stderr_lines[0]}" = "mkroot: error: standard input is a folder" ]
}

@test "run: closed standard descriptors are /dev/null inside" {
	local out=$BATS_TEST_TMPDIR/out
	timeout 60 "$M" run "$ROOTS/full" readlink /proc/self/fd/0 <&- >"$out"
	[ "$(cat "$out")" = /dev/null ]
	timeout 60 "$M" run "$ROOTS/full" sh -c 'readlink /proc/self/fd/1 >&2' >&- 2>"$out" 3>&-
	timeout 60 "$M" run "$ROOTS/one" /inmate fds <&- 2>&- >"$out" 3>&-
	[ "$(cat "$out")" = $'0\n1\n2' ]
}

@test "run: standard input and output are not touched" {
	head -c 3000000 /dev/urandom >"$BATS_TEST_TMPDIR/in"
	"$M" run "$ROOTS/one" /inmate cat <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out"
	cmp "$BATS_TEST_TMPDIR/in" "$BATS_TEST_TMPDIR/out"
	"$M" run "$ROOTS/one" /inmate cat <"$BATS_TEST_TMPDIR/in" | cmp - "$BATS_TEST_TMPDIR/out"
}

@test "run: the environment is clean, -e and --env-host add to it" {
	SECRET=1 TERM=dumb run_ "$ROOTS/full" env -u PWD -u SHLVL -u _
	[ "$output" = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
TERM=dumb
HOME=/root
LANG=C" ]
	SECRET=1 run_ -e A=b -e SECRET -e HOME=/h -e UNSET_HERE "$ROOTS/full" sh -c 'echo $A $SECRET $HOME ${UNSET_HERE-no}'
	[ "$output" = "b 1 /h no" ]
	SECRET=1 run_ --env-host "$ROOTS/full" sh -c 'echo $SECRET'
	[ "$output" = 1 ]
}

@test "run: hostname, working directory, no new privileges, lo" {
	run_ --hostname box -w /etc "$ROOTS/full" sh -c \
		'echo $HOSTNAME $PWD; while read -r k v; do [ "$k" != NoNewPrivs: ] || echo nnp $v; done </proc/self/status
		 while read -r name _; do echo $name; done </proc/net/dev'
	[ "${lines[0]}" = "box /etc" ]
	[ "${lines[1]}" = "nnp 1" ]
	[[ $output == *lo:* ]]
	run_ -w /nowhere "$ROOTS/full" ls
	[ "$status" -eq 125 ]
	[ "$stderr" = "mkroot: error: cannot enter '/nowhere': No such file or directory" ]
}

@test "run: signals reach the command, each once" {
	local out=$BATS_TEST_TMPDIR/out sig st=0
	"$M" run "$ROOTS/one" /inmate signals >"$out" </dev/null 3>&- &
	local pid=$!
	eventually grep -q ready "$out"
	for sig in 1 2 3 10 12 28 34; do
		kill -$sig "$pid"
		eventually grep -qx $sig "$out"
	done
	kill -15 "$pid"
	wait "$pid" || st=$?
	[ "$st" -eq 3 ]
	[ "$(tr '\n' ' ' <"$out")" = "ready 1 2 3 10 12 28 34 15 " ]
}

@test "run: orphans are collected" {
	run_ "$ROOTS/one" /inmate orphans 20
	[ "$output" = "2 processes" ]
}

@test "run: a thousand orphans leave no zombie, and the status is the command's" {
	run_ "$ROOTS/one" /inmate orphans 1000
	[ "$output" = "2 processes" ]
	[ "$status" -eq 7 ]
	[ -z "$stderr" ]
}

@test "run: what is left when the command ends is killed" {
	run_ "$ROOTS/full" sh -c 'sleep 301 & echo started'
	[ "$status" -eq 0 ]
	eventually test "$(processes_with 301)" -eq 0
}

@test "run: twenty at once" {
	local i pids=() st
	for i in $(seq 20); do
		"$M" run "$ROOTS/one" /inmate exit "$i" </dev/null 3>&- &
		pids+=($!)
	done
	for i in $(seq 20); do
		st=0
		wait "${pids[i - 1]}" || st=$?
		[ "$st" -eq "$i" ]
	done
}

none_with() {
	[ "$(processes_with "$1")" -eq 0 ]
}

@test "run: SIGKILL of the launcher at any moment leaves no process" {
	local i mark pid
	for i in $(seq 40); do
		mark=MARK=$$-$RANDOM-$i
		"$M" run -e "$mark" "$ROOTS/one" /inmate sleep "$mark" </dev/null >/dev/null 2>&1 3>&- &
		pid=$!
		sleep "0.0$(printf %02d $((RANDOM % 20)))"
		kill -KILL "$pid"
		wait "$pid" 2>/dev/null || :
		eventually none_with "$mark"
	done
}

@test "run: the same while a tar is unpacked" {
	local i mark pid
	for i in $(seq 15); do
		mark=MARK=$$-$RANDOM-$i
		"$M" run -e "$mark" "$ROOTS/full.tar" sh -c 'sleep 300; :' "$mark" </dev/null >/dev/null 2>&1 3>&- &
		pid=$!
		sleep "0.0$((RANDOM % 50))"
		kill -KILL "$pid"
		wait "$pid" 2>/dev/null || :
		eventually none_with "$mark"
	done
}

@test "run: a program that is not there is 127 and says so" {
	run_ "$ROOTS/full" nothing
	[ "$status" -eq 127 ]
	[ "${stderr_lines[0]}" = "mkroot: error: 'nothing' not found in the root's PATH" ]
	[[ ${stderr_lines[1]} == "  programs here: "*/bin/* ]]
	run_ "$ROOTS/full" /bin/nothing
	[ "$status" -eq 127 ]
	[ "${stderr_lines[0]}" = "mkroot: error: '/bin/nothing' is not in the root" ]
	run_ "$ROOTS/one"
	[ "$status" -eq 127 ]
	[ "$stderr" = "mkroot: error: the root has neither /bin/bash nor /bin/sh
  programs here: /inmate" ]
}

@test "run: a folder of PATH that cannot be searched is said" {
	needs_root
	local jail=$BATS_TEST_TMPDIR/jail
	make_root "$jail"
	mkdir -m 700 "$jail/closed"
	cp "$jail/bin/ls" "$jail/closed/mine"
	run_ -u 1234:1234 -e PATH=/closed:/bin "$jail" mine
	[ "$status" -eq 126 ]
	[ "${stderr_lines[0]}" = "mkroot: error: cannot execute '/closed/mine': Permission denied" ]
	run_ -u 1234:1234 -e PATH=/closed:/bin "$jail" ls /closed/..
	[ "$status" -eq 2 ]
	run_ -u 1234:1234 -e PATH=/closed:/bin "$jail" readlink /proc/self/exe
	[ "$output" = /bin/readlink ]
}

@test "run: a missing interpreter or loader is 127 and named" {
	local jail=$BATS_TEST_TMPDIR/jail
	make_root "$jail"
	printf '#!/usr/bin/perl -w\n' >"$jail/bin/script"
	chmod 755 "$jail/bin/script"
	run_ "$jail" script
	[ "$status" -eq 127 ]
	[ "$stderr" = "mkroot: error: '/bin/script' needs the interpreter '/usr/bin/perl', which is not in the root" ]
	rm -rf "${jail:?}"/lib*
	run_ "$jail" ls
	[ "$status" -eq 127 ]
	[[ $stderr == "mkroot: error: '/bin/ls' needs its loader '/lib"*"', which is not in the root" ]]
}

@test "run: what cannot be executed is 126 and says why" {
	local jail=$BATS_TEST_TMPDIR/jail
	make_root "$jail"
	echo text >"$jail/bin/plain"
	run_ "$jail" plain
	[ "$status" -eq 126 ]
	[ "${stderr_lines[0]}" = "mkroot: error: cannot execute '/bin/plain': Permission denied" ]
	chmod 755 "$jail/bin/plain"
	run_ "$jail" plain
	[ "$status" -eq 126 ]
	[ "$stderr" = "mkroot: error: cannot execute '/bin/plain': neither a program nor a script with '#!'" ]
	run_ "$jail" /etc
	[ "$status" -eq 126 ]
	[ "$stderr" = "mkroot: error: cannot execute '/etc': it is a folder" ]
	# The same program, said to be for another machine (e_machine: 183 is AArch64).
	cp "$jail/bin/ls" "$jail/bin/foreign"
	printf '\267\000' | dd of="$jail/bin/foreign" bs=1 seek=18 conv=notrunc status=none
	run_ "$jail" foreign
	[ "$status" -eq 126 ]
	[[ ${stderr_lines[0]} == "mkroot: error: '/bin/foreign' is a program for aarch64, this machine is "* ]]
	[ "${stderr_lines[1]}" = "  cause: no interpreter for aarch64 is registered with binfmt_misc" ]
	[[ ${stderr_lines[2]} == "  hint: "*qemu-user-static* ]]
}

@test "run: a root on a file system that is mounted noexec says so" {
	needs_root
	mkdir "$T/mnt"
	capture unshare -m sh -c "mount -t tmpfs -o noexec none '$T/mnt' && cp '$ROOTS/one/inmate' '$T/mnt' &&
		exec '$M' run '$T/mnt' /inmate"
	[ "$status" -eq 126 ]
	[ "$stderr" = "mkroot: error: cannot execute '/inmate': Permission denied
  cause: its file system is mounted noexec" ]
}

@test "run: without a command, the shell" {
	run_ "$ROOTS/full" <<<'echo "$0"; exit 4'
	[ "$status" -eq 4 ]
	[ "$output" = /bin/bash ]
}

@test "run: docker's fingers" {
	run_ -it --rm --init "$ROOTS/full" -- sh -c 'exit 5'
	[ "$status" -eq 5 ]
	run_ -d "$ROOTS/full" ls
	[ "$status" -eq 125 ]
	[[ ${stderr_lines[1]} == "  hint: "* ]]
	run_ --privileged "$ROOTS/full"
	[ "$status" -eq 125 ]
	run_ --unknown "$ROOTS/full"
	[ "$status" -eq 125 ]
	run_
	[ "$status" -eq 125 ]
	run_ "$ROOTS/full" ls -d /etc
	[ "$output" = /etc ]
}

@test "run: what is no root is 125, at once" {
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	truncate -s 1T "$BATS_TEST_TMPDIR/sparse"
	printf 'X' | dd of="$BATS_TEST_TMPDIR/sparse" conv=notrunc status=none
	local root
	for root in "$BATS_TEST_TMPDIR"/{fifo,sparse,absent} /dev/zero "$INMATE" ""; do
		run_ "$root" ls
		[ "$status" -eq 125 ]
		[[ ${stderr_lines[0]} == "mkroot: error: "* ]]
	done
}

@test "run: an archive that is damaged or hostile is 125 and names the member" {
	head -c 40000 "$ROOTS/full.tar" >"$BATS_TEST_TMPDIR/cut.tar"
	run_ "$BATS_TEST_TMPDIR/cut.tar" ls
	[ "$status" -eq 125 ]
	[[ $stderr == "mkroot: error: '$BATS_TEST_TMPDIR/cut.tar': member './"*Truncated* ]]
	(cd "$ROOTS/full" && tar -Pcf "$BATS_TEST_TMPDIR/up.tar" --transform 's,^,../,' etc)
	run_ "$BATS_TEST_TMPDIR/up.tar" ls
	[ "$status" -eq 125 ]
	[[ $stderr == *"member '../etc/': its name leads out with '..'" ]]
}

@test "run: a host that forbids user namespaces is named" {
	needs_root
	# The limit counts per user namespace: only the one made here is closed.
	capture unshare --user --map-root-user sh -c \
		"echo 0 >/proc/sys/user/max_user_namespaces &&
		 exec setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin '$M' run '$ROOTS/full' ls"
	[ "$status" -eq 125 ]
	[ "$stderr" = "mkroot: error: this kernel does not let you create a user namespace
  cause: user.max_user_namespaces = 0
  hint: run it as root: sudo mkroot run ..." ]
}

@test "run --chroot: plain chroot, with a warning" {
	needs_root
	export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 # it looks for them in /proc, at the end
	run_ --chroot "$ROOTS/full" sh -c 'echo /*; exit 9'
	[ "$status" -eq 9 ]
	[ "$output" = "/bin /dev /etc /lib /lib64 /proc /root /sys /tmp" ]
	[[ $stderr == "mkroot: warning: --chroot is no jail"* ]]
	exec 9</
	run_ --chroot "$ROOTS/one" /inmate fds
	exec 9<&-
	[ "$output" = $'0\n1\n2' ]
	run_ -q --chroot "$ROOTS/one" /inmate climb "$ROOTS/one/inmate"
	[ "${lines[-1]}" = in ]
	rmdir "$ROOTS/one/tmp/hole" "$ROOTS/one/tmp" 2>/dev/null || :
	run_ -q --chroot "$ROOTS/one" nothing
	[ "$status" -eq 127 ]
	run_ -q --chroot "$ROOTS/one" /inmate kill 9
	[ "$status" -eq 137 ]
	run_ -q --chroot "$ROOTS/full.tar" sh -c 'echo x >/top && cat /top'
	[ "$output" = x ]
}

@test "run --chroot: a user is told what to do" {
	user_run --chroot "$ROOTS/full" ls
	[ "$status" -eq 125 ]
	[ "${stderr_lines[1]}" = "mkroot: error: only root can use --chroot" ]
	[[ ${stderr_lines[2]} == "  hint: "* ]]
}
