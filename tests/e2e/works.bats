#!/usr/bin/env bats
# bats file_tags=slow
# Does a root made of programs' names, and nothing else, work? Each test packs some and has them do in
# the root what they do here; all that they say must be the same.
# shellcheck disable=SC2030,SC2031,SC2154 # status, output and stderr are set by mkroot() in lib.bash
load lib

set_up() {
	needs_root
	# Not a user's own python, and the like.
	PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
	mkdir in
	printf 'first\nhello world\nlast\n' >in/hello.txt
}

# as_here COMMAND...: says in root/ what it says here, on both streams, with the same status. The
# folder in/ is the current one.
as_here() {
	local here there same=(LC_ALL=C.UTF-8 TERM=xterm-256color HOME=/nonexistent)
	here=$(cd in && env -i PATH="$PATH" "${same[@]}" "$@" 2>&1 && echo "status 0") || :
	there=$(timeout 60 "$MKROOT" run -v "$T/in:/in:ro" -w /in "${same[@]/#/--env=}" root/ "$@" 2>&1 && echo "status 0") || :
	if [ "$here" != "$there" ] || [[ $here != *"status 0" ]]; then
		diff -u --label here --label there <(echo "$here") <(echo "$there") >&2 || :
		return 1
	fi
}

# pack PROGRAM...: into root/.
pack() {
	needs "$@"
	mkroot -q "$@" -o root/
	says 0 ""
	is_quiet
}

@test "libraries: jq reads JSON" {
	pack jq
	echo '{"a": [1, {"b": "ü"}]}' >in/x.json
	as_here jq '.a[1].b | test("^\\p{L}$")' x.json
}

@test "names: id knows a user and its group" {
	pack id
	as_here id nobody
}

@test "names: getent finds services and protocols" {
	pack getent
	as_here getent services https
	as_here getent protocols udp
}

@test "data: openssl trusts the public authorities" {
	pack openssl
	sed '/END CERTIFICATE/q' /etc/ssl/certs/ca-certificates.crt >in/ca.pem
	as_here openssl verify ca.pem
}

@test "data: tput knows a terminal" {
	pack tput
	as_here tput colors
	as_here tput cup 3 7
}

@test "data: date knows a zone" {
	pack date
	as_here date -d 'TZ="Asia/Tokyo" 1970-01-02 00:00' +%s
}

@test "dlopen: iconv opens converters" {
	pack iconv
	printf '\xb0\xa1\xb3\xaa\n' >in/korean
	as_here iconv -f EUC-KR -t UTF-8 korean
}

@test "dlopen: openssl opens a provider" {
	pack openssl
	as_here openssl dgst -provider legacy -provider default -md4 hello.txt
}

@test "interpreters: perl has its modules" {
	pack perl
	as_here perl -MPOSIX=floor -MList::Util=sum -MData::Dumper -e 'print floor(3.7), Dumper(sum(1..4))'
}

@test "interpreters: python has its library" {
	pack python3
	as_here python3 -c 'import hashlib, json, lzma, sqlite3, ssl, subprocess
print(json.dumps({"a": sqlite3.connect(":memory:").execute("select 1 + 1").fetchone()}), ssl.OPENSSL_VERSION)'
}

@test "commands: tar starts xz" {
	needs xz
	tar -C in -cJf in/x.tar.xz hello.txt
	pack tar
	as_here tar -xJOf x.tar.xz hello.txt
}

@test "commands: man formats a page" {
	printf '.TH HELLO 1\n.SH NAME\nhello \\- says \\fBhello\\fP\n' >in/hello.1
	pack man cat
	as_here man -P cat -l hello.1
}

@test "commands: awk starts a shell" {
	pack awk
	as_here awk 'BEGIN { system("echo from the shell") }'
}

@test "scripts: xzgrep finds what it calls" {
	xz -k in/hello.txt
	pack xzgrep
	as_here xzgrep -n hello hello.txt.xz
}

@test "links: unxz is xz" {
	xz -k in/hello.txt
	pack unxz
	[ -L root/usr/bin/unxz ] || [ -L root/bin/unxz ]
	as_here unxz -c hello.txt.xz
}

@test "capabilities: ping keeps its own" {
	pack ping getcap
	getcap "$(readlink -f "$(command -v ping)")" | grep -q cap_net_raw || skip "this ping has none"
	as_here getcap "$(readlink -f "$(command -v ping)")"
}

@test "servers: lighttpd answers" {
	cat >in/l.conf <<-'END'
		server.document-root = "/in"
		server.port = 8082
		server.bind = "127.0.0.1"
		server.modules = ("mod_access", "mod_accesslog")
	END
	cat >in/ask <<-'END'
		lighttpd -D -f l.conf 2>/dev/null &
		for ((i = 0; i < 100; i++)); do
			{ exec 3<>/dev/tcp/127.0.0.1/8082; } 2>/dev/null && break
			sleep 0.1
		done
		printf 'GET /hello.txt HTTP/1.0\r\n\r\n' >&3
		while read -r line && [ "$line" != $'\r' ]; do :; done <&3
		while read -r line; do echo "$line"; done <&3
		kill %1
	END
	pack lighttpd bash sleep
	mkroot run -v "$T/in:/in:ro" -w /in root/ bash ask
	says 0 "$(cat in/hello.txt)"
}

# traced COMMAND...: root/ is what this used here, where it says what it says in the root.
traced() {
	needs "$1"
	mkroot trace -q -o root/ -- "$@"
	[ "$status" -eq 0 ]
	local here=$output
	[ -n "$here" ]
	mkroot run -v "$T/in:$T/in:ro" root/ "$@"
	says 0 "$here"
}

@test "traced: python's library" {
	traced python3 -c 'import json, sqlite3, ssl; print(json.dumps(sqlite3.connect(":memory:").execute("select 1").fetchone()))'
}

@test "traced: a converter of iconv's" {
	printf '\xb0\xa1\xb3\xaa\n' >in/korean
	traced iconv -f EUC-KR -t UTF-8 "$T/in/korean"
}

@test "traced: what tar starts" {
	tar -C in -cJf in/x.tar.xz hello.txt
	traced tar -xJOf "$T/in/x.tar.xz" hello.txt
}
