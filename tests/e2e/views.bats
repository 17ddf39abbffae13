#!/usr/bin/env bats
# mkroot ldd --tree, --list, --json, --dot: one set of facts, four ways to look at it.

load lib

# The sizes of fixtures are the compiler's.
without_sizes() {
	sed -E 's/  [0-9.]+ k?B//'
}

# tree FIXTURE: its app's tree
tree() {
	mkroot ldd -S "$FIXTURES/$1" --tree /usr/bin/app
	output=$(without_sizes <<<"$output")
}

@test "ldd --tree: who needs what, and how it was found" {
	tree rpath_chain_of_loaders
	says 0 '/usr/bin/app
├── libone.so => /opt/program/libone.so  [RPATH /opt/program]
│   └── libtwo.so => /opt/one/libtwo.so  [RPATH /opt/one]
│       ├── libthree.so => /opt/one/libthree.so  [RPATH /opt/one]
│       └── libfour.so => /opt/program/libfour.so  [RPATH /opt/program]
└── /lib64/ld-linux-x86-64.so.2  [interpreter]'
	is_quiet
}

@test "ldd --tree: what was shown is not shown again, and what was borrowed is said" {
	tree found_through_another
	says 0 '/usr/bin/app
├── libb.so => /opt/lib/libb.so  [RUNPATH /opt/lib]
├── liba.so => /opt/lib/liba.so  [RUNPATH /opt/lib]
│   └── libb.so => /opt/lib/libb.so  (shown above; its own search does not find it)
└── /lib64/ld-linux-x86-64.so.2  [interpreter]'
}

@test "ldd --tree: a circle of needs ends, another name of a file is told" {
	tree need_in_a_circle
	says 0 '/usr/bin/app
├── liba.so => /usr/lib/liba.so  [default]
│   └── libb.so => /usr/lib/libb.so  [default]
│       └── liba.so => /usr/lib/liba.so  (shown above)
└── /lib64/ld-linux-x86-64.so.2  [interpreter]'
	tree same_inode_two_names
	says 0 '/usr/bin/app
├── liba.so => /usr/lib/liba.so  [default], also /usr/lib/libb.so
├── libc1.so => /usr/lib/libc1.so  [default]
└── /lib64/ld-linux-x86-64.so.2  [interpreter]'
}

@test "ldd --tree: what is missing is in its place, with the reason on stderr" {
	tree missing_library
	says 1 '/usr/bin/app
├── libgone.so.1 => not found
├── libone.so => /usr/lib/libone.so  [default]
│   ├── libgone.so.1 => not found
│   └── libtwo.so => /usr/lib/libtwo.so  [default]
└── /lib64/ld-linux-x86-64.so.2  [interpreter]'
	complains "libgone.so.1 not found" "needed by  /usr/bin/app → /usr/lib/libone.so"
	tree linker_script_is_refused
	says 1 '/usr/bin/app
├── libx.so => /opt/script/libx.so: not an ELF file: it is a linker script
└── /lib64/ld-linux-x86-64.so.2  [interpreter]'
}

@test "ldd --tree: the size of each file is in its line" {
	mkroot ldd -S "$FIXTURES/static_programs" --tree /usr/bin/static
	[[ $output =~ ^/usr/bin/static\ \ [0-9.]+\ k?B$'\n'└──\ statically\ linked$ ]]
}

@test "ldd: a file for another machine is passed over, and that is said" {
	mkroot ldd -S "$FIXTURES/only_for_another_machine" --tree /usr/bin/app
	complains "libx.so not found" \
		"passed over  /usr/lib/libx.so is for aarch64, but /usr/bin/app is for x86-64"
}

@test "ldd --list: each file once, programs and interpreters too" {
	mkroot ldd -S "$FIXTURES/same_inode_two_names" --list /usr/bin/app /usr/bin/../bin/app /usr/bin/app
	says 0 '/usr/bin/app
/usr/lib/liba.so
/usr/lib/libc1.so
/usr/lib/libb.so
/lib64/ld-linux-x86-64.so.2
/usr/bin/../bin/app'
}

@test "ldd --list: what is missing is an error on stderr, the rest is listed" {
	mkroot ldd -S "$FIXTURES/missing_library" --list /usr/bin/app /usr/bin/none
	says 1 '/usr/bin/app
/usr/lib/libone.so
/usr/lib/libtwo.so
/lib64/ld-linux-x86-64.so.2'
	complains "libgone.so.1 not found" "cannot open '/usr/bin/none'"
}

@test "ldd --json: one document, whole" {
	needs jq
	mkroot ldd -S "$FIXTURES/missing_library" --json /usr/bin/app
	[ "$status" -eq 1 ]
	is_quiet
	[ "$(head -n 2 <<<"$output")" = $'{\n  "schema": "mkroot.ldd/1",' ]
	run jq -c '.files[] | del(.loads[].size)' <<<"$output"
	says 0 '{"file":"/usr/bin/app","path":"/usr/bin/app","error":null,"interp":"/lib64/ld-linux-x86-64.so.2","interp_missing":false,"libc":"glibc","static":false,"machine":"x86-64","bits":64,"byte_order":"little","loads":[{"name":"/usr/bin/app","path":"/usr/bin/app","how":"program","by":0,"list":null,"soname":null,"optional":false,"before_program":false,"needs":[1,2]},{"name":"libgone.so.1","path":null,"how":"not found","by":0,"list":null,"soname":null,"optional":false,"before_program":false,"needs":[]},{"name":"libone.so","path":"/usr/lib/libone.so","how":"default","by":0,"list":null,"soname":"libone.so","optional":false,"before_program":false,"needs":[3,4]},{"name":"libgone.so.1","path":null,"how":"not found","by":2,"list":null,"soname":null,"optional":false,"before_program":false,"needs":[]},{"name":"libtwo.so","path":"/usr/lib/libtwo.so","how":"default","by":2,"list":null,"soname":"libtwo.so","optional":false,"before_program":false,"needs":[]}],"aliases":[],"borrowed":[],"warnings":[],"no_cache":null,"missing":[{"load":1,"name":"libgone.so.1","by":0,"optional":false},{"load":3,"name":"libgone.so.1","by":2,"optional":false}],"refused":[]}'
}

@test "ldd --json: a FILE without a map has its error, the others are there" {
	needs jq
	mkroot ldd -S "$FIXTURES/scripts" --json /bin/app /usr/bin/plain /usr/bin/tool
	[ "$status" -eq 1 ]
	run jq -r '.files[] | "\(.file) \(.error)"' <<<"$output"
	says 0 "/bin/app null
/usr/bin/plain '/usr/bin/plain' cannot be loaded: not an ELF file: it is a script
/usr/bin/tool null"
}

@test "ldd --json: names that are not UTF-8 keep all their bytes" {
	needs jq
	fixture rpath_chain_of_loaders
	mkdir "$T/rpath_chain_of_loaders/"$'o\xffdd'
	cp "$T/rpath_chain_of_loaders/usr/bin/app" "$T/rpath_chain_of_loaders/"$'o\xffdd/app'
	mkroot ldd -S rpath_chain_of_loaders --json $'/o\xffdd/app'
	[ "$status" -eq 0 ]
	python3 -m json.tool <<<"$output" >/dev/null
	[ "$(jq -r '.files[0].path' <<<"$output")" = "/o$(printf '\ufffd')dd/app" ]
	[ "$(jq -r '.files[0].path_b64' <<<"$output" | base64 -d)" = $'/o\xffdd/app' ]
}

@test "ldd --dot: one graph of all FILEs" {
	mkroot ldd -S "$FIXTURES/first_asker_decides" --dot /usr/bin/app /usr/bin/app
	output=$(sed -E 's/ \+ "\\n[0-9.]+ k?B"//' <<<"$output")
	says 0 'digraph mkroot {
	rankdir=LR;
	node [shape=box];
	"/usr/bin/app" [label="/usr/bin/app",style=bold];
	"/opt/libzero.so" [label="/opt/libzero.so"];
	"/opt/libone.so" [label="/opt/libone.so"];
	"/opt/libdeep.so" [label="/opt/libdeep.so"];
	"/opt/early/libx.so" [label="/opt/early/libx.so"];
	"/usr/bin/app" -> "/opt/libzero.so" [label="RUNPATH /opt"];
	"/usr/bin/app" -> "/opt/libone.so" [label="RUNPATH /opt"];
	"/opt/libzero.so" -> "/opt/libdeep.so" [label="RUNPATH /opt"];
	"/opt/libone.so" -> "/opt/early/libx.so" [label="RUNPATH /opt/early"];
	"/opt/libdeep.so" -> "/opt/early/libx.so";
	"/lib64/ld-linux-x86-64.so.2" [label="/lib64/ld-linux-x86-64.so.2"];
	"/usr/bin/app" -> "/lib64/ld-linux-x86-64.so.2" [label="interpreter"];
}'
}

@test "ldd --dot: graphviz reads it, odd names too" {
	command -v dot >/dev/null || skip "no graphviz here"
	fixture odd_names
	mv "$T/odd_names/usr/bin/a b" "$T/odd_names/usr/bin/a\"\\b"
	"$MKROOT" ldd -S odd_names --dot '/usr/bin/a"\b' | dot -Tcanon >canon
	grep -qF '/opt/lib dir/lib x.so' canon
}

@test "ldd: two views at once are wrong usage" {
	local pair
	for pair in "--tree --list" "--json --dot" "--list --json" "-v --json"; do
		# shellcheck disable=SC2086 # two words
		mkroot ldd $pair /bin/ls
		says 2 ""
		complains "only one of -v, --tree, --list, --json and --dot can be shown"
	done
}

@test "colours: --color decides, then NO_COLOR, then CLICOLOR_FORCE" {
	local escape=$'\e[' root=$FIXTURES/missing_library
	mkroot ldd -S "$root" --tree /usr/bin/app
	[[ $output != *"$escape"* ]]
	mkroot ldd -S "$root" --tree --color always /usr/bin/app
	[[ $output == *"$escape"* ]]
	NO_COLOR=1 mkroot ldd -S "$root" --tree --color=always /usr/bin/app
	[[ $output == *"$escape"* ]]
	CLICOLOR_FORCE=1 mkroot ldd -S "$root" --tree /usr/bin/app
	[[ $output == *"$escape"* ]]
	NO_COLOR=1 CLICOLOR_FORCE=1 mkroot ldd -S "$root" --tree /usr/bin/app
	[[ $output != *"$escape"* ]]
	mkroot ldd --color=sometimes /bin/ls
	says 2 ""
	complains "--color is auto, always or never, not 'sometimes'"
}

@test "ldd --verbose: plain lines, and what to do on stderr" {
	mkroot ldd -S "$FIXTURES/runpath_is_not_inherited" --verbose /usr/bin/app
	says 1 $'\tlibone.so => /opt/lib/libone.so\n\tlibtwo.so => not found'
	complains "hint: /opt/lib/libtwo.so exists but is in none of these: add -L /opt/lib"
}
