#!/usr/bin/env bats
# mkroot build: what is in the root, judged by GNU tar, bsdtar and chroot(8), and that the same input
# gives the same bytes.

load lib
: "${stderr=}" # set by run --separate-stderr

# The names in a tar, one line each, as GNU tar tells them, without the slash of folders.
names() {
	tar tf "$1" | sed 's|/$||'
}

fixture_names='bin
lib
lib64
sbin
usr
usr/bin
usr/bin/app
usr/lib
usr/lib/x86_64-linux-gnu
usr/lib/x86_64-linux-gnu/libone.so.1
usr/lib/x86_64-linux-gnu/libone.so.1.2
usr/lib64
usr/lib64/ld-linux-x86-64.so.2
usr/sbin'

@test "build: a tar holds the program, its libraries, its loader and every link on the way" {
	mkroot -S "$FIXTURES/usr_merge_links" /bin/app -o root.tar
	says 0
	[ "$(names root.tar)" = "$fixture_names" ] || {
		diff -u <(echo "$fixture_names") <(names root.tar) >&2
		return 1
	}
	[ "$(tar tvf root.tar | sed -nE 's/.* (lib64 -> .*)/\1/p')" = "lib64 -> usr/lib64" ]
}

@test "build: the word build may be written" {
	mkroot -S "$FIXTURES/usr_merge_links" /bin/app -o one.tar
	mkroot build -S "$FIXTURES/usr_merge_links" /bin/app -o two.tar
	says 0
	cmp one.tar two.tar
}

@test "build: the main job, as written in the README" {
	mkroot /bin/bash /bin/ls -o root.tar
	says 0
	local name
	for name in bash ls; do
		names root.tar | grep -qxE "(usr/)?bin/$name"
	done
	names root.tar | grep -qx '.*/libc\.so\.6'
	# Every library that the loader lists for them is there, under a name that leads to it.
	mkdir root
	tar xf root.tar -C root
	local path
	for path in $(ldd /bin/bash /bin/ls | grep -o '/[^ :]*' | sort -u); do
		[ -e "root/$(realpath "$path")" ] || { echo "no $path" >&2; return 1; }
	done
}

@test "build: the root works under chroot(8)" {
	needs_root
	mkroot bash ls -o root/
	says 0
	export LC_ALL=C
	# shellcheck disable=SC2016 # for the other shell
	run chroot root /bin/bash -c 'echo "hello from $0"; ls /bin/ls'
	says 0 $'hello from /bin/bash\n/bin/ls'
	run chroot root /usr/bin/ls /usr/bin/bash
	says 0 /usr/bin/bash
}

@test "build: ten programs that know nothing of each other start in their root" {
	needs_root
	export LC_ALL=C
	local row
	while read -ra row; do
		set -- "${row[@]}"
		command -v "$1" >/dev/null || continue
		rm -rf root
		mkroot "$1" -o root/
		says 0
		run chroot root "$@"
		[ "$status" -eq 0 ] || { echo "$*: $status $output" >&2; return 1; }
	done <<-END
		true
		cat --version
		sed --version
		awk BEGIN{exit}
		tar --version
		gzip --version
		find --version
		sort --version
		perl -v
		id -u
		env
		gcc --version
		cmake --version
	END
}

@test "build: a folder is added to" {
	mkroot bash ls -o jail/
	says 0
	echo mine >jail/mine
	mkroot /usr/bin/id -o jail/
	says 0
	[ -x jail/usr/bin/id ] && [ -x jail/bin/bash ] && [ -x jail/bin/ls ]
	[ "$(cat jail/mine)" = mine ]
}

@test "build: a folder that is laid out otherwise is added to through its own links" {
	mkroot -S "$FIXTURES/usr_merge_links" /bin/app -o jail/
	says 0
	mkroot -S "$FIXTURES/need_in_a_circle" /usr/bin/app -o jail/
	says 0
	[ "$(readlink jail/lib64)" = usr/lib64 ] && [ -e jail/usr/lib64/ld-linux-x86-64.so.2 ]
	mkroot ldd -S jail /usr/bin/app
	says 0
}

@test "build: a folder with something else in the way is left as it was" {
	mkdir -p jail/usr
	echo mine >jail/usr/lib
	ln -s ../../elsewhere jail/lib64
	mkdir elsewhere
	find . -printf '%p %y %m %s %l %T@\n' | grep -v separate | sort >"$BATS_TEST_TMPDIR.before"
	mkroot -S "$FIXTURES/need_in_a_circle" /usr/bin/app -o jail/
	says 3 ""
	complains jail
	find . -printf '%p %y %m %s %l %T@\n' | grep -v separate | sort |
		diff -u "$BATS_TEST_TMPDIR.before" - >&2
}

@test "build: dir:, tar: and a name without a suffix say what they are" {
	local output
	for output in dir:one.tar two three/; do
		mkroot -S "$FIXTURES/need_in_a_circle" /usr/bin/app -o "$output"
		says 0
	done
	[ -d one.tar ] && [ -d two ] && [ -d three ]
	mkroot -S "$FIXTURES/need_in_a_circle" /usr/bin/app -o tar:four
	says 0
	tar tf four >/dev/null
}

@test "build: a folder keeps modes, times and links" {
	fixture usr_merge_links
	chmod 751 usr_merge_links/usr/bin/app
	touch -d '2001-02-03 04:05:06 UTC' usr_merge_links/usr/bin/app usr_merge_links/usr/bin
	mkroot -S usr_merge_links /bin/app -o root/
	says 0
	[ "$(stat -c '%a %Y' root/usr/bin/app)" = "751 981173106" ]
	[ "$(stat -c '%Y' root/usr/bin)" = 981173106 ]
	[ "$(readlink root/bin)" = usr/bin ]
	[ "$(readlink root/usr/lib/x86_64-linux-gnu/libone.so.1)" = libone.so.1.2 ]
}

@test "build: every compression holds the same names, read by bsdtar" {
	needs bsdtar
	local suffix expected
	mkroot -S "$FIXTURES/usr_merge_links" /bin/app -o root.tar
	expected=$(bsdtar tf root.tar)
	for suffix in gz xz zst; do
		mkroot -S "$FIXTURES/usr_merge_links" /bin/app -o "root.tar.$suffix"
		says 0
		[ "$(bsdtar tf "root.tar.$suffix")" = "$expected" ]
	done
	[ "$(head -c 2 root.tar.gz | od -An -tx1)" = " 1f 8b" ]
	[ "$(head -c 4 root.tar.zst | od -An -tx1)" = " 28 b5 2f fd" ]
	[ "$(head -c 6 root.tar.xz | od -An -tx1)" = " fd 37 7a 58 5a 00" ]
}

@test "build: -o - is a tar on stdout" {
	"$MKROOT" -S "$FIXTURES/usr_merge_links" /bin/app -o - >piped.tar
	mkroot -S "$FIXTURES/usr_merge_links" /bin/app -o named.tar
	cmp piped.tar named.tar
}

@test "build: the same bytes in another time zone, locale, umask, folder and home" {
	local suffix
	for suffix in tar tar.gz tar.xz tar.zst; do
		mkroot /bin/ls -o "one.$suffix"
		says 0
		mkdir -p elsewhere
		(
			cd elsewhere
			umask 077
			TZ=Asia/Tokyo LC_ALL=C HOME=/nonexistent HOSTNAME=other "$MKROOT" /bin/ls -o "../two.$suffix"
		)
		cmp "one.$suffix" "two.$suffix"
	done
}

@test "build: the same bytes when files were made in another order" {
	cp -a "$FIXTURES/usr_merge_links" one
	mkdir two
	local name
	(cd one && find . -depth | LC_ALL=C sort -r) | while read -r name; do
		mkdir -p "two/$(dirname "$name")"
		[ -e "two/$name" ] || cp -a --no-target-directory "one/$name" "two/$name"
	done
	(cd one && find . | while read -r name; do touch -hr "$name" "../two/$name"; done)
	mkroot -S one /bin/app -o one.tar
	mkroot -S two /bin/app -o two.tar
	says 0
	cmp one.tar two.tar
}

@test "build: the order of the programs does not matter" {
	mkroot /bin/bash /bin/ls -o one.tar
	mkroot /bin/ls /bin/bash /bin/ls -o two.tar
	cmp one.tar two.tar
}

@test "build: SOURCE_DATE_EPOCH clamps newer times, and only those" {
	fixture usr_merge_links
	touch -d @1500000000 usr_merge_links/usr/bin/app
	touch -d @500000000 usr_merge_links/usr/lib64/ld-linux-x86-64.so.2
	SOURCE_DATE_EPOCH=1000000000 mkroot -S usr_merge_links /bin/app -o root.tar
	says 0
	mkdir root
	tar xpf root.tar -C root
	[ "$(stat -c %Y root/usr/bin/app)" = 1000000000 ]
	[ "$(stat -c %Y root/usr/lib64/ld-linux-x86-64.so.2)" = 500000000 ]
	SOURCE_DATE_EPOCH=soon mkroot -S usr_merge_links /bin/app -o bad.tar
	says 2 ""
	complains SOURCE_DATE_EPOCH
	[ ! -e bad.tar ]
}

@test "build: hard links and file capabilities are kept" {
	needs_root
	needs setcap getcap
	fixture usr_merge_links
	ln usr_merge_links/usr/bin/app usr_merge_links/usr/bin/again
	setcap cap_net_raw+ep usr_merge_links/usr/bin/app 2>/dev/null || skip_or_fail "no file capabilities here"
	mkroot -S usr_merge_links /bin/app /bin/again -o root/
	says 0
	[ "$(stat -c %h root/usr/bin/app)" = 2 ]
	[[ $(getcap root/usr/bin/app) == *cap_net_raw=ep ]]
	mkroot -S usr_merge_links /bin/app /bin/again -o root.tar
	says 0
	tar tvf root.tar | grep -q 'usr/bin/app link to usr/bin/again'
	mkdir out
	bsdtar -xpf root.tar -C out
	[[ $(getcap out/usr/bin/app) == *cap_net_raw=ep ]]
}

@test "build: owners are kept, an ordinary user's own become root's" {
	needs_root
	let_users_in
	fixture usr_merge_links
	chown 1234:4321 usr_merge_links/usr/bin/app
	mkroot -S usr_merge_links /bin/app -o root.tar
	says 0
	tar --numeric-owner -tvf root.tar usr/bin/app | grep -q ' 1234/4321 '
	chown -R 65534:65534 usr_merge_links
	mkdir -m 777 out
	run as_user "$USER_MKROOT" -S "$T/usr_merge_links" /bin/app -o "$T/out/root.tar"
	says 0
	tar --numeric-owner -tvf out/root.tar | awk '$2 != "0/0" { bad = 1 } END { exit bad }'
}

@test "build: an ordinary user builds the main job's root, as a folder and as a tar" {
	let_users_in
	mkdir -m 777 out
	run as_user "$USER_MKROOT" /bin/bash /bin/ls -o "$T/out/root.tar"
	says 0
	run as_user "$USER_MKROOT" /bin/bash /bin/ls -o "$T/out/root/"
	says 0
	[ -x out/root/bin/bash ]
}

@test "build: a tar that exists is replaced, through no link" {
	echo old >root.tar
	mkroot -S "$FIXTURES/need_in_a_circle" /usr/bin/app -o root.tar
	says 0
	tar tf root.tar >/dev/null
	[ "$(ls -A)" = root.tar ]
}

@test "build: -n lists path, size and reason, and writes nothing" {
	mkroot -n -S "$FIXTURES/usr_merge_links" /bin/app -o root.tar
	says 0
	[ ! -e root.tar ]
	local name
	for name in usr/bin/app usr/lib/x86_64-linux-gnu/libone.so.1.2 usr/lib64/ld-linux-x86-64.so.2; do
		[[ $output == *"$name"* ]]
	done
	[[ $output == *"needed by"* ]]
	mkroot -n -S "$FIXTURES/usr_merge_links" /bin/app
	says 0
}

@test "build: -q says nothing, -v more than nothing" {
	mkroot -q -S "$FIXTURES/need_in_a_circle" /usr/bin/app -o quiet.tar
	says 0 ""
	is_quiet
	mkroot -v -S "$FIXTURES/need_in_a_circle" /usr/bin/app -o loud.tar
	says 0
	[[ $output$stderr == *liba.so* ]]
	cmp quiet.tar loud.tar
}

@test "build: standard output stays empty" {
	mkroot -S "$FIXTURES/need_in_a_circle" /usr/bin/app -o root.tar
	says 0 ""
}

@test "build: a script brings its interpreter, and that one's" {
	local row name want
	while read -r name want; do
		mkroot -S "$FIXTURES/scripts" "/usr/bin/$name" -o "$name.tar"
		says 0
		for want in $want "usr/bin/$name"; do
			names "$name.tar" | grep -qx "$want" || {
				echo "$name: no $want in $(names "$name.tar" | tr '\n' ' ')" >&2
				return 1
			}
		done
	done <<-END
		plain bin/app lib64/ld-linux-x86-64.so.2
		spaced bin/app
		by-env usr/bin/env usr/bin/tool
		by-env-s usr/bin/env usr/bin/tool
		of-script usr/bin/plain bin/app
	END
}

@test "build: a script whose interpreter is missing or itself" {
	mkroot -S "$FIXTURES/scripts" /usr/bin/lost -o root.tar
	says 1 ""
	complains /usr/bin/nothing /usr/bin/lost
	[ ! -e root.tar ]
	mkroot -S "$FIXTURES/scripts" /usr/bin/itself -o root.tar
	says 1 ""
	complains /usr/bin/itself
}

@test "build: a bare name is looked up in PATH, inside the sysroot with -S" {
	mkroot -S "$FIXTURES/usr_merge_links" app -o root.tar
	says 0
	[ "$(names root.tar)" = "$fixture_names" ]
	mkdir bin
	cp "$FIXTURES/usr_merge_links/usr/bin/script" bin/
	cp /bin/true bin/own
	PATH=$T/bin:$PATH mkroot own -o own.tar
	says 0
	names own.tar | grep -qx "${T#/}/bin/own"
}

@test "build: absolute links keep their text and stay inside the root" {
	mkroot -S "$FIXTURES/absolute_link_stays_in_sysroot" /usr/bin/alias -o root/
	says 0
	[ "$(readlink root/opt/lib)" = /srv/real ]
	[ "$(readlink root/usr/bin/alias)" = /usr/bin/app ]
	[ -e root/srv/deep/libtwo.so.1 ] && [ -e root/usr/bin/app ]
}

@test "build: every name that a library was asked for by is in the root" {
	mkroot -S "$FIXTURES/same_inode_two_names" /usr/bin/app -o root/
	says 0
	[ -e root/usr/lib/liba.so ] && [ -e root/usr/lib/libb.so ] && [ -e root/usr/lib/libc1.so ]
}

@test "build: what is built resolves inside itself as it did outside" {
	local root
	for root in origin_follows_symlink rpath_chain_of_loaders first_asker_decides usr_merge_links \
		absolute_link_stays_in_sysroot links_upon_links needed_with_slash same_inode_two_names; do
		local program=/usr/bin/app
		[ "$root" != needed_with_slash ] || program=/opt/bin/app
		mkroot -k -S "$FIXTURES/$root" "$program" -o "$root/"
		diff -u <("$MKROOT" ldd -S "$FIXTURES/$root" "$program") <("$MKROOT" ldd -S "$root" "$program") >&2
	done
}

@test "build: names with spaces and a leading dash" {
	mkroot -S "$FIXTURES/odd_names" "/usr/bin/a b" -o "root dir/"
	says 0
	[ -e "root dir/opt/lib dir/lib x.so" ]
	mkroot -S "$FIXTURES/odd_names" -o dash.tar -- /usr/bin/-dash
	says 0
	names dash.tar | grep -qx usr/bin/-dash
}

@test "build: -i brings a file and what it needs, -i A:B under another name" {
	fixture usr_merge_links
	mkdir -p usr_merge_links/etc/app.d
	echo one >usr_merge_links/etc/app.d/one
	echo two >usr_merge_links/etc/two
	mkroot -S usr_merge_links /bin/app -i /etc/app.d -i /etc/two:/srv/2 -o root/
	says 0
	[ "$(cat root/etc/app.d/one root/srv/2)" = $'one\ntwo' ]
	mkroot -S usr_merge_links /bin/app -i /etc/none -o no/
	says 1 ""
	complains /etc/none
}

@test "build: -x leaves out, and leaving out a needed library is a warning" {
	mkroot -S "$FIXTURES/need_in_a_circle" /usr/bin/app -x '*/libb.so' -o root.tar
	says 0
	[[ $stderr == *warning*libb.so* ]]
	[[ $(names root.tar) != *libb.so* ]]
}

@test "build: a root for another machine" {
	mkroot -S "$FIXTURES/foreign_s390x" /usr/bin/app -o root.tar
	says 0
	names root.tar | grep -qx usr/lib/private/libx.so.1
	names root.tar | grep -qx lib/ld64.so.1
}

@test "build: a killed build leaves OUTPUT whole or absent" {
	local i
	for i in 1 2 3 4 5 6 7 8; do
		rm -f root.tar
		"$MKROOT" /bin/bash /bin/ls -o root.tar 2>/dev/null &
		sleep "0.00$i"
		kill -9 $! 2>/dev/null || :
		wait $! 2>/dev/null || :
		[ ! -e root.tar ] || tar tf root.tar >/dev/null
	done
}

@test "build: --run starts the first program, or the words behind --" {
	local shell
	shell=$(command -v bash)
	mkroot --with none "$shell" ls --run -- bash -c 'ls /usr/bin; exit 4'
	says 4 $'bash\nls'
	[ -z "$(ls -A)" ]
	mkroot --run id -o root.tar
	says 0
	[[ $output == uid=0* ]]
	tar tf root.tar >/dev/null
	mkroot --run "$shell" -o -
	says 2 ""
	complains --run
}

@test "build: -i PATH:DEST takes the place of what is there, with a warning" {
	echo mine >mine
	mkroot bash -i mine:/bin/bash -o root/
	says 0
	[ "$(cat root/usr/bin/bash)" = mine ]
	[[ $stderr == *"/usr/bin/bash is a copy of $T/mine, not what was there before (asked for)"* ]]
}

@test "build: a set-user-ID program is resolved as ld.so does it for one: without -L" {
	fixture need_in_a_circle
	mkdir need_in_a_circle/over
	mv need_in_a_circle/usr/lib/liba.so need_in_a_circle/over/
	mkroot -S need_in_a_circle -L /over /usr/bin/app -o one.tar
	says 0
	chmod u+s need_in_a_circle/usr/bin/app
	mkroot -S need_in_a_circle -L /over /usr/bin/app -o two.tar
	says 1 ""
	complains "liba.so not found"
	mkroot ldd -S need_in_a_circle -L /over /usr/bin/app
	says 0
}

@test "build: -i of a file into a folder, of a socket, of the output, of everything" {
	mkdir inc
	echo one >inc/one
	mkroot true -i inc/one:/ -i inc/one:/bin -i inc/one:/opt/new/ -o root/
	says 0
	is_quiet
	[ -e root/one ] && [ -e root/usr/bin/one ] && [ -e root/opt/new/one ] && [ -L root/bin ]
	# What is being written is not included, not even the second time.
	local i
	for i in 1 2; do
		mkroot true -i inc -o inc/out.tar
		says 0
		mkroot true -i inc -o inc/root
		says 0
	done
	[[ $stderr == *"is the output and left out"* ]]
	[ ! -e "inc/root$T/inc/root" ]
	tar tf inc/out.tar | grep -q 'inc/one$'
	[ "$(tar tf inc/out.tar | grep -cxF "${T#/}/inc/out.tar")" -eq 0 ]
	mkroot true -i / -n
	says 1 ""
	complains "all of this system"
	fixture usr_merge_links
	mkroot -S usr_merge_links app -i / -o all/
	says 0
	diff -r --no-dereference usr_merge_links all >&2
	mkroot -S usr_merge_links app -i /:/srv/all -o deep/
	says 0
	[ -e deep/srv/all/usr/bin/app ]
	mkroot true -i :/x -n
	says 1 ""
	complains "-i takes PATH"
}

@test "build: -x of a folder leaves out what is below it" {
	mkroot true -x /usr/lib64 -o root/
	says 0
	[[ $stderr == *"left out"* ]]
	[ ! -e root/usr/lib64 ]
}

@test "build: a closed standard output is no place to write to" {
	local row status_of=0
	for row in "true -o -" "ldd /bin/ls" "help"; do
		# shellcheck disable=SC2086 # words of a row
		"$MKROOT" $row >&- 2>err && status_of=0 || status_of=$?
		[ "$status_of" -eq 3 ] || { echo "$row: $status_of" >&2; return 1; }
		grep -q 'Bad file descriptor' err
	done
}
