#!/usr/bin/env bats
# mkroot why: each chain from a program to a file.

# shellcheck disable=SC2154 # stderr is set by mkroot()
load lib

@test "why: one chain for each object that asks for the file itself" {
	mkroot why libx.so "$FIXTURES/first_asker_decides"
	says 0 '/usr/bin/app → /opt/libone.so → /opt/early/libx.so
/usr/bin/app → /opt/libzero.so → /opt/libdeep.so → /opt/early/libx.so'
	is_quiet
}

@test "why: a path, another path of the same file, a soname and a file name" {
	local file root=$FIXTURES/usr_merge_links
	for file in libone.so.1 /usr/lib/x86_64-linux-gnu/libone.so.1.2 \
		/lib/x86_64-linux-gnu/libone.so.1 "$root/usr/lib/x86_64-linux-gnu/libone.so.1"; do
		mkroot why "$file" "$root"
		says 0 '/usr/bin/app → /lib/x86_64-linux-gnu/libone.so.1'
	done
}

@test "why: what is missing, and what is refused" {
	mkroot why libgone.so.1 "$FIXTURES/missing_library"
	says 0 '/usr/bin/app → libgone.so.1 (not found)
/usr/bin/app → /usr/lib/libone.so → libgone.so.1 (not found)'
	mkroot why libx.so "$FIXTURES/linker_script_is_refused"
	says 0 '/usr/bin/app → libx.so (refused)'
}

@test "why: the interpreter, of programs and of scripts" {
	mkroot why ld-linux-x86-64.so.2 "$FIXTURES/missing_library"
	says 0 '/usr/bin/app → /lib64/ld-linux-x86-64.so.2'
	mkroot why /usr/bin/tool "$FIXTURES/scripts"
	says 0 '/usr/bin/by-env → /usr/bin/tool
/usr/bin/by-env-s → /usr/bin/tool'
}

@test "why: programs by name, and a script with all that it starts" {
	local root=$FIXTURES/usr_merge_links
	mkroot why -S "$root" libone.so.1 app /bin/script /usr/bin
	says 0 '/usr/bin/app → /lib/x86_64-linux-gnu/libone.so.1
/bin/script → /bin/app → /lib/x86_64-linux-gnu/libone.so.1
/usr/bin/app → /lib/x86_64-linux-gnu/libone.so.1'
}

@test "why: a library that no program loads is asked as well" {
	mkroot why libhidden.so "$FIXTURES/check_findings"
	says 0 '/usr/bin/again → /usr/lib/libone.so → libhidden.so (not found)
/usr/bin/other → /usr/lib/libone.so → libhidden.so (not found)
/opt/plugin.so → libhidden.so (not found)'
}

@test "why: nothing needs it" {
	mkroot why libtow.so "$FIXTURES/missing_library"
	says 1 "no: nothing in $FIXTURES/missing_library needs libtow.so"
	[ "$stderr" = "mkroot: a similar name that is needed: libtwo.so" ]
	mkroot why -q libtow.so "$FIXTURES/missing_library"
	says 1 ""
	is_quiet
	mkdir empty
	mkroot why libc.so.6 empty
	says 1 "no: nothing in empty needs libc.so.6"
	[ "$stderr" = "mkroot: there is no program, library or script in it" ]
}

@test "why: a circle of needs has an end" {
	mkroot why liba.so "$FIXTURES/need_in_a_circle"
	says 0 '/usr/bin/app → /usr/lib/liba.so
/usr/bin/app → /usr/lib/liba.so → /usr/lib/libb.so → /usr/lib/liba.so'
}

@test "why --json: one document" {
	needs jq
	mkroot why --json libgone.so.1 "$FIXTURES/missing_library"
	[ "$status" -eq 0 ]
	run jq -c 'del(.chains[].in)' <<<"$output"
	says 0 '{"schema":"mkroot.why/1","file":"libgone.so.1","chains":[{"chain":[{"name":"/usr/bin/app","path":"/usr/bin/app","how":"program"},{"name":"libgone.so.1","path":null,"how":"not found"}]},{"chain":[{"name":"/usr/bin/app","path":"/usr/bin/app","how":"program"},{"name":"libone.so","path":"/usr/lib/libone.so","how":"default"},{"name":"libgone.so.1","path":null,"how":"not found"}]}],"needed":true}'
	mkroot why --json libtow.so "$FIXTURES/missing_library"
	[ "$status" -eq 1 ]
	[ "$(jq .needed <<<"$output")" = false ]
}

@test "why: an IN that is not there, and wrong usage" {
	mkroot why libtwo.so "$FIXTURES/nowhere" "$FIXTURES/missing_library"
	says 1 '/usr/bin/app → /usr/lib/libone.so → /usr/lib/libtwo.so'
	complains "cannot open"
	mkroot why libc.so.6
	says 2 ""
	complains "no IN given"
}
