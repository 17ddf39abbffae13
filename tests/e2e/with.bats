#!/usr/bin/env bats
# --with: which run-time data comes along, and who asked for it.
# shellcheck disable=SC2154 # $stderr is set by mkroot() in lib.bash
load lib

# brought SET: the paths that the set brought into the plan in $output.
brought() {
	sed -n "s/^\\([^\t]*\\)\t[0-9]*\t$1: .*/\\1/p" <<<"$output"
}

@test "with: a program that calls system gets /bin/sh, and all that it needs" {
	mkroot -n /usr/bin/mawk
	[ "$status" -eq 0 ]
	[[ $(brought sh) == */usr/bin/sh* ]]
	[[ $output == *"sh: /usr/bin/mawk calls "* ]]
	[[ $stderr == *"of it, run-time data: "*"sh "* ]]
}

@test "with: none is the bare link maps, as ldd lists them" {
	mkroot -n --with none /usr/bin/mawk /bin/ls
	[ "$status" -eq 0 ]
	[[ $output != *": "*" calls "* && $stderr != *"run-time data"* ]]
	local expected actual
	expected=$(for p in /usr/bin/mawk /bin/ls; do
		realpath "$p"
		"$MKROOT" ldd --list "$p" | xargs realpath
	done | sort -u)
	actual=$(awk -F'\t' '$1 !~ / -> / && $2 > 0 { print $1 }' <<<"$output" | sort -u)
	diff <(echo "$expected") <(echo "$actual")
}

@test "with: a set that is named comes unasked, and alone" {
	mkroot -n --with sh /bin/true
	[ "$status" -eq 0 ]
	[[ $(brought sh) == */usr/bin/sh* ]]
	[[ $output == *"sh: asked for by --with"* ]]
}

@test "with: an unknown name is wrong usage that lists the known ones" {
	mkroot -n --with sh,nonsense /bin/true
	says 2 ""
	complains "no run-time data is called 'nonsense'" "hint: --with takes auto, none, "
}

@test "try: what works is written, what does not is not" {
	mkroot --with none /bin/true /bin/false -o a.tar --try true
	[ "$status" -eq 0 ]
	[ -s a.tar ]
	mkroot --with none /bin/true /bin/false -o b.tar --try true --try "false 'a b'"
	says 1 ""
	complains "'false 'a b'' does not work in the new root: exit status 1" \
		"hint: mkroot trace -o OUTPUT -- false 'a b'"
	[ ! -e b.tar ]
	[ -z "$(find . -name '.b*')" ]
}

@test "try: what is no command is wrong usage, before anything is looked at" {
	mkroot --with none /nonexistent -o a.tar --try "echo 'a"
	says 2 ""
	complains "--try: 'echo 'a': a quote does not end"
	mkroot --with none /bin/true -o a.tar --try ""
	says 2 ""
}

@test "try: its words go to standard error, its input is empty" {
	mkroot --with none /bin/cat /bin/echo -o - --try 'echo hello' --try cat </dev/zero
	[ "$status" -eq 0 ]
	[[ $stderr == *hello* ]]
	"$MKROOT" -q --with none /bin/cat /bin/echo -o - --try 'echo hello' >root.tar 2>/dev/null </dev/zero
	[ "$(tar tf root.tar | grep -c 'bin/echo$')" -eq 1 ]
}

@test "try: a folder that was there is tried as it is then" {
	mkdir -p root/usr/bin
	cp "$INMATE" root/usr/bin/inmate
	mkroot --with none /bin/true -o root/ --try '/usr/bin/inmate exit 0'
	[ "$status" -eq 0 ]
}

@test "with: when an empty folder last changed is not in the bytes" {
	mkroot -q bash -o a.tar
	[ "$status" -eq 0 ]
	[[ $(tar tf a.tar) == *var/tmp/* ]] # bash names it
	rm "$(mktemp /var/tmp/mkroot-e2e-XXXXXX)"
	mkroot -q bash -o b.tar
	cmp a.tar b.tar
}
