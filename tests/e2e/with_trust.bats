#!/usr/bin/env bats
# --with tls, pam: whom programs trust, and by which modules they let people in.
# shellcheck disable=SC2154 # $stderr is set by mkroot() in lib.bash
load lib

# sysroot PROGRAM...: a root in $T/sys with these, bare.
sysroot() {
	"$MKROOT" -q --with none "$@" -o sys/
	mkdir -p sys/etc
}

# openssldir: where the host's libcrypto says that it looks.
openssldir() {
	needs openssl
	openssl version -d | sed -n 's/^OPENSSLDIR: "\(.*\)"$/\1/p'
}

@test "tls: openssl.cnf is where libcrypto says, with what it includes" {
	dir=$(openssldir)
	sysroot openssl
	mkdir -p "sys$dir" sys/etc/ssl/more sys/etc/policies
	printf '%s\n' '.include /etc/ssl/more' '.include = /etc/policies/one.config' '# .include /etc/passwd' >"sys$dir/openssl.cnf"
	touch sys/etc/ssl/more/{a.cnf,b.conf,c.txt} sys/etc/policies/one.config
	mkroot -n -S sys openssl
	[ "$status" -eq 0 ]
	for path in "${dir#/}/openssl.cnf" etc/ssl/more/a.cnf etc/ssl/more/b.conf etc/policies/one.config; do
		grep -q "^/$path	" <<<"$output" || { echo "no $path"; false; }
	done
	[[ $output != *c.txt* ]]
}

@test "tls: the file with all authorities is enough where there is one" {
	dir=$(openssldir)
	sysroot openssl
	mkdir -p "sys$dir" sys/etc/ssl/certs
	echo all >sys/etc/ssl/certs/ca-certificates.crt
	echo one >sys/etc/ssl/certs/one.pem
	ln -s /etc/ssl/certs/ca-certificates.crt "sys$dir/cert.pem"
	[ -e "sys$dir/certs" ] || ln -s /etc/ssl/certs "sys$dir/certs"
	mkroot -q -S sys openssl -o root/
	says 0 ""
	[ -e root/etc/ssl/certs/ca-certificates.crt ]
	[ ! -e root/etc/ssl/certs/one.pem ]
	rm "sys$dir/cert.pem"
	mkroot -q -S sys openssl -o two/
	[ -e two/etc/ssl/certs/one.pem ]
}

@test "tls: p11-kit's modules come for who asks p11-kit" {
	needs p11-kit
	sysroot p11-kit
	lib=$(dirname "$(find sys/ -name 'libp11-kit.so.0.*')")
	mkdir -p "$lib/pkcs11" sys/usr/share/p11-kit/modules
	module=$(find /usr/lib /lib -path '*pkcs11/p11-kit-client.so' 2>/dev/null | head -1)
	[ -n "$module" ] || skip "no p11-kit-client.so here"
	cp "$module" "$lib/pkcs11/card.so"
	printf '# a card\nmodule: card.so\n' >sys/usr/share/p11-kit/modules/card.module
	mkroot -q -S sys p11-kit -o root/
	says 0 ""
	cmp "$lib/pkcs11/card.so" "root/${lib#sys/}/pkcs11/card.so"
	cmp sys/usr/share/p11-kit/modules/card.module root/usr/share/p11-kit/modules/card.module
}

@test "tls: a private key is nobody's" {
	dir=$(openssldir)
	sysroot openssl
	mkdir -p "sys$dir" sys/etc/ssl/private
	echo key >sys/etc/ssl/private/key.pem
	ln -s /etc/ssl/private "sys$dir/private"
	mkroot -n -S sys --with auto,tls openssl
	[ "$status" -eq 0 ]
	[[ $output != *private* ]]
}

@test "tls: a configuration that includes itself, a folder, and what is not there" {
	dir=$(openssldir)
	sysroot openssl
	mkdir -p "sys$dir"
	for _ in {1..2000}; do printf '%s\n' ".include $dir/openssl.cnf" ".include $dir" '.include /gone' '.include' '.include =' '.include = x'; done >"sys$dir/openssl.cnf"
	mkroot -n -S sys openssl
	[ "$status" -eq 0 ]
	is_quiet_but_for_the_bill
	rm "sys$dir/openssl.cnf"
	mkfifo "sys$dir/openssl.cnf"
	mkroot -n -S sys openssl
	[ "$status" -eq 0 ]
	is_quiet_but_for_the_bill
}

is_quiet_but_for_the_bill() {
	[ "$(grep -cvE '^mkroot: (would write|of it, run-time data: )' <<<"$stderr")" -eq 0 ] || { printf '%s\n' "$stderr" >&2; return 1; }
}

@test "tls: openssl has its providers, and verifies what the system trusts" {
	needs_root
	needs openssl
	bundle=/etc/ssl/certs/ca-certificates.crt
	[ -e "$bundle" ] || skip "no $bundle here"
	mkroot -q openssl -o root/
	says 0 ""
	mkroot run root/ openssl list -providers -provider legacy -provider default
	[ "$status" -eq 0 ]
	[[ $output == *legacy* ]]
	openssl x509 -in "$bundle" >root/ca.pem
	mkroot run root/ openssl verify /ca.pem
	says 0 "/ca.pem: OK"
}

@test "pam: a service's files, what they include, and the modules they name" {
	needs su
	sysroot su
	lib=$(dirname "$(find sys/ -name 'libpam.so.0.*')")
	mkdir -p sys/etc/pam.d "$lib/security" sys/etc/security
	module=$(find /usr/lib /lib -name pam_permit.so 2>/dev/null | head -1)
	for name in a b c d e f systemd unused; do cp "$module" "$lib/security/pam_$name.so"; done
	cp "$module" sys/etc/security/mine.so
	cat >sys/etc/pam.d/su <<-'EOF'
		# auth required pam_unused.so
		auth [success=1 default=ignore] pam_a.so use_first_pass
		-auth sufficient pam_b.so
		@include common
		auth include other-way
		session optional pam_systemd.so
		auth required pam_gone.so
		auth required /etc/security/mine.so
		@include su
	EOF
	echo 'auth [default=1 ] pam_c.so' >sys/etc/pam.d/common
	printf 'auth\tsubstack\tdeeper' >sys/etc/pam.d/other-way
	echo 'auth required pam_d.so' >sys/etc/pam.d/deeper
	echo 'auth required pam_e.so' >sys/etc/pam.d/other
	echo 'auth required pam_f.so' >sys/etc/pam.d/sulogin-like
	echo secret >sys/etc/security/opasswd
	echo '* soft core 0' >sys/etc/security/limits.conf
	mkroot -q -S sys su -o root/
	[ "$status" -eq 0 ]
	[ "$(cd root/etc/pam.d && echo *)" = "common deeper other other-way su" ]
	[ "$(find root/ -name 'pam_*.so' -printf '%f\n' | sort | tr '\n' ' ')" = "pam_a.so pam_b.so pam_c.so pam_d.so pam_e.so " ]
	[ "$(cd root/etc/security && echo *)" = "limits.conf mine.so" ]
}

@test "pam: hostile services bring nothing, and end" {
	needs su
	sysroot su
	mkdir -p sys/etc/pam.d
	echo top-of-shadow >sys/etc/shadow
	ln -s ../shadow sys/etc/pam.d/common
	ln -s other sys/etc/pam.d/loop
	mkfifo sys/etc/pam.d/pipe
	for _ in {1..3000}; do
		printf '%s\n' '@include su' '@include common' '@include loop' '@include pipe' 'auth [' 'auth required' \
			'auth [a b' 'auth required /etc/shadow' 'auth include ../../etc/shadow' 'auth required ../../../../etc/shadow'
	done >sys/etc/pam.d/su
	cp sys/etc/pam.d/su sys/etc/pam.d/other
	mkroot -q -S sys su -o root/
	[ "$status" -eq 0 ]
	run ! grep -rq top-of-shadow root/
}

@test "pam: passwd tells of a user who cannot log in" {
	needs_root
	needs passwd
	mkroot -q passwd -o root/
	says 0 ""
	mkroot run root/ passwd -S root
	[ "$status" -eq 0 ]
	[[ $output == "root L "* ]]
}

@test "pam: su becomes somebody else in the new root" {
	needs_root
	needs su
	mkroot -q --with auto su id sh -o root/
	says 0 ""
	mkroot run root/ su -s /bin/sh nobody -c 'id -un'
	says 0 nobody
}
