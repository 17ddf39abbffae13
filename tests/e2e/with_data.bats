#!/usr/bin/env bats
# --with tz, locale, iconv, terminfo: zones, languages, character sets, terminals.
# shellcheck disable=SC2154 # $stderr is set by mkroot() in lib.bash
load lib

# sysroot PROGRAM...: a root in $T/sys with these, bare.
sysroot() {
	"$MKROOT" -q --with none "$@" -o sys/
	mkdir -p sys/etc
}

@test "tz: the local zone comes with its links, and no other" {
	sysroot ls
	mkdir -p sys/usr/share/zoneinfo/{Europe,right,posix}
	echo zone >sys/usr/share/zoneinfo/Europe/Berlin
	echo other >sys/usr/share/zoneinfo/Europe/Paris
	ln -s Europe/Berlin sys/usr/share/zoneinfo/Local
	ln -s /usr/share/zoneinfo/Local sys/etc/localtime
	mkroot -q -S sys ls -o root/
	says 0 ""
	[ "$(readlink root/etc/localtime)" = /usr/share/zoneinfo/Local ]
	[ "$(find root/usr/share/zoneinfo -type f)" = root/usr/share/zoneinfo/Europe/Berlin ]
}

@test "tz: all zones, or some, by name" {
	sysroot true
	mkdir -p sys/usr/share/zoneinfo/{Europe,right,posix}
	touch sys/usr/share/zoneinfo/{Europe/Berlin,Europe/Paris,right/UTC,posix/UTC,UTC,tzdata.zi}
	mkroot -q -S sys --with tz true -o all/
	says 0 ""
	[ "$(cd all/usr/share/zoneinfo && find . -type f | sort | tr '\n' ' ')" = "./Europe/Berlin ./Europe/Paris ./UTC " ]
	mkroot -q -S sys --with tz=UTC,tz=Europe/Paris true -o two/
	says 0 ""
	[ "$(cd two/usr/share/zoneinfo && find . -type f | sort | tr '\n' ' ')" = "./Europe/Paris ./UTC " ]
}

@test "tz: a zone that is not there, or leads out" {
	sysroot true
	mkdir -p sys/usr/share/zoneinfo
	touch sys/etc/secret
	for zone in Mars ../../../etc/secret /etc/secret .; do
		mkroot -S sys --with "tz=$zone" true -o root/
		[ "$status" -ne 0 ]
		complains "there is no time zone '$zone'"
		[ ! -e root ]
	done
}

@test "tz: date tells the zone's time in the new root" {
	needs_root
	[ -e /usr/share/zoneinfo/Europe/Berlin ] || skip "no zones here"
	mkroot -q date -o root/
	says 0 ""
	mkroot run -e TZ=Europe/Berlin root/ date -d @0 +%H:%M
	says 0 01:00
	mkroot run root/ date -u -d 'TZ="Asia/Tokyo" 2000-01-01 09:00' +%F
	says 0 2000-01-01
}

@test "tz: a link to a file that is made brings nothing of it" {
	sysroot date
	echo secret >sys/etc/shadow
	ln -s ../etc/shadow sys/etc/localtime
	mkroot -q -S sys date -o root/
	says 0 ""
	[ ! -e root/etc/shadow ]
}

@test "locale: C.UTF-8 comes for who calls setlocale, and counts" {
	needs_root
	[ -d /usr/lib/locale/C.utf8 ] || skip "C.UTF-8 is not a folder here"
	mkroot -q grep -o root/
	says 0 ""
	printf 'caf\303\251\n' >root/text
	mkroot run -e LC_ALL=C.UTF-8 root/ grep -cx 'caf.' /text
	says 0 1
	mkroot -n --with tz grep
	[[ $output != *C.utf8* ]]
}

@test "locale: one by name, in its folder's spelling" {
	sysroot true
	mkdir -p sys/usr/lib/locale/{de_DE.utf8,de_DE.iso88591,fr_FR.utf8}
	touch sys/usr/lib/locale/{de_DE.utf8,de_DE.iso88591,fr_FR.utf8}/LC_CTYPE
	mkroot -q -S sys --with locale=de_DE.UTF-8 true -o root/
	says 0 ""
	[ "$(cd root/usr/lib/locale && echo *)" = de_DE.utf8 ]
	mkroot -q -S sys --with locale=de_DE.ISO-8859-1,locale=fr_FR.utf8 true -o two/
	says 0 ""
	[ "$(cd two/usr/lib/locale && echo *)" = "de_DE.iso88591 fr_FR.utf8" ]
}

@test "locale: the archive, when there is no such folder; else an error" {
	sysroot true
	mkroot -S sys --with locale=de_DE.UTF-8 true -o root/
	[ "$status" -ne 0 ]
	complains "there is no locale 'de_DE.UTF-8'"
	mkdir -p sys/usr/lib/locale
	echo archive >sys/usr/lib/locale/locale-archive
	mkroot -q -S sys --with locale=de_DE.UTF-8 true -o root/
	says 0 ""
	cmp sys/usr/lib/locale/locale-archive root/usr/lib/locale/locale-archive
	mkroot -S sys --with locale=../../x true -o other/
	[ "$status" -ne 0 ]
	complains "'../../x' is no name of a locale"
}

@test "locale: what was generated comes for who sorts by it, when it is small" {
	sysroot sort ls
	mkdir -p sys/usr/lib/locale
	truncate -s 1M sys/usr/lib/locale/locale-archive
	mkroot -n -S sys sort
	[[ $output == *locale-archive*"locale: /usr/bin/sort calls strxfrm"* ]]
	mkroot -n -S sys ls
	[[ $output != *locale-archive* ]]
	truncate -s 7M sys/usr/lib/locale/locale-archive
	mkroot -n -S sys sort
	[[ $output != *locale-archive* ]]
}

@test "iconv: the common sets for who converts, all for iconv itself" {
	needs_root
	mkroot -n bash
	[[ $output == *gconv/ISO8859-15.so* && $output != *gconv/EUC-KR.so* ]]
	mkroot -q iconv -o root/
	says 0 ""
	printf '\307\321\261\271' >root/text
	mkroot run root/ iconv -f EUC-KR -t UTF-8 /text
	says 0 "한국"
}

@test "terminfo: common terminals for who needs libtinfo, one more or all by name" {
	sysroot bash
	mkdir -p sys/usr/share/terminfo/{x,78,v,l,z} sys/lib/terminfo/x
	echo 1 >sys/usr/share/terminfo/x/xterm
	echo 2 >sys/lib/terminfo/x/xterm
	echo 3 >sys/usr/share/terminfo/78/xterm-256color
	echo 4 >sys/usr/share/terminfo/l/linux
	echo 5 >sys/usr/share/terminfo/z/zterm
	mkroot -q -S sys bash -o root/
	says 0 ""
	[ "$(cat "$(find root/ -path '*terminfo/x/xterm')")" = 2 ]
	[ "$(find root/ -path '*terminfo*' -type f | wc -l)" -eq 3 ]
	mkroot -q -S sys --with auto,terminfo=zterm bash -o more/
	[ "$(cat more/usr/share/terminfo/z/zterm)" = 5 ]
	mkroot -q -S sys --with terminfo bash -o all/
	[ "$(cat all/usr/share/terminfo/x/xterm)" = 1 ]
	mkroot -S sys --with terminfo=nothing bash -o no/
	complains "there is no terminfo entry 'nothing'"
}

@test "terminfo: tput knows xterm-256color in the new root" {
	needs_root
	needs tput
	mkroot -q tput -o root/
	says 0 ""
	mkroot run -e TERM=xterm-256color root/ tput colors
	says 0 256
}

@test "iconv: character sets that a program names work in the new root" {
	needs_root
	[ -e /usr/lib/x86_64-linux-gnu/gconv/KOI8-R.so ] || skip "no modules here"
	cat >a.c <<-'EOF'
		#include <iconv.h>
		int main(int argc, char **argv)
		{
			return iconv_open("UTF-8", argc > 1 ? argv[1] : "KOI8-R") == (iconv_t)-1;
		}
	EOF
	cc a.c -o koi
	"$MKROOT" -q --with iconv "$PWD/koi" -o sys/
	mv koi sys/usr/bin
	mkroot -q -S sys koi -o root/
	says 0 ""
	mkroot run root/ koi
	says 0
	mkroot run root/ koi ISO-8859-5
	says 1
}
