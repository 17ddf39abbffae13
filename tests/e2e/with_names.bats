#!/usr/bin/env bats
# --with names, dns: who and where one is in the new root.
# shellcheck disable=SC2154 # $stderr is set by mkroot() in lib.bash
load lib

# sysroot PROGRAM...: a root in $T/sys with these, bare, and an /etc of the tests' own.
sysroot() {
	"$MKROOT" -q --with none "$@" -o sys/
	mkdir -p sys/etc
	cat >sys/etc/passwd <<-'EOF'
		root:x:0:0:The Admin:/root:/bin/sh
		daemon:x:1:1::/:/bin/false
		www-data:x:33:33::/var/www:/bin/false
		spool:x:120:120::/var/spool:/bin/false
		nobody:x:65534:65534:nobody:/nonexistent:/bin/false
		alice:x:1000:1000:Alice A.:/home/alice:/bin/sh
	EOF
	printf '%s\n' root:x:0: daemon:x:1: www-data:x:33: shadow:x:42: spool:x:120: nogroup:x:65534: alice:x:1000: >sys/etc/group
	printf '%s\n' root:secret:1:::::: alice:secret:1:::::: >sys/etc/shadow
	chmod 640 sys/etc/shadow
	printf '%s\n' 'passwd: files systemd' 'hosts: files dns' >sys/etc/nsswitch.conf
	echo '10.1.2.3 secret.example' >sys/etc/hosts
	echo 'nameserver 10.1.2.4' >sys/etc/resolv.conf
	printf 'ssh\t22/tcp\n' >sys/etc/services
	printf 'tcp\t6\tTCP\n' >sys/etc/protocols
}

@test "names: passwd and group are made, for who calls getpwuid" {
	sysroot id
	mkroot -q -S sys id -o root/
	says 0 ""
	[ "$(grep -v daemon root/etc/passwd)" = "root:x:0:0:root:/root:/bin/sh
nobody:x:65534:65534:nobody:/nonexistent:/bin/false" ]
	grep -qx nogroup:x:65534: root/etc/group
	cmp sys/etc/nsswitch.conf root/etc/nsswitch.conf
	[ ! -e root/etc/shadow ]
}

@test "names: a program that looks nobody up brings nothing" {
	sysroot true
	mkroot -n -S sys true
	[ "$status" -eq 0 ]
	[[ $output != *passwd* && $output != *nsswitch* && $output != *hosts* ]]
}

@test "names: id and getent find in the new root who is in it" {
	needs_root
	mkroot -q id getent whoami -o root/
	says 0 ""
	mkroot run root/ id -un
	says 0 root
	mkroot run root/ id -un nobody
	says 0 nobody
	mkroot run root/ getent services ssh
	says 0 "$(getent services ssh)"
	mkroot run root/ getent hosts 127.0.0.1
	[ "$status" -eq 0 ]
	[[ $output == 127.0.0.1*localhost* ]]
}

@test "names: who asks for shadow gets one that lets nobody in" {
	sysroot getent
	mkroot -q -S sys getent -o root/
	says 0 ""
	[ "$(cut -d: -f1,2 root/etc/shadow | grep -v daemon)" = "root:*
nobody:*" ]
	run ! grep -rq secret root/etc
	[ "$(stat -c %a root/etc/shadow)" = 640 ] || [ "$(stat -c %a root/etc/shadow)" = 600 ]
}

@test "names: services and protocols come for who calls getservbyname" {
	sysroot getent
	mkroot -q -S sys getent -o root/
	says 0 ""
	cmp sys/etc/services root/etc/services
	cmp sys/etc/protocols root/etc/protocols
}

@test "names: hosts is made, resolv.conf is nobody's" {
	sysroot getent
	mkroot -q -S sys getent -o root/
	says 0 ""
	[ "$(head -1 root/etc/hosts)" = $'127.0.0.1\tlocalhost' ]
	run ! grep -q secret root/etc/hosts
	[ ! -e root/etc/resolv.conf ]
}

@test "names: --user is known in the new root, with the id it had" {
	sysroot true
	mkroot -q -S sys --user alice true -o root/
	says 0 ""
	grep -qx 'alice:x:1000:1000:alice:/home/alice:/bin/sh' root/etc/passwd
	grep -qx alice:x:1000: root/etc/group
}

@test "names: --user with an id of its own is that" {
	sysroot true
	mkroot -q -S sys --user app:777:778 true -o root/
	says 0 ""
	grep -qx 'app:x:777:778:app:/:/bin/sh' root/etc/passwd
	grep -qx app:x:778: root/etc/group
}

@test "names: a folder that is added to keeps its users" {
	sysroot id
	mkroot -q -S sys id -o root/
	echo me:x:4711:4711::/:/bin/sh >>root/etc/passwd
	sed -i s,^root:.*,root:x:0:0:mine:/my:/my/sh, root/etc/passwd
	mkroot -q -S sys --user alice id -o root/
	says 0 ""
	[ "$(grep -v daemon root/etc/passwd)" = "root:x:0:0:mine:/my:/my/sh
nobody:x:65534:65534:nobody:/nonexistent:/bin/false
me:x:4711:4711::/:/bin/sh
alice:x:1000:1000:alice:/home/alice:/bin/sh" ]
}

@test "names: what -i put there is not replaced" {
	sysroot id
	echo mine:x:0:0::/:/bin/sh >passwd
	cp passwd sys/mine
	mkroot -q -S sys -i /mine:/etc/passwd id -o root/
	says 0 ""
	cmp passwd root/etc/passwd
}

@test "names: the old root without passwd, and with a hostile one" {
	sysroot id
	rm sys/etc/passwd sys/etc/group
	mkroot -q -S sys id -o one/
	says 0 ""
	grep -qx root:x:0:0:root:/root:/bin/sh one/etc/passwd
	mkfifo sys/etc/passwd
	ln -s group sys/etc/group
	mkroot -q -S sys id -o two/
	says 0 ""
	cmp one/etc/passwd two/etc/passwd
	rm sys/etc/passwd
	truncate -s 8G sys/etc/passwd
	mkroot -S sys id -o three/
	[ "$status" -eq 0 ]
	[[ $stderr == *"/etc/passwd cannot be used"* ]]
	cmp one/etc/passwd three/etc/passwd
}

@test "names: a module that asks a daemon outside stays out, unless names is named" {
	sysroot id
	mkdir -p sys/usr/lib/m
	module=$(find /usr/lib /lib -name 'libnss_compat.so.2' 2>/dev/null | head -1)
	[ -n "$module" ] || skip "no libnss_compat.so.2 here"
	cp "$module" "sys$(dirname "$(realpath "$(ldd "$(command -v id)" | sed -n 's/.*libc.so.6 => \([^ ]*\).*/\1/p')")")/libnss_systemd.so.2"
	mkroot -n -S sys id
	[[ $output != *libnss_systemd* ]]
	mkroot -n -S sys --with auto,names id
	[[ $output == *libnss_systemd.so.2*"names: "* ]]
}

@test "names: a daemon's own user comes, and its empty folder below /run" {
	sysroot id
	mv "$(find sys/ -name id -type f)" sys/usr/bin/spool
	sed -i s,/var/spool,/run/spool, sys/etc/passwd
	mkroot -q -S sys /usr/bin/spool -o root/
	says 0 ""
	grep -qx spool:x:120:120:spool:/run/spool:/bin/false root/etc/passwd
	[ -d root/run/spool ]
	[ -z "$(ls -A root/run/spool)" ]
}

@test "names: bash and ls with all that they ask for are under 6 MB" {
	mkroot -n bash ls
	[ "$status" -eq 0 ]
	[ "$(awk -F'\t' '{ sum += $2 } END { print sum }' <<<"$output")" -lt 6000000 ]
}

@test "names: an id that is too large is no name" {
	sysroot true
	mkroot -q -S sys --user 4294967295 true -o root/
	says 2 ""
	complains "--user is NAME[:UID[:GID]] or UID[:GID], not '4294967295'"
	[ ! -e root ]
}
