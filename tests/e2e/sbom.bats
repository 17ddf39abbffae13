#!/usr/bin/env bats
# --sbom: bills of materials, held against the two specifications by sbom_check, and what they say
# against dpkg-query(1), rpm(8), sha256sum(1), readelf(1) and ldd.

load lib
: "${stderr=}" # set by run --separate-stderr

set_up() {
	needs jq python3
	fixture usr_merge_links
	mkdir -p usr_merge_links/etc
	printf 'ID=demo\nVERSION_ID="1 0"\nPRETTY_NAME="Demo 1"\n' >usr_merge_links/etc/os-release
}

# bills ARG...: a root with both bills, s.json and c.json. What they say is one thing: $said.
bills() {
	mkroot "$@" --sbom spdx:s.json --sbom cyclonedx:c.json
	says 0 ""
	check_bills
}

check_bills() {
	said=$("$BATS_TEST_DIRNAME/sbom_check" s.json) || return 1
	diff -u <(echo "$said") <("$BATS_TEST_DIRNAME/sbom_check" c.json) >&2
}

# apk_package NAME VERSION ARCH LICENSE PATH...: one more of a database as apk writes it.
apk_package() {
	local file root=usr_merge_links
	mkdir -p "$root/lib/apk/db"
	{
		printf 'P:%s\nV:%s\nA:%s\nL:%s\no:%s-src\nm:Some One <one@example.org>\n' "$1" "$2" "$3" "$4" "$1"
		for file in "${@:5}"; do
			printf 'F:%s\nR:%s\n' "$(dirname "${file#/}")" "${file##*/}"
		done
		echo
	} >>"$root/lib/apk/db/installed"
}

# about WORD: the lines that begin so, without it.
about() {
	sed -n "s/^$1 //p" <<<"$said"
}

@test "sbom: packages are those that dpkg names for the files inside, as package URLs" {
	needs dpkg-query
	bills bash ls --with names -o root/
	(
		# shellcheck source=/dev/null
		. /etc/os-release
		find root -type f -printf '/%P\n' | while read -r file; do printf '%s\n%s\n' "$file" "${file#/usr}"; done >files
		xargs -d '\n' dpkg-query -S <files 2>/dev/null | grep -v '^diversion' | sed 's/: .*//' | sort -u >owners
		mapfile -t owners <owners
		dpkg-query -W -f '${Package} ${Version} ${Architecture} ${source:Package} ${source:Version}\n' -- "${owners[@]}" |
			python3 -c '
import sys
from urllib.parse import quote
enc = lambda text: quote(text, safe=".-_~:")
for line in sys.stdin:
    name, version, arch, source, theirs = line.split()
    up = source if theirs == version else source + "@" + theirs
    up = "" if up == name else "&upstream=" + enc(up)
    print(name, version, f"pkg:deb/{sys.argv[1]}/{enc(name)}@{enc(version)}?arch={arch}&distro={enc(sys.argv[2])}{up}", "-")
' "$ID" "$ID${VERSION_ID+-$VERSION_ID}" | sort >expected
		[ "$(about os)" = "$ID ${VERSION_ID--}" ]
	)
	diff -u expected <(about package | LC_ALL=C sort) >&2
	[ "$(wc -l <expected)" -ge 4 ]
}

@test "sbom: files that nobody ships have their digests and build IDs" {
	needs readelf
	gcc -static -Wl,--build-id=0xabcdef0123 -o usr_merge_links/list -xc - <<<"int main(void) { return 0; }"
	local name=$'o\xff\n"\\d'
	echo one >"usr_merge_links/$name"
	echo two >"usr_merge_links/o; x +é"
	bills -S usr_merge_links /bin/app -i /list -i "/$name" -i "/o; x +é" -o root/
	python3 - root >expected <<-'EOF'
		import hashlib, os, sys
		from urllib.parse import quote
		for base, _, names in os.walk(os.fsencode(sys.argv[1])):
		    for name in names:
		        path = os.path.join(base, name)
		        if not os.path.islink(path):
		            with open(path, "rb") as f:
		                print("/" + quote(os.path.relpath(path, os.fsencode(sys.argv[1])), safe="/-._~ +:;"), hashlib.sha256(f.read()).hexdigest())
	EOF
	diff -u <(LC_ALL=C sort expected) <(about file | sed 's/ [^ ]*$//' | LC_ALL=C sort) >&2
	[ "$(wc -l <expected)" -ge 5 ]
	[[ $(about file) == *"/list $(sha256sum <root/list | cut -d' ' -f1) abcdef0123"* ]]
	jq -r '.files[] | select(.comment == null or (.comment | contains("base64") | not)) | "\(.checksums[] | select(.algorithm == "SHA1") | .checksumValue)  \(.fileName)"' s.json >sums
	(cd root && sha1sum -c --quiet ../sums)
	[ "$(jq -r '.files[] | select(.fileTypes) | .fileName' s.json | LC_ALL=C sort)" = "$(cd root && find . -type f -exec sh -c 'readelf -h "$1" >/dev/null 2>&1' - {} \; -print | LC_ALL=C sort)" ]
}

@test "sbom: a package needs those whose libraries its own files need" {
	apk_package app-pkg 1.0-r0 x86_64 'MIT AND (ISC OR GPL-2.0-only)' usr/bin/app
	apk_package Lib++ 2:1+2 noarch GPLv2+ usr/lib/x86_64-linux-gnu/libone.so.1.2 usr/share/no
	apk_package ghost 1 x86_64 MIT usr/share/ghost
	bills -S usr_merge_links /bin/app -o root/
	local app="pkg:apk/demo/app-pkg@1.0-r0?arch=x86_64&distro=demo-1%200&upstream=app-pkg-src"
	local lib="pkg:apk/demo/lib%2B%2B@2:1%2B2?arch=noarch&distro=demo-1%200&upstream=Lib%2B%2B-src"
	diff -u - <(about package) <<-EOF >&2
		Lib++ 2:1+2 $lib GPLv2+
		app-pkg 1.0-r0 $app MIT AND (ISC OR GPL-2.0-only)
	EOF
	[ "$("$MKROOT" ldd -S usr_merge_links /bin/app | grep -c libone.so)" -eq 1 ]
	[[ $(about needs) == *"$app $lib"* && $(about needs) == *"root $app"* && $(about needs) != *"$lib $app"* ]]
	[ "$(jq -r '.packages[] | select(.name == "Lib++") | "\(.licenseDeclared) \(.licenseComments) \(.sourceInfo) \(.supplier)"' s.json)" = \
		"NOASSERTION GPLv2+ built package from: Lib++-src 2:1+2 Organization: Some One (one@example.org)" ]
	[ "$(jq -c '.components[] | select(.name == "Lib++") | .licenses' c.json)" = '[{"license":{"name":"GPLv2+","acknowledgement":"declared"}}]' ]
	[ "$(jq -c '.components[] | select(.name == "app-pkg") | .licenses[0] | keys' c.json)" = '["acknowledgement","expression"]' ]
}

@test "sbom: an rpm system's packages, with epoch and license" {
	needs rpm rpmbuild
	mkdir -p root/usr/bin root/usr/lib/sysimage/rpm
	cp "${INMATE:?}" root/usr/bin/inmate
	printf 'ID=fedora\nVERSION_ID=40\n' >root/usr/lib/os-release
	printf '%s\n' 'Name: Inmate' 'Version: 1.2~rc1' 'Release: 3.fc40' 'Epoch: 2' 'Summary: x' 'License: MIT AND ISC' \
		'BuildArch: noarch' 'Vendor: The Vendor' '%description' x '%install' \
		'install -D /dev/null %{buildroot}/usr/bin/inmate' '%files' /usr/bin/inmate >x.spec
	rpmbuild -bb --quiet --define "_topdir $T/rpmbuild" --define '_rpmfilename x.rpm' x.spec 2>build.log || { cat build.log >&2; return 1; }
	rpm --dbpath "$T/root/usr/lib/sysimage/rpm" --define '_db_backend sqlite' -i --justdb --nodeps rpmbuild/RPMS/x.rpm 2>/dev/null
	bills -S root --with none /usr/bin/inmate -o out/
	[ "$(about os)" = "fedora 40" ]
	[ "$(about package)" = "Inmate 2:1.2~rc1-3.fc40 pkg:rpm/fedora/Inmate@1.2~rc1-3.fc40?arch=noarch&distro=fedora-40&epoch=2&upstream=Inmate-1.2~rc1-3.fc40.src.rpm MIT AND ISC" ]
	[ -z "$(about file)" ]
	[ "$(jq -r '[.files, .packages[0].filesAnalyzed, .packages[0].packageVerificationCode] | @json' s.json)" = '[null,false,null]' ]
}

@test "sbom: a pacman system's packages" {
	local local=usr_merge_links/var/lib/pacman/local/app-1:2.0-1
	mkdir -p "$local"
	printf '%%NAME%%\nApp\n\n%%VERSION%%\n1:2.0-1\n\n%%BASE%%\napps\n\n%%ARCH%%\nany\n\n%%LICENSE%%\nMIT\nISC\n\n' >"$local/desc"
	printf '%%FILES%%\nusr/\nusr/bin/\nusr/bin/app\n\n' >"$local/files"
	echo ID=arch >usr_merge_links/etc/os-release
	bills -S usr_merge_links --with none /bin/app -o root/
	[ "$(about os)" = "arch -" ]
	[ "$(about package)" = "App 1:2.0-1 pkg:alpm/arch/app@1:2.0-1?arch=any&distro=arch&upstream=apps MIT ISC" ]
}

@test "sbom: without os-release packages have no package URL, and without a database there are files" {
	apk_package app-pkg 1.0-r0 x86_64 MIT usr/bin/app
	rm usr_merge_links/etc/os-release
	bills -S usr_merge_links --with none /bin/app -o root/
	[ -z "$(about os)" ]
	[ "$(about package)" = "app-pkg 1.0-r0 - MIT" ]
	rm -r usr_merge_links/lib/apk
	bills -S usr_merge_links --with none /bin/app -o root/
	[ -z "$(about package)" ]
	[ "$(about file | cut -d' ' -f1)" = "$(cd root && find . -type f | sed 's/^\.//' | LC_ALL=C sort)" ]
	[ "$(about needs | grep -c ^/usr/bin/app)" -ge 1 ]
}

@test "sbom: a hard link to a package's file is a file of its own" {
	apk_package app-pkg 1.0-r0 x86_64 MIT usr/bin/app
	ln usr_merge_links/usr/bin/app usr_merge_links/usr/bin/zz
	bills -S usr_merge_links --with none /bin/app /bin/zz -o root.tar
	[[ $(about file) == *"/usr/bin/zz $(sha256sum <usr_merge_links/usr/bin/app | cut -d' ' -f1) "* ]]
	[ "$(jq -r '.files[] | select(.fileName == "./usr/bin/zz") | .checksums[0].checksumValue' s.json)" = "$(sha1sum <usr_merge_links/usr/bin/app | cut -d' ' -f1)" ]
}

@test "sbom: hostile databases and os-release make valid documents" {
	printf 'ID="de mo/\x01"\nVERSION_ID=%s\n' "'\"&?#'" >usr_merge_links/etc/os-release
	apk_package $'a"\\\x01/b' $'1\x02?&' 'x&y=z' $'M\xffIT' usr/bin/app
	apk_package $'a\xfe"' 1 x86_64 'MIT WITH' usr/lib/x86_64-linux-gnu/libone.so.1.2
	apk_package same 1 x86_64 MIT usr/bin/one
	apk_package same 1 x86_64 MIT usr/bin/two
	echo 1 >usr_merge_links/usr/bin/one
	echo 2 >usr_merge_links/usr/bin/two
	bills -S usr_merge_links /bin/app -i /usr/bin/one -i /usr/bin/two -o root/
	[ "$(about package | wc -l)" -eq 3 ]
	[ "$(about package | grep -c '^same 1 ')" -eq 1 ]
	[[ $(about package) == *"pkg:apk/de%20mo%2F%01/a%22%5C%01%2Fb@1%02%3F%26?arch=x%26y%3Dz&distro=de%20mo%2F%01-%22%26%3F%23&upstream="* ]]
	[ "$(jq -r '.components[] | select(.name == "a\ufffd\"") | "\(.["bom-ref"]) \(.purl)"' c.json)" = \
		"package:apk/de%20mo%2F%01/a%FE%22@1?arch=x86_64&distro=de%20mo%2F%01-%22%26%3F%23&upstream=a%FE%22-src null" ]
}

@test "sbom: what cannot be read is warned of, or an error" {
	apk_package app-pkg 1.0-r0 x86_64 MIT usr/bin/app
	truncate -s -1 usr_merge_links/lib/apk/db/installed
	mkroot -S usr_merge_links --with none /bin/app -o root.tar --sbom spdx:s.json --sbom cyclonedx:c.json
	says 0 ""
	[ "$stderr" = "mkroot: warning: '/lib/apk/db/installed' is cut off: packages may be missing in the bill of materials" ]
	check_bills
	let_users_in
	mkdir -m 777 out
	chmod 0 usr_merge_links/etc/os-release
	[ "$(id -u)" -eq 0 ] || chmod 755 out
	run --separate-stderr as_user "$USER_MKROOT" -S usr_merge_links --with none /bin/app -o out/root.tar --sbom spdx:out/s.json
	says 3 ""
	[[ $stderr == *"error: the system's name: cannot open '/etc/os-release': Permission denied" ]]
	[ -z "$(ls -A out)" ]
}

@test "sbom: the same bytes in other surroundings, other formats, and as a user" {
	apk_package app-pkg 1.0-r0 x86_64 MIT usr/bin/app
	mkroot -S usr_merge_links /bin/app -o one.tar --sbom spdx:s.json --sbom cyclonedx:c.json
	says 0 ""
	cp -a usr_merge_links elsewhere
	let_users_in
	mkdir -m 777 out
	(
		umask 077
		TZ=Asia/Tokyo LC_ALL=C as_user "$USER_MKROOT" -S elsewhere /bin/app -o out/two.tar.gz -j 1 --sbom cyclonedx:out/c --sbom spdx:- >s
	)
	cmp s.json s
	cmp c.json out/c
	mkroot -S usr_merge_links /bin/app -o one.cpio --sbom spdx:s2
	says 0
	cmp s.json s2
	mkroot -S usr_merge_links /bin/app -o root/ --sbom spdx:s3
	says 0
	cmp s.json s3
}

@test "sbom: its time is the newest inside or SOURCE_DATE_EPOCH, its name follows the content" {
	find usr_merge_links -exec touch -h -d '2020-01-02 03:04:05 UTC' {} +
	apk_package app-pkg 1.0-r0 x86_64 MIT usr/bin/app
	bills -S usr_merge_links --with none /bin/app -o root.tar
	local uuid
	uuid=$(about uuid)
	[ "$(about created)" = "$(TZ=UTC tar tvf root.tar --full-time | awk '/^-/ { print $4 "T" $5 "Z" }' | sort | tail -n 1)" ]
	export SOURCE_DATE_EPOCH=1000000000
	bills -S usr_merge_links --with none /bin/app -o root.tar
	[ "$(about created)" = 2001-09-09T01:46:40Z ]
	[ "$(about uuid)" != "$uuid" ]
	uuid=$(about uuid)
	# A byte behind all that is read of the file.
	printf x >>usr_merge_links/usr/bin/app
	bills -S usr_merge_links --with none /bin/app -o root.tar
	[ "$(about uuid)" != "$uuid" ]
}

@test "sbom: whole or absent, with the manifest and the output" {
	echo old >s.json
	head -c 3000000 /dev/urandom >usr_merge_links/big
	run bash -c 'trap "" XFSZ; ulimit -f 1000; "$@"' - "$MKROOT" -S usr_merge_links /bin/app -i /big -o root.tar --sbom spdx:s.json --sbom cyclonedx:c.json --manifest m.json
	[ "$status" -eq 3 ]
	[ "$(cat s.json)" = old ]
	[ "$(ls -A)" = $'s.json\nusr_merge_links' ]
	mkroot -S usr_merge_links /bin/app -o root.tar --manifest m.json --sbom spdx:s.json --sbom cyclonedx:c.json --sbom spdx:again.json
	says 0 ""
	check_bills
	cmp s.json again.json
	mkroot -S usr_merge_links /bin/app -o root.tar --manifest alone.json
	cmp alone.json m.json
	# The document that cannot be written takes the rest with it.
	mkroot -S usr_merge_links /bin/app -o new.tar --sbom spdx:/dev/full --sbom cyclonedx:new.json
	says 3 ""
	complains /dev/full
	[ ! -e new.json ]
}

@test "sbom: what it does not go with, and words that it does not know" {
	local row
	for row in "-o - --sbom spdx:-" "-n --sbom spdx:s.json" "--run --sbom cyclonedx:-" "-o root.tar --sbom spdx:root.tar" \
		"-o root.tar --sbom spdx:x --sbom cyclonedx:x" "-o root.tar --sbom spdx:x --manifest x" "-o root.tar --sbom spdx:- --manifest -" \
		"-o root.tar --sbom spdx" "-o root.tar --sbom spdx:" "-o root.tar --sbom x.json"; do
		# shellcheck disable=SC2086 # words of a row
		mkroot bash $row
		says 2 ""
		complains --sbom
	done
	mkroot bash -o root.tar --sbom swid:x
	says 2 ""
	[ "$stderr" = "mkroot: error: unknown --sbom format 'swid'
  known: spdx:FILE, cyclonedx:FILE" ]
	mkroot bash -o root.tar --sbom spdx:gone/s.json
	says 3 ""
	complains gone/s.json
	[ "$(ls -A)" = usr_merge_links ]
	run --separate-stderr "$MKROOT" trace -o root.tar --sbom spdx:- true
	says 125 ""
	complains --sbom
}

@test "sbom: no other spelling of a name makes one file two, or a document part of the output" {
	local row
	mkdir -p d out/etc
	ln -s root.tar link
	ln -s x dangling
	ln -s out folder
	for row in "root.tar ./root.tar" "root.tar d/../root.tar" "root.tar link" "$PWD/root.tar root.tar" "tar:link root.tar" \
		"oci-archive:a.tar ./a.tar" "d/ d" "./d d/"; do
		# shellcheck disable=SC2086 # words of a row
		mkroot bash -o ${row% *} --sbom "spdx:${row#* }"
		says 2 ""
		[ "$stderr" = "mkroot: error: --sbom 'spdx:${row#* }' is the output itself" ]
	done
	for row in "x ./x" "x dangling" "dangling $PWD/x"; do
		# shellcheck disable=SC2086 # words of a row
		mkroot bash -o root.tar --sbom "spdx:${row% *}" --manifest ${row#* }
		says 2 ""
		[ "$stderr" = "mkroot: error: --manifest ${row#* } and --sbom spdx:${row% *} do not go together: both are one file" ]
	done
	for row in "out/ out/etc/x" "folder out/x" "out folder/etc/x" "dir:./out $PWD/out/x"; do
		# shellcheck disable=SC2086 # words of a row
		mkroot bash -o ${row% *} --sbom "cyclonedx:${row#* }"
		says 2 ""
		complains "is in the output, "
	done
	mkroot -S usr_merge_links /bin/app -o oci:img
	says 0
	cp img/index.json before
	mkroot -S usr_merge_links /bin/app -o oci:img --manifest img/index.json
	says 2 ""
	cmp img/index.json before
	[ "$(ls -A . out)" = $'.:\nbefore\nd\ndangling\nfolder\nimg\nlink\nout\nusr_merge_links\n\nout:\netc' ]
	# What only begins as another's name, and standard output, are themselves.
	mkroot -S usr_merge_links /bin/app -o out --sbom spdx:out.json --sbom cyclonedx:./- --manifest -
	says 0
	[ -s out.json ] && [ -s ./- ]
}

@test "sbom: of a traced command" {
	mkroot trace -o root.tar --sbom spdx:s.json --sbom cyclonedx:c.json true
	says 0 ""
	check_bills
	[[ $(about package) == *coreutils* ]]
}

@test "sbom: what comes from a base is told by its own database and name" {
	local out
	apk_package tool 1.0 x86_64 MIT /usr/bin/app
	mkdir -p base/usr/bin base/usr/lib/apk/db base/etc
	echo 1 >base/usr/bin/theirs
	echo 2 >base/usr/bin/app
	echo 3 >base/usr/bin/nobodys
	printf 'P:theirs\nV:3\nA:x86_64\no:theirs\nF:usr/bin\nR:theirs\n\n' >base/usr/lib/apk/db/installed
	printf 'P:nobodys\nV:9\nA:x86_64\nF:usr/bin\nR:nobodys\n\n' >>usr_merge_links/lib/apk/db/installed
	bills --base base -o root.tar
	[ "$(about os)" = "" ]
	[ "$(about package)" = "theirs 3 - -" ]
	printf 'ID=theirs\nVERSION_ID=7\n' >base/etc/os-release
	for out in root.tar oci:img:1; do
		bills -S usr_merge_links --base base --with none /bin/app -o $out
		[ "$(about os)" = "theirs 7" ]
		[ "$(about package)" = "theirs 3 pkg:apk/theirs/theirs@3?arch=x86_64&distro=theirs-7 -
tool 1.0 pkg:apk/demo/tool@1.0?arch=x86_64&distro=demo-1%200&upstream=tool-src MIT" ]
		[[ $(about file) == *"/usr/bin/nobodys "* ]]
	done
}

@test "sbom: the list of a trace is a file of its own" {
	local row
	for row in root.tar ./s.json m.json; do
		run --separate-stderr "$MKROOT" trace -o root.tar --sbom spdx:s.json --manifest m.json --save $row true
		says 125 ""
		complains "--save"
	done
	[ "$(ls -A)" = usr_merge_links ]
	mkroot trace -o root.tar --sbom spdx:s.json --save list true
	says 0 ""
	[ -s list ] && [ -s s.json ]
}

@test "sbom: of an image, whose files it does not change" {
	bills -S usr_merge_links --with none /bin/app -o oci:img:1
	mkroot -S usr_merge_links --with none /bin/app -o oci:plain:1
	says 0
	cmp img/index.json plain/index.json
}
