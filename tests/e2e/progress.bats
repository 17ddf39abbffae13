#!/usr/bin/env bats
# bats file_tags=slow
# What build tells while it writes and at the end: on a terminal, to a script, with -q.

load lib
: "${stderr=}" # set by run --separate-stderr

# Something that takes a second or so to be written.
slow=(-o root.tar.gz --level 9 -j 1)

set_up() {
	needs python3
	export TERM=xterm
	fixture usr_merge_links
}

# on_terminal COLUMNS ARG...: $output is what is to be seen of it, ./draws each line as it was drawn.
on_terminal() {
	run python3 "$BATS_TEST_DIRNAME/terminal.py" "$1" draws "$MKROOT" "${@:2}"
	no_sanitizer_report
}

# big FILE: 60 MB that take their time.
big() {
	head -c 60000000 /dev/urandom >"$1"
}

told='mkroot: wrote root.tar: 3 files, SIZE; 11 folders and links
  SIZE  /usr/lib/x86_64-linux-gnu/libone.so.1.2
  SIZE  /usr/bin/app
  SIZE  /usr/lib64/ld-linux-x86-64.so.2
mkroot: next: mkroot run root.tar'

without_sizes() {
	sed -E 's/ +[0-9.]+ k?B/ SIZE/; s/^ SIZE/  SIZE/'
}

@test "progress: on a terminal, the last lines are files, bytes, the biggest, what to type next" {
	on_terminal 80 -S usr_merge_links /bin/app --with none -o root.tar
	says 0
	local sizes
	diff -u <(printf '%s\n' "$told" | sort) <(without_sizes <<<"$output" | sort) >&2
	# the biggest first, as find(1) has them
	sizes=$(find usr_merge_links/usr -type f \( -name app -o -name 'libone.so*' -o -name 'ld-*' \) -printf '%s /usr/%P\n' | sort -k1,1nr -k2 | cut -d' ' -f2)
	diff -u <(printf '%s\n' "$sizes") <(grep -o ' /usr.*' <<<"$output" | tr -d ' ') >&2
	[ ! -s draws ]
}

@test "progress: a script is told nothing but warnings" {
	mkroot -S usr_merge_links /bin/app -o root.tar
	says 0 ""
	is_quiet
	mkroot -S usr_merge_links /bin/app -x '*/libone.so.1' -o root.tar
	[ "$(wc -l <<<"$stderr")" -eq 1 ]
	[[ $stderr == "mkroot: warning: "* ]]
}

@test "progress: --verbose and -n sum up for a script too, -q says nothing on a terminal" {
	mkroot --verbose -S usr_merge_links /bin/app -o root.tar
	says 0 ""
	[ "$(grep -c '^mkroot: ' <<<"$stderr")" -eq 1 ]
	[ "$(tail -n 1 <<<"$stderr" | without_sizes)" = "$(head -n 1 <<<"$told")" ]
	mkroot -n -S usr_merge_links /bin/app
	[ "$(without_sizes <<<"$stderr")" = "mkroot: would write 3 files, SIZE; 11 folders and links" ]
	mkroot -n -q -S usr_merge_links /bin/app
	is_quiet
	on_terminal 80 -q -S usr_merge_links /bin/app -o root.tar
	says 0 ""
}

@test "progress: the sets are summed up where the rest is" {
	on_terminal 200 bash --with names -o root.tar
	says 0
	[[ $output == *$'\nmkroot: of it, run-time data: names '* ]]
	mkroot bash --with names -n
	[[ $stderr == *$'\nmkroot: of it, run-time data: names '* ]]
}

@test "progress: one line, drawn over and over, and gone at the end" {
	big usr_merge_links/big
	on_terminal 80 -S usr_merge_links /bin/app -i /big "${slow[@]}"
	says 0
	[[ $(head -n 1 <<<"$output") == "mkroot: wrote root.tar.gz: "* ]]
	[[ $output != *writing* ]]
	# not in the first 300 ms; never more than ten in a second; bytes and files only grow
	python3 - <<-'END'
		import re
		draws = [line.rstrip("\n").split(" ", 1) for line in open("draws")]
		times = [int(at) for at, text in draws if text]
		assert len(times) >= 3, draws
		assert times[0] >= 250, times
		assert all(sum(1 for t in times if a <= t < a + 1000) <= 11 for a in times), times
		seen = -1
		for _, text in draws[:-1]:
		    m = re.fullmatch(r"writing: (\d+)%, [0-9.]+ [kM]?B of 60\.0 MB, (\d+) of 15 files, (/.*|finishing)", text)
		    assert m and int(m[1]) >= seen and int(m[1]) <= 100 and int(m[2]) <= 15, text
		    seen = int(m[1])
		assert draws[-1][1] == "", draws[-1]
	END
}

@test "progress: a line is never wider than the terminal, whatever a path holds" {
	local name=$'n\e[31m\n\xff漢字漢字漢字漢字漢字漢字漢字'
	big "usr_merge_links/$name"
	on_terminal 70 -S usr_merge_links /bin/app -i "/$name" "${slow[@]}"
	says 0
	python3 - <<-'END'
		import unicodedata
		texts = [line.rstrip("\n").split(" ", 1)[1] for line in open("draws")]
		assert any("n\\x1b[31m\\n\\xff" in text for text in texts), texts
		for text in texts:
		    width = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
		    assert width < 70, (width, text)
	END
	on_terminal 5 -S usr_merge_links /bin/app -i "/$name" "${slow[@]}"
	says 0
	[ "$(cut -d' ' -f2- draws | grep -cE '.{5}')" -eq 0 ]
}

@test "progress: a line is taken back before an error" {
	big usr_merge_links/big
	run python3 "$BATS_TEST_DIRNAME/terminal.py" 80 draws bash -c 'trap "" XFSZ; ulimit -f 30000; "$@"' - \
		"$MKROOT" -S usr_merge_links /bin/app -i /big "${slow[@]}"
	[ "$status" -eq 3 ]
	[ "$output" = "mkroot: error: cannot write 'root.tar.gz': File too large" ]
	[ "$(grep -c writing draws)" -ge 1 ]
	[ ! -e root.tar.gz ]
}

@test "progress: a line is taken back before a warning" {
	needs_root
	big usr_merge_links/big
	: >usr_merge_links/last
	setfattr -n user.mine -v x usr_merge_links/last || skip_or_fail "no extended attributes here"
	# A cpio holds no attributes, and there is no /init.
	on_terminal 80 -S usr_merge_links /bin/app -i /big -i /last -o root.cpio.gz --level 9 -j 1
	says 0
	[[ $(head -n 1 <<<"$output") == "mkroot: warning: "* ]]
	[ "$(grep -c '^mkroot: warning: ' <<<"$output")" -eq 2 ]
}

@test "progress: no line without a terminal that can take it back" {
	big usr_merge_links/big
	TERM=dumb on_terminal 80 -S usr_merge_links /bin/app -i /big "${slow[@]}"
	says 0
	[ ! -s draws ]
	on_terminal 80 -q -S usr_merge_links /bin/app -i /big "${slow[@]}"
	says 0 ""
	[ ! -s draws ]
	mkroot -S usr_merge_links /bin/app -i /big "${slow[@]}"
	is_quiet
}

@test "progress: the same bytes with a line and without" {
	big usr_merge_links/big
	on_terminal 80 -S usr_merge_links /bin/app -i /big -o one.tar
	mkroot -S usr_merge_links /bin/app -i /big -o two.tar
	cmp one.tar two.tar
}

@test "progress: many files that are looked for are counted" {
	local i
	mkdir usr_merge_links/many
	(cd usr_merge_links/many && seq 1 60000 | xargs touch)
	on_terminal 80 -S usr_merge_links /bin/app -i /many -n >/dev/null
	says 0
	i=$(grep -cE '^[0-9]+ looking: [0-9]+ files$' draws || :)
	echo "# $i lines" >&3
	[[ $output != *looking* ]]
}

@test "progress: what comes next is typed as the shell wants it" {
	on_terminal 200 -S usr_merge_links /bin/app -o "it's one.tar"
	[ "$(tail -n 1 <<<"$output")" = "mkroot: next: mkroot run 'it'\\''s one.tar'" ]
	on_terminal 200 -S usr_merge_links /bin/app -o ./root/
	[ "$(tail -n 1 <<<"$output")" = "mkroot: next: mkroot run ./root/" ]
	on_terminal 200 -S usr_merge_links /bin/app -o $'a\tb.tar'
	[[ $output != *next* ]]
	# and works
	on_terminal 200 bash -o "a b.tar"
	local next
	next=$(sed -n 's/^mkroot: next: mkroot //p' <<<"$output")
	needs_root
	eval "\"\$MKROOT\" $next -- /bin/bash -c 'exit 7'" && return 1
	[ $? -eq 7 ]
}
