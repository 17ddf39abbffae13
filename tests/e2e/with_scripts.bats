#!/usr/bin/env bats
# --with scripts: what shell scripts call and read.
# shellcheck disable=SC2154 # $stderr is set by mkroot() in lib.bash
load lib

set_up() {
	local p
	mkdir -p root/usr/bin root/usr/sbin root/usr/lib/x
	ln -s usr/bin root/bin
	for p in bin/sh bin/grep bin/sed bin/sort bin/tool sbin/daemon lib/x/helper; do
		cp "$INMATE" "root/usr/$p"
	done
}

# script PATH: its text is standard input.
script() {
	cat >"root/$1"
	chmod 755 "root/$1"
}

# brought: the files that the set brought, sorted.
brought() {
	awk -F'\t' '$3 ~ /^scripts: / && $2 > 0 { print $1 }' <<<"$output" | sort
}

@test "scripts: the commands that are in PATH, and those by path" {
	script usr/bin/x <<-'E'
		#!/bin/sh
		grep=grep
		f() { "$grep" -q "tool sort"; }
		case $1 in sort) f ;; esac | sed s/x/y/ # sort
		missing || daemon
		/usr/lib/x/helper ../helper
	E
	mkroot -n -S root --with scripts /usr/bin/x
	[ "$status" -eq 0 ]
	diff - <(brought) <<-E
		/usr/bin/grep
		/usr/bin/sed
		/usr/lib/x/helper
		/usr/sbin/daemon
	E
	[[ $output == *"scripts: /usr/bin/x calls grep"* ]]
}

@test "scripts: what is sourced is read in turn, and itself again" {
	script usr/bin/x <<-'E'
		#!/usr/bin/env sh
		d=/usr/lib/x
		. $d/one
	E
	cp "$INMATE" root/usr/bin/env
	echo '. /usr/lib/x/two; grep' >root/usr/lib/x/one
	echo '. /usr/lib/x/one; sed' >root/usr/lib/x/two
	mkroot -n -S root --with scripts /usr/bin/x
	[ "$status" -eq 0 ]
	diff - <(brought) <<-E
		/usr/bin/grep
		/usr/bin/sed
		/usr/lib/x/one
		/usr/lib/x/two
	E
}

@test "scripts: scripts that are called count, three deep" {
	local i
	for i in 1 2 3 4; do
		printf '#!/bin/sh\ns%s; t%s\n' $((i + 1)) $i | script "usr/bin/s$i"
		cp "$INMATE" "root/usr/bin/t$i"
	done
	mkroot -n -S root --with scripts s1
	[ "$status" -eq 0 ]
	[ "$(brought | tr '\n' ' ')" = "/usr/bin/s2 /usr/bin/s3 /usr/bin/s4 /usr/bin/t1 /usr/bin/t2 /usr/bin/t3 " ]
}

@test "scripts: a script that another set brought is not read" {
	mkdir -p root/usr/lib/python3.9
	printf '#!/bin/sh\ngrep x\n' | script usr/lib/python3.9/tool.sh
	: >root/usr/lib/python3.9/os.py
	cp "$INMATE" root/usr/bin/python3.9
	mkroot -n -S root --with lang,scripts /usr/bin/python3.9
	[[ $output == */usr/lib/python3.9/tool.sh* && -z $(brought) ]]
}

@test "scripts: those of other languages, and what ends a shell's part, are not read as shell" {
	printf '#!/usr/bin/tool\ngrep x\n' | script usr/bin/x
	script usr/bin/y <<-'E'
		#!/bin/sh
		# \
		exec tool "$0"
		grep x
	E
	mkroot -n -S root --with scripts x y
	[[ $output == *"calls tool"* || $output == */usr/bin/tool* ]]
	[[ $output != *grep* ]]
}

@test "scripts: a fifo, a folder and a huge file in its place are passed over" {
	printf '#!/bin/sh\n. /usr/lib/x/fifo\n. /usr/lib/x\n. /usr/lib/x/huge\ngrep\n' | script usr/bin/x
	mkfifo root/usr/lib/x/fifo
	truncate -s 3G root/usr/lib/x/huge
	mkroot -n -S root --with scripts x
	[ "$status" -eq 0 ]
	[[ $(brought) == */usr/bin/grep* ]]
}

@test "scripts: bzgrep works in its root, and brings no more than it calls" {
	needs_root
	needs bzgrep bzip2
	mkroot -q bzgrep bzip2 -o dir:built
	[ "$status" -eq 0 ]
	printf 'one\nhello\n' | bzip2 | "$MKROOT" run built -- bzgrep hello >actual
	[ "$(<actual)" = hello ]
	[ "$(du -sk built | cut -f1)" -lt 8000 ]
}

@test "scripts: files that variables hold come, and folders of the script's own name" {
	mkdir -p root/usr/lib/libtext root/usr/share/{other,x}
	echo a | tee root/usr/lib/libtext/file root/usr/share/other/file root/usr/share/x/table >/dev/null
	script usr/bin/text <<-'E'
		#!/bin/sh
		paths=/usr/lib/nothing:/usr/lib/libtext:/usr/share/other:/usr/lib:/:/etc
		: ${TABLE=/usr/share/x/table}
	E
	mkroot -n -S root --with scripts /usr/bin/text
	diff - <(brought) <<-E
		/usr/lib/libtext/file
		/usr/share/x/table
	E
}
