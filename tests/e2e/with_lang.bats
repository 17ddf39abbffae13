#!/usr/bin/env bats
# --with lang: the library trees of interpreters, and the modules that scripts import.
# shellcheck disable=SC2154 # $stderr is set by mkroot() in lib.bash
load lib

# file PATH...: empty files below root/, with the folders above them.
file() {
	local f
	for f; do
		mkdir -p "root/$(dirname "$f")"
		: >"root/$f"
	done
}

# program PATH: something that starts, of that name.
program() {
	mkdir -p "root/$(dirname "$1")"
	cp "$INMATE" "root/$1"
}

# script PATH: its text is standard input.
script() {
	mkdir -p "root/$(dirname "$1")"
	cat >"root/$1"
	chmod 755 "root/$1"
}

# brought: the files that the set brought, sorted.
brought() {
	awk -F'\t' '$3 ~ /^lang: / && $1 !~ / -> / { print $1 }' <<<"$output" | while read -r f; do
		[ ! -f "root/$f" ] || echo "$f"
	done | sort
}

python() {
	program usr/bin/python3.9
	ln -s python3.9 root/usr/bin/python3
	file usr/lib/python3.9/{os,json/__init__,test/x,idlelib/y}.py \
		usr/lib/python3.9/__pycache__/os.cpython-39{,.opt-1}.pyc \
		usr/lib/python3.8/os.py usr/lib/python3/dist-packages/{yaml/__init__,other,pip/__init__}.py
}

@test "lang: python brings its library without tests, and what is installed for it" {
	python
	mkroot -n -S root --with lang /usr/bin/python3
	[ "$status" -eq 0 ]
	diff - <(brought) <<-E
		/usr/lib/python3.9/__pycache__/os.cpython-39.pyc
		/usr/lib/python3.9/json/__init__.py
		/usr/lib/python3.9/os.py
		/usr/lib/python3/dist-packages/other.py
		/usr/lib/python3/dist-packages/yaml/__init__.py
	E
}

@test "lang: a python in a folder of its own finds the library beside it" {
	program opt/py/bin/python3.12
	file opt/py/lib/python3.12/os.py opt/py/lib/python3.12/site-packages/x.py usr/lib/python3.12/os.py
	mkroot -n -S root --with lang /opt/py/bin/python3.12
	[ "$(brought)" = $'/opt/py/lib/python3.12/os.py\n/opt/py/lib/python3.12/site-packages/x.py' ]
}

@test "lang: a python script brings the modules that it imports, and those that they do" {
	python
	file usr/lib/python3/dist-packages/{used-1.0.dist-info/METADATA,used/sub/__init__.py,c.cpython-39-x.so}
	echo 'import deep, os' >root/usr/lib/python3/dist-packages/used/sub/code.py
	echo 'import c' >root/usr/lib/python3/dist-packages/deep.py
	file usr/share/x/beside.py
	script usr/share/x/x <<-E
		#!/usr/bin/python3
		import os, beside
		try:
		    from used.sub import y
		except ImportError: pass
	E
	mkdir -p root/usr/local
	ln -s ../share/x/x root/usr/bin/x
	mkroot -n -S root --with lang /usr/bin/x
	[ "$status" -eq 0 ]
	diff - <(brought | grep -v ^/usr/lib/python3.9) <<-E
		/usr/lib/python3/dist-packages/c.cpython-39-x.so
		/usr/lib/python3/dist-packages/deep.py
		/usr/lib/python3/dist-packages/used-1.0.dist-info/METADATA
		/usr/lib/python3/dist-packages/used/sub/__init__.py
		/usr/lib/python3/dist-packages/used/sub/code.py
		/usr/share/x/beside.py
	E
}

@test "lang: an interpreter that is asked for itself brings all, whoever came first" {
	python
	printf '#!/usr/bin/python3\nimport os\n' | script usr/bin/x
	mkroot -n -S root --with lang /usr/bin/x
	[[ $(brought) != *yaml* ]]
	mkroot -n -S root --with lang /usr/bin/x /usr/bin/python3
	[[ $(brought) == *yaml* ]]
}

@test "lang: a virtual environment brings its configuration and its modules" {
	python
	mkdir -p root/venv/bin
	ln -s /usr/bin/python3 root/venv/bin/python
	file venv/pyvenv.cfg venv/lib/python3.9/site-packages/mine.py
	printf '#!/venv/bin/python\nimport mine\n' | script venv/bin/tool
	mkroot -n -S root --with lang /venv/bin/tool
	diff - <(brought | grep -v ^/usr/lib/python3.9) <<-E
		/venv/lib/python3.9/site-packages/mine.py
		/venv/pyvenv.cfg
	E
}

@test "lang: a perl script brings the modules that it names; perl alone brings them all" {
	program usr/bin/perl
	file usr/share/perl/5.36.0/{strict,unused,perl5db.pod}.pm usr/share/perl/5.36.0/x.pod \
		usr/lib/x/perl/5.36.0/auto/A/B/{B.so,B.bs} usr/share/perl5/Site.pm
	mkdir -p root/usr/share/perl/5.36.0/A
	echo 'require C; 1' >root/usr/share/perl/5.36.0/A/B.pm
	file usr/share/perl/5.36.0/C.pm usr/share/perl/5.36.0/auto/A/B/{autosplit.ix,B.bs}
	script usr/bin/x <<-'E'
		#!/usr/bin/perl
		use strict;
		my $x = A::B->new;
		use Site;
	E
	mkroot -n -S root --with lang /usr/bin/x
	[ "$status" -eq 0 ]
	diff - <(brought) <<-E
		/usr/share/perl/5.36.0/A/B.pm
		/usr/share/perl/5.36.0/C.pm
		/usr/share/perl/5.36.0/auto/A/B/autosplit.ix
		/usr/share/perl/5.36.0/strict.pm
		/usr/share/perl5/Site.pm
	E
	mkroot -n -S root --with lang /usr/bin/perl
	[[ $(brought) == *unused.pm* && $(brought) == *Site.pm* && $(brought) != *x.pod* ]]
}

@test "lang: perl's library in the other layouts" {
	local core
	for core in usr/share/perl5 usr/share/perl5/core_perl usr/lib/perl5/5.38/core_perl usr/lib/perl5/5.38.0; do
		rm -rf root
		program usr/bin/perl
		file $core/strict.pm
		mkroot -n -S root --with lang /usr/bin/perl
		[ "$(brought)" = "/$core/strict.pm" ]
	done
}

@test "lang: too much is left out, with a word about it" {
	python
	truncate -s 70M root/usr/lib/python3/dist-packages/big.py
	mkroot -n -S root --with lang /usr/bin/python3
	[ "$status" -eq 0 ]
	[[ $(brought) != *yaml* && $(brought) == *json* ]]
	[[ $stderr == *"what is installed for /usr/bin/python3.9 is over 64 MiB and left out: -i "* ]]
}

@test "lang: what is not on and none bring nothing" {
	python
	mkroot -n -S root --with none /usr/bin/python3
	[ -z "$(brought)" ]
}

# in_root PROGRAM... -- COMMAND...: what it says here and in a root of its programs.
in_root() {
	local programs=()
	while [ "$1" != -- ]; do
		programs+=("$1")
		shift
	done
	shift
	mkroot -q "${programs[@]}" -o dir:built
	[ "$status" -eq 0 ]
	LC_ALL=C "$@" >expected
	LC_ALL=C "$MKROOT" run built -- "$@" >actual
	diff expected actual
}

@test "lang: python works in its root" {
	needs_root
	needs /usr/bin/python3
	in_root /usr/bin/python3 -- /usr/bin/python3 -c 'import json, hashlib, subprocess
print(json.dumps([1]), hashlib.md5(b"x").hexdigest())'
}

@test "lang: perl works in its root" {
	needs_root
	needs /usr/bin/perl
	in_root /usr/bin/perl -- /usr/bin/perl -MPOSIX -MList::Util=sum -MData::Dumper -e 'print floor(2.5), Dumper(sum 1, 2)'
}

@test "lang: perl's own scripts work with the modules that they name" {
	needs_root
	needs pod2text
	printf '=head1 NAME\n\nx - y\n' >page.pod
	mkroot -q /usr/bin/pod2text -i "$PWD/page.pod:/page.pod" -o dir:built
	[ "$status" -eq 0 ]
	LC_ALL=C "$MKROOT" run built -- pod2text /page.pod >actual
	diff <(LC_ALL=C pod2text page.pod) actual
	[ ! -e built/usr/share/perl/5.36.0/CPAN.pm ]
}
