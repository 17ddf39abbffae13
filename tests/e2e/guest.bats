# shellcheck shell=bash
# What only a machine with cgroup v2 alone shows, and one whose root is the initramfs: a guest says what
# came of each check (tests/guest/init), here is what it should be.
load lib

setup_file() {
	: "${INMATE:?the path of the static test program, e2e/inmate.c}"
	WORDS=$(mktemp /tmp/mkroot-e2e-guest-XXXXXX)
	WHY=$WORDS.why
	export WORDS WHY
	GUEST_STATUS=0
	"$BATS_TEST_DIRNAME/../guest/run" "$MKROOT" "$INMATE" "$BATS_TEST_DIRNAME/../../build/guest" >"$WORDS" 2>"$WHY" ||
		GUEST_STATUS=$?
	export GUEST_STATUS
}

teardown_file() {
	rm -f "$WORDS" "$WHY"
}

set_up() {
	[ "$GUEST_STATUS" -ne 77 ] || skip_or_fail "$(cat "$WHY")"
	[ "$GUEST_STATUS" -eq 0 ] || { cat "$WHY" "$WORDS" >&2; return 1; }
}

# guest NAME TEXT: the guest's one line NAME is TEXT. The first lines are the firmware's.
guest() {
	local line
	line=$(sed -n "s/^.*GUEST $1: //p" "$WORDS")
	if [ "$line" != "$2" ]; then
		printf '%s: %s\nexpected: %s\n' "$1" "$line" "$2" >&2
		return 1
	fi
}

@test "guest: pivot_root where the root is the initramfs itself" {
	guest root "rootfs [0]"
	guest initramfs " [7]"
	guest initramfs-user " [7]"
	guest initramfs-climb "in [0]"
	guest initramfs-look "bin | dev | inmate | lib | lib64 | proc | sbin | sys | tmp | usr [0]"
	guest initramfs-mounts "/ | /inmate | /usr [0]"
	guest initramfs-host "ls: cannot access 'init': No such file or directory [2]"
}

@test "guest: limits on cgroup v2, as root" {
	guest group "mkroot-PID-START [0]"
	guest memory.max "67108864 [0]"
	guest memory.swap.max "33554432 [0]"
	guest cpu.max "25000 100000 [0]"
	guest pids.max "50 [0]"
	guest cpuset.cpus.effective "0 [0]"
	guest io.max "259:0 rbps=1048576 wbps=2097152 riops=100 wiops=200 [0]"
	guest left "0 [0]"
}

@test "guest: v2: memory, processes and CPU time are held back" {
	guest memory "all of it [0]"
	guest memory-over "mkroot: the command was killed: it needed more than --memory 64m [137]"
	guest pids "18 [0]"
	guest cpus " [0]"
	guest left-2 "0 [0]"
}

@test "guest: v2: born in the group, which is the root of the namespace" {
	guest namespace "0::/ [0]"
}

@test "guest: v2: CPUs that are not there are refused" {
	guest cpuset-absent "mkroot: error: --cpuset-cpus cannot be set: writing '77' to '/sys/fs/cgroup/mkroot-PID-START/cpuset.cpus': Numerical result out of range |   cause: the CPUs here are 0-1 [125]"
}

@test "guest: v2: devices by a BPF program" {
	guest device-made "Permission denied [1]"
	guest device-mem "Operation not permitted [1]"
	guest device-kmsg "Operation not permitted [1]"
	guest device-zero "open [0]"
	guest device-mknod " [0]"
}

@test "guest: v2: what was killed is swept" {
	guest swept-before "1 [0]"
	guest swept " [0]"
	guest swept-after "0 [0]"
}

@test "guest: v2: a user without a group of his own is refused" {
	guest user-refused "mkroot: error: --memory cannot be set: no cgroup here is the caller's to use |   cause: '/sys/fs/cgroup' (cgroup v2) cannot be written to |   hint: have one delegated: systemd-run --user --scope -p Delegate=yes mkroot run ... [125]"
}

@test "guest: v2: a user in a group of his own, with his shell; all is as before afterwards" {
	guest user "10 | 0 | mkroot: the command was killed: it needed more than --memory 64m | 137 | 1 2 3 4 5 6 7 8 9 10 11 12 | in 0::/user [0]"
	guest user-groups "0 [0]"
	guest user-handed-on " [0]"
}

@test "guest: nothing is left at the end" {
	guest end "0 [0]"
}
