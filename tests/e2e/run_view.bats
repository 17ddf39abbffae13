# shellcheck shell=bash disable=SC2016 # what runs inside the root expands there
# What a box sees of the host, and the host of the box: volumes, the root's changes, ids.
load lib
load roots

setup_file() {
	ROOTS=$(mktemp -d /tmp/mkroot-e2e-view-XXXXXX)
	export ROOTS
	chmod 755 "$ROOTS"
	make_root "$ROOTS/full"
	with_programs "$ROOTS/full" mkdir rm ln
	printf '%s\n' root:x:0:0::/root:/bin/sh app:x:7:8::/home/app:/bin/sh >"$ROOTS/full/etc/passwd"
	printf '%s\n' root:x:0: app:x:8: extra:x:30:other,app >"$ROOTS/full/etc/group"
	one_file "$ROOTS/one"
	tar -cf "$ROOTS/full.tar" -C "$ROOTS/full" .
	mkdir -p "$ROOTS/volume/sub"
	echo from-volume >"$ROOTS/volume/f"
	cp "$MKROOT" "$ROOTS/mkroot" # an ordinary user may not reach the build folder
	chmod 755 "$ROOTS/mkroot"
	picture "$ROOTS/full" >"$ROOTS/full.picture"
	picture "$ROOTS/one" >"$ROOTS/one.picture"
}

teardown_file() {
	chmod -R u+rwX "$ROOTS"
	rm -rf "$ROOTS"
}

set_up() {
	M=$ROOTS/mkroot
	MOUNTS=$(sort /proc/self/mountinfo)
}

# Whatever a test did: the two roots are what they were, and no mount of this test's is left.
teardown() {
	chmod -R u+rwX "$BATS_TEST_TMPDIR"
	local new
	new=$(comm -13 <(echo "$MOUNTS") <(sort /proc/self/mountinfo) | grep -F -e "$ROOTS" -e "$BATS_RUN_TMPDIR" || :)
	[ -z "$new" ]
	diff "$ROOTS/full.picture" <(picture "$ROOTS/full")
	diff "$ROOTS/one.picture" <(picture "$ROOTS/one")
}

# Fields 5 and 6 of mountinfo: where it is, and the mount's own flags.
flags_of() {
	awk -v at="$1" '$5 == at { print $6 }' <<<"$output" | tail -n 1
}

@test "view: a volume is the host's folder, nosuid and nodev" {
	cp -r "$ROOTS/volume" "$T/v"
	run_ -v "$T/v:/tmp/v" "$ROOTS/full" sh -c 'cat /tmp/v/f; echo new >/tmp/v/new; while read -r line; do echo "$line"; done </proc/self/mountinfo'
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = from-volume ]
	[[ $(flags_of /tmp/v) == rw,nosuid,nodev* ]]
	[ "$(cat "$T/v/new")" = new ]
}

@test "view: a volume with :ro is read-only, in what is mounted below it too" {
	needs_root
	mkdir -p "$T/v/below"
	capture unshare -m sh -c "mount -t tmpfs none '$T/v/below' && exec '$M' run -v '$T/v:/tmp/v:ro' '$ROOTS/full' \
		sh -c 'echo x >/tmp/v/a; echo x >/tmp/v/below/a; cat /proc/self/mountinfo'"
	[[ $(flags_of /tmp/v) == ro,* ]]
	[[ $(flags_of /tmp/v/below) == ro,* ]]
	[ "$(grep -c "Read-only file system" <<<"$stderr")" -eq 2 ]
	capture unshare -m sh -c "mount -t tmpfs none '$T/v/below' && exec '$M' run -v '$T/v:/tmp/v:rw' '$ROOTS/full' \
		sh -c 'echo x >/tmp/v/below/a; cat /tmp/v/below/a'"
	[ "$output" = x ]
}

@test "view: room for a volume is made without changing the root" {
	run_ -v "$ROOTS/volume:/new/deep" -v "$ROOTS/volume/f:/etc/new/file:ro" "$ROOTS/full" \
		sh -c 'cat /new/deep/f /etc/new/file; ls /etc; ls -d /new; cat /etc/group >/dev/null && echo kept'
	[ "$status" -eq 0 ]
	[ "$output" = $'from-volume\nfrom-volume\ngroup\nnew\npasswd\n/new\nkept' ]
	# What is in the way of a lost write says so.
	run_ -v "$ROOTS/volume:/etc/new" "$ROOTS/full" sh -c 'echo x >/etc/lost'
	[[ $stderr == *"Read-only file system"* ]]
	run_ -v "$ROOTS/volume/f:/inside/file" "$ROOTS/one" /inmate look /inside/file
	[ "$status" -eq 0 ]
}

@test "view: an ordinary user's volumes" {
	needs_userns
	user_run -v "$ROOTS/volume:/new/deep:ro" -v "$ROOTS/volume:/etc/a/b" "$ROOTS/full" \
		sh -c 'cat /new/deep/f /etc/a/b/f; cat /proc/self/mountinfo'
	[ "$status" -eq 0 ]
	[ "${lines[0]} ${lines[1]}" = "from-volume from-volume" ]
	[[ $(flags_of /new/deep) == ro,nosuid,nodev* ]]
}

@test "view: a volume that is an open descriptor, or another link of /proc" {
	mkdir "$T/host"
	echo text >"$T/host/file"
	exec 7<"$T/host" 8<"$T/host/file"
	run_ -v /dev/fd/7:/mnt -v /proc/self/fd/8:/mnt2/file:ro -v /proc/self/cwd/host:/mnt3 "$ROOTS/full" cat /mnt/file /mnt2/file /mnt3/file
	[ "$output" = $'text\ntext\ntext' ]
	[ "$status" -eq 0 ]
	rm "$T/host/file"
	run_ -v /dev/fd/8:/mnt "$ROOTS/full" true
	exec 7<&- 8<&-
	[ "$status" -eq 125 ]
	[ "$stderr" = "mkroot: error: the volume '/dev/fd/8' has no path that it could be mounted by
  cause: it is '$T/host/file (deleted)'
  hint: --preserve-fd N hands an open descriptor on as it is" ]
	capture bash -c "echo in | \"\$@\"" bash "$M" run -v /dev/stdin:/mnt "$ROOTS/full" true
	[ "$status" -eq 125 ]
	[[ ${stderr_lines[1]} == "  cause: it is 'pipe:["* ]]
}

@test "view: a volume inside another one makes no folder there" {
	cp -r "$ROOTS/volume" "$T/outer"
	run_ -v "$T/outer:/data" -v "$ROOTS/volume:/data/inner" "$ROOTS/full" sh -c 'cat /data/inner/f; echo x >/data/sub/new; echo x >/data/lost'
	[ "$output" = from-volume ]
	[[ $stderr == *"/data/lost: Read-only file system"* ]]
	[ -e "$T/outer/sub/new" ]
	[ ! -e "$T/outer/inner" ]
}

@test "view: a relative SRC is one with a slash; parents come first" {
	cd "$ROOTS"
	run_ -v ./volume/sub:/tmp/x/sub -v ./volume:/tmp/x "$ROOTS/full" sh -c 'cat /tmp/x/f; ls /tmp/x'
	[ "$output" = $'from-volume\nf\nsub' ]
	run_ -v volume:/tmp/x "$ROOTS/full" ls
	[ "$status" -eq 125 ]
	[ "$stderr" = "mkroot: error: the volume 'volume:/tmp/x' has a SRC that is no path
  hint: a folder here is written ./volume; named volumes do not exist" ]
}

@test "view: a SRC that is missing is an error, and stays missing" {
	run_ -v "$T/absent:/x" "$ROOTS/full" ls
	[ "$status" -eq 125 ]
	[ "$stderr" = "mkroot: error: the volume '$T/absent' does not exist" ]
	[ ! -e "$T/absent" ]
}

@test "view: words that are no volume, tmpfs or device" {
	local v
	for v in "$ROOTS:" "$ROOTS" :/x "$ROOTS:x" "$ROOTS:/" "$ROOTS:/a/.." "$ROOTS:/x:rx" "$ROOTS:/x:ro:z" \
		"$ROOTS:/proc/x" "$ROOTS:/etc/../proc" "$ROOTS:/$(printf '%0300d' 0)"; do
		run_ -v "$v" "$ROOTS/full" ls
		[ "$status" -eq 125 ]
		[[ $stderr == "mkroot: error: "* ]]
	done
	for v in x /x:size=0 /x:size=1q /x:mode=9 /x:foo /proc; do
		run_ --tmpfs "$v" "$ROOTS/full" ls
		[ "$status" -eq 125 ]
	done
	for v in null /dev/null:x/y /dev/null:/x:q /dev/null:/x:rr: /etc/passwd /dev/absent; do
		run_ --device "$v" "$ROOTS/full" ls
		[ "$status" -eq 125 ]
	done
	run_ --tmpfs /x -v "$ROOTS:/x" "$ROOTS/full" ls
	[ "$stderr" = "mkroot: error: two mounts are to be at '/x'" ]
	run_ -v "$ROOTS/volume:/etc/passwd" "$ROOTS/full" ls
	[ "$status" -eq 125 ]
	[[ $stderr == *"'/etc/passwd': it is a file, and what is to be mounted a folder" ]]
}

@test "view: DST never leads out of the root through a link" {
	local here=$T/here before
	mkdir -p "$here/outside/sub"
	cp -r "$ROOTS/full" "$here/jail"
	ln -s "$here/outside" "$here/jail/absolute"
	ln -s ../../../../../../../../.."$here/outside" "$here/jail/dotdot"
	ln -s /proc/self "$here/jail/proc-link"
	ln -s /proc/1/root "$here/jail/magic"
	ln -s etc "$here/jail/inner"
	before=$(picture "$here")
	local l
	for l in absolute/sub dotdot/sub absolute/new dotdot/new absolute dotdot; do
		run_ -v "$ROOTS/volume:/$l" "$here/jail" ls
		[ "$status" -eq 125 ]
		[[ $stderr == *"is a link that leads nowhere"* ]]
	done
	for l in proc-link/fdinfo magic/etc; do
		run_ -v "$ROOTS/volume:/$l" "$here/jail" ls
		[ "$status" -eq 125 ]
	done
	# One that stays inside is followed.
	run_ -v "$ROOTS/volume:/inner/x" "$here/jail" cat /etc/x/f
	[ "$output" = from-volume ]
	[ "$(picture "$here")" = "$before" ]
}

@test "view: etc and resolv.conf that lead to the host" {
	local here=$T/here before
	mkdir -p "$here/outside"
	echo secret >"$here/outside/resolv.conf"
	cp -r "$ROOTS/full" "$here/jail"
	ln -s "$here/outside/resolv.conf" "$here/jail/etc/resolv.conf"
	before=$(picture "$here")
	run_ --network host "$here/jail" sh -c 'cat /etc/resolv.conf; [ ! -L /etc/resolv.conf ] && cat /etc/passwd >/dev/null'
	[ "$status" -eq 0 ]
	[ "$output" = "$(cat /etc/resolv.conf)" ]
	rm -r "$here/jail/etc"
	ln -s "$here/outside" "$here/jail/etc"
	run_ --network host "$here/jail" cat /etc/resolv.conf
	[ "$status" -eq 125 ]
	rm "$here/jail/etc"
	run_ --network host "$here/jail" cat /etc/resolv.conf
	[ "$output" = "$(cat /etc/resolv.conf)" ]
	[ ! -e "$here/jail/etc" ]
	[ "$(cat "$here/outside/resolv.conf")" = secret ]
}

@test "view: --network host keeps the caller's, and what belongs to it" {
	run_ --network host "$ROOTS/full" sh -c 'readlink /proc/self/ns/net; echo x >/etc/resolv.conf; ls /sys/class; ls /sys/fs/cgroup; echo end'
	[ "${lines[0]}" = "$(readlink /proc/self/ns/net)" ]
	[[ $stderr == *"/etc/resolv.conf: Read-only file system"* ]]
	[[ $output == *$'\nnet\n'* ]]
	local last=(/sys/class/*)
	[ "${lines[-2]}" = "${last[-1]##*/}" ] # nothing of cgroup follows
	run_ --network none "$ROOTS/full" readlink /proc/self/ns/net
	[ "$output" != "$(readlink /proc/self/ns/net)" ]
	run_ --network bridge "$ROOTS/full" ls
	[ "$stderr" = "mkroot: error: there is no network 'bridge'
  hint: --network none (lo only) or --network host" ]
	needs_userns
	user_run --network host "$ROOTS/full" sh -c 'readlink /proc/self/ns/net; cat /etc/resolv.conf; echo x >/sys/kernel/x'
	[ "${lines[0]}" = "$(readlink /proc/self/ns/net)" ]
	[ "${lines[1]}" = "$(head -n 1 /etc/resolv.conf)" ]
	[[ $stderr == *"/sys/kernel/x: Read-only file system"* ]]
}

@test "view: --tmpfs has the size and mode that are asked for" {
	run_ --tmpfs /t:size=64k,mode=710 --tmpfs /etc/x:ro "$ROOTS/full" \
		sh -c 'stat -c %a /t; cat /dev/zero >/t/f; stat -c %s /t/f; echo >/etc/x/f; cat /proc/self/mountinfo'
	[ "${lines[0]}" = 710 ]
	[ "${lines[1]}" = 65536 ]
	[[ $stderr == *"No space left on device"* ]]
	[[ $stderr == *"/etc/x/f: Read-only file system"* ]]
	[[ $(flags_of /t) == rw,nosuid,nodev,noexec* ]]
}

@test "view: --read-only is for the root, not for /tmp, /dev/shm and volumes" {
	mkdir "$T/v"
	chmod 777 "$T/v"
	local root
	for root in "$ROOTS/full" "$ROOTS/full.tar"; do
		run_ --read-only -v "$T/v:/tmp/v" "$root" sh -c 'echo x >/f; echo x >/etc/f; echo 1 >/tmp/f; echo 1 >/dev/shm/f; echo 1 >/tmp/v/f; cat /tmp/f /dev/shm/f /tmp/v/f'
		[ "$output" = $'1\n1\n1' ]
		[ "$(grep -c "Read-only file system" <<<"$stderr")" -eq 2 ]
	done
	# The same where the root is put together from parts.
	run_ --read-only --tmpfs /new "$ROOTS/full" sh -c 'echo x >/etc/f; echo 1 >/new/f && cat /new/f'
	[ "$output" = 1 ]
	[[ $stderr == *"/etc/f: Read-only file system"* ]]
}

ephemeral() {
	"$1" --ephemeral "$ROOTS/full" sh -c 'echo new >/top && echo more >>/etc/passwd && rm /etc/group && cat /top && ls /etc'
	[ "$status" -eq 0 ]
	[ "$output" = $'new\npasswd' ]
	"$1" --ephemeral=256k "$ROOTS/full" sh -c 'cat /dev/zero >/f; stat -c %s /f'
	[[ $stderr == *"No space left on device"* ]]
	[ "$output" -le 262144 ]
	"$1" --ephemeral "$ROOTS/one" /inmate look /dev/null
	[ "$status" -eq 0 ]
}

@test "view: --ephemeral throws changes away, and ends at its size" {
	ephemeral run_
	run_ --ephemeral=1k "$ROOTS/full.tar" ls
	[ "$status" -eq 125 ]
	[[ $stderr == *"No space left on device"* ]]
	run_ --ephemeral=12x "$ROOTS/full" ls
	[ "$stderr" = "mkroot: error: '12x' is no size: 512m, 2g" ]
}

@test "view: --ephemeral as an ordinary user" {
	needs_userns
	if [ "$(id -u)" -eq 0 ]; then # files of others cannot be copied up by one id
		cp -a "$ROOTS/full" "$T/full"
		chown -R 65534:65534 "$T/full"
		let_users_in
		user_run --ephemeral "$T/full" sh -c 'echo more >>/etc/passwd && rm /etc/group && echo new >/top && cat /top && ls /etc'
		[ "$output" = $'new\npasswd' ]
		[ "$(ls "$T/full/etc")" = $'group\npasswd' ]
	else
		ephemeral user_run
	fi
}

@test "view: --overlay keeps changes in a folder" {
	run_ --overlay "$T/changes" "$ROOTS/full" sh -c 'echo kept >/etc/kept; rm /etc/group'
	[ "$status" -eq 0 ]
	run_ --overlay "$T/changes" "$ROOTS/full" sh -c 'cat /etc/kept; ls /etc'
	[ "$output" = $'kept\nkept\npasswd' ]
	[ "$(cat "$T/changes/upper/etc/kept")" = kept ]
	run_ --overlay "$T/changes" --ephemeral "$ROOTS/full" ls
	[ "$status" -eq 125 ]
}

@test "view: --overlay of a tar, a comma and a colon in its name" {
	run_ --overlay "$T/a,b:c\\d" "$ROOTS/full.tar" sh -c 'echo kept >/etc/kept'
	[ "$status" -eq 0 ]
	run_ --overlay "$T/a,b:c\\d" "$ROOTS/full.tar" cat /etc/kept
	[ "$output" = kept ]
}

@test "view: an overlay folder whose parts are links to the host" {
	mkdir "$T/changes" "$T/outside"
	ln -s "$T/outside" "$T/changes/upper"
	run_ --overlay "$T/changes" "$ROOTS/full" sh -c 'echo x >/etc/f'
	[ "$status" -eq 125 ]
	[ "$stderr" = "mkroot: error: the folder 'upper' of an overlay: Not a directory" ]
	rm -r "$T/changes/upper" "$T/changes/work"
	ln -s "$T/outside" "$T/changes/work"
	run_ --overlay "$T/changes" "$ROOTS/full" sh -c 'echo x >/etc/f'
	[ "$status" -eq 125 ]
	[ -z "$(ls -A "$T/outside")" ]
}

# The old root once stayed on top of the new one: "/" did not show it, and each ".." led into it.
no_way_up() {
	run_ "$@" sh -c 'stat -c %d:%i / /.. /bin/.. /proc/.. /root/../..; cat /proc/self/mountinfo'
	is_quiet
	[ "$status" -eq 0 ]
	[ "$(printf '%s\n' "${lines[@]:0:5}" | sort -u | wc -l)" -eq 1 ]
	[ "$(awk '$5 == "/"' <<<"$output" | wc -l)" -eq 1 ]
}

@test "view: no '..' leads to the host, whatever the root is made of" {
	mkdir "$T/v"
	no_way_up "$ROOTS/full"
	no_way_up "$ROOTS/full.tar"
	no_way_up -v "$T/v:/v" "$ROOTS/full"
	no_way_up --ephemeral "$ROOTS/full"
	no_way_up --ephemeral --read-only -v "$T/v:/v" "$ROOTS/full"
	no_way_up --overlay "$T/o" "$ROOTS/full"
	no_way_up --overlay "$T/o2" "$ROOTS/full.tar"
}

@test "view: no '..' leads to the host as an ordinary user, or with other ids" {
	needs_userns
	let_users_in
	mkdir -m 777 "$T/v"
	capture as_user "$ROOTS/mkroot" run --ephemeral "$ROOTS/full" stat -c %d:%i / /bin/..
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "${lines[1]}" ]
	needs_root
	no_way_up --userns auto "$ROOTS/full"
	no_way_up --userns auto -v "$T/v:/v" "$ROOTS/full"
	no_way_up --userns auto --ephemeral "$ROOTS/full"
	no_way_up --userns auto --overlay "$T/o" "$ROOTS/full"
}

@test "view: --read-only holds above an overlay too" {
	run_ --read-only --ephemeral "$ROOTS/full" sh -c 'echo x >/f; echo x >/etc/f; echo 1 >/tmp/f && cat /tmp/f'
	[ "$output" = 1 ]
	[ "$(grep -c "Read-only file system" <<<"$stderr")" -eq 2 ]
}

@test "view: an overlay folder that is the root itself is refused, and stays as it is" {
	run_ --overlay "$ROOTS/full/etc/.." "$ROOTS/full" true
	[ "$status" -eq 125 ]
	complains "the overlay folder '$ROOTS/full/etc/..' is the root itself"
	[ ! -e "$ROOTS/full/upper" ] && [ ! -e "$ROOTS/full/work" ]
}

@test "view: an ordinary user's overlay of what has mounts below it says so" {
	needs_root
	needs_userns
	make_root "$T/r"
	let_users_in
	capture unshare -m sh -c "mount -t tmpfs none '$T/r/root' && exec setpriv --reuid=65534 --regid=65534 \
		--clear-groups '$M' run --ephemeral '$T/r' true"
	[ "$status" -eq 125 ]
	complains "cannot make an overlay of the root" "others mounted below it"
}

# mounted SCRIPT OPTION...: runs a shell in $T/r, first as root and then as a user, where SCRIPT has
# mounted something below it; $T is its working directory. Its words are $output, the mounts $after.
mounted() {
	local script=$1 as
	shift
	for as in "" "setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all"; do
		# shellcheck disable=SC2086 # words
		capture unshare -m sh -ec "cd '$T'; $script"'; exec "$@"' sh $as timeout 60 "$M" run "$@" "$T/r" \
			sh -c "$inside; cat /proc/self/mountinfo"
		check
	done
}

@test "view: what is mounted below the root comes along, private, nosuid and nodev" {
	needs_root
	needs_userns
	make_root "$T/r"
	let_users_in
	inside='echo kept >/root/deep/f; cat /root/deep/f'
	check() {
		[ "$status" -eq 0 ]
		[ "${lines[0]}" = kept ]
		[ "$(flags_of /root)" = rw,nosuid,nodev,relatime ]
		[ "$(flags_of /root/deep)" = rw,nosuid,nodev,noexec,relatime ]
		run ! grep -E 'shared:|master:' <<<"$output"
	}
	local script='mount --make-rshared /; mount -t tmpfs -o mode=755 none r/root; mkdir r/root/deep
		mount -t tmpfs -o mode=777,noexec none r/root/deep'
	mounted "$script"
	rmdir "$T/r/sys" # the top level is a tmpfs then
	mounted "$script"
}

@test "view: --read-only holds for what is mounted below the root too" {
	needs_root
	needs_userns
	make_root "$T/r"
	let_users_in
	inside='echo x >/root/deep/f; cat /root/deep/f'
	check() {
		[ "$status" -eq 0 ]
		[[ $stderr == *"/root/deep/f: Read-only file system"* ]]
		[ "$(flags_of /root/deep)" = ro,nosuid,nodev,relatime ]
	}
	mounted 'mount -t tmpfs none r/root; mkdir r/root/deep; mount -t tmpfs -o mode=777 none r/root/deep' --read-only
}

@test "view: of proc, sysfs and the like nothing comes along that could be written to" {
	needs_root
	needs_userns
	make_root "$T/r"
	let_users_in
	mkdir "$T/r/root/proc" "$T/r/root/a b" "$T/r/root/keep"
	echo below >"$T/r/root/keep/f"
	inside='echo x >/root/proc/sys/kernel/domainname; cat /root/keep/f'
	check() {
		[ "$status" -eq 0 ]
		[[ $stderr == *"/root/proc/sys/kernel/domainname: Read-only file system" ]]
		[ "${lines[0]}" = below ]
		[ "$(flags_of /root/proc)" = ro,nosuid,nodev,relatime ]
		[ "$(flags_of '/root/a\\040b')" = ro,nosuid,nodev,relatime ]
		[ "$(flags_of /root/keep)" = rw,nosuid,nodev,relatime ]
	}
	local script='mount -t proc proc r/root/proc; mount -t sysfs sysfs "r/root/a b"; mount --bind r/root/keep r/root/keep'
	mounted "$script"
	rmdir "$T/r/sys"
	mounted "$script"
}

@test "view: the mounts of a prepared chroot are not below the box's own" {
	needs_root
	make_root "$T/r"
	mkdir "$T/r/dev/pts"
	capture unshare -m sh -ec "cd '$T'; mount -t proc proc r/proc; mount --rbind /dev r/dev; mount --rbind /sys r/sys
		mount -t tmpfs none r/tmp; exec '$M' run '$T/r' sh -c 'cat /proc/self/mountinfo'"
	[ "$status" -eq 0 ]
	local want
	want=$(capture "$M" run "$T/r" sh -c 'cat /proc/self/mountinfo'; awk '{ print $5, $6 }' <<<"$output")
	diff <(awk '{ print $5, $6 }' <<<"$output") <(echo "$want")
}

@test "view: a file system below the root that answers nobody is no reason to wait" {
	needs_root
	[ -c /dev/fuse ] || skip_or_fail "there is no /dev/fuse here"
	make_root "$T/r"
	check() {
		# Nobody reads the other end; the mount ends with it.
		capture timeout 60 unshare -m sh -ec "exec 9<>/dev/fuse; cd '$T'
			mount -i -t fuse -o fd=9,rootmode=40000,user_id=0,group_id=0 none r/root
			timeout 20 '$M' run $* '$T/r' sh -c 'cat /proc/self/mountinfo'"
		[ "$status" -eq 0 ]
		[ "$(flags_of /root)" = rw,nosuid,nodev,relatime ]
	}
	check
	check -v "$T:/new" # the top level is a tmpfs then, and each folder is bound
	mkdir "$T/r/in"
	mv "$T/r/root" "$T/r/in/root"
	capture timeout 60 unshare -m sh -ec "exec 9<>/dev/fuse; cd '$T'
		mount -i -t fuse -o fd=9,rootmode=40000,user_id=0,group_id=0 none r/in/root
		timeout 20 '$M' run -v '$T:/in/new' '$T/r' sh -c 'cat /proc/self/mountinfo'"
	[ "$status" -eq 0 ]
	[ "$(flags_of /in/root)" = rw,nosuid,nodev,relatime ]
}

@test "view: who has FUSE's connections below the root cannot end them" {
	needs_root
	[ -c /dev/fuse ] || skip_or_fail "there is no /dev/fuse here"
	make_root "$T/r"
	capture unshare -m sh -ec "mount -t fusectl none '$T/r/root'; '$M' run '$T/r' cat /proc/self/mountinfo"
	[ "$status" -eq 0 ]
	[ "$(flags_of /root)" = ro,nosuid,nodev,relatime ]
}

@test "view: an overlay shows the folder below, not what is mounted on it" {
	needs_root
	make_root "$T/r"
	echo below >"$T/r/root/f"
	capture unshare -m sh -c "mount -t tmpfs none '$T/r/root' && exec '$M' run --ephemeral '$T/r' cat /root/f"
	says 0 below
}

@test "view: an overlay folder belongs to one box at a time" {
	"$M" run --overlay "$T/changes" "$ROOTS/full" sh -c 'echo up; sleep 20' >"$T/out" 3>&- &
	local pid=$!
	eventually grep -q up "$T/out"
	run_ --overlay "$T/changes" "$ROOTS/full" ls
	kill "$pid"
	wait "$pid" || :
	[ "$status" -eq 125 ]
	[ "$stderr" = "mkroot: error: the overlay folder '$T/changes' is in use" ]
}

@test "view: --save writes the root as it was in the end, with the command's status" {
	run_ --ephemeral --save "$T/new.tar" "$ROOTS/full" sh -c 'echo new >/saved; rm /etc/group; echo gone >/tmp/x; exit 4'
	[ "$status" -eq 4 ]
	diff <(cd "$ROOTS/full" && (find . -mindepth 1 -printf '%P\n' | grep -v '^etc/group$'; echo saved) | sort) \
		<(tar -tf "$T/new.tar" | sed 's,/$,,' | sort)
	run_ "$T/new.tar" cat /saved
	[ "$output" = new ]
	run_ --save "$T/again.tar" "$T/new.tar" sh -c 'echo more >/more'
	[ "$status" -eq 0 ]
	[ "$(tar -xOf "$T/again.tar" more saved)" = $'more\nnew' ]
	run_ --save "$T/folder" "$ROOTS/full" sh -c 'exit 3'
	[ "$status" -eq 3 ]
	diff -r "$ROOTS/full" "$T/folder"
}

@test "view: --save keeps hard links, modes, times, FIFOs and attributes" {
	needs getfattr setfattr
	cp -a "$ROOTS/full" "$T/jail"
	(cd "$T/jail/etc" && ln passwd second && mkfifo -m 640 pipe && chmod 4711 group && touch -d @1000000000 second)
	setfattr -n user.mine -v here "$T/jail/etc/group"
	run_ --save "$T/folder" "$T/jail" true-is-not-here
	[ "$status" -eq 127 ]
	[ ! -e "$T/folder" ]
	run_ --save "$T/folder" "$T/jail" sh -c :
	[ "$status" -eq 0 ]
	diff <(cd "$T/jail" && find . -mindepth 1 -printf '%p %y %m %U:%G %n %T@ %l\n' | sort) \
		<(cd "$T/folder" && find . -mindepth 1 -printf '%p %y %m %U:%G %n %T@ %l\n' | sort)
	[ "$T/folder/etc/passwd" -ef "$T/folder/etc/second" ]
	[ "$(getfattr --only-values -n user.mine "$T/folder/etc/group")" = here ]
}

@test "view: what --save cannot do is said before the command starts" {
	run_ --save "$T/x.unknown" "$ROOTS/full" sh -c 'echo started'
	[ "$status" -eq 125 ]
	[ -z "$output" ]
	run_ --save - "$ROOTS/full" sh -c 'echo started'
	[ "$status" -eq 125 ]
	[ -z "$output" ]
	run_ --save "bundle:$T/b" "$ROOTS/full" sh -c 'echo started'
	[ "$status" -eq 125 ]
	[ -z "$output" ]
	complains "--save writes no bundle"
	run_ --save "$ROOTS/one/../full/" --ephemeral "$ROOTS/full" sh -c 'echo started'
	[ "$status" -eq 125 ]
	[ -z "$output" ]
	[ "$stderr" = "mkroot: error: --save '$ROOTS/one/../full/' is the root that is run" ]
	run_ --save "$T/x.tar" "$ROOTS/full" nothing
	[ "$status" -eq 127 ]
	[ ! -e "$T/x.tar" ]
}

@test "view: --save of a folder with other ids: the owners that the box saw" {
	needs_root
	cp -a "$ROOTS/full" "$T/r"
	run_ --userns auto --save "$T/out.tar" "$T/r" sh -c 'echo a >/root/f; echo b >/root/g'
	is_quiet
	says 0
	chown 7:8 "$T/r/root/g"
	run_ --userns auto --save "$T/out.tar" "$T/r" stat -c %u:%g /root/f /root/g
	says 0 $'0:0\n7:8'
	[ "$(tar --numeric-owner -tvf "$T/out.tar" root/f root/g | awk '{ print $2 }')" = $'0/0\n7/8' ]
}

@test "view: --save as an ordinary user: the files are root's" {
	needs_userns
	let_users_in
	mkdir "$T/out"
	chmod 777 "$T/out"
	user_run --save "$T/out/x.tar" "$ROOTS/full.tar" sh -c 'echo x >/etc/mine'
	[ "$status" -eq 0 ]
	[[ $(tar -tvf "$T/out/x.tar" etc/mine) == *" 0/0 "* ]]
}

@test "view: --device shows the host's node, in /dev and elsewhere" {
	local mode
	mode=$(stat -c %a /dev/full)
	run_ --device /dev/full:/dev/other --device /dev/full:/tmp/deep/full --device /dev/null "$ROOTS/full" \
		sh -c 'stat -c "%F %t:%T %a" /dev/other /tmp/deep/full; for f in /dev/other /tmp/deep/full; do echo x >$f; done; echo x >/dev/null'
	[ "$output" = "character special file 1:7 $mode"$'\n'"character special file 1:7 $mode" ]
	[ "$(grep -c "No space left on device" <<<"$stderr")" -eq 2 ]
	needs_userns
	user_run --device /dev/full:/dev/other --device /dev/null "$ROOTS/full" sh -c 'stat -c "%F %t:%T" /dev/other; echo x >/dev/other'
	[ "$output" = "character special file 1:7" ]
	[[ $stderr == *"No space left on device"* ]]
}

@test "view: what docker hides of /proc and /sys is hidden" {
	run_ "$ROOTS/full" sh -c 'for f in interrupts keys timer_list kcore; do
			[ ! -e /proc/$f ] || stat -c "%F %t:%T" /proc/$f; done
		for d in /proc/acpi /proc/scsi /sys/firmware /sys/devices/virtual/powercap; do [ ! -d $d ] || ls -A $d; done
		echo x >/proc/interrupts'
	[ -n "$output" ]
	[ "$(sort -u <<<"$output")" = "character special file 1:3" ]
	[[ $stderr == *"Permission denied"* || $stderr == *"Read-only"* || -z $stderr ]]
}

@test "view: it stays hidden behind a /dev that is a volume, or has another null" {
	[ -e /proc/interrupts ] || skip_or_fail "no /proc/interrupts to hide"
	local options
	mkdir "$T/v"
	echo other >"$T/f"
	for options in "-v $T/v:/dev" "--tmpfs /dev" "-v $T/f:/dev/null"; do
		# shellcheck disable=SC2086 # two words
		run_ $options "$ROOTS/full" stat -c "%F %t:%T" /proc/interrupts
		is_quiet
		says 0 "character special file 1:3"
	done
	[ "$(cat "$T/f")" = other ]
}

@test "view: /dev/shm and mqueue are the box's own" {
	run_ "$ROOTS/full" cat /proc/self/mountinfo
	[[ $output == *" /dev/shm "*" - tmpfs "*"size=65536k"* ]]
	[[ $output == *" /dev/mqueue "*" - mqueue "* ]]
}

@test "view: a partly hidden /proc outside is named" {
	needs_root
	needs_userns
	[ -d /proc/acpi ] || [ -d /proc/fs ] || skip_or_fail "no folder of /proc to hide"
	local hide=/proc/fs
	[ ! -d /proc/acpi ] || hide=/proc/acpi
	local user="setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs --inh-caps=-all"
	capture unshare -m sh -c "mount -t tmpfs none $hide && exec $user '$M' run '$ROOTS/full' ls"
	# A kernel that gives a /proc of processes alone there is as good.
	if [ "$status" -ne 0 ]; then
		[ "$status" -eq 125 ]
		[ "$stderr" = "mkroot: error: cannot mount a fresh proc on '/proc': Operation not permitted
  cause: the /proc outside is partly hidden, as in a container: the kernel gives no whole one to a user namespace inside it" ]
	fi
}

@test "view: --user is looked up in the root, with its groups and home" {
	needs_root
	run_ -u app "$ROOTS/full" sh -c 'id; echo $HOME'
	[ "$output" = $'uid=7(app) gid=8(app) groups=8(app),30(extra)\n/home/app' ] ||
		[ "$output" = $'uid=7 gid=8 groups=8,30\n/home/app' ]
	run_ -u 7 "$ROOTS/full" sh -c 'id -u; id -G; echo $HOME'
	[ "$output" = $'7\n8 30\n/home/app' ]
	run_ -u app:0 "$ROOTS/full" sh -c 'id -u; id -G'
	[ "$output" = $'7\n0' ]
	run_ -u 123:extra -e HOME=/h "$ROOTS/full" sh -c 'id -u; id -G; echo $HOME'
	[ "$output" = $'123\n30\n/h' ]
	run_ -u app "$ROOTS/full.tar" id -u
	[ "$output" = 7 ]
	run_ -q --chroot -u app "$ROOTS/full" sh -c 'id -u; echo $HOME'
	[ "$output" = $'7\n/home/app' ]
}

@test "view: a user that the root does not know" {
	run_ -u nobody-here "$ROOTS/full" id
	[ "$status" -eq 125 ]
	[ "$stderr" = "mkroot: error: user 'nobody-here' is not in the root's /etc/passwd" ]
	run_ -u 0:none "$ROOTS/full" id
	[ "$stderr" = "mkroot: error: group 'none' is not in the root's /etc/group" ]
	local u
	for u in "" : 7: :7 a:b:c 4294967295; do
		run_ -u "$u" "$ROOTS/full" id
		[ "$status" -eq 125 ]
	done
}

@test "view: a passwd and a group that cannot be read are said to be there" {
	cp -r "$ROOTS/full" "$T/jail"
	local etc=$T/jail/etc
	rm -f "$etc/passwd" "$etc/group"
	mkfifo "$etc/passwd"
	run_ -u app "$T/jail" id
	[ "$status" -eq 125 ]
	[ "$stderr" = "mkroot: error: user 'app' cannot be looked up: the root's /etc/passwd is no regular file" ]
	rm "$etc/passwd"
	mkdir "$etc/passwd" "$etc/group"
	run_ -u app "$T/jail" id
	[ "$stderr" = "mkroot: error: user 'app' cannot be looked up: the root's /etc/passwd is a folder" ]
	run_ -u 0:app "$T/jail" id
	[ "$stderr" = "mkroot: error: group 'app' cannot be looked up: the root's /etc/group is a folder" ]
	rmdir "$etc/passwd"
	truncate -s 5M "$etc/passwd"
	run_ -u app "$T/jail" id
	[ "$stderr" = "mkroot: error: user 'app' cannot be looked up: the root's /etc/passwd is over 4 MiB long" ]
}

@test "view: more volumes than files may be open" {
	local i volumes=()
	mkdir "$T/v"
	for i in $(seq 80); do volumes+=(-v "$T/v:/mnt/$i"); done
	capture bash -c 'ulimit -n 64; exec "$@"' bash "$M" run "${volumes[@]}" "$ROOTS/full" true
	[ "$status" -eq 125 ]
	[ "$stderr" = "mkroot: error: the volume '$T/v' cannot be opened: Too many open files
  hint: allow more open files: ulimit -n 4096" ]
}

@test "view: a passwd that is a FIFO, a device or a link to the host is not read" {
	cp -r "$ROOTS/full" "$T/jail"
	rm "$T/jail/etc/passwd"
	mkfifo "$T/jail/etc/passwd"
	run_ -u app "$T/jail" id
	[ "$status" -eq 125 ]
	rm "$T/jail/etc/passwd"
	echo "app:x:5:5::/:" >"$T/outside"
	ln -s "$T/outside" "$T/jail/etc/passwd"
	run_ -u app "$T/jail" id
	[ "$status" -eq 125 ]
	rm "$T/jail/etc/passwd"
	ln -s /dev/zero "$T/jail/etc/passwd"
	run_ -u app "$T/jail" id
	[ "$status" -eq 125 ]
}

@test "view: one id has no other user, and says what would" {
	needs_userns
	user_run -u 7 "$ROOTS/full" id
	[ "$status" -eq 125 ]
	[ "$stderr" = "mkroot: error: there is no id 7:8 in the box's user namespace
  cause: an ordinary user has one id to give, and that is root inside; more come from newuidmap(1) and /etc/subuid" ]
}

@test "view: LANG is a locale that the root has" {
	run_ "$ROOTS/full" sh -c 'echo $LANG'
	[ "$output" = C ]
	cp -r "$ROOTS/full" "$T/jail"
	mkdir -p "$T/jail/usr/lib/locale/C.utf8"
	run_ "$T/jail" sh -c 'echo $LANG'
	[ "$output" = C.UTF-8 ]
	run_ -e LANG=de_DE "$T/jail" sh -c 'echo $LANG'
	[ "$output" = de_DE ]
}

@test "view: --userns auto: root inside is nobody outside" {
	needs_root
	mkdir "$T/v"
	cp -r "$ROOTS/full" "$T/jail"
	"$M" run --userns auto -v "$T/v:/new" "$T/jail" sh -c \
		'stat -c %u / /etc /new /tmp; cat /proc/self/uid_map; echo x >/etc/made; echo x >/new/made; echo ready; sleep 30' >"$T/out" 3>&- &
	local pid=$!
	eventually grep -q ready "$T/out"
	local inside outside
	local children
	read -ra children <"/proc/$pid/task/$pid/children" || : # it ends without a newline
	[ "${#children[@]}" -gt 0 ]
	for inside in "${children[@]}"; do
		outside=$(stat -c %u "/proc/$inside")
		[ "$outside" = "$(awk 'NR == 5 { print $2 }' "$T/out")" ]
		[ "$(awk '/^Uid:/ { print $2 }' "/proc/$inside/status")" -ge 524288 ]
	done
	kill "$pid"
	wait "$pid" || :
	[ "$(head -n 4 "$T/out" | sort -u)" = 0 ]
	# On the disk they are root's, as ROOT and the volume are.
	[ "$(stat -c %u "$T/jail/etc/made" "$T/v/made" | sort -u)" = 0 ]
}

@test "view: --userns auto with a tar, one file, an overlay, and what has no idmapped mounts" {
	needs_root
	run_ --userns auto "$ROOTS/full.tar" sh -c 'stat -c %u /etc /bin/bash; echo x >/etc/f && cat /etc/f'
	[ "$output" = $'0\n0\nx' ]
	run_ --userns auto "$ROOTS/one" /inmate look /dev/null
	[ "$status" -eq 0 ]
	run_ --userns auto --overlay "$T/changes" "$ROOTS/full" sh -c 'echo x >/etc/f; stat -c %u /etc/f'
	[ "$output" = 0 ]
	[ "$(stat -c %u "$T/changes/upper/etc/f")" = 0 ]
	run_ --userns auto -v /proc:/new "$ROOTS/full" ls
	[ "$status" -eq 125 ]
	[ "$stderr" = "mkroot: error: cannot show '/proc' with other owners: Invalid argument
  cause: its file system, or one mounted below it, cannot be mounted with other ids (an idmapped mount)" ]
}

@test "view: with other ids, too, no mount passes in or out where all are shared" {
	needs_root
	mkdir -p "$T/v/in"
	# shellcheck disable=SC2016  # $0 is for that shell
	capture unshare -m --propagation shared sh -c '"$0" run --userns auto --cap-add SYS_ADMIN \
		--security-opt seccomp=unconfined -v "$1/v:/mnt" "$2" sh -c "mount -t tmpfs secret /mnt/in; \
		cat /proc/self/mountinfo"; grep secret /proc/self/mountinfo; echo end' "$M" "$T" "$ROOTS/full"
	[ "$status" -eq 0 ]
	[ "$(grep -c 'secret' <<<"$output")" = 1 ]
	[ "$(grep -c ' /mnt .*idmapped' <<<"$output")" = 1 ]
	[ "${lines[-1]}" = end ]
	run ! grep -E 'shared:|master:' <<<"$output"
}

@test "view: --userns UID:GID:COUNT as root" {
	needs_root
	run_ --userns 300000:400000:9 "$ROOTS/full" sh -c 'while read -r m; do echo $m; done </proc/self/uid_map; while read -r m; do echo $m; done </proc/self/gid_map; stat -c %u:%g /'
	[ "$output" = $'0 300000 9\n0 400000 9\n0:0' ]
	run_ --userns 300000:400000:9 -u 9 "$ROOTS/full" id
	[ "$stderr" = "mkroot: error: there is no id 9:0 in the box's user namespace" ]
	local u
	for u in x 1:2 1:2:0 1:2:3:4 -1:2:3 4294967295:0:1 4294967294:0:5; do
		run_ --userns "$u" "$ROOTS/full" ls
		[ "$status" -eq 125 ]
	done
	run_ --userns host "$ROOTS/full" readlink /proc/self/ns/user
	[ "$output" = "$(readlink /proc/self/ns/user)" ]
}

# In a mount namespace of the test's own: /etc/subuid of this machine is not touched.
with_subids() {
	printf '%s\n' "$1" >"$T/subid"
	shift
	chmod 644 "$T/subid"
	let_users_in
	capture unshare -m sh -c 'mount --bind "$1" /etc/subuid && mount --bind "$1" /etc/subgid || exit 77
		shift; exec setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all env HOME=/nonexistent "$@"' \
		sh "$T/subid" timeout 60 "$M" run "$@"
}

needs_subids() {
	needs_root
	needs_userns
	needs newuidmap newgidmap
	if [ ! -f /etc/subuid ] || [ ! -f /etc/subgid ]; then
		skip_or_fail "no /etc/subuid to mount one's own on"
	fi
}

@test "view: a user with subuids has them, and files of every owner" {
	needs_subids
	with_subids 65534:200000:70000 "$ROOTS/full" sh -c \
		'while read -r m; do echo $m; done </proc/self/uid_map; while read -r m; do echo $m; done </proc/self/gid_map; id -u'
	[ "$status" -eq 0 ]
	[ "$output" = $'0 65534 1\n1 200000 70000\n0 65534 1\n1 200000 70000\n0' ]
	with_subids 65534:200000:70000 -u app "$ROOTS/full.tar" sh -c 'id -u; id -G; stat -c %u /etc'
	[ "$output" = $'7\n8 30\n0' ]
	with_subids 65534:200000:70000 -u 70001 "$ROOTS/full" id
	[ "$status" -eq 125 ]
}

@test "view: ids that /etc/subuid does not give" {
	needs_subids
	with_subids 65534:200000:70000 --userns 100:100:10 "$ROOTS/full" ls
	[ "$status" -eq 125 ]
	[[ $stderr == *"gives the ids 100..109 to no namespace of yours
  hint: --userns 65534:65534:1 makes do with your own id" ]]
	with_subids 65534:200000:70000 --userns 65534:65534:1 "$ROOTS/full" sh -c 'while read -r m; do echo $m; done </proc/self/uid_map'
	[ "$output" = "0 65534 1" ]
}

@test "view: a user cannot do without a user namespace" {
	needs_userns
	user_run --userns host "$ROOTS/full" ls
	[ "$status" -eq 125 ]
	[ "$stderr" = "mkroot: error: only root can do without a user namespace (--userns host)" ]
}

@test "view: --chroot has none of it" {
	needs_root
	local o
	for o in --read-only --ephemeral "--tmpfs /x" "-v /etc:/x" "--network host" "--save x.tar"; do
		# shellcheck disable=SC2086 # an option and its argument
		run_ -q --chroot $o "$ROOTS/full" ls
		[ "$status" -eq 125 ]
		[[ $stderr == "mkroot: error: --chroot and --"*" do not go together" ]]
	done
}

# clocks_at MONOTONIC BOOTTIME: what the command saw, less what the clocks say here, to ten seconds.
clocks_at() {
	local here there
	read -ra here < <("$INMATE" clocks)
	read -ra there <<<"$output"
	[ "$status" -eq 0 ]
	[ $(((there[0] - here[0] - $1) / 10)) -eq 0 ]
	[ $(((there[1] - here[1] - $2) / 10)) -eq 0 ]
}

@test "view: --time-offset gives the box clocks of its own" {
	[ -e /proc/self/ns/time ] || skip_or_fail "no time namespaces here"
	one_file "$T/one"
	run_ "$T/one" /inmate clocks
	clocks_at 0 0
	if [ "$(id -u)" -eq 0 ]; then
		run_ --time-offset monotonic=1000000,boottime=2000000 "$T/one" /inmate clocks
		clocks_at 1000000 2000000
		run_ --userns auto --time-offset monotonic=-5,boottime=3000 "$T/one" /inmate clocks
		clocks_at -5 3000
		run_ --time-offset boottime=2000000 "$ROOTS/full" sh -c 'read -r up _ </proc/uptime; echo ${up%.*}; readlink /proc/self/ns/time /proc/self/ns/time_for_children'
		[ "${lines[0]}" -ge 2000000 ]
		[ "${lines[1]}" = "${lines[2]}" ]
		[ "${lines[1]}" != "$(readlink /proc/self/ns/time)" ]
	fi
	needs_userns
	let_users_in
	M=$USER_MKROOT user_run --time-offset boottime=2000000 "$T/one" /inmate clocks
	clocks_at 0 2000000
}

@test "view: clocks that --time-offset cannot set" {
	local words
	for words in "" monotonic monotonic= monotonic=x "monotonic=1," realtime=5 boottime=1.5 boottime=99999999999 monotonic=1=2; do
		run_ --time-offset "$words" "$ROOTS/full" true
		[ "$status" -eq 125 ]
		[ "$stderr" = "mkroot: error: option '--time-offset' takes monotonic=SECONDS,boottime=SECONDS, not '$words'" ]
	done
	[ -e /proc/self/ns/time ] || skip_or_fail "no time namespaces here"
	run_ --time-offset boottime=-9000000000 "$ROOTS/full" true
	[ "$status" -eq 125 ]
	[ "$stderr" = "mkroot: error: --time-offset puts a clock below zero, or beyond 146 years" ]
	needs_root
	run_ --chroot --time-offset boottime=1 "$ROOTS/full" true
	[ "$status" -eq 125 ]
	[[ $stderr == *"--chroot and --time-offset do not go together" ]]
}
