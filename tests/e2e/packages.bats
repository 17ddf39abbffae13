#!/usr/bin/env bats
# Package databases, as the package managers' own tools read them.
# shellcheck disable=SC2154 # status, output and stderr are set by run
load lib
load rpms

: "${PACKAGE_TOOL:?the path of e2e/package_tool.c, built}"

# asks ARG...: the tool's answer about root/, without a word on stderr.
asks() {
	run --separate-stderr "$PACKAGE_TOOL" root "$@"
	is_quiet
}

@test "rpm: files, owners and facts are those that rpm tells" {
	rpm_root
	[ -s root/usr/lib/sysimage/rpm/rpmdb.sqlite ]
	for name in ed-tools helper; do
		asks files "$name"
		says 0 "$(rpm_here -ql "$name")"
		[ "${#lines[@]}" -ge 2 ]
		asks facts "$name"
		says 0 "$(rpm_here -q --qf '%{NAME}|%{EVR}|%{ARCH}|%{NAME}|1.2-3|%|PACKAGER?{%{PACKAGER}}:{%{VENDOR}}||%{LICENSE}' "$name")"
		mapfile -t files < <(rpm_here -ql "$name")
		asks owner "${files[@]}"
		says 0 "$(for _ in "${files[@]}"; do echo "$name"; done)"
	done
	asks owner /usr/bin/nobody /usr/share/ed
	says 0 "$(printf '%s\n' - -)"
}

@test "rpm: dependencies are names, also in brackets; a path is who ships it" {
	rpm_root
	asks depends ed-tools
	says 0 "libq(x)(64bit) other more /usr/bin/helper"
	asks depends helper
	says 0 "$(rpm_here -q --qf '[%{REQUIRENAME}\n]' helper | grep -v ^rpmlib | paste -sd ' ')"
	[ "$output" = "/bin/sh config(x) ed-tools" ]
	asks recommends ed-tools
	says 0 extra
	asks named /usr/bin/helper /bin/helper 'libq(x)(64bit)' ed-tools
	says 0 "$(printf '%s\n' helper helper helper ed-tools)"
}

@test "rpm: the database is where it was before, too, and nothing is written beside it" {
	rpm_root var/lib/rpm
	rm -f root/var/lib/rpm/rpmdb.sqlite-* root/var/lib/rpm/.rpm.lock
	find root -printf '%p %s %T@\n' | sort >before
	asks owner /usr/bin/ed
	says 0 ed-tools
	diff before <(find root -printf '%p %s %T@\n' | sort)
}

@test "rpm: rules see what the package ships" {
	rpm_root
	mkdir -p root/usr/bin root/usr/share/ed
	gcc -static -o root/usr/bin/ed -xc - <<<'#include <stdio.h>
		int main(void) { return !fopen("/usr/share/ed/a", "r"); }'
	echo x >root/usr/share/ed/a
	mkroot -S root --with data /usr/bin/ed -o out/
	says 0 ""
	[ -e out/usr/share/ed/a ]
	[[ $stderr != *rpmdb* ]]
}

# warns TEXT: what the tool says of root/ is one line that begins so.
warns() {
	run --separate-stderr "$PACKAGE_TOOL" root owner /usr/bin/ed
	says 0 "${2--}"
	[[ $stderr == "$1"*"add it with -i" ]]
	[ "$(wc -l <<<"$stderr")" -eq 1 ]
}

@test "rpm: a database that is none, or cut off, is warned of" {
	mkdir -p root/var/lib/rpm
	head -c 5000 /dev/urandom >root/var/lib/rpm/rpmdb.sqlite
	warns "'/var/lib/rpm/rpmdb.sqlite' cannot be read (file is not a database): "
	rpm_root var/lib/rpm2
	file=root/var/lib/rpm2/rpmdb.sqlite
	head -c $(($(stat -c %s "$file") / 2)) "$file" >root/var/lib/rpm/rpmdb.sqlite
	run --separate-stderr "$PACKAGE_TOOL" root owner /usr/bin/nobody
	says 0 -
	[[ $stderr == "'/var/lib/rpm/rpmdb.sqlite' "*"add it with -i" ]]
	: >root/var/lib/rpm/rpmdb.sqlite
	warns "'/var/lib/rpm/rpmdb.sqlite' cannot be read (no table of packages): "
}

@test "rpm: a header that does not parse is warned of, and the others are read" {
	rpm_root
	needs sqlite3
	sqlite3 "root/$database/rpmdb.sqlite" \
		"INSERT INTO Packages (hnum, blob) VALUES (99, x'000000010000000000000001ffffffff');"
	warns "'/usr/lib/sysimage/rpm/rpmdb.sqlite' has 1 of 3 packages that cannot be read: " ed-tools
}

@test "rpm: a view in the table's place is not run" {
	needs sqlite3
	mkdir -p root/var/lib/rpm
	sqlite3 root/var/lib/rpm/rpmdb.sqlite 'CREATE VIEW Packages AS
		WITH RECURSIVE n(blob) AS (VALUES (1) UNION ALL SELECT blob + 1 FROM n) SELECT blob FROM n;'
	warns "'/var/lib/rpm/rpmdb.sqlite' cannot be read (no table of packages): "
}

@test "rpm: changes that were not folded in, and formats of before, are warned of" {
	rpm_root
	echo x >"root/$database/rpmdb.sqlite-wal"
	warns "'/usr/lib/sysimage/rpm/rpmdb.sqlite-wal' holds changes that are not read: " ed-tools
	rm -r root/usr
	mkdir -p root/var/lib/rpm
	: >root/var/lib/rpm/Packages
	warns "'/var/lib/rpm/Packages' is of rpm's Berkeley DB format, which is not read: "
	mv root/var/lib/rpm/Packages root/var/lib/rpm/Packages.db
	warns "'/var/lib/rpm/Packages.db' is of rpm's ndb format, which is not read: "
}
