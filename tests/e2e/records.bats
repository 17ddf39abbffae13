#!/usr/bin/env bats
# Who ships what is in an image, as scanners read it (--with packages). The judges are dpkg, rpm,
# md5sum and records_check.
# shellcheck disable=SC2154 # status, output and stderr are set by run
load lib
load rpms

: "${INMATE:?the path of the static test program, e2e/inmate.c}"

check=$BATS_TEST_DIRNAME/records_check
status_d=var/lib/dpkg/status.d

# sysroot: sys/ with a static program, /usr/bin/app, and its system's name.
sysroot() {
	mkdir -p sys/usr/bin sys/usr/lib sys/etc
	cp "$INMATE" sys/usr/bin/app
	echo 'ID=debian' >sys/usr/lib/os-release
	ln -s ../usr/lib/os-release sys/etc/os-release
	touch -d @1000000000 sys/usr/bin/app sys/usr/lib/os-release
}

# deb NAME ARCH FIELDS FILE...: a package of dpkg's in sys/. It is MA: same where there is a colon in NAME.
deb() {
	local name=${1%:} arch=$2 fields=$3 info=sys/var/lib/dpkg/info/${1%:} file
	shift 3
	[ "${name}" = "${info##*/}" ]
	mkdir -p sys/var/lib/dpkg/info
	if [[ $fields == *same* ]]; then
		info+=:$arch
	fi
	printf 'Package: %s\nStatus: install ok installed\nArchitecture: %s\nVersion: 1.0\n%b\n' \
		"$name" "$arch" "$fields" >>sys/var/lib/dpkg/status
	: >"$info.md5sums"
	for file; do
		mkdir -p "sys$(dirname "$file")"
		[ -e "sys$file" ] || echo "$name $arch" >"sys$file"
		echo "$file" >>"$info.list"
		(cd sys && md5sum "${file#/}") >>"$info.md5sums"
	done
}

# records: what records/ holds for scanners, by name.
records() {
	(cd "${1-out}" && find "$status_d" -type f -printf '%f\n' | LC_ALL=C sort | paste -sd ' ')
}

# app ARG...: out/ with the program of sys/.
app() {
	mkroot -S sys /usr/bin/app --with packages -o out/ "$@"
	says 0 ""
}

# unpack LAYOUT:TAG DIR: the layers, one upon the other.
unpack() {
	local layer
	mkdir -p "$2"
	for layer in $(skopeo inspect --raw "$1" | jq -r '.layers[].digest'); do
		tar --no-same-owner -xpf "img/blobs/sha256/${layer#*:}" -C "$2" 2>/dev/null ||
			tar --no-same-owner -xpzf "img/blobs/sha256/${layer#*:}" -C "$2"
	done
}

@test "packages: an image has the packages that dpkg names, and no others" {
	needs dpkg-query skopeo jq python3
	mkroot -q bash openssl python3 -o oci:img:a
	says 0 ""
	is_quiet
	unpack oci:img:a root
	run "$check" root
	[ "${#lines[@]}" -ge 10 ]
	mapfile -t names < <(cut -d ' ' -f 1 <<<"$output")
	# shellcheck disable=SC2016 # dpkg's
	says 0 "$(dpkg-query -W -f '${Package} ${Version} ${Architecture} ${source:Package} ${source:Version}\n' "${names[@]}" | LC_ALL=C sort)"
	(cd root && cat $status_d/*.md5sums | md5sum --strict --quiet -c)
	# Each file and link: dpkg names its owner by the path that the package has for it. Many have the
	# folders that the links of the usr-merge stand for.
	(cd root && find . ! -type d ! -path "./$status_d/*" -printf '/%P\n') | LC_ALL=C sort >all
	{
		cat all
		sed -n 's,^/usr\(/\(s\?bin\|lib[^/]*\)/\),\1,p' all
	} | xargs dpkg -S 2>/dev/null | grep -v '^diversion' | grep -v '^[^/]*,' | sed -E 's/^([^:, ]+)[^ ]* (\/(usr\/)?)/\1 \//' |
		LC_ALL=C sort -u >owned
	cut -d ' ' -f 1 owned | LC_ALL=C sort -u >owners
	diff owners <(printf '%s\n' "${names[@]}") >&2
	(cd root/$status_d && grep -H '' -- *.md5sums) |
		sed -E 's,^([^:]+)\.md5sums:[0-9a-f]{32}  (usr/)?,\1 /,' | LC_ALL=C sort >listed
	while read -r name path; do
		if [ -f "root$path" ] && [ ! -L "root$path" ]; then
			echo "$name $path"
		elif [ -f "root/usr$path" ] && [ ! -L "root/usr$path" ]; then
			echo "$name $path"
		fi
	done <owned | LC_ALL=C sort >files
	diff listed files >&2
}

@test "packages: the paragraph is dpkg's, without configuration files" {
	needs dpkg-query
	mkroot -q bash --with packages -o out/
	says 0 ""
	diff out/$status_d/bash <(dpkg-query -s bash | sed '/^Conffiles:/,/^[^ ]/{/^Conffiles:/d; /^ /d}') >&2
	[[ $(dpkg-query -s bash) == *Conffiles:* ]]
}

@test "packages: images have them by default, other outputs do not" {
	for out in oci:img oci-archive:a.tar docker-archive:b.tar; do
		mkroot bash -n -o "$out"
		says 0
		[[ $output == *$'\n/var/lib/dpkg/status.d/libc6\t'*$'\tpackages: made: '* ]]
		[[ $output == *$'\n/usr/lib/os-release\t'* ]]
		[[ $stderr == *", packages "*" in "*" files"* ]]
	done
	mkroot bash -n --with dns,auto -o oci:img
	[[ $output == */status.d/libc6* ]]
	for with in none names,dns; do
		mkroot bash -n --with "$with" -o oci:img
		says 0
		[[ $output != */status.d* ]]
	done
	for out in a.tar bundle:b; do
		mkroot bash -n -o "$out"
		says 0
		[[ $output != */status.d* ]]
	done
	mkroot bash -n --with none,packages -o a.tar
	[[ $output == */status.d/libc6.md5sums* ]]
}

@test "packages: what was traced has them, too" {
	needs jq skopeo
	mkroot trace -q -o oci:img:a -- /bin/true
	says 0
	unpack oci:img:a root
	run "$check" root
	[ "$status" -eq 0 ]
	[[ $output == *"coreutils "* ]]
	mkroot trace -q --with none -o oci:img:b -- /bin/true
	unpack oci:img:b other
	[ ! -e other/var/lib/dpkg ]
}

@test "packages: the same bytes, whoever makes them" {
	mkroot -q bash -o docker-archive:a.tar
	says 0 ""
	(
		umask 077
		TZ=Pacific/Apia HOME=/ "$MKROOT" -q -j 1 bash -o docker-archive:b.tar
	)
	cmp a.tar b.tar
}

@test "packages: with layers, each package's record is in its layer, and the C library's the same in all images" {
	needs skopeo jq
	mkroot -q bash --layers 60 --compress none -o oci:img:a
	mkroot -q openssl /usr/bin/perl --layers 60 --compress none -o oci:img:b
	first() { skopeo inspect --raw "oci:img:$1" | jq -r '.layers[0].digest' | cut -c 8-; }
	[ "$(first a)" = "$(first b)" ]
	tar -tf "img/blobs/sha256/$(first a)" >base
	grep -qx "$status_d/libc6" base
	grep -qx usr/lib/os-release base
	run ! grep md5sums base
	[ "$(skopeo inspect --config oci:img:a | jq -r '.history[0].created_by')" = "mkroot: libc6" ]
	for layer in $(skopeo inspect --raw oci:img:a | jq -r '.layers[].digest' | cut -c 8-); do
		tar -tf "img/blobs/sha256/$layer" >list
		[ "$(grep -cx 'usr/lib/x86_64-linux-gnu/libtinfo.so.6.*' list)" -eq 0 ] || cp list tinfo
	done
	grep -qx "$status_d/libtinfo6" tinfo
	grep -qx "$status_d/libtinfo6.md5sums" tinfo
	[ "$(grep -c status.d/. tinfo)" -eq 2 ]
}

@test "packages: records are as old as their package's newest file" {
	sysroot
	deb tool amd64 '' /usr/bin/app /usr/lib/tool
	deb other all '' /usr/lib/other
	touch -d @1100000000 sys/usr/lib/tool
	touch -d @1200000000 sys/usr/lib/other sys/usr/lib
	app -i /usr/lib/tool -i /usr/lib/other
	[ "$(cd out/$status_d && stat -c '%n %Y' -- *)" = "other 1200000000
other.md5sums 1200000000
tool 1100000000
tool.md5sums 1100000000" ]
	mkroot -S sys /usr/bin/app --with packages -o few/
	[ "$(stat -c %Y few/$status_d/tool)" -eq 1000000000 ]
	SOURCE_DATE_EPOCH=900000000 mkroot -S sys /usr/bin/app --with packages -o old/
	[ "$(stat -c %Y old/$status_d/tool)" -eq 900000000 ]
}

@test "packages: folders are the old root's where it has them" {
	sysroot
	deb tool amd64 '' /usr/bin/app
	chmod 751 sys/var/lib
	app
	[ "$(cd out && stat -c '%n %a' var var/lib var/lib/dpkg $status_d)" = "var 755
var/lib 751
var/lib/dpkg 755
$status_d 755" ]
	[ "$(stat -c %a out/$status_d/tool)" = 644 ]
}

@test "packages: of two architectures the system's own has the plain name" {
	sysroot
	deb dpkg i386 '' /usr/bin/dpkg
	deb libfoo amd64 'Multi-Arch: same\n' /usr/lib/x86_64-linux-gnu/libfoo.so.1
	deb libfoo i386 'Multi-Arch: same\n' /usr/lib/i386-linux-gnu/libfoo.so.1
	deb libfoo armhf 'Multi-Arch: same\n' /usr/lib/arm-linux-gnueabihf/libfoo.so.1
	app -i /usr/lib/x86_64-linux-gnu -i /usr/lib/i386-linux-gnu
	[ "$(records)" = "libfoo libfoo.md5sums libfoo:amd64 libfoo:amd64.md5sums" ]
	run "$check" out
	says 0 $'libfoo 1.0 i386 libfoo 1.0\nlibfoo 1.0 amd64 libfoo 1.0'
	# Its name does not depend on what else is in the image.
	mkroot -S sys /usr/bin/app --with packages -i /usr/lib/x86_64-linux-gnu -o one/
	[ "$(records one)" = "libfoo:amd64 libfoo:amd64.md5sums" ]
	# Without a system's own, the first by name.
	sed -i '0,/^Architecture: i386/s//Architecture: all/' sys/var/lib/dpkg/status
	mkroot -S sys /usr/bin/app --with packages -i /usr/lib/i386-linux-gnu -o two/
	[ "$(records two)" = "libfoo:i386 libfoo:i386.md5sums" ]
}

@test "packages: of one name and one architecture there is one record" {
	sysroot
	mkdir -p sys/$status_d
	for name in a b c; do
		echo $name >sys/usr/lib/$name
		printf 'Package: tool\nArchitecture: amd64\nVersion: %s\n' $name >sys/$status_d/$name
		(cd sys && md5sum usr/lib/$name >$status_d/$name.md5sums)
	done
	app -i /usr/lib
	[ "$stderr" = "mkroot: warning: '/$status_d/tool:amd64' (and 1 more) is there already, and stays as it is" ]
	[ "$(records)" = "tool tool.md5sums tool:amd64 tool:amd64.md5sums" ]
	[ "$(cd out && cat $status_d/*.md5sums)" = "$(cd sys && md5sum usr/lib/a usr/lib/b)" ]
}

@test "packages: of a database that is too big is said what is not read" {
	sysroot
	for name in {a..q}; do
		deb "$name" amd64 ''
		truncate -s 32M "sys/var/lib/dpkg/info/$name.list"
	done
	deb tool amd64 '' /usr/bin/app
	app
	[ "$stderr" = "mkroot: warning: '/var/lib/dpkg/info/q.list' and more are not read: the database is too big: what packages bring beside libraries may be left out; add it with -i" ]
	[ ! -e out/var ]
}

@test "packages: files that are not as they were shipped are named, and their sums are true" {
	sysroot
	deb tool amd64 'Source: src (2)\nConffiles:\n /etc/tool.conf 0123456789abcdef0123456789abcdef\nHomepage: x\n' \
		/usr/bin/app /usr/lib/one /usr/lib/two
	echo /etc/tool.conf >>sys/var/lib/dpkg/info/tool.list
	echo mine >sys/etc/tool.conf
	app -i /etc/tool.conf -i /usr/lib/one -i /usr/lib/two
	is_quiet
	run "$check" out
	says 0 "tool 1.0 amd64 src 2"
	[ "$(wc -l <out/$status_d/tool.md5sums)" -eq 4 ]
	run grep -c 'Homepage: x' out/$status_d/tool
	says 0 1
	echo changed >sys/usr/lib/one
	app -i /usr/lib/one
	[ "$stderr" = "mkroot: warning: '/usr/lib/one' is not as package 'tool' shipped it" ]
	run "$check" out
	says 0 "tool 1.0 amd64 src 2"
	echo changed >sys/usr/lib/two
	app -i /usr/lib/one -i /usr/lib/two
	[ "$stderr" = "mkroot: warning: '/usr/lib/one' (of package 'tool') and 1 more file are not as they were shipped" ]
	app -q -i /usr/lib/one
	is_quiet
}

@test "packages: a diverted file is its package's where it is now" {
	sysroot
	deb tool amd64 '' /usr/bin/app /usr/lib/one
	deb over amd64 ''
	mv sys/usr/lib/one sys/usr/lib/one.distrib
	echo over >sys/usr/lib/one
	echo /usr/lib/one >sys/var/lib/dpkg/info/over.list
	printf '/usr/lib/one\n/usr/lib/one.distrib\nover\n' >sys/var/lib/dpkg/diversions
	app -i /usr/lib/one -i /usr/lib/one.distrib
	is_quiet
	run "$check" out
	says 0 $'over 1.0 amd64 over 1.0\ntool 1.0 amd64 tool 1.0'
	[ "$(cut -c 35- out/$status_d/tool.md5sums)" = $'usr/bin/app\nusr/lib/one.distrib' ]
	echo other >sys/usr/lib/one.distrib
	app -i /usr/lib/one.distrib
	[ "$stderr" = "mkroot: warning: '/usr/lib/one.distrib' is not as package 'tool' shipped it" ]
}

@test "packages: the lists have the image's paths, links on the way are none" {
	sysroot
	ln -s usr/lib sys/lib
	deb tool amd64 '' /usr/bin/app
	printf '/lib\n/lib/foo\n/lib/link\n' >>sys/var/lib/dpkg/info/tool.list
	echo foo >sys/usr/lib/foo
	ln -s foo sys/usr/lib/link
	app -i /lib/link
	[ "$(cut -c 35- out/$status_d/tool.md5sums)" = $'usr/bin/app\nusr/lib/foo' ]
	run "$check" out
	[ "$status" -eq 0 ]
}

@test "packages: copies in another place and what is made are nobody's" {
	sysroot
	deb tool amd64 '' /usr/lib/tool
	deb other amd64 '' /etc/passwd
	mkroot -S sys /usr/bin/app --with names,packages -i /usr/lib/tool:/srv/tool --user app -o out/
	says 0 ""
	[ -e out/etc/passwd ] && [ -e out/srv/tool ]
	[ ! -e out/var/lib/dpkg ]
}

@test "packages: names that are none never become a path" {
	sysroot
	for name in '../../../../x' '..' 'a b' 'x.md5sums' '.hidden' $'a\tb' "$(printf '%0300d' 1)"; do
		rm -rf out sys/var
		printf 'Package: %s\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n' "$name" >status
		deb tool amd64 '' /usr/bin/app
		deb good amd64 '' /usr/lib/good
		cat status >>sys/var/lib/dpkg/status
		[[ $name == */* ]] || [ ${#name} -gt 200 ] || echo /usr/lib/os-release >"sys/var/lib/dpkg/info/$name.list"
		mkroot -S sys /usr/bin/app --with packages -i /usr/lib/good -o out/
		says 0 ""
		[ "$(records)" = "good good.md5sums tool tool.md5sums" ]
		[[ $name == */* ]] || [ ${#name} -gt 200 ] || [[ $stderr == *"is not recorded: that is no package's name"* ]]
	done
	[ ! -e x ]
}

@test "packages: bytes that would end a paragraph or begin another stay out" {
	sysroot
	deb tool amd64 'Description: x\n  \n\tmore\n\0bad: y\nno field\nTriggers-Pending: a\nStatus: hold ok installed\nEnd: z\n' /usr/bin/app
	app
	[ "$(tr '\0' '?' <out/$status_d/tool)" = "Package: tool
Status: install ok installed
Architecture: amd64
Version: 1.0
Description: x
 more
End: z" ]
}

@test "packages: a system without a name is warned of, one without packages is not" {
	sysroot
	rm sys/etc/os-release sys/usr/lib/os-release
	app
	is_quiet
	[ ! -e out/var ]
	deb tool amd64 '' /usr/bin/app
	app
	[ "$stderr" = "mkroot: warning: there is no /etc/os-release: without it scanners do not know the packages" ]
	echo ID=x >sys/usr/lib/os-release
	app
	is_quiet
	app -x /usr/lib/os-release
	is_quiet
}

@test "packages: what -i brings to their place stays, what -x names stays out" {
	sysroot
	deb tool amd64 '' /usr/bin/app
	deb other amd64 '' /usr/lib/other
	echo mine >sys/mine
	app -i "/mine:/$status_d/tool" -i /usr/lib/other
	[ "$stderr" = "mkroot: warning: '/$status_d/tool' is there already, and stays as it is" ]
	[ "$(cat out/$status_d/tool)" = mine ]
	[ "$(records)" = "other other.md5sums tool tool.md5sums" ]
	rm -r out
	app -i /usr/lib/other -x "/$status_d/other*"
	is_quiet
	[ "$(records)" = "tool tool.md5sums" ]
	# The whole database is all that a scanner wants.
	rm -r out
	app -i /var/lib/dpkg/status
	is_quiet
	[ ! -e out/$status_d ]
}

@test "packages: records without a place, or without a name, are one line each" {
	sysroot
	deb tool amd64 '' /usr/bin/app
	deb other amd64 '' /usr/lib/other
	for name in 'a b' 'b c' 'c d'; do
		printf 'Package: %s\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n\n' "$name" >>sys/var/lib/dpkg/status
		echo "/usr/lib/${name% *}" | tee "sys/usr/lib/${name% *}" >"sys/var/lib/dpkg/info/$name.list"
	done
	echo file >sys/$status_d
	app -i /usr/lib -i /$status_d
	[ "$stderr" = "mkroot: warning: no place for '/var/lib/dpkg/status.d/other' (and 3 more): something is in the way
mkroot: warning: package 'a b' (and 2 more) is not recorded: that is no package's name" ]
	[ "$(cat out/$status_d)" = file ]
}

@test "packages: a folder that is added to gets the new records" {
	sysroot
	deb tool amd64 '' /usr/bin/app
	mkdir -p out/$status_d
	echo old >out/$status_d/tool
	echo old >out/$status_d/old
	app
	[ "$(records)" = "old tool tool.md5sums" ]
	grep -qx 'Package: tool' out/$status_d/tool
}

@test "packages: an image without dpkg hands its records on" {
	needs skopeo jq
	sysroot
	deb tool amd64 'Source: src (2)\n' /usr/bin/app
	deb other amd64 '' /usr/lib/other
	ln -s other sys/usr/lib/other-link
	deb link all ''
	echo /usr/lib/other-link >sys/var/lib/dpkg/info/link.list
	mkroot -S sys /usr/bin/app --with packages -i /usr/lib/other-link -o oci:img:a
	says 0
	[ "$stderr" = "" ]
	mkroot -S oci:img:a /usr/bin/app -o oci:img:b
	says 0 ""
	is_quiet
	unpack oci:img:b root
	run "$check" root
	says 0 "tool 1.0 amd64 src 2"
	unpack oci:img:a first
	cmp first/$status_d/tool root/$status_d/tool
}

@test "packages: rpm's are in a manifest, as rpm prints it" {
	rpm_root
	sysroot
	mkdir -p sys/usr/share/ed root
	cp -a root/. sys/
	cp "$INMATE" sys/usr/bin/ed
	cp "$INMATE" sys/usr/bin/helper
	echo x >sys/usr/share/ed/a
	mkroot -S sys /usr/bin/ed /usr/bin/helper --with packages -o out/
	says 0 ""
	is_quiet
	diff out/var/lib/rpmmanifest/container-manifest-1 <(rpm_here -qa | LC_ALL=C sort) >&2
	diff out/var/lib/rpmmanifest/container-manifest-2 <(rpm_here -qa --qf \
		'%{NAME}\t%{VERSION}-%{RELEASE}\t%{BUILDTIME}\t%{BUILDTIME}\t%{VENDOR}\t%{EPOCH}\t%{SIZE}\t%{ARCH}\t%{EPOCHNUM}\t%{SOURCERPM}\n' |
		LC_ALL=C sort) >&2
	[ "$(awk -F '\t' '{ print NF }' out/var/lib/rpmmanifest/container-manifest-2 | sort -u)" = 10 ]
	mkroot -S sys /usr/bin/helper --with packages -o one/
	[ "$(cat one/var/lib/rpmmanifest/container-manifest-1)" = helper-1.2-3.noarch ]
	mkroot -S sys /usr/bin/helper --with packages -i /usr/lib/sysimage/rpm/rpmdb.sqlite -o two/
	[ ! -e two/var/lib/rpmmanifest ]
}

@test "packages: apk's are in its own list, cut to what is there" {
	sysroot
	mkdir -p sys/lib/apk/db sys/etc/tool
	echo conf >sys/etc/tool/conf
	cat >sys/lib/apk/db/installed <<-'END'
		C:Q1abc=
		P:tool
		V:1.0-r0
		A:x86_64
		o:src
		L:MIT
		F:etc
		F:etc/tool
		M:0:0:750
		R:conf
		a:0:0:600
		Z:Q1x=
		R:other
		Z:Q1y=
		F:usr
		F:usr/bin
		R:app
		a:0:0:755
		Z:Q1z=
		F:usr/share/doc

		P:gone
		V:2
		F:usr/bin
		R:gone

		P:release
		V:3
		F:usr/lib
		R:os-release

	END
	mkroot -S sys /usr/bin/app --with packages -i /etc/tool/conf -o out/
	says 0 ""
	is_quiet
	diff out/lib/apk/db/installed - <<-'END' >&2
		P:release
		V:3
		F:usr/lib
		R:os-release

		C:Q1abc=
		P:tool
		V:1.0-r0
		A:x86_64
		o:src
		L:MIT
		F:etc/tool
		M:0:0:750
		R:conf
		a:0:0:600
		Z:Q1x=
		F:usr/bin
		R:app
		a:0:0:755
		Z:Q1z=

	END
	mkdir -p sys/usr/lib/apk
	mv sys/lib/apk/db sys/usr/lib/apk/
	mkroot -S sys /usr/bin/app --with packages -o new/
	[ -s new/usr/lib/apk/db/installed ]
}

@test "packages: pacman's are in its database, without when they came" {
	sysroot
	local=var/lib/pacman/local
	mkdir -p "sys/$local/tool-1.0-1" "sys/$local/gone-1-1"
	printf '%%NAME%%\ntool\n\n%%VERSION%%\n1.0-1\n\n%%INSTALLDATE%%\n1700000000\n\n%%LICENSE%%\nMIT\n\n' >"sys/$local/tool-1.0-1/desc"
	printf '%%FILES%%\nusr/\nusr/bin/\nusr/bin/app\nusr/lib/none\n\n%%BACKUP%%\netc/x\tabc\n' >"sys/$local/tool-1.0-1/files"
	printf '%%NAME%%\ngone\n\n%%VERSION%%\n1-1\n\n' >"sys/$local/gone-1-1/desc"
	printf '%%FILES%%\nusr/gone\n\n' >"sys/$local/gone-1-1/files"
	app
	is_quiet
	[ "$(ls "out/$local")" = tool-1.0-1 ]
	[ "$(cat "out/$local/tool-1.0-1/desc")" = $'%NAME%\ntool\n\n%VERSION%\n1.0-1\n\n%LICENSE%\nMIT' ]
	[ "$(cat "out/$local/tool-1.0-1/files")" = $'%FILES%\nusr/bin/app' ]
}

@test "packages: links that every root of a system has say of no package that it is there" {
	sysroot
	deb libc6 amd64 '' /usr/lib/libc.so.6
	echo /lib64 >>sys/var/lib/dpkg/info/libc6.list
	mkdir sys/usr/lib64
	ln -s usr/lib64 sys/lib64
	deb app amd64 '' /usr/bin/app
	app
	[ -L out/lib64 ]
	[ "$(records)" = "app app.md5sums" ]
}
