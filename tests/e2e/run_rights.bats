# shellcheck shell=bash disable=SC2016 # what runs inside the root expands there
load lib
load roots

# What the command may do: capabilities, seccomp, Landlock, keys, descriptors. Ways out are really
# tried, by the static program escapee.c.

setup_file() {
	ROOTS=$(mktemp -d /tmp/mkroot-e2e-rights-XXXXXX)
	export ROOTS
	chmod 755 "$ROOTS"
	make_root "$ROOTS/full"
	with_programs "$ROOTS/full" grep
	mkdir "$ROOTS/one"
	cp "$(dirname "$INMATE")/escapee" "$INMATE" "$ROOTS/one/"
	cp "$MKROOT" "$ROOTS/mkroot" # an ordinary user may not reach the build folder
	chmod 755 "$ROOTS/mkroot"
}

teardown_file() {
	rm -rf "${ROOTS:?}"
}

set_up() {
	M=$ROOTS/mkroot
}

run_() {
	stderr=
	run --separate-stderr timeout 60 "$M" run "$@"
}

user_run() {
	run --separate-stderr as_user timeout 60 "$M" run "$@"
}

# try WORD...: in the root of one program; by root, or by an ordinary user.
try() {
	run_ "$ROOTS/one" /escapee "$@"
}

# rights CAPS SECCOMP: the lines of /proc/self/status, with those capabilities and nothing beside.
rights() {
	printf '%s:\t%s\n' CapInh 0000000000000000 CapPrm "$1" CapEff "$1" CapBnd "$1" \
		CapAmb 0000000000000000 NoNewPrivs 1 Seccomp "$2"
}

status_lines=(grep -E '^(Cap...|NoNewPrivs|Seccomp):' /proc/self/status)
docker_caps=00000000a80425fb

# All that this machine's kernel has, less what we lack ourselves.
own_caps() {
	grep -oP '^CapBnd:\t\K.*' /proc/self/status
}

@test "rights: docker's capabilities, no_new_privs and a filter, for root" {
	needs_root
	run_ "$ROOTS/full" "${status_lines[@]}"
	says 0 "$(rights $docker_caps 2)"
}

@test "rights: the same for an ordinary user, in his user namespace" {
	needs_userns
	user_run "$ROOTS/full" "${status_lines[@]}"
	says 0 "$(rights $docker_caps 2)"
}

@test "rights: what the caller's inheritable and ambient capabilities are is not handed on" {
	needs_root
	run --separate-stderr setpriv --inh-caps=+net_admin,+sys_time --ambient-caps=+net_admin,+sys_time \
		"$M" run "$ROOTS/full" "${status_lines[@]}"
	says 0 "$(rights $docker_caps 2)"
}

@test "rights: the capabilities are those that crun gives for docker's set" {
	needs_root
	needs crun jq
	mkdir -p "$T/bundle"
	crun spec -f "$T/bundle/config.json"
	jq --arg root "$ROOTS/full" '
		["CHOWN","DAC_OVERRIDE","FSETID","FOWNER","MKNOD","NET_RAW","SETGID","SETUID","SETFCAP",
		 "SETPCAP","NET_BIND_SERVICE","SYS_CHROOT","KILL","AUDIT_WRITE"] as $caps |
		($caps | map("CAP_" + .)) as $caps |
		.process.terminal = false | .root.path = $root | .root.readonly = true |
		.process.capabilities = {bounding: $caps, effective: $caps, permitted: $caps,
			inheritable: [], ambient: []} |
		.process.args = ["/bin/grep", "-E", "^(Cap...|NoNewPrivs):", "/proc/self/status"] |
		.mounts |= map(select(.destination == "/proc")) | del(.linux.resources) |
		.linux.maskedPaths = [] | .linux.readonlyPaths = []' \
		"$T/bundle/config.json" >"$T/bundle/new.json"
	mv "$T/bundle/new.json" "$T/bundle/config.json"
	# crun 1.8 does not start where cgroup v1 and v2 are both mounted.
	local want
	want=$(unshare --mount sh -c "[ ! -d /sys/fs/cgroup/unified ] || mount -t tmpfs none /sys/fs/cgroup/unified
		crun --root '$T/state' --cgroup-manager=disabled run -b '$T/bundle' mkroot-$$" 2>"$T/why") ||
		skip_or_fail "crun does not run here: $(cat "$T/why")"
	[ -n "$want" ]
	run_ "$ROOTS/full" grep -E "^(Cap...|NoNewPrivs):" /proc/self/status
	says 0 "$want"
}

@test "rights: --cap-drop ALL leaves none, and --cap-add gives one back" {
	run_ --cap-drop ALL "$ROOTS/full" "${status_lines[@]}"
	says 0 "$(rights 0000000000000000 2)"
	run_ --cap-drop=all --cap-add net_raw --cap-add CAP_Chown "$ROOTS/full" "${status_lines[@]}"
	says 0 "$(rights 0000000000002001 2)"
}

@test "rights: another user than root has none, and docker's as the most there can be" {
	needs_root
	run_ --user 1234:1234 "$ROOTS/full" "${status_lines[@]}"
	says 0 "$(rights 0000000000000000 2 | sed "s/^CapBnd.*/CapBnd:\t$docker_caps/")"
	run_ --user 1234 --cap-drop ALL --cap-add CHOWN "$ROOTS/full" "${status_lines[@]}"
	says 0 "$(rights 0000000000000000 2 | sed 's/^CapBnd.*/CapBnd:\t0000000000000001/')"
}

@test "rights: the init of another user keeps what it needs to reach him, and no more" {
	needs_root
	mkfifo in out
	exec 9<>in
	"$M" run --user 1234 --cap-drop ALL "$ROOTS/full" sh -c 'echo up; read -r x' <in >out 2>/dev/null 9<&- &
	local launcher=$!
	read -r _ <out
	local init
	init=$(pgrep -P "$launcher" | head -1)
	local kept='' i
	for ((i = 0; i < 50; i++)); do # it lets go right after the start, which may be after "up"
		kept=$(grep -E '^Cap(Prm|Eff)' "/proc/$init/status")
		[ "$kept" != $'CapPrm:\t0000000000000020\nCapEff:\t0000000000000020' ] || break
		sleep 0.1
	done
	kill "$launcher"
	exec 9<&-
	[ "$kept" = $'CapPrm:\t0000000000000020\nCapEff:\t0000000000000020' ]
}

@test "rights: --cap-drop takes single ones, with and without CAP_" {
	run_ --cap-drop MKNOD --cap-drop cap_net_raw --cap-drop CAP_AUDIT_WRITE "$ROOTS/full" "${status_lines[@]}"
	says 0 "$(rights 00000000800405fb 2)"
}

@test "rights: --cap-add ALL gives what there is, in a user namespace all of them" {
	needs_root
	run_ --cap-add ALL "$ROOTS/full" "${status_lines[@]}"
	says 0 "$(rights "$(own_caps)" 2)"
	user_run --cap-add ALL --cap-drop SYS_ADMIN "$ROOTS/full" "${status_lines[@]}"
	[ "$status" -eq 0 ]
	[[ $output == *$'CapEff:\t'0000*df* ]]
}

@test "rights: a capability that does not exist, or is not ours to give, is 125" {
	run_ --cap-add SYS_NOPE "$ROOTS/full" true
	says 125 ""
	[ "$stderr" = "mkroot: error: option '--cap-add': there is no capability 'SYS_NOPE'" ]
	needs_root
	run --separate-stderr setpriv --bounding-set=-sys_time --inh-caps=-sys_time \
		"$M" run --cap-add SYS_TIME "$ROOTS/full" /bin/true
	says 125 ""
	[ "$stderr" = "mkroot: error: cannot give the capability 'SYS_TIME': mkroot has not got it itself" ]
}

@test "rights: one of docker's capabilities that we lack ourselves is left out" {
	needs_root
	run --separate-stderr setpriv --bounding-set=-mknod --inh-caps=-mknod \
		"$M" run "$ROOTS/full" "${status_lines[@]}"
	says 0 "$(rights 00000000a00425fb 2)"
}

@test "rights: seccomp=unconfined is no filter" {
	run_ --security-opt seccomp=unconfined "$ROOTS/full" "${status_lines[@]}"
	says 0 "$(rights $docker_caps 0)"
	run_ --security-opt seccomp=unconfined "$ROOTS/one" /escapee unshare-user personality-norandom
	[[ $output != *EPERM*personality* ]]
	[[ $output == *"personality-norandom: done" ]]
}

refused=(tiocsti tiocsti-high tioclinux tioclinux-high add_key request_key keyctl unshare-user
	unshare-mount setns mount umount pivot_root open_tree fsopen bpf perf_event_open userfaultfd
	io_uring_setup io_uring_enter init_module kexec_load swapon reboot settimeofday sethostname acct
	syslog quotactl open_by_handle_at personality-norandom socket-alg socket-alg-high socket-vsock
	clone-user clone-pid ptrace-init seize-init)
allowed=(personality-query socket-unix socket-inet socket-netlink clone-plain chroot)

@test "rights: what docker's filter refuses is refused, for root and for a user" {
	local want
	want=$(printf '%s: EPERM\n' "${refused[@]}")
	try "${refused[@]}"
	says 0 "$want"
	needs_userns
	user_run "$ROOTS/one" /escapee "${refused[@]}"
	says 0 "$want"
}

@test "rights: what docker's filter allows is allowed, for root and for a user" {
	local want
	want=$(printf '%s: done\n' "${allowed[@]}")
	try "${allowed[@]}"
	says 0 "$want"
	needs_userns
	user_run "$ROOTS/one" /escapee "${allowed[@]}"
	says 0 "$want"
}

@test "rights: clone3 and calls newer than the profile are not there" {
	try clone3 newer-call
	says 0 $'clone3: ENOSYS\nnewer-call: ENOSYS'
}

@test "rights: int 0x80 is no way around the filter" {
	[ "$(uname -m)" = x86_64 ] || skip "this machine has no int 0x80"
	try int80-getpid
	[ "$output" = "int80-getpid: done" ] || skip "this kernel runs no 32-bit programs"
	try int80-mount int80-unshare int80-keyctl int80-tiocsti int80-clone3
	says 0 $'int80-mount: EPERM\nint80-unshare: EPERM\nint80-keyctl: EPERM\nint80-tiocsti: EPERM\nint80-clone3: ENOSYS'
}

# Also on a kernel without x32: the filter sees the number first.
@test "rights: x32 is no way around the filter" {
	[ "$(uname -m)" = x86_64 ] || skip "this machine has no x32"
	try x32-unshare x32-keyctl x32-tiocsti
	says 0 $'x32-unshare: EPERM\nx32-keyctl: EPERM\nx32-tiocsti: EPERM'
}

@test "rights: a capability opens the calls that docker opens with it" {
	needs_root
	run_ --cap-add SYS_ADMIN "$ROOTS/one" /escapee unshare-mount mount keyctl
	says 0 $'unshare-mount: done\nmount: done\nkeyctl: EPERM'
	run_ --cap-add SYS_TIME "$ROOTS/one" /escapee settimeofday acct
	says 0 $'settimeofday: done\nacct: EPERM'
	run_ --cap-drop SYS_CHROOT "$ROOTS/one" /escapee chroot
	says 0 "chroot: EPERM"
}

@test "rights: a device node of one's own cannot be opened" {
	needs_root
	try disk kmsg
	says 0 $'disk: EACCES\nkmsg: EACCES'
	run_ --cap-drop MKNOD "$ROOTS/one" /escapee disk
	says 0 "disk: EPERM"
}

@test "rights: no process of the host can be reached, and pid 1 not be killed" {
	try "kill=$$" "ptrace=$$" kill-init clone-plain
	says 0 $'kill: ESRCH\nptrace: ESRCH\nkill-init: done\nclone-plain: done'
}

@test "rights: pid 1 shows neither its file nor its memory" {
	try init-exe init-exe-chmod init-memory
	says 0 $'init-exe: EACCES\ninit-exe-chmod: EACCES\ninit-memory: EACCES'
	needs_userns
	user_run "$ROOTS/one" /escapee init-exe init-exe-chmod init-memory
	says 0 $'init-exe: EACCES\ninit-exe-chmod: EACCES\ninit-memory: EACCES'
}

@test "rights: whoever may read pid 1 finds none of the caller's environment there" {
	local cap
	needs_root
	for cap in SYS_PTRACE SYS_ADMIN PERFMON; do
		SECRET=not-for-the-box run_ --cap-add "$cap" -e GIVEN=yes "$ROOTS/full" sh -c '
			echo "$GIVEN"; while read -r line; do echo "$line"; done </proc/1/environ || :'
		[ "$status" -eq 0 ]
		[ "${lines[0]}" = yes ]
		[[ $output != *not-for-the-box* ]]
	done
	SECRET=kept run_ --cap-add SYS_PTRACE --env-host "$ROOTS/full" sh -c 'echo "$SECRET"'
	says 0 kept
}

@test "rights: pid 1 shows nobody mkroot's own words, and the command has all of its own" {
	local words='echo "$GIVEN $PWD $1"; while read -r -d "" line; do echo "$line"; done </proc/1/cmdline'
	echo 'u:x:1234:1234::/:' >"$T/passwd"
	run_ -e GIVEN=value -w /etc -v "$T/passwd:/etc/passwd" -u u "$ROOTS/full" sh -c "$words" sh word
	says 0 $'value /etc word\nmkroot-init'
	run_ "$ROOTS/full" stat -c %s /nothing-like-it
	[ "$status" -eq 1 ]
	[[ $stderr == *"'/nothing-like-it'"* ]]
	needs_userns
	user_run -e GIVEN=value "$ROOTS/full" sh -c "$words" sh word
	says 0 $'value / word\nmkroot-init'
}

@test "rights: who may trace pid 1 sees a file there that is not the host's to change" {
	needs_root
	local before
	before=$(picture "$ROOTS" 2>/dev/null | grep -F ./mkroot)
	run_ --cap-add SYS_PTRACE "$ROOTS/one" /escapee init-exe-chmod
	says 0 "init-exe-chmod: EROFS"
	run_ --cap-add SYS_PTRACE --security-opt landlock=unconfined "$ROOTS/one" /escapee init-exe-chmod
	says 0 "init-exe-chmod: EROFS"
	run_ --cap-add ALL --security-opt seccomp=unconfined "$ROOTS/one" /escapee init-exe-chmod unshare-user
	says 0 $'init-exe-chmod: EROFS\nunshare-user: done'
	[ "$(picture "$ROOTS" | grep -F ./mkroot)" = "$before" ]
}

# mkroot's own file as the command: harmless where it cannot be executed, or is a copy.
@test "rights: /proc/self/exe as a command does not give the host's file away" {
	# It is linked dynamically then, and cannot start in a root without its libraries.
	if grep -q __asan "$MKROOT"; then skip "not with a sanitizer"; fi
	local opts root=$ROOTS/self
	make_root "$root"
	printf '#!/proc/self/exe --version\n' >"$root/script"
	chmod 755 "$root/script"
	for opts in "" --security-opt=landlock=unconfined; do
		# shellcheck disable=SC2086 # none or one
		run_ $opts "$root" /proc/self/exe run --chroot / /bin/sh -c 'readlink /proc/1/exe; : >>/proc/1/exe'
		[ "$status" -ne 0 ]
		# shellcheck disable=SC2086
		run_ $opts "$root" /script
		[ "$status" -eq 0 ] || [ "$status" -eq 126 ]
	done
	[ -x "$M" ]
	cmp "$M" "$MKROOT"
}

@test "rights: a sealed copy stands in where neither Landlock nor a mount is to be had" {
	# It is linked dynamically then, and cannot start in a root without its libraries.
	if grep -q __asan "$MKROOT"; then skip "not with a sanitizer"; fi
	needs_userns
	user_run --security-opt landlock=unconfined "$ROOTS/full" /proc/self/exe --version
	says 0 "$("$M" --version)"
	user_run --security-opt landlock=unconfined "$ROOTS/full" sh -c 'echo "$@"' - 'a  b' '' '*'
	says 0 'a  b  *'
}

@test "rights: the caller's session keyring is not the command's" {
	needs keyctl
	with_programs "$ROOTS/full" keyctl
	local look='keyctl search @s user mkroot-secret'
	run --separate-stderr keyctl session - sh -c "keyctl add user mkroot-secret value @s >/dev/null &&
		$look >/dev/null && exec '$M' run --security-opt seccomp=unconfined '$ROOTS/full' $look"
	says 1 ""
	[[ $stderr == *"keyctl_search: Required key not available" ]]
}

@test "rights: a descriptor of the caller's comes in only when asked for" {
	echo secret >"$T/secret"
	exec 7<"$T/secret" 8</
	run_ "$ROOTS/one" /escapee openat=8,etc fchdir=8 openat=7
	says 0 $'openat: EBADF\nfchdir: EBADF\nopenat: EBADF'
	run_ --preserve-fd 7 "$ROOTS/full" sh -c 'read -r line <&7; echo "$line"; echo /proc/self/fd/*'
	exec 7<&- 8<&-
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = secret ]
	[[ ${lines[1]} == "/proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 /proc/self/fd/"*" /proc/self/fd/7" ]]
}

@test "rights: --preserve-fd takes lists, repeats, and is exact" {
	exec 5>"$T/5" 6>"$T/6" 9>"$T/9"
	run_ --preserve-fd 9,5 --preserve-fd=6 --preserve-fd 5 --preserve-fd 1 "$ROOTS/one" /inmate fds
	says 0 $'0\n1\n2\n5\n6\n9'
	run_ --preserve-fd 6 "$ROOTS/one" /inmate fds
	exec 5>&- 6>&- 9>&-
	says 0 $'0\n1\n2\n6'
	# The number that the launcher would take for itself.
	"$M" run --preserve-fd 3 "$ROOTS/full" sh -c 'echo three >&3' 3>"$T/3"
	[ "$(cat "$T/3")" = three ]
}

@test "rights: a pipe that is handed on ends with the command's end of it" {
	mkfifo "$T/pipe" "$T/go"
	exec 6<>"$T/go" # both ends: opening one waits for the other
	(exec 7>"$T/pipe" && exec timeout 60 "$M" run --preserve-fd 7 "$ROOTS/full" \
		sh -c 'echo line >&7; exec 7>&-; read -r word; echo "$word"' <"$T/go") >"$T/out" 6>&- &
	# The command is still there: neither pid 1 nor the launcher has the pipe open.
	[ "$(timeout 20 cat "$T/pipe")" = line ]
	echo closed >&6
	exec 6>&-
	wait $!
	[ "$(cat "$T/out")" = closed ]
}

@test "rights: --preserve-fd of a folder warns, of no descriptor is 125" {
	exec 8</
	run_ --preserve-fd 8 "$ROOTS/one" /escapee fchdir=8
	[ "$status" -eq 0 ]
	[ "$output" = "fchdir: done" ]
	[ "$stderr" = "mkroot: warning: descriptor 8 is a folder: the command can leave the root through it" ]
	exec 8<&-
	local bad
	for bad in 8 x -1 3,,4 99999999999999999999 "" " 3"; do
		run_ --preserve-fd "$bad" "$ROOTS/one" /inmate exit 0
		says 125 ""
		complains "--preserve-fd"
	done
}

@test "rights: /dev/stdout can be opened again when it is a file" {
	"$M" run "$ROOTS/full" sh -c 'echo one; echo two >>/dev/stdout; echo three >>/proc/self/fd/1; echo four >>/dev/stderr' \
		>"$T/out" 2>&1
	[ "$(cat "$T/out")" = $'one\ntwo\nthree\nfour' ]
}

@test "rights: programs rename, link and move between folders as ever" {
	with_programs "$ROOTS/full" mv ln rm mkdir
	run_ "$ROOTS/full" sh -c 'mkdir -p /tmp/a /tmp/b && echo x >/tmp/a/f && mv /tmp/a/f /tmp/b/g &&
		ln /tmp/b/g /tmp/a/h && ln -s g /tmp/b/s && mv /tmp/b /tmp/a/ && cat /tmp/a/h /tmp/a/b/s && rm -r /tmp/a'
	says 0 $'x\nx'
}

profile() {
	cat >"$T/profile.json"
}

@test "rights: a profile of a file" {
	profile <<'JSON'
{ "defaultAction": "SCMP_ACT_ALLOW",
  "archMap": [{ "architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86", "SCMP_ARCH_X32"] }],
  "syscalls": [ { "names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 71 },
    { "names": ["setns"], "action": "SCMP_ACT_ERRNO", "excludes": { "caps": ["CAP_SYS_ADMIN"] } },
    { "names": ["reboot"], "action": "SCMP_ACT_KILL_PROCESS" } ] }
JSON
	run_ --security-opt seccomp="$T/profile.json" "$ROOTS/full" "${status_lines[@]}"
	says 0 "$(rights $docker_caps 2)"
	with_programs "$ROOTS/full" mkdir
	run_ --security-opt seccomp="$T/profile.json" "$ROOTS/full" mkdir /tmp/x
	[ "$status" -eq 1 ]
	[[ $stderr == *"Protocol error" ]]
	run_ --security-opt seccomp="$T/profile.json" "$ROOTS/one" /escapee setns personality-norandom newer-call tiocsti
	says 0 $'setns: EPERM\npersonality-norandom: done\nnewer-call: ENOSYS\ntiocsti: EPERM'
	run_ --security-opt seccomp="$T/profile.json" --cap-add SYS_ADMIN "$ROOTS/one" /escapee setns
	[[ $output != *EPERM* ]]
	run_ --security-opt seccomp="$T/profile.json" "$ROOTS/one" /escapee reboot
	[ "$status" -eq 159 ]
}

@test "rights: a profile that forbids what pid 1 does is the command's alone" {
	profile <<'JSON'
{ "defaultAction": "SCMP_ACT_ERRNO", "syscalls": [ { "action": "SCMP_ACT_ALLOW", "names": [
  "execve", "brk", "arch_prctl", "set_tid_address", "set_robust_list", "rseq", "prlimit64", "readlink",
  "readlinkat", "getrandom", "mprotect", "mmap", "munmap", "newfstatat", "fstat", "write", "exit_group", "exit" ] } ] }
JSON
	run_ --security-opt seccomp="$T/profile.json" "$ROOTS/one" /escapee keyctl ptrace-init
	says 0 $'keyctl: EPERM\nptrace-init: EPERM'
	run_ --security-opt seccomp="$T/profile.json" "$ROOTS/one" /inmate exit 7
	says 7 ""
}

@test "rights: a profile that is none is 125 and says why" {
	local line
	profile <<<'{ "defaultAction": "SCMP_ACT_ALLOW", '
	run_ --security-opt seccomp="$T/profile.json" "$ROOTS/one" /inmate exit 0
	says 125 ""
	[[ $stderr == "mkroot: error: the seccomp profile: broken JSON at line "* ]]
	for line in '[]' '{}' '{"defaultAction":7}' '{"defaultAction":"ALLOW"}' "$(printf '[%.0s' {1..500})" \
		'{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["read"],"action":"SCMP_ACT_NOTIFY"}]}'; do
		profile <<<"$line"
		run_ --security-opt seccomp="$T/profile.json" "$ROOTS/one" /inmate exit 0
		says 125 ""
		complains "the seccomp profile"
	done
	truncate -s 2M "$T/profile.json"
	for line in "$T/profile.json" "$T" /dev/zero "$T/absent"; do
		run_ --security-opt seccomp="$line" "$ROOTS/one" /inmate exit 0
		says 125 ""
		complains "the seccomp profile '$line'"
	done
}

@test "rights: --security-opt takes what docker takes, and names what it does not know" {
	run_ --security-opt no-new-privileges --security-opt no-new-privileges:true --security-opt seccomp=builtin \
		--security-opt label=disable --security-opt apparmor=unconfined --no-new-privs "$ROOTS/full" "${status_lines[@]}"
	says 0 "$(rights $docker_caps 2)"
	local bad
	for bad in nonsense seccomp seccomp= no-new-privileges=false systempaths=x ""; do
		run_ --security-opt "$bad" "$ROOTS/one" /inmate exit 0
		says 125 ""
		complains "option '--security-opt' does not know '$bad'" "hint: seccomp=FILE"
	done
}

has_landlock() {
	local abi
	abi=$("$INMATE" landlock)
	[ "$abi" -ge "$1" ] || skip_or_fail "this kernel has Landlock ABI $abi, not $1"
}

@test "rights: --chroot: no file above the root is opened, whatever is mounted inside" {
	needs_root
	has_landlock 2
	mkdir -p "$T/jail"
	cp "$ROOTS/one/escapee" "$T/jail/"
	echo secret >"$T/secret"
	exec 8<"$T"
	run_ -q --chroot --preserve-fd 8 "$T/jail" /escapee openat=8,secret open=/escapee
	says 0 $'openat: done\nopen: done'
	exec 8<&-
	mkdir "$T/jail/proc"
	run --separate-stderr unshare --mount --fork sh -c "mount -t proc proc '$T/jail/proc' &&
		'$M' run -q --chroot '$T/jail' /escapee 'open=/proc/$$/root$T/secret' chroot open=/proc/version"
	says 0 $'open: EACCES\nchroot: EPERM\nopen: done'
	run --separate-stderr unshare --mount --fork sh -c "mount -t proc proc '$T/jail/proc' &&
		'$M' run -q --chroot --security-opt landlock=unconfined '$T/jail' /escapee 'open=/proc/$$/root$T/secret'"
	says 0 "open: done"
}

@test "rights: --chroot: no signal and no abstract socket leads out" {
	needs_root
	has_landlock 6
	sleep 60 3>&- &
	local pid=$!
	"$INMATE" listen "mkroot-$$" 3>&- >/dev/null &
	local listener=$!
	eventually grep -q "@mkroot-$$" /proc/net/unix
	run_ -q --chroot "$ROOTS/one" /escapee "kill=$pid" "connect=mkroot-$$"
	kill "$pid" "$listener"
	says 0 $'kill: EPERM\nconnect: EPERM'
}

@test "rights: --chroot: CAP_SYS_CHROOT is gone, the rest stays; --cap-drop and --no-new-privs count" {
	needs_root
	local all
	all=$(printf '%016x' $((0x$(own_caps) & ~(1 << 18))))
	mkdir -p "$ROOTS/full/proc"
	run --separate-stderr unshare --mount --fork sh -c "mount -t proc proc '$ROOTS/full/proc' &&
		'$M' run -q --chroot '$ROOTS/full' grep -E '^(Cap...|NoNewPrivs|Seccomp):' /proc/self/status"
	says 0 "$(rights "$all" 0 | sed 's/^NoNewPrivs:.*/NoNewPrivs:\t0/')"
	run --separate-stderr unshare --mount --fork sh -c "mount -t proc proc '$ROOTS/full/proc' &&
		'$M' run -q --chroot --no-new-privs --cap-drop ALL --cap-add KILL '$ROOTS/full' grep -E '^(Cap...|NoNewPrivs|Seccomp):' /proc/self/status"
	says 0 "$(rights 0000000000000020 0)"
}

@test "rights: a shell with pipes and jobs works behind the filter" {
	"$MKROOT" -q bash sed awk sort sleep -o "$T/real/"
	run_ "$T/real" bash -c 'for i in 3 1 2; do echo $i; done | sort --parallel=2 | sed s/1/one/ | awk "{ print NR, \$0 }"; sleep 0 & wait'
	says 0 $'1 one\n2 2\n3 3'
}

@test "rights: perl forks, waits and opens sockets behind the filter" {
	needs perl
	"$MKROOT" -q perl -o "$T/real/"
	run_ "$T/real" perl -e 'my $p = fork; exit 3 unless $p; wait; print $? >> 8, "\n"; socket(my $s, 2, 1, 0) or die; bind($s, pack("S n a4 x8", 2, 0, "\x7f\0\0\1")) or die; print "bound\n"'
	says 0 $'3\nbound'
}

@test "rights: strace traces behind the filter" {
	needs strace
	"$MKROOT" -q strace cat -o "$T/real/"
	run_ "$T/real" strace -e trace=execve -o /tmp/log cat /proc/self/comm
	says 0 cat
}
