# shellcheck shell=bash
# `mkroot run --explain`.
load lib
load roots

set_up() {
	one_file "$T/one"
}

steps_after_root="  mount proc /proc nosuid,nodev,noexec
  readonly /proc/bus
  readonly /proc/fs
  readonly /proc/irq
  readonly /proc/sys
  readonly /proc/sysrq-trigger
  mount tmpfs /dev nosuid,noexec mode=0755,size=65536k
  device /dev/null 1:3
  device /dev/zero 1:5
  device /dev/full 1:7
  device /dev/random 1:8
  device /dev/urandom 1:9
  device /dev/tty 5:0
  console /dev/console, where there is a terminal
  link /dev/fd -> /proc/self/fd
  link /dev/stdin -> /proc/self/fd/0
  link /dev/stdout -> /proc/self/fd/1
  link /dev/stderr -> /proc/self/fd/2
  link /dev/ptmx -> pts/ptmx
  dir /dev/shm 1777
  dir /dev/pts 0755
  dir /dev/mqueue 1777
  mount devpts /dev/pts nosuid,noexec newinstance,ptmxmode=0666,mode=0620
  mount tmpfs /dev/shm nosuid,nodev,noexec mode=1777,size=65536k
  mount mqueue /dev/mqueue nosuid,nodev,noexec
  flags /dev nodev
  mount sysfs /sys ro,nosuid,nodev,noexec
  mount tmpfs /tmp nosuid,nodev mode=1777
  mask /proc/acpi
  mask /proc/asound
  mask /proc/interrupts
  mask /proc/kcore
  mask /proc/keys
  mask /proc/latency_stats
  mask /proc/sched_debug
  mask /proc/scsi
  mask /proc/timer_list
  mask /proc/timer_stats
  mask /sys/firmware
  mask /sys/devices/virtual/powercap
  mask /sys/devices/system/cpu/cpu*/thermal_throttle"

@test "run --explain: a folder, the whole of it" {
	needs_root
	TERM=dumb mkroot run --explain --cap-drop ALL --cap-add CHOWN -e 'A=b c' --ulimit nofile=10:20 \
		"$T/one" /inmate exit "it's"
	says 0 "namespaces: mount pid uts ipc cgroup net
ids: as outside
user: 0:0
capabilities: CHOWN
no_new_privs: yes
seccomp: docker's rules
landlock: where the kernel has it
limits:
  ulimit nofile=10:20
set-up:
  private
  root tmpfs 0755 nosuid,nodev
  bind /inmate nosuid,nodev
  readonly proc, sysfs and the like below the root
  dir /dev 0755
  dir /proc 0755
  dir /sys 0755
  dir /tmp 0755
$steps_after_root
  readonly / (top level)
  pivot
  hostname mkroot
  loopback up
environment:
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  TERM=dumb
  'A=b c'
  HOME as the root's /etc/passwd has it
  LANG as the root has locales
workdir: /
command: /inmate exit 'it'\\''s'"
	is_quiet
}

@test "run --explain: a tar, and no command" {
	tar -cf "$T/one.tar" -C "$T/one" .
	mkroot run --explain "$T/one.tar"
	[ "$status" -eq 0 ]
	[[ $output == *$'\nset-up:\n  private\n  root tmpfs 0755 nosuid,nodev\n  unpack\n  dir /dev 0755\n'* ]]
	[ "${lines[-1]}" = "command: /bin/bash, else /bin/sh" ]
}

@test "run --explain: of an ordinary user" {
	needs_userns
	let_users_in
	capture as_user "$USER_MKROOT" run --explain "$T/one"
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "namespaces: mount pid uts ipc cgroup net user" ]
	[[ ${lines[1]} == "ids: 0:0 is $(as_user id -u):$(as_user id -g) outside, "* ]]
}

@test "run --explain: nothing is made, started or unpacked" {
	local before
	before=$(picture "$T/one")
	mkroot run --explain --overlay "$T/changes" "$T/one" /inmate
	[ "$status" -eq 0 ]
	[[ $output == *$'\n  root overlay, changes in '"$T/changes nosuid,nodev"$'\n'* ]]
	[ ! -e "$T/changes" ]
	[ "$(picture "$T/one")" = "$before" ]
	export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 # it looks for them from a process of its own
	run strace -f -qq -o "$T/trace" -e trace=clone,clone3,fork,vfork,mount,fsopen,open_tree,mkdir,mkdirat,execve \
		"$MKROOT" run --explain "$T/one" /inmate
	[ "$(wc -l <"$T/trace")" -eq 1 ]
}

@test "run --explain: names cannot speak to the terminal" {
	: >"$T/one/$(printf 'a\033[2J\nb')"
	mkroot run --explain -e "X=$(printf '\033c')" "$T/one" "$(printf 'x\ny')"
	[ "$status" -eq 0 ]
	[[ $output == *'bind /a\x1b[2J\nb nosuid,nodev'* ]]
	[[ $output == *"'X=\\x1bc'"* ]]
	[ "${lines[-1]}" = "command: 'x\\ny'" ]
}

@test "run --explain: with --chroot, and what is wrong is said" {
	needs_root
	mkroot run -q --explain --chroot "$T/one" /inmate
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "namespaces: none" ]
	mkroot run --explain -v /nowhere:/x "$T/one"
	[ "$status" -eq 125 ]
	complains "the volume '/nowhere' does not exist"
}

@test "run --explain: an image's own configuration" {
	needs jq
	local image=$T/image
	mkdir "$image"
	tar -cf "$image/layer.tar" -C "$T/one" .
	jq -n '{architecture: "amd64", os: "linux", config: {Entrypoint: ["/inmate"], Cmd: ["exit", "4"],
		Env: ["A=image"], WorkingDir: "/tmp", User: "7"}, rootfs: {type: "layers",
		diff_ids: ["sha256:'"$(sha256sum <"$image/layer.tar" | cut -c1-64)"'"]}}' >"$image/config.json"
	echo '[{"Config":"config.json","RepoTags":["x:1"],"Layers":["layer.tar"]}]' >"$image/manifest.json"
	tar -cf "$T/image.tar" -C "$image" config.json layer.tar manifest.json
	mkroot run --explain "docker-archive:$T/image.tar"
	[ "$status" -eq 0 ]
	[[ $output == *$'\nuser: 7\n'* ]]
	[[ $output == *$'\n  A=image\n'* ]]
	[[ $output == *$'\nworkdir: /tmp\ncommand: /inmate exit 4' ]]
}
