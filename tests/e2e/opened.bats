#!/usr/bin/env bats
# What a build takes along though no DT_NEEDED names it, and what it refuses though all files are there.

# shellcheck disable=SC2030,SC2031,SC2154 # what "run" sets is read in the same test
load lib

# takes ROOT PROGRAM [OPTION...]: the files and links of a plan, one line each, without their sizes:
# "PATH reason".
takes() {
	mkroot build -n -v -S "$FIXTURES/$1" "$2" "${@:3}"
	plan=$(awk -F '\t' '$1 ~ /\.so/ { print $1 " " $3 }' <<<"$output")
}

# is EXPECTED: the plan's libraries but for the loader.
is() {
	diff -u --label expected --label actual <(printf '%s\n' "$1") <(grep -v '^/lib64/' <<<"$plan" || :) >&2
}

@test "opened: .note.dlopen brings the first of each required and recommended entry" {
	takes dlopen_note /usr/bin/app
	[ "$status" -eq 0 ]
	is "/opt/deep/libdeeper.so dlopen: opened by /usr/lib/libdeep.so
/usr/lib/libdeep.so dlopen: opened by /usr/lib/libsys.so (Deep things)
/usr/lib/libneeded.so dlopen: needed by /usr/lib/libold.so.1 (default)
/usr/lib/libold.so.1 dlopen: opened by /usr/lib/libsys.so (old)
/usr/lib/libsys.so needed by /usr/bin/app (default)"
	[[ $stderr == *"/usr/lib/libsys.so opens libgone.so when it is there: it is not"* ]]
	[[ $stderr == *"/usr/lib/libsys.so may open libextra.so, only suggested: not taken"* ]]
	[[ $stderr != *warning* ]]
}

@test "opened: a required one that is missing is an error, with the note's owner" {
	mkroot build -S "$FIXTURES/dlopen_required_missing" /usr/bin/app -o root/
	says 1 ''
	complains 'error: libgone.so.2 not found' 'needed by  /usr/bin/app → /usr/lib/liba.so'
	[ ! -e root ]
}

@test "opened: a recommended one that could not be loaded is left out, with a warning" {
	takes dlopen_required_missing /usr/bin/halfway
	[ "$status" -eq 0 ]
	is "/usr/lib/libb.so needed by /usr/bin/halfway (default)"
	[[ $stderr == *"warning: /usr/lib/libhalf.so, opened by /usr/lib/libb.so, is left out: libgone.so.3 is not found"* ]]
}

@test "opened: libgcc_s.so.1 for what ends threads, and what it needs" {
	takes threads_need_unwinder /usr/bin/app
	is "/usr/lib/libc.so.6 needed by /usr/bin/app (default)
/usr/lib/libgcc_s.so.1 dlopen: opened by libc when /usr/bin/app calls pthread_exit
/usr/lib/libmath.so dlopen: needed by /usr/lib/libgcc_s.so.1 (default)"
	takes threads_need_unwinder /usr/bin/plain
	is "/usr/lib/libc.so.6 needed by /usr/bin/plain (default)"
	takes threads_need_unwinder /usr/bin/runpath
	[[ $plan == *"/usr/lib/libgcc_s.so.1 "* && $plan != */opt/* ]]
	takes threads_need_unwinder /usr/bin/rpath
	[[ $plan == *"/opt/gcc/libgcc_s.so.1 "* && $plan != */usr/lib/libgcc* ]]
}

@test "opened: without a libgcc_s.so.1 that is a warning" {
	takes threads_without_unwinder /usr/bin/app
	[ "$status" -eq 0 ]
	[[ $stderr == *"warning: /usr/bin/app calls pthread_exit, which ends the program without libgcc_s.so.1: not found"* ]]
}

@test "opened: auditing libraries of the program, not of its libraries" {
	takes audited /usr/bin/app
	[ "$status" -eq 0 ]
	is "/opt/libdep.so audits /usr/bin/app
/usr/lib/liba.so needed by /usr/bin/app (default)
/usr/lib/libaudit.so audits /usr/bin/app
/usr/lib/libb.so needed by /usr/lib/libaudit.so (default)"
	[[ $stderr == *"warning: libgone.so is not found, which /usr/bin/app wants to be audited by"* ]]
}

@test "opened: all hwcaps variants beside the baseline, with what each needs" {
	takes hwcaps_variants /srv/app
	[ "$status" -eq 0 ]
	is "/opt/first/glibc-hwcaps/x86-64-v3/libb.so needed by /srv/app (RUNPATH, on x86-64-v4)
/opt/second/glibc-hwcaps/x86-64-v2/liba.so needed by /srv/app (RUNPATH, on x86-64-v3)
/opt/second/glibc-hwcaps/x86-64-v4/liba.so needed by /srv/app (RUNPATH, on x86-64-v4)
/opt/second/liba.so needed by /srv/app (RUNPATH)
/opt/second/libb.so needed by /srv/app (RUNPATH)
/usr/lib/libfast.so needed by /opt/second/glibc-hwcaps/x86-64-v4/liba.so (default, on x86-64-v4)"
}

@test "opened: --hwcaps none, a level, and what is no level" {
	takes hwcaps_variants /srv/app --hwcaps none
	is "/opt/second/liba.so needed by /srv/app (RUNPATH)
/opt/second/libb.so needed by /srv/app (RUNPATH)"
	takes hwcaps_variants /srv/app --hwcaps x86-64-v2
	is "/opt/second/glibc-hwcaps/x86-64-v2/liba.so needed by /srv/app (RUNPATH, on x86-64-v2)
/opt/second/liba.so needed by /srv/app (RUNPATH)
/opt/second/libb.so needed by /srv/app (RUNPATH)"
	mkroot build -n -S "$FIXTURES/hwcaps_variants" /srv/app --hwcaps x86-64-v9
	says 2 ''
	complains "not 'x86-64-v9'"
}

@test "opened: a variant whose own need is missing, or whose ISA level is another, is an error" {
	mkroot build -n -S "$FIXTURES/hwcaps_variants" /srv/broken
	[ "$status" -eq 1 ]
	complains 'libgone.so not found' 'needed by  /srv/broken → /usr/lib/glibc-hwcaps/x86-64-v3/libn.so'
	[ "$(grep -c 'libgone.so not found' <<<"$stderr")" -eq 1 ]
	mkroot build -n -S "$FIXTURES/hwcaps_variants" /srv/broken --hwcaps none
	[ "$status" -eq 0 ]
	mkroot build -n -S "$FIXTURES/hwcaps_variants" /srv/lies
	[ "$status" -eq 1 ]
	complains '/usr/lib/glibc-hwcaps/x86-64-v2/libl.so: CPU ISA level is lower than required'
}

@test "opened: a missing version is an error before anything is written, unless -k" {
	mkroot build -S "$FIXTURES/versions_missing" /usr/bin/app -o root/
	says 1 ''
	complains "error: version \`V_2' not found in /usr/lib/libv.so.1, required by /usr/bin/app" 'hint: '
	[ "$(grep -c error: <<<"$stderr")" -eq 1 ]
	[ ! -e root ]
	mkroot build -k -S "$FIXTURES/versions_missing" /usr/bin/app -o root/
	[ "$status" -eq 1 ]
	[ -e root/usr/lib/libv.so.1 ]
}
