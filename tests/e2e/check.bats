#!/usr/bin/env bats
# mkroot check: does a root hold what it needs? Findings on stdout, whole.

# shellcheck disable=SC2154 # stderr is set by mkroot()
load lib

@test "check: a root that holds all it needs" {
	mkroot check "$FIXTURES/check_nothing_wrong"
	says 0 ""
	[ "$stderr" = "mkroot: $FIXTURES/check_nothing_wrong: 2 programs, 3 libraries, 1 script, 3 links: 0 errors, 0 warnings" ]
	mkroot check -q "$FIXTURES/check_nothing_wrong"
	says 0 ""
	is_quiet
}

@test "check: one line for each thing that is wrong" {
	mkroot check "$FIXTURES/check_findings"
	says 1 "error: /opt/orphan.so: libnowhere.so not found
warning: /opt/plugin.so: libhidden.so not found: /opt/hidden/libhidden.so exists, but the search does not lead there
error: /usr/bin/app: libgone.so.1 not found
error: /usr/bin/env-script: is a script for 'ruby', which is not in /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
warning: /usr/bin/lists: its RUNPATH element '/home/me/lib' is a folder of whoever built it
warning: /usr/bin/lists: its RUNPATH element '' is the working directory
warning: /usr/bin/lists: its RUNPATH element 'rel' is the working directory's
error: /usr/bin/ruby-script: is a script for /usr/bin/ruby, which does not exist
error: /usr/bin/strange: its interpreter /lib/ld-gone.so.1 does not exist
warning: /usr/lib/libdead.so: -> libdead.so.1 does not exist
error: /usr/lib/libone.so: libhidden.so not found: /opt/hidden/libhidden.so exists, but the search does not lead there (in /usr/bin/again and 1 more)
warning: /usr/lib/libthree.so: is for aarch64, 64 bit (1 such file here); 13 are for x86-64, 64 bit
warning: /usr/lib/libup.so: -> ../../../usr/lib/libtwo.so climbs above the root, where a chroot ends and the host begins
warning: /usr/share/doc/example: is a script for /usr/bin/ruby, which does not exist"
	[[ $stderr == *": 7 programs, 7 libraries, 3 scripts, 2 links: 6 errors, 8 warnings" ]]
}

@test "check --quiet: errors only" {
	mkroot check --quiet "$FIXTURES/check_findings"
	[ "$status" -eq 1 ]
	[ "$(grep -c ^error: <<<"$output")" -eq 6 ]
	[ "$(wc -l <<<"$output")" -eq 6 ]
	is_quiet
}

@test "check --strict: what may be meant so is an error too" {
	fixture check_findings
	chown 0:0 check_findings 2>/dev/null || :
	chmod 775 check_findings
	mkroot check --strict check_findings
	[ "$status" -eq 1 ]
	local line
	for line in \
		"error: /: can be written to by others (mode 0775): sshd takes no such ChrootDirectory" \
		"error: /opt/plugin.so: libhidden.so not found: /opt/hidden/libhidden.so exists, but the search does not lead there" \
		"error: /usr/lib/libdead.so: -> libdead.so.1 does not exist" \
		"error: /usr/share/doc/example: is a script for /usr/bin/ruby, which does not exist" \
		"warning: /usr/bin/lists: its RUNPATH element '/opt/none' does not exist"; do
		grep -qxF -- "$line" <<<"$output" || { echo "no line: $line in $output" >&2; return 1; }
	done
}

@test "check: \$ORIGIN of a set-id program" {
	fixture check_findings
	chmod u+s check_findings/usr/bin/origin
	mkroot check check_findings
	grep -qxF "warning: /usr/bin/origin: runs with more rights: the loader takes no \$ORIGIN from its RUNPATH '\$ORIGIN/../lib', but for its own default folders" <<<"$output"
	mkroot check --strict check_findings
	grep -q "^error: /usr/bin/origin: runs with more rights" <<<"$output"
}

@test "check: ld.so does not read ld.so.conf" {
	mkroot check "$FIXTURES/check_no_cache"
	says 1 "error: /opt/conf/libone.so: its folder is named in ld.so.conf only, and there is no ld.so.cache: ldconfig -r would make one (in /usr/bin/app)"
}

@test "check: a need that only another one's search finds" {
	mkroot check "$FIXTURES/found_through_another"
	says 0 "warning: /opt/lib/liba.so: its own search does not find libb.so: it works because /usr/bin/app loads /opt/lib/libb.so (in /usr/bin/app)"
}

@test "check: a library that is there for another machine" {
	mkroot check -q "$FIXTURES/only_for_another_machine"
	says 1 "error: /usr/bin/app: libx.so not found: /usr/lib/libx.so is for aarch64, but /usr/bin/app is for x86-64"
}

@test "check: a symbol version that its library does not have" {
	mkroot check "$FIXTURES/versions_missing"
	says 1 "error: /usr/bin/app: version \`V_2' not found in /usr/lib/libv.so.1"
}

@test "check: files for newer machines only" {
	mkroot check "$FIXTURES/check_levels"
	says 0 "warning: /usr/bin/app: needs a machine of x86-64-v2 or newer (1 such file here)
warning: /usr/lib/libthree.so: needs a machine of x86-64-v3 or newer (1 such file here)"
}

@test "check --json: one document" {
	needs jq
	mkroot check --json "$FIXTURES/check_no_cache"
	[ "$status" -eq 1 ]
	is_quiet
	run jq -c 'del(.root)' <<<"$output"
	says 0 '{"schema":"mkroot.check/1","strict":false,"errors":1,"warnings":0,"programs":1,"libraries":2,"scripts":0,"links":0,"unread":0,"findings":[{"severity":"error","kind":"not-in-cache","path":"/opt/conf/libone.so","name":null,"text":"its folder is named in ld.so.conf only, and there is no ld.so.cache: ldconfig -r would make one","program":"/usr/bin/app","programs":1}]}'
}

@test "check: a root that means harm is looked at and nothing more" {
	mkdir -p evil/a/b evil/usr/bin
	mkfifo evil/fifo evil/usr/bin/pipe
	chmod +x evil/usr/bin/pipe
	ln -s . evil/a/dot
	ln -s loop evil/loop
	ln -s ../../../../../etc/passwd evil/a/b/up
	ln -s /../../fifo evil/a/b/fifo
	printf '#!/fifo\n' >evil/usr/bin/script
	printf '#!/usr/bin/script\n' >evil/usr/bin/of-script
	chmod +x evil/usr/bin/*script
	truncate -s 1T evil/usr/bin/sparse
	chmod +x evil/usr/bin/sparse
	printf '\177ELF' >evil/usr/bin/short
	mkroot check evil
	says 1 "warning: /a/b/up: -> ../../../../../etc/passwd does not exist
warning: /a/b/up: -> ../../../../../etc/passwd climbs above the root, where a chroot ends and the host begins
warning: /loop: -> loop leads in a circle
error: /usr/bin/of-script: is a script for /fifo, which is no file
error: /usr/bin/script: is a script for /fifo, which is no file"
}

@test "check: folders in folders without end are said, not followed" {
	local i
	mkdir root
	cd root
	for ((i = 0; i < 30; i++)); do
		mkdir -p d/d/d/d/d/d/d/d/d/d
		cd d/d/d/d/d/d/d/d/d/d
	done
	cd "$T"
	mkroot check root
	[ "$status" -eq 3 ]
	[[ $output == "warning: /d/d/d/"*": too many folders deep" ]]
}

@test "check: what cannot be read is no yes" {
	needs_root
	mkdir -p root/bin root/closed
	chmod 700 root/closed
	let_users_in
	run --separate-stderr as_user "$USER_MKROOT" check root
	says 3 "warning: /closed: permission denied"
}

@test "check: names that a terminal would obey are escaped" {
	mkdir -p root
	ln -s $'no\e[31mwhere' root/$'li\nnk'
	mkroot check root
	says 0 'warning: /li\nnk: -> no\x1b[31mwhere does not exist'
}

@test "check: only roots" {
	: >x.tar
	mkroot check x.tar
	says 3 ""
	complains "'x.tar' is empty, neither a folder nor a tar archive"
	mkroot check nowhere
	says 3 ""
	complains "cannot open the folder 'nowhere'"
	mkroot check
	says 2 ""
	complains "no ROOT given"
}

@test "build: what is left out, and needed, is warned of" {
	local root=$FIXTURES/usr_merge_links
	mkroot build -S "$root" /usr/bin/app -x libone.so.1 -o out
	[ "$status" -eq 0 ]
	[[ $stderr == "mkroot: warning: /lib/x86_64-linux-gnu/libone.so.1 is left out, but needed by /usr/bin/app"* ]]
	mkroot check out
	says 1 "error: /usr/bin/app: libone.so.1 not found: /usr/lib/x86_64-linux-gnu/libone.so.1.2 exists, but the search does not lead there"
	mkroot build -S "$root" /usr/bin/app -x 'ld-linux-*' -n -q
	[ "$status" -eq 0 ]
	is_quiet
	mkroot build -S "$root" /usr/bin/app -x 'ld-linux-*' -n
	[[ $stderr == "mkroot: warning: /lib64/ld-linux-x86-64.so.2 is left out, but needed by /usr/bin/app"$'\n'* ]]
}

@test "check: what build makes of this machine's programs holds all it needs" {
	mkroot build -q bash ls -o out
	[ "$status" -eq 0 ]
	mkroot check out
	says 0 ""
}
