#!/usr/bin/env bats
# mkroot trace: what a command used, and nothing else; the command itself notices nothing.
# shellcheck disable=SC2016 # what is quoted expands in the traced shell

load lib
: "${stderr=}" # set by run --separate-stderr
: "${TOUCHER:?}"

set_up() {
	unset TMPDIR
	export HOME=/nonexistent
	# Where no file of a home folder lies; bats' folder may be in one.
	W=$(mktemp -d /tmp/mkroot-e2e-trace-XXXXXX)
	chmod 755 "$W"
	cp "$TOUCHER" "$W/t"
	cp "$MKROOT" "$W/mkroot"
	chmod 755 "$W/t" "$W/mkroot"
	cd "$W" || return 1
	echo one >file
	echo two >other
	ln -s file link
	ln -s nowhere dangling
	mkdir -p dir/sub empty
	echo three >dir/sub/file
}

teardown() {
	cd /
	rm -rf "$W"
}

# Sets what bats' own run does; that one takes 127 for a mistake in the test.
capture() {
	status=0
	output=$("$@" 2>"$BATS_TEST_TMPDIR/.stderr") || status=$?
	stderr=$(cat "$BATS_TEST_TMPDIR/.stderr")
}

# uses ARG... : the toucher, traced. $uses: what the list says beside the toucher itself, $W written
# as @.
uses() {
	capture timeout 60 "$MKROOT" trace -q --save "$BATS_TEST_TMPDIR/list" -- "$W/t" "$@"
	[[ $stderr != *Sanitizer* && $stderr != *"runtime error:"* ]]
	uses=$(without_toucher <"$BATS_TEST_TMPDIR/list")
}

without_toucher() {
	[ "$(head -n 1 "$BATS_TEST_TMPDIR/list")" = "mkroot trace 1" ]
	tail -n +2 | sed "s|$W|@|g" | grep -vxE 'executed @/t' || :
}

# touched EXPECTED ARG...: it worked, and used just that.
touched() {
	local want=$1
	shift
	uses "$@"
	[ "$status" -eq 0 ] || {
		printf '%s: status %s: %s\n' "$*" "$status" "$stderr" >&2
		return 1
	}
	[ "$uses" = "$want" ] || {
		diff -u --label expected --label actual <(echo "$want") <(echo "$uses") >&2
		return 1
	}
}

@test "trace: a file that is opened, by each call there is" {
	local word
	for word in open old-open openat2 int80 edge; do
		touched 'opened @/file' "$word" "$W/file"
	done
}

@test "trace: a file that is looked at" {
	local word
	for word in stat statx access faccessat2; do
		touched 'looked @/link' "$word" "$W/link"
	done
}

@test "trace: a link that is looked at is not what it leads to" {
	touched 'link @/link' lstat "$W/link"
	touched 'link @/link' readlink "$W/link"
	touched 'link @/dangling' lstat "$W/dangling"
	touched 'looked @/dir/sub' lstat "$W/dir/sub/"
}

@test "trace: a folder that is listed or looked at" {
	touched 'looked @/dir' list "$W/dir"
	touched 'looked @/empty' stat "$W/empty"
}

@test "trace: a relative path begins where the process stands" {
	touched 'opened @/file' open file
	touched $'looked @/dir\nopened @/dir/sub/file' enter "$W/dir" sub/file
	touched $'looked @/dir/sub\nopened @/dir/sub/../../file' enter-fd dir/sub ../../file
	touched $'looked @/dir\nopened @/dir/sub/file' below "$W/dir" sub/file
}

@test "trace: below a chroot(2) the path is the one outside" {
	needs_root
	touched $'looked @/dir\nlooked @/dir\nopened @/dir/sub/file' chroot "$W/dir" /sub/file ||
		touched $'looked @/dir\nopened @/dir/sub/file' chroot "$W/dir" /sub/file
}

@test "trace: threads and children, however they are made" {
	local word
	for word in thread fork clone3; do
		touched 'opened @/file' "$word" "$W/file"
	done
	cp t t2
	touched $'opened @/file\nexecuted @/t2' vfork "$W/t2" open "$W/file"
	touched $'opened @/file\nexecuted @/t2' exec-fd "$W/t2" open "$W/file"
}

@test "trace: a 32-bit program" {
	cat >i386.c <<-'EOF'
		void _start(void)
		{
			long r;
			__asm__ volatile("int $0x80" : "=a"(r) : "a"(5), "b"("file"), "c"(0), "d"(0) : "memory");
			__asm__ volatile("int $0x80" : : "a"(1), "b"(r < 0));
		}
	EOF
	gcc -m32 -static -nostdlib -fno-pie -no-pie -fno-stack-protector -o i386 i386.c || skip_or_fail "no gcc -m32"
	./i386 || skip_or_fail "this kernel runs no i386 programs"
	capture "$MKROOT" trace -q --save list -- "$W/i386"
	[ "$status" -eq 0 ]
	[ "$(sed "s|$W|@|g" list)" = $'mkroot trace 1\nopened @/file\nexecuted @/i386' ]
}

@test "trace: a call that fails leaves nothing" {
	local word
	for word in open openat2 int80 stat lstat access readlink list; do
		uses "$word" "$W/absent"
		[ "$status" -eq 1 ]
		[ "$uses" = "" ]
	done
	uses stat "$W/file/x"
	[ "$uses" = "" ]
	uses open "$W/dangling"
	[ "$uses" = "" ]
}

@test "trace: a file that is closed to the one who asked leaves nothing" {
	needs_root
	mkdir closed
	echo x >closed/in
	echo x >secret
	chmod 700 closed
	chmod 600 secret
	touched '' as 65534 "$W/closed/in"
	touched '' as 65534 "$W/secret"
	touched 'opened @/file' as 65534 "$W/file"
	touched 'opened @/secret' open "$W/secret"
}

@test "trace: what the command made is not input; the folder it was made in is" {
	touched 'looked @/empty' create "$W/empty/new"
	touched 'looked @/empty' excl "$W/empty/new2"
	touched 'looked @/empty' append "$W/empty/new3"
	cp file moved
	touched 'looked @' rename "$W/moved" "$W/after"
	"$MKROOT" trace --verbose --save list -- "$W/t" create "$W/empty/new4" 2>said
	grep -qxF "mkroot: left out: $W/empty/new4 (made by the command)" said
}

@test "trace: what was there before is input though the command modified it; a log is not" {
	touched 'opened @/file' modify "$W/file"
	touched 'opened @/file' create "$W/file"
	touched 'looked @/dir' append "$W/dir/log"
	touched 'looked @/dir' append "$W/dir/log"
}

@test "trace: an O_EXCL open that fails leaves the file, and nothing else" {
	uses excl "$W/file"
	[ "$status" -eq 1 ]
	[ "$uses" = "looked @" ]
}

@test "trace: /proc, /sys, /dev and files of /run are never taken, and are told" {
	# a static glibc looks at /proc/self/exe as it starts
	capture "$MKROOT" trace --save list -- "$W/t" open /proc/self/status
	[ "$stderr" = "mkroot: left out: 2 below /proc, /sys, /dev or /run (--verbose names them)" ]
	capture "$MKROOT" trace --verbose --save list -- "$W/t" open /dev/null
	[ "$stderr" = "mkroot: left out: /dev/null (below /proc, /sys, /dev or /run)
mkroot: left out: /proc/self/exe (below /proc, /sys, /dev or /run)
mkroot: left out: 2 below /proc, /sys, /dev or /run" ]
	capture "$MKROOT" trace -q --save list -- "$W/t" open /dev/null
	[ -z "$stderr" ]
	[ "$(sed "s|$W|@|g" list)" = $'mkroot trace 1\nexecuted @/t' ]
}

@test "trace: of a folder below /run the folder alone" {
	needs_root
	mkdir /run/mkroot-test.$$
	touch /run/mkroot-test.$$/pid
	uses stat "/run/mkroot-test.$$"
	uses2=$uses
	uses stat "/run/mkroot-test.$$/pid"
	rm -r /run/mkroot-test.$$
	[ "$uses2" = "looked /run/mkroot-test.$$" ]
	[ "$uses" = "" ]
}

@test "trace: keys and tokens stay, also from somebody's list" {
	mkdir .ssh
	echo key >.ssh/config
	echo key >.netrc
	touched '' open "$W/.ssh/config"
	touched '' open "$W/.netrc"
	ln -s .netrc innocent
	touched '' open "$W/innocent"
	printf 'mkroot trace 1\nopened %s/.netrc\n' "$W" >evil
	capture "$MKROOT" trace --add evil --save list -- "$W/t" open "$W/file"
	[ "$(sed "s|$W|@|g" list)" = $'mkroot trace 1\nopened @/file\nexecuted @/t' ]
	[[ $stderr == *"1 keys or tokens"* ]]
}

@test "trace: a home folder stays, unless --home" {
	mkdir home
	echo x >home/.rc
	export HOME=$W/home
	touched '' open "$W/home/.rc"
	capture "$MKROOT" trace --home --save list -- "$W/t" open "$W/home/.rc"
	[ "$(sed "s|$W|@|g" list)" = $'mkroot trace 1\nopened @/home/.rc\nexecuted @/t' ]
}

@test "trace: sockets and FIFOs stay" {
	mkfifo pipe
	touched '' stat "$W/pipe"
}

@test "trace: passwords stay: a shadow file without them is made" {
	needs_root
	[ -e /etc/shadow ] || skip "no shadow file here"
	capture "$MKROOT" trace -q -o root/ -- "$W/t" open /etc/shadow
	[ "$status" -eq 0 ]
	[ "$(cut -d: -f1 root/etc/shadow)" = "$(cut -d: -f1 /etc/passwd)" ]
	[ "$(cut -d: -f2 root/etc/shadow | sort -u)" = '*' ]
	[ "$(stat -c '%a %u %g' root/etc/shadow)" = "$(stat -c '%a %u %g' /etc/shadow)" ]
}

@test "trace: the output is not taken into itself" {
	mkdir root
	echo x >root/x
	capture "$MKROOT" trace --verbose -o root/ -- "$W/t" open "$W/root/x"
	[ "$status" -eq 0 ]
	[ ! -e "root/$W/root" ]
	[[ $stderr == *"left out: $W/root/x (of the output)"* ]]
}

@test "trace: the exit status is the command's" {
	local n
	for n in 0 1 7 125 255; do
		uses exit "$n"
		[ "$status" -eq "$n" ]
	done
	for n in 1 9 13 15; do
		uses kill "$n"
		[ "$status" -eq $((128 + n)) ]
	done
}

@test "trace: 127 when there is no such command, 126 when it cannot be executed, 125 for ourselves" {
	capture "$MKROOT" trace --save list -- no-such-command
	[ "$status" -eq 127 ]
	[ "$stderr" = "mkroot: error: 'no-such-command' not found in PATH" ]
	capture "$MKROOT" trace --save list -- ./absent
	[ "$status" -eq 127 ]
	[ "$stderr" = "mkroot: error: cannot execute './absent': No such file or directory" ]
	capture "$MKROOT" trace --save list -- ./file
	[ "$status" -eq 126 ]
	[ "$stderr" = "mkroot: error: cannot execute './file': Permission denied" ]
	capture "$MKROOT" trace --save list -- ./dir
	[ "$status" -eq 126 ]
	printf '#!/no/such/program\n' >script
	chmod +x script
	capture "$MKROOT" trace --save list -- ./script
	[ "$status" -eq 127 ]
	[[ $stderr == *"cause: it is there, but the program that runs it is not"* ]]
	[ ! -e list ]
	capture "$MKROOT" trace -o root.tar
	[ "$status" -eq 125 ]
	capture "$MKROOT" trace -o root.tar --nonsense
	[ "$status" -eq 125 ]
}

@test "trace: nothing is run when the output or a list is no good" {
	capture "$MKROOT" trace -o root.rar -- touch ran
	[ "$status" -eq 125 ]
	capture "$MKROOT" trace -o gone/root.tar -- touch ran
	[ "$status" -eq 125 ]
	capture "$MKROOT" trace -o - -- touch ran
	[ "$status" -eq 125 ]
	capture "$MKROOT" trace -S "$W" -o root.tar -- touch ran
	[ "$status" -eq 125 ]
	capture "$MKROOT" trace --add file -o root.tar -- touch ran
	[ "$status" -eq 125 ]
	[ "$stderr" = "mkroot: error: the list 'file': line 1 is not 'mkroot trace 1'" ]
	capture "$MKROOT" trace --add absent -o root.tar -- touch ran
	[ "$status" -eq 125 ]
	[ ! -e ran ]
	[ ! -e root.tar ]
}

@test "trace: what comes out works alone, scripts and what they run included" {
	needs_root
	printf '#!/bin/sh\nexec cat %s/file\n' "$W" >script
	chmod +x script
	capture "$MKROOT" trace -q -o root/ -- "$W/script"
	[ "$output" = one ]
	[ "$(chroot root "$W/script")" = one ]
	cmp file "root/$W/file"
	[ ! -e "root/$W/other" ]
	run ! chroot root /bin/ls
}

@test "trace: the list of one run is added to another one's" {
	capture "$MKROOT" trace -q --save one -- "$W/t" open "$W/file"
	capture "$MKROOT" trace -q --add one --save two -- "$W/t" stat "$W/other"
	[ "$(sed "s|$W|@|g" two)" = $'mkroot trace 1\nopened @/file\nlooked @/other\nexecuted @/t' ]
	rm file
	capture "$MKROOT" trace -q --add one --save three -- "$W/t" stat "$W/other"
	[ "$(sed "s|$W|@|g" three)" = $'mkroot trace 1\nlooked @/other\nexecuted @/t' ]
}

@test "trace: a name with any byte comes through the list" {
	local name=$'a\nb\\\t\xff x'
	echo x >"$name"
	"$MKROOT" trace -q --save list -- "$W/t" open "$W/$name"
	rm -r root || :
	"$MKROOT" trace -q --add list -o root/ -- "$W/t" exit 0
	[ "$(cat "root/$W/$name")" = x ]
}

@test "trace: a list is whole or absent" {
	mkdir closed
	uses exit 0
	capture "$MKROOT" trace -q --save closed/x/list -- "$W/t" exit 0
	[ "$status" -eq 125 ]
	echo old >list
	capture "$MKROOT" trace -q --save list -o gone/root.tar -- "$W/t" exit 0
	[ "$(cat list)" = old ]
	capture "$MKROOT" trace -q --save - -- "$W/t" exit 0
	[ "$output" = "mkroot trace 1"$'\n'"executed $W/t" ]
}

@test "trace: what is missing fails, and nothing is written" {
	capture "$MKROOT" trace -q -o root/ -i /no/such/file -- "$W/t" exit 0
	[ "$status" -eq 125 ]
	[ ! -e root ]
}

@test "trace: descriptors, signal mask and process group are the caller's" {
	local alone
	alone=$("$W/t" self </dev/null 2>&1)
	[ "$("$MKROOT" trace -q --save list -- "$W/t" self </dev/null 2>&1)" = "$alone" ]
	[ "$(trap '' CHLD; "$MKROOT" trace -q --save list -- "$W/t" self </dev/null 2>&1)" = "${alone/CHLD default/CHLD ignored}" ]
}

@test "trace: standard input and the environment are the command's" {
	[ "$(printf 'a\nb\n' | X=7 "$MKROOT" trace -q --save list -- sh -c 'read x; echo "$x $X"; cat')" = $'a 7\nb' ]
}

@test "trace: a signal to mkroot goes to the command" {
	"$MKROOT" trace -q --save list -- bash -c 'trap "echo got; exit 3" TERM; echo ready; while :; do sleep 0.1; done' >said &
	local pid=$! i
	for ((i = 0; i < 100; i++)); do
		! grep -q ready said || break
		sleep 0.1
	done
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	[ "$status" -eq 3 ]
	[ "$(cat said)" = $'ready\ngot' ]
	[ "$(head -n 1 list)" = "mkroot trace 1" ]
}

@test "trace: a stopped command stops mkroot, and both go on" {
	"$MKROOT" trace -q --save list -- bash -c 'echo ready; kill -STOP $$; echo on; exit 4' >said &
	local pid=$! i state=
	for ((i = 0; i < 100; i++)); do
		state=$(sed 's/.*) //' "/proc/$pid/stat" | cut -c1)
		[ "$state" != T ] || break
		sleep 0.1
	done
	[ "$state" = T ]
	[ "$(cat said)" = ready ]
	kill -CONT "$pid"
	status=0
	wait "$pid" || status=$?
	[ "$status" -eq 4 ]
	[ "$(cat said)" = $'ready\non' ]
}

@test "trace: Ctrl-C on the terminal is the command's to answer" {
	needs script
	# The shell around it has Ctrl-C as well, and its own mind about it: it has to live on.
	cat >inner <<-EOF
		trap : INT
		"$MKROOT" trace -q --save list -- bash -c 'trap "echo got; exit 5" INT; echo ready; read x'
		echo "status \$?"
	EOF
	{
		for ((i = 0; i < 100; i++)); do
			! grep -q ready typescript 2>/dev/null || break
			sleep 0.1
		done
		printf '\003'
		sleep 1
	} | timeout 30 script -qfec "exec bash $W/inner" typescript >/dev/null
	[ "$(grep -cx $'got\r' <(sed 's/\^C//' typescript))" -eq 1 ]
	grep -q 'status 5' typescript
}

@test "trace: stat(2) is not interrupted by signals whose handler restarts calls" {
	uses alarms "$W/file"
	[ "$status" -eq 0 ]
}

@test "trace: what the command left running lives on and works, and holds nothing" {
	local out
	out=$(timeout 20 "$MKROOT" trace -q --save list -- "$W/t" daemon "$W/go" "$W/file" "$W/copy")
	[ -z "$out" ]
	[ "$(sed "s|$W|@|g" list)" = $'mkroot trace 1\nexecuted @/t' ]
	pgrep -f "$W/t daemon" >pids
	touch go
	local i
	for ((i = 0; i < 100; i++)); do
		[ ! -s copy ] || break
		sleep 0.1
	done
	[ "$(cat copy)" = one ]
	for ((i = 0; i < 100; i++)); do
		pgrep -f "$W/t daemon" >/dev/null || break
		sleep 0.1
	done
	run ! pgrep -f "$W/t daemon"
}

@test "trace: a tracer that is killed leaves the command unharmed" {
	"$MKROOT" trace -q --save list -- sh -c "echo \$\$ >pid; while [ ! -e $W/go ]; do sleep 0.1; done; cat $W/file >$W/copy" &
	local pid=$! i
	for ((i = 0; i < 100; i++)); do
		[ ! -s pid ] || break
		sleep 0.1
	done
	kill -KILL "$pid"
	wait "$pid" || :
	touch go
	for ((i = 0; i < 100; i++)); do
		[ ! -s copy ] || break
		sleep 0.1
	done
	[ "$(cat copy)" = one ]
}

@test "trace: no process of ours stays behind" {
	uses exit 0
	local i
	for ((i = 0; i < 50; i++)); do
		pgrep -x mkroot-guard >guards || break
		# another test's may be at work beside this one
		xargs -r -n 1 -I{} readlink /proc/{}/exe <guards 2>/dev/null | grep -qF "$MKROOT" || break
		sleep 0.1
	done
	[ "$i" -lt 50 ]
}

@test "trace: a debugger works inside" {
	needs strace
	capture "$MKROOT" trace -q --save list -- strace -f -o log -e trace=openat "$W/t" open "$W/file"
	[ "$status" -eq 0 ] || skip_or_fail "strace does not work here"
	grep -qF "$W/file" log
	grep -qxF "opened $W/file" list
}

@test "trace: a set-user-ID program keeps its powers when root traces" {
	needs_root
	cp /usr/bin/id "$W/id"
	chmod 4755 "$W/id"
	capture "$MKROOT" trace -q --save list -- setpriv --reuid=65534 --regid=65534 --clear-groups "$W/id" -u
	[ "$output" = "$(setpriv --reuid=65534 --regid=65534 --clear-groups "$W/id" -u)" ]
	[ "$output" = 0 ]
}

@test "trace: an ordinary user; set-user-ID programs lose their powers, which is said" {
	needs_root
	cp /usr/bin/id "$W/id"
	chmod 4755 "$W/id"
	chmod 777 "$W"
	capture as_user "$W/mkroot" trace --save list -- "$W/id" -u
	[ "$output" = 65534 ]
	[[ $stderr == *"mkroot: warning: $W/id ran without its set-ID bits or capabilities"* ]]
	grep -qxF "executed $W/id" list
	capture as_user "$W/mkroot" trace --save list2 -- "$W/t" open "$W/file"
	[ "$status" -eq 0 ]
	[[ $stderr != *warning* ]]
	[ "$(sed "s|$W|@|g" list2)" = $'mkroot trace 1\nopened @/file\nexecuted @/t' ]
}

@test "trace: what an ordinary user could not open is neither taken nor told" {
	needs_root
	echo x >secret
	chmod 600 secret
	chmod 777 "$W"
	capture as_user "$W/mkroot" trace --save list -- "$W/t" open "$W/secret"
	[ "$status" -eq 1 ]
	[ "$(sed "s|$W|@|g" list)" = $'mkroot trace 1\nexecuted @/t' ]
	capture as_user "$W/mkroot" trace --verbose --save list -- "$W/t" open /etc/shadow
	[[ $stderr != *shadow* ]]
}

@test "trace: inside a trace there is no other one, and that is said" {
	capture "$MKROOT" trace -q --save one -- "$MKROOT" trace -q --save two -- "$W/t" exit 0
	[ "$status" -eq 125 ]
	[[ $stderr == *"cause: somebody is told of calls here already"* ]]
}

@test "trace: agrees with strace about a program with libraries, locales and children" {
	needs strace
	cat >both <<-'EOF'
		ls -lR /etc/alternatives >/dev/null; sort /etc/passwd | head -n 1; find /usr/share/zoneinfo -maxdepth 1 | wc -l
	EOF
	strace -f -qq -y -o log -e signal=none -e trace=openat,open,execve sh ./both >/dev/null
	"$MKROOT" trace -q --save list -- sh ./both >/dev/null
	# what strace saw to succeed and to exist still, by its real name: files, not folders
	grep -vE '= -1 |unfinished' log | grep -oE '= [0-9]+<[^>]+>' | sed -E 's/^[^<]*<(.*)>$/\1/' | sort -u |
		grep -vE '^/(proc|sys|dev|run)/' | while read -r path; do [ ! -f "$path" ] || echo "$path"; done >theirs
	sed -nE 's/^opened //p' list | xargs -r realpath | sort -u >ours
	diff theirs ours
}
