#!/usr/bin/env bats
# --with data, exec: what programs name in their constant text, and whose it is.
# shellcheck disable=SC2154 # $stderr is set by mkroot() in lib.bash
load lib

# put PATH [TEXT]: a file of the root.
put() {
	mkdir -p "root/$(dirname "$1")"
	printf '%s\n' "${2-x}" >"root/$1"
}

# ships PACKAGE FIELDS PATH...: a package of the root, which has these files.
ships() {
	local name=$1 fields=$2 path
	shift 2
	printf 'Package: %s\nStatus: install ok installed\nArchitecture: amd64\n%b\n\n' "$name" "$fields" \
		>>root/var/lib/dpkg/status
	for path; do
		printf '/%s\n' "$path"
	done >"root/var/lib/dpkg/info/$name.list"
}

program() {
	mkdir -p "root/$(dirname "$1")"
	cp "$FIXTURES/names_its_files/usr/bin/plain" "root/$1"
}

set_up() {
	cp -r "$FIXTURES/names_its_files" root
	mkdir -p root/var/lib/dpkg/info
}

# brought SET: the files that the set brought, without those that are on the way.
brought() {
	sed -n "s/^\\([^\t]*\\)\t[0-9]*\t$1: .* \\(names\\|has\\) .*/\\1/p" <<<"$output" |
		while read -r path; do
			[ -d "root/${path%% -> *}" ] || echo "$path"
		done
}

# is_brought SET [PATH...]: these and no others.
is_brought() {
	local set=$1
	shift
	diff -u <(printf '%s\n' "$@") <(brought "$set")
}

@test "data: the program's own files and folders, and those of its plug-ins" {
	put usr/share/ed/a
	put usr/share/ed/sub/b
	put usr/lib/ed/p.dat
	put etc/ed.conf
	put usr/share/other/c
	ships ed "Depends: ed-data" usr/bin/ed etc/ed.conf
	ships ed-data "" usr/share/ed/a usr/share/ed/sub/b
	ships ed-plugin "Depends: ed (= 1)" usr/lib/ed/p.dat
	ships other "" usr/share/other/c
	mkroot -n -S root --with data ed
	[ "$status" -eq 0 ]
	is_brought data /etc/ed.conf /usr/lib/ed/p.dat /usr/share/ed/a /usr/share/ed/sub/b
}

@test "data: documentation, headers and translations stay out of what is taken" {
	put usr/share/ed/a
	put usr/share/ed/README.txt
	put usr/share/ed/doc/b
	put usr/share/ed/locale/de/c.mo
	put usr/share/ed/x.h
	put usr/share/ed/libx.a
	ships ed "" usr/bin/ed usr/share/ed/a
	mkroot -n -S root --with data ed
	[ "$status" -eq 0 ]
	is_brought data /usr/share/ed/a
}

@test "data: of a folder that several packages share, the program's own parts" {
	put usr/share/shared/ed/a
	put usr/share/shared/other/b
	ships ed "" usr/bin/ed usr/share/shared/ed/a
	ships other "" usr/share/shared/other/b
	mkroot -n -S root --with data ed
	[ "$status" -eq 0 ]
	is_brought data /usr/share/shared/ed/a
}

@test "data: a small file of anybody's that is named in full, but no file of the machine's own" {
	put usr/share/table
	put etc/key.conf secret
	put var/log/ed.log
	ships ed "" usr/bin/ed
	ships tables "" usr/share/table
	mkroot -n -S root --with data ed
	[ "$status" -eq 0 ]
	is_brought data /usr/share/table
}

@test "data: what is not for all to read stays out of folders in /etc" {
	put etc/ed/a
	put etc/ed/own.key
	chmod 600 root/etc/ed/own.key
	ships ed "" usr/bin/ed etc/ed/a
	mkroot -n -S root --with data ed
	[ "$status" -eq 0 ]
	is_brought data /etc/ed/a
}

@test "data: without packages the name alone tells" {
	rm -r root/var
	put usr/share/ed/a
	put usr/share/other/b
	put etc/ed.conf
	put etc/key.conf secret
	mkroot -n -S root --with data ed
	[ "$status" -eq 0 ]
	is_brought data /etc/ed.conf /usr/share/ed/a
}

@test "data: what is too big is left out, with a warning that names it" {
	mkdir -p root/usr/share/ed
	truncate -s 200M root/usr/share/ed/a
	ships ed "" usr/bin/ed usr/share/ed/a
	mkroot -n -S root --with data ed
	[ "$status" -eq 0 ]
	[ -z "$(brought data)" ]
	[[ $stderr == *"/usr/share/ed, which /usr/bin/ed names, is left out: 200 MB; add -i /usr/share/ed"* ]]
}

@test "data: folders for state, of tmpfiles.d, of a unit and of the package" {
	put usr/lib/tmpfiles.d/ed.conf $'# x\nd /run/ed 0750 ed ed -\nf /run/ed/file\nd /home/x'
	put usr/lib/systemd/system/ed.service $'[Service]\nRuntimeDirectory=ed-run\nRuntimeDirectoryMode=0700'
	put etc/ed.conf
	mkdir -p root/var/lib/ed
	ships ed "" usr/bin/ed etc/ed.conf usr/lib/tmpfiles.d/ed.conf \
		usr/lib/systemd/system/ed.service var var/lib var/lib/ed
	mkroot -S root --with data ed -o out/
	[ "$status" -eq 0 ]
	[ "$(stat -c %a out/run/ed)" = 750 ]
	[ "$(stat -c %a out/run/ed-run)" = 700 ]
	[ -d out/var/lib/ed ]
	[ ! -e out/home ]
}

@test "data: a broken list of packages is none" {
	put usr/share/ed/a
	head -c 5000 /dev/urandom >root/var/lib/dpkg/status
	mkroot -n -S root --with data ed
	[ "$status" -eq 0 ]
	is_brought data /usr/share/ed/a
}

@test "data: a list of packages that is cut off is warned of, once" {
	put usr/share/ed/a
	ships ed "Version: 1" usr/bin/ed usr/share/ed/a
	printf 'Package: x\nStatus: install ok inst' >>root/var/lib/dpkg/status
	mkroot -S root --with data,exec ed -o out/
	says 0 ""
	[ "$(grep /dpkg/ <<<"$stderr")" = "mkroot: warning: '/var/lib/dpkg/status' ends within a paragraph: what packages bring beside libraries may be left out; add it with -i" ]
	[ -e out/usr/share/ed/a ]
}

@test "exec: commands of the package and of those that it declares, no others" {
	program usr/libexec/ed-helper
	program usr/bin/ed-tool
	program usr/bin/packer
	program usr/bin/stranger
	program usr/bin/cat
	program usr/sbin/edfs.a
	program usr/bin/pk
	ships ed "Suggests: packer | zip" usr/bin/ed usr/libexec/ed-helper usr/bin/ed-tool
	ships packer "" usr/bin/packer usr/bin/pk
	ships base "Essential: yes" usr/bin/cat
	ships other "" usr/bin/stranger usr/sbin/edfs.a
	mkroot -n -S root --with exec ed
	[ "$status" -eq 0 ]
	is_brought exec /usr/bin/ed-tool /usr/bin/packer /usr/bin/pk /usr/libexec/ed-helper /usr/sbin/edfs.a
}

@test "exec: a program that starts nothing brings nothing" {
	program usr/bin/ed-tool
	ships ed "" usr/bin/plain usr/bin/ed-tool
	mkroot -n -S root --with exec plain
	[ "$status" -eq 0 ]
	[ -z "$(brought exec)" ]
}

@test "exec: tar finds what it packs with" {
	[ -x /bin/tar ] && [ -x /usr/bin/xz ] || skip "no tar, no xz"
	mkroot --with data,exec tar true -o root.d/ --try 'tar cJf /dev/null /etc'
	[ "$status" -eq 0 ]
}

@test "cc: a C program is compiled and linked in the root" {
	[ -x /usr/bin/cc ] || skip "no cc"
	[[ $(readlink -f /usr/bin/cc) == *gcc* ]] || skip "cc is not gcc"
	printf '#include <stdio.h>\nint main(void) { return puts("made") < 0; }\n' >a.c
	mkroot --with data,exec,cc cc -i "$PWD/a.c:a.c" -o root.d/ --try 'cc -O1 -o /a.out /a.c'
	[ "$status" -eq 0 ]
}

# static_root: a root with the static program that holds names, and what it names.
static_root() {
	rm -r root
	cp -r "$FIXTURES/static_names" root
	mkdir -p root/var/lib/dpkg/info
	put etc/passwd "root:x:0:0:root:/root:/bin/sh"
	put etc/services
	put etc/localtime
	put etc/nsswitch.conf
	put etc/hosts "10.0.0.1 secret"
	put etc/ssl/certs/ca-certificates.crt
}

@test "static: what its C library is about is no data of the program" {
	static_root
	put usr/lib/gconv/A.so
	program lib/ld-linux.so.2
	put usr/share/libc.table
	put etc/static.conf
	ships libc6 "Source: glibc" usr/lib/gconv/A.so lib/ld-linux.so.2 usr/share/libc.table
	ships static "Depends: libc6" usr/bin/static etc/static.conf
	mkroot -n -S root --with data static
	[ "$status" -eq 0 ]
	is_brought data /etc/static.conf
}

@test "static: names, hosts, zone and authorities come by the paths that it holds" {
	static_root
	mkroot -S root --with names,dns,tz,tls static -o out/
	[ "$status" -eq 0 ]
	[ "$(cd out && find etc -type f | sort | xargs)" = "etc/group etc/hosts etc/localtime etc/nsswitch.conf \
etc/passwd etc/services etc/ssl/certs/ca-certificates.crt" ]
	run ! grep secret out/etc/hosts
}

@test "data: the program's own files in a folder that others have files in" {
	put etc/ed/ed.conf
	put etc/ed/other.conf
	put usr/share/ed/ed.init
	put usr/share/ed/vendor.d/other
	ships ed "" usr/bin/ed etc/ed/ed.conf usr/share/ed/ed.init
	ships other "" etc/ed/other.conf usr/share/ed/vendor.d/other
	mkroot -n -S root --with data ed
	[ "$status" -eq 0 ]
	is_brought data /etc/ed/ed.conf /usr/share/ed/ed.init
}

@test "data: folders of every system that the program names are there, as the old root has them" {
	mkdir -p root/var/log root/var/tmp
	chmod 711 root/var/log
	ships ed "" usr/bin/ed
	mkroot -S root --with data ed -o out/
	[ "$status" -eq 0 ]
	[ "$(cd out && find var | sort | xargs)" = "var var/log" ]
	[ "$(stat -c %a out/var/log)" = 711 ]
}

@test "names: users that configuration, a unit, sysusers.d and a package's set-up name" {
	local user n=110
	printf 'root:x:0:0:root:/root:/bin/sh\nmail:x:8:8::/var/mail:/bin/false\n' >root/etc.passwd
	for user in one two three four five other; do
		echo "$user:x:$n:$n::/:/bin/false" >>root/etc.passwd
		n=$((n + 1))
	done
	put etc/passwd "$(cat root/etc.passwd)"
	put etc/ed/ed.conf 'run -u one; mail'
	put usr/lib/systemd/system/ed.service $'[Service]\nUser=two'
	put usr/lib/sysusers.d/ed.conf 'u three - - /'
	put usr/lib/tmpfiles.d/ed.conf 'd /run/ed 0750 four - -'
	ships ed "" usr/bin/ed etc/ed/ed.conf usr/lib/systemd/system/ed.service \
		usr/lib/sysusers.d/ed.conf usr/lib/tmpfiles.d/ed.conf
	put var/lib/dpkg/info/ed.postinst 'chown five /x'
	mkroot -S root --with names,data ed -o out.tar
	[ "$status" -eq 0 ]
	[ "$(tar xOf out.tar etc/passwd | cut -d: -f1 | xargs)" = "root one two three four five nobody" ]
	[[ $(tar tvf out.tar --numeric-owner run/ed/) == *" 113/0 "* ]]
}

@test "scripts: of what the program's helpers call, what is everywhere and small" {
	program bin/sh
	put usr/lib/ed/help $'#!/bin/sh\n. common\nsmall; big; other; part'
	chmod +x root/usr/lib/ed/help
	put usr/lib/ed/common 'shared'
	for name in small big other shared part; do
		program "usr/bin/$name"
	done
	truncate -s 2M root/usr/bin/big
	ships ed "Depends: parts" usr/bin/ed usr/lib/ed/help usr/lib/ed/common
	ships base "Essential: yes" usr/bin/small usr/bin/big usr/bin/shared
	ships parts "" usr/bin/part
	ships other "" usr/bin/other
	mkroot -n -S root --with exec,scripts ed
	[ "$status" -eq 0 ]
	[ "$(sed -n 's/^\([^\t]*\)\t.*scripts: .* \(calls\|reads\) .*/\1/p' <<<"$output" | xargs)" = \
		"/usr/bin/part /usr/bin/shared /usr/bin/small /usr/lib/ed/common" ]
}

@test "data: a plug-in with more libraries than itself is worth is left out, with a warning" {
	put usr/share/ed/a
	cp "$FIXTURES/plugins/usr/lib/plugin.so" root/usr/share/ed/light.so
	cp "$FIXTURES/plugins/usr/lib/heavy.so" root/usr/share/ed/heavy.so
	cp "$FIXTURES/plugins/usr/lib/libweight.so" root/usr/lib/
	truncate -s 40M root/usr/lib/libweight.so
	ships ed "" usr/bin/ed usr/share/ed/a usr/share/ed/light.so usr/share/ed/heavy.so
	mkroot -n -S root --with data ed
	[ "$status" -eq 0 ]
	is_brought data /usr/share/ed/a /usr/share/ed/light.so
	[[ $output != *libweight* ]]
	[[ $stderr == *"/usr/share/ed/heavy.so is left out: 40 MB of libraries come with it; add -i /usr/share/ed/heavy.so"* ]]
	# What is there anyway weighs nothing.
	mkroot -n -S root --with data ed -i /usr/lib/libweight.so
	is_brought data /usr/share/ed/a /usr/share/ed/heavy.so /usr/share/ed/light.so
	[[ $stderr != *heavy* ]]
}

@test "exec: what shows windows does not come for a mere suggestion" {
	cp "$FIXTURES/windows/usr/bin/packer" root/usr/bin/packer
	cp "$FIXTURES/windows/usr/lib/libX11.so.6" root/usr/lib/
	program usr/bin/pk
	ships ed "Suggests: packer" usr/bin/ed
	ships packer "" usr/bin/packer usr/bin/pk
	mkroot -n -S root --with exec ed
	[ "$status" -eq 0 ]
	is_brought exec /usr/bin/pk
}

@test "data: links in a program's folder do not bring keys, hashes, or somebody's home" {
	set_up
	local secret secrets=(etc/shadow etc/machine-id etc/krb5.keytab etc/ssl/private/a.key root/.ssh/id_rsa
		etc/ssh/ssh_host_rsa_key home/u/.netrc home/u/notes)
	put usr/share/ed/data
	put usr/share/ed/.netrc secret
	for secret in "${secrets[@]}"; do
		put "$secret" secret
		ln -s "/$secret" "root/usr/share/ed/${secret##*/}.1"
		ln -s "/${secret%/*}" "root/usr/share/ed/${secret##*/}.2"
	done
	mkroot -q -S root ed -o new/
	says 0 ""
	[ -e new/usr/share/ed/data ]
	run ! grep -rlw secret new
}

@test "data: many folders that are named do not have the one above them read each time" {
	local i
	mkdir -p root/usr/share/many root/usr/bin
	for ((i = 0; i < 600; i++)); do
		mkdir "root/usr/share/many/$i"
		touch root/usr/share/many/"$i"/{a,b,c,d,e,f}
		echo "\"/usr/share/many/$i\","
	done >names
	{
		echo 'const char *const names[] = {' && cat names
		echo '}; int main(int n, char **v) { (void)v; return *names[n]; }'
	} >many.c
	cc -static many.c -o root/usr/bin/many
	export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 # not under ptrace
	strace -f -c -o calls "$MKROOT" -q -n -S root many >plan
	[ "$(grep -c '/many/.*/[a-f]	' plan)" -eq 3600 ]
	[ "$(awk '$NF ~ /^(newfstatat|fstatat64)$/ { n += $4 } END { print n + 0 }' calls)" -lt 40000 ]
}

@test "data: what tmpfiles.d says is a tidy path with a mode, or nothing" {
	set_up
	put usr/share/ed/data
	put usr/lib/tmpfiles.d/ed.conf "$(printf 'd %s\n' '/run/slash/ 0700' '/run//twice 0711' '/run/./dot ~0750' \
		'/run/minus -1' '/run/up/.. 0755' '/run/.. 0777' '/../run/out 0755' '/ 0777' '/var/lib/')"
	put usr/lib/systemd/system/ed.service 'RuntimeDirectory=.. unit/../../x ok/'
	ships ed "" usr/bin/ed usr/share/ed/data usr/lib/tmpfiles.d/ed.conf usr/lib/systemd/system/ed.service
	mkroot -q -S root ed -o new/
	says 0 ""
	[ "$(cd new/run && find . -mindepth 1 -printf '%p %m\n' | sort | tr '\n' ' ')" = \
		"./dot 750 ./minus 755 ./ok 755 ./slash 700 ./twice 711 " ]
}
