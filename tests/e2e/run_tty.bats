# shellcheck shell=bash disable=SC2016 # what runs inside the root, or is Tcl, expands there
# `mkroot run` on a terminal. expect(1) makes one, types and looks.
load lib
load roots

setup_file() {
	ROOTS=$(mktemp -d /tmp/mkroot-e2e-tty-XXXXXX)
	export ROOTS
	chmod 755 "$ROOTS"
	make_root "$ROOTS/full"
	with_programs "$ROOTS/full" tty stty head wc
	cp "$INMATE" "$ROOTS/full/inmate"
	one_file "$ROOTS/one"
	cp "$MKROOT" "$ROOTS/mkroot" # an ordinary user may not reach the build folder
	chmod 755 "$ROOTS/mkroot"
}

teardown_file() {
	rm -rf "$ROOTS"
}

set_up() {
	export M=$ROOTS/mkroot TERM=dumb MARK=44.$$$RANDOM
	needs expect
	# end SIGNAL [N]: for the process with the lowest number of those that have $MARK as an argument,
	# once there are N.
	printf '%s' "$MARK" >"$T/mark"
	cat >"$T/end" <<END
for i in \$(seq 200); do
	found=\$(grep -lzsxF -f "$T/mark" /proc/[0-9]*/cmdline | cut -d/ -f3 | sort -n)
	[ "\$(echo "\$found" | grep -c .)" -lt "\${2-0}" ] || break
	sleep 0.1
done
echo "\$found" | head -n 1 | xargs -r kill -s "\$1"
END
}

# types SCRIPT: Tcl for expect(1), in which `see PATTERN` waits for a text, as long as it takes, `press KEYS
# PATTERN` types until it is seen, and `status` is that of the program that was spawned. A key that is a
# signal is for who is in the foreground at that moment: a command has that and is itself when it has
# said something, as /inmate sizes does, and a shell that starts programs is now the one, now the other. Its dialogue is shown when it fails.
types() {
	# Not by -c: an error of Tcl would be a success.
	cat >"$T/dialogue.exp" <<'END'
		set timeout 20
		log_user 0
		set dialogue ""
		set expect_out(buffer) ""
		proc see {pattern} {
			global expect_out dialogue
			expect {
				-re $pattern { append dialogue $expect_out(buffer) }
				timeout { puts stderr "no <$pattern> in <$expect_out(buffer)> after <$dialogue>"; exit 1 }
				eof { puts stderr "ended before <$pattern> with <$expect_out(buffer)>, after <$dialogue>"; exit 1 }
			}
		}
		proc press {keys pattern} {
			global expect_out dialogue
			for {set i 0} {$i < 40} {incr i} {
				send -- $keys
				expect {
					-timeout 1 -re $pattern { append dialogue $expect_out(buffer); return }
					timeout {}
					eof { break }
				}
			}
			puts stderr "no <$pattern> after <$dialogue>"
			exit 1
		}
		proc status {} {
			global spawn_id
			expect eof {} timeout { puts stderr "does not end"; exit 1 }
			return [lindex [wait] 3]
		}
		proc is {what wanted} { if {$what ne $wanted} { puts stderr "<$what>, not <$wanted>"; exit 1 } }
		set M $env(M)
		set full $env(ROOTS)/full
END
	printf '%s\n' "$1" >>"$T/dialogue.exp"
	capture timeout 120 expect -f "$T/dialogue.exp"
	printf '%s\n' "$stderr" >&2
	[ "$status" -eq 0 ]
}

@test "run, tty: a terminal of the box' own, as the caller's is" {
	types '
		set stty_init "rows 33 columns 101 -ixon"
		spawn $M run $full bash -c {tty; stty size; stty -a; [ -t 1 ] && [ -t 2 ] && echo all; echo $TERM; ls /dev/pts; echo here >/dev/tty}
		see "/dev/pts/0\r\n33 101\r\n"
		see " -ixon "
		see "all\r\ndumb\r\n0 +ptmx\r\nhere\r\n"
		is [status] 0'
}

@test "run, tty: an ordinary user, and a user of the root" {
	needs_userns
	needs_root
	types '
		spawn setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all $M run $full bash -c {tty; stat -c %u:%a /dev/pts/0 /dev/console; echo x >/dev/pts/0; echo y >/dev/console}
		see "/dev/pts/0\r\n0:620\r\n0:620\r\nx\r\ny\r\n"
		is [status] 0
		spawn $M run -u 1000:1000 --cap-drop ALL $full bash -c {tty; stat -c %u:%a /dev/pts/0 /dev/console; echo x >/dev/pts/0; echo y >/dev/console}
		see "/dev/pts/0\r\n1000:620\r\n1000:620\r\nx\r\ny\r\n"
		is [status] 0'
}

@test "run, tty: /dev/console is the box' terminal, and is not there without one" {
	mkdir -p "$T/evil/dev"
	cp -a "$ROOTS/full/." "$T/evil/"
	ln -s ../root/secret "$T/evil/dev/console"
	echo kept >"$T/evil/root/secret"
	types '
		spawn $M run '"$T"'/evil bash -c {stat -c "%t:%T %u" /dev/console; tty </dev/console; stty size </dev/console; echo said >/dev/console}
		see "88:0 0\r\n/dev/console\r\n\\d+ \\d+\r\nsaid\r\n"
		is [status] 0
		spawn $M run -v $env(ROOTS)/one/inmate:/dev/console $full bash -c {stat -c %F /dev/console}
		see "regular file\r\n"
		is [status] 0'
	[ "$(cat "$T/evil/root/secret")" = kept ]
	run_ "$ROOTS/full" bash -c '[ ! -e /dev/console ]' </dev/null
	[ "$status" -eq 0 ]
}

@test "run, tty: the window's size follows" {
	types '
		set stty_init "rows 20 columns 40"
		spawn $M run $full /inmate sizes
		see "size 20 40\r\n"
		stty rows 50 columns 132 < $spawn_out(slave,name)
		see "size 50 132\r\n"
		send "\003"
		is [status] 130'
}

@test "run, tty: Ctrl-C and Ctrl-\\ are the command's" {
	types '
		spawn $M run $full bash -c {trap "echo caught" INT; echo up; read x; echo got $x; exit 9}
		see "up\r\n"
		send "\003"
		see "caught"
		send "word\r"
		see "got word"
		is [status] 9
		spawn $M run $full /inmate sizes
		see "size .*\r\n"
		send "\034"
		is [status] 131'
}

@test "run, tty: jobs of a shell inside, and its own stop and go" {
	types '
		spawn $M run $full bash --norc
		send "PS1=in\"> \"\r"
		see "\nin> "
		send "/inmate sizes\r"
		see "size .*\r\n"
		send "\032"
		see "Stopped +/inmate sizes\r\n"
		send "jobs\r"
		see "Stopped +/inmate sizes\r\n"
		send "fg\r"
		see "fg\r\n/inmate sizes\r\nsize .*\r\n"
		send "\003"
		see "in> "
		send "echo \$?\r"
		see "\n130\r\n"
		send "exit 6\r"
		is [status] 6'
}

@test "run, tty: Ctrl-Z stops a command for the shell outside" {
	types '
		spawn bash --norc
		send "PS1=out\"> \"\r"
		see "\nout> "
		send "$M run $full cat\r"
		sleep 0.7
		send "one\r"
		see "one\r\none\r\n"
		send "\032"
		see "Stopped.*\n"
		see "out> "
		send "stty -a | grep -o -e -echo. -e .-icanon; echo modes\r"
		see "\nmodes\r\n"
		send "fg\r"
		see "run .* cat\r\n"
		sleep 0.5
		send "two\r"
		see "two\r\ntwo\r\n"
		send "\004"
		see "out> "
		send "exit 4\r"
		is [status] 4'
}

@test "run, tty: without a shell outside Ctrl-Z stops nothing" {
	types '
		spawn $M run $full cat
		sleep 0.7
		send "\032"
		sleep 0.3
		send "on\r"
		see "on\r\non\r\n"
		send "\004"
		is [status] 0'
}

@test "run, tty: in the background until it reads" {
	types '
		spawn bash --norc
		send "PS1=out\"> \"\r"
		see "\nout> "
		send "$M run $full bash -c \"echo written; read x; echo got \\\$x\" &\r"
		see "written\r\n"
		press "\r" "Stopped.*\n"
		send "fg\r"
		see "run .*\r\n"
		sleep 0.5
		send "word\r"
		see "got word\r\n"
		see "out> "
		send "exit 3\r"
		is [status] 3'
}

@test "run, tty: in a pipeline, the keys are those of who reads them" {
	types '
		spawn bash -c {$M run $ROOTS/full bash -c "echo line; sleep 1; echo err >&2; tty" | (read x </dev/tty; echo "$x typed"; cat); stty -a}
		sleep 0.5
		send "keys\r"
		see "keys typed\r\nline\r\n(err\r\n/dev/pts/0|/dev/pts/0\r\nerr)\r\n" ;# by two ways: in any order
		see "\\nopost .*isig icanon .* echo "
		is [status] 0
		spawn bash -c {$M run $ROOTS/full bash -c "read x; echo got \$x" | cat; stty -a}
		sleep 0.5
		send "asked\r"
		see "got asked\r\n"
		see "\\nopost .*isig icanon .* echo "
		is [status] 0
		spawn bash -c {$M run $ROOTS/full cat /dev/zero | head -c 3 | wc -c; echo ${PIPESTATUS[*]}}
		see "3\r\n141 0 0\r\n"
		is [status] 0'
}

@test "run, tty: no terminal of the host where standard input is none" {
	types '
		spawn bash -c {echo in | $M run $ROOTS/full bash -c "tty; stty size; cat; [ -t 1 ] && echo tty; : </dev/tty"}
		see "not a tty"
		see "\nin\r\ntty\r\n"
		see "/dev/tty: No such device or address"
		is [status] 1'
}

@test "run, tty: without a pty Ctrl-C and Ctrl-Z reach all of the command's processes" {
	types '
		spawn bash --norc
		send "PS1=out\"> \"\r"
		see "\nout> "
		send "$M run $full bash -c \"/inmate sizes; echo no; sleep 55\" </dev/null\r"
		see "no size\r\n"
		send "\032"
		see "Stopped.*\n"
		send "fg\r"
		see "run .*\r\nno size\r\n"
		send "\003"
		see "out> "
		send "echo \$?\r"
		see "\n130\r\n"
		send "exit\r"
		status'
}

@test "run, tty: the modes are back whatever ends the box" {
	types '
		spawn bash --norc
		send "PS1=out\"> \"\r"
		see "\nout> "
		send "stty -g >'"$T"'/before\r"
		see "\nout> "
		foreach end {{exec nothing} {exit 3} {kill -KILL 1; sleep 1} {kill -SEGV \$\$} {stty raw -echo; kill -9 \$\$}} {
			send "$M run $full bash -c \"$end\"; stty -g >'"$T"'/after; echo ended\r"
			see "\nended\r\n"
			is [exec cat '"$T"'/after] [exec cat '"$T"'/before]
		}
		send "$M run $full nothing\r"
		see "\nmkroot: error: .nothing. not found in the root.s PATH\r\n"
		send "$M run $full bash -c \"stty raw; echo up; exec sleep $env(MARK)\"\r"
		see "\nup"
		exec sh ./end KILL 1
		see "out> "
		send "$M run $full sleep $env(MARK)\r"
		exec sh ./end TERM 2
		see "out> "
		send "stty -g >'"$T"'/after; echo ended\r"
		see "\nended\r\n"
		is [exec cat '"$T"'/after] [exec cat '"$T"'/before]
		send "exit\r"
		status'
}

@test "run, tty: the terminal goes away" {
	types '
		spawn $M run $full bash -c {trap "" HUP; echo up; read x; echo $? >/root/end}
		see "up\r\n"
		close
		wait'
	eventually test -s "$ROOTS/full/root/end"
	rm "$ROOTS/full/root/end"
}

@test "run, tty: much is pasted, and comes out as it went in" {
	seq 20000 >"$T/paste"
	types '
		spawn $M run $full bash -c {stty raw -echo; echo up; head -c '"$(stat -c %s "$T/paste")"' >/root/got}
		see "up"
		set f [open '"$T"'/paste]
		send -- [read $f]
		is [status] 0'
	cmp "$T/paste" "$ROOTS/full/root/got"
	rm "$ROOTS/full/root/got"
}

@test "run, tty: all bytes, and all that was written last" {
	needs script
	head -c 3000000 /dev/urandom >"$ROOTS/full/root/data"
	script -qec "$M run $ROOTS/full bash -c 'stty raw; exec cat /root/data'" /dev/null < <(sleep 3) >"$T/out"
	cmp "$ROOTS/full/root/data" "$T/out"
	rm "$ROOTS/full/root/data"
}

@test "run, tty: only terminals are replaced" {
	types '
		spawn bash -c {$M run $ROOTS/full bash -c "tty; echo err >&2; readlink /proc/self/fd/1" >'"$T"'/out}
		see "err\r\n"
		is [status] 0'
	[ "$(head -n 1 "$T/out")" = /dev/pts/0 ]
	run ! grep -q 'tty\|pts/[1-9]' "$T/out"
}

@test "run, tty: 100 MB through pipes unchanged" {
	local sum
	sum=$(head -c 100000000 /dev/zero | tr '\0' 'x' | sha256sum)
	[ "$(head -c 100000000 /dev/zero | tr '\0' 'x' | "$M" run "$ROOTS/one" /inmate cat | sha256sum)" = "$sum" ]
}

@test "run, tty: what the command does not read stays unread" {
	[ "$( (
		"$M" run "$ROOTS/one" /inmate exit 0
		cat
	) <<<"rest")" = rest ]
}

none_with() {
	[ "$(processes_with "$1")" -eq 0 ]
}

@test "run, tty: SIGKILL of the launcher at any moment leaves no process" {
	needs script
	local _
	for _ in $(seq 10); do
		script -qc "exec $M run -v $ROOTS/one:/mnt --ephemeral $ROOTS/full bash -c 'sleep 300; :' $MARK" \
			/dev/null < <(sleep 1) >/dev/null 2>&1 3>&- &
		sleep "0.0$((RANDOM % 10))"
		sh ./end KILL
		sleep 0.3
		sh ./end KILL # it may not have been there yet
		wait $! || :
		eventually none_with "$MARK"
	done
}

@test "run, tty: of a killed box 137, and the terminal works" {
	types '
		spawn bash -c {$M run -e MARK $ROOTS/full bash -c "stty raw -echo; echo up; exec sleep $MARK"; echo st $?; stty -a}
		see "up"
		exec sh ./end KILL 1
		see "st 137\r\n"
		see "isig icanon .* echo "
		is [status] 0'
}
