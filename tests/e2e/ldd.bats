#!/usr/bin/env bats
# mkroot ldd: what it prints, whole, for one rule of the loader at a time. What is expected here is
# what the loader of Debian 12 prints of these roots; agree_fixtures.bats asks it again.

load lib

@test "ldd: \$ORIGIN is the folder of the link, not of its target" {
	mkroot ldd -S "$FIXTURES/origin_follows_symlink" /usr/bin/app
	says 1 $'\tlibg.so => /usr/bin/../lib/b/libg.so\n\tlibf.so => not found'
}

@test "ldd: \${ORIGIN} and \$LIB are tokens, \$ORIGINAL and \$ORIGIN_x are not" {
	mkroot ldd -S "$FIXTURES/origin_tokens" /opt/app
	says 1 $'\tliba.so => /opt/one/liba.so
\tlibb.so => /opt/lib/x86_64-linux-gnu/libb.so
\tlibc1.so => not found
\tlibd.so => not found'
}

@test "ldd: the RPATHs of all that led to a library are searched" {
	mkroot ldd -S "$FIXTURES/rpath_chain_of_loaders" /usr/bin/app
	says 0 $'\tlibone.so => /opt/program/libone.so
\tlibtwo.so => /opt/one/libtwo.so
\tlibthree.so => /opt/one/libthree.so
\tlibfour.so => /opt/program/libfour.so'
	is_quiet
}

@test "ldd: a RUNPATH serves its own object only" {
	mkroot ldd -S "$FIXTURES/runpath_is_not_inherited" /usr/bin/app
	says 1 $'\tlibone.so => /opt/lib/libone.so\n\tlibtwo.so => not found'
}

@test "ldd: a RUNPATH cancels the RPATHs of its object and of those above" {
	mkroot ldd -S "$FIXTURES/runpath_cancels_rpath" /usr/bin/app
	says 0 $'\tlibone.so => /opt/rpath/libone.so\n\tlibtwo.so => /usr/lib/libtwo.so'
}

@test "ldd: a RUNPATH on the way up does not stop the search for RPATHs" {
	mkroot ldd -S "$FIXTURES/runpath_on_the_way_is_skipped" /usr/bin/app
	says 0 $'\tlibone.so => /opt/program/libone.so
\tlibtwo.so => /opt/one/libtwo.so
\tlibthree.so => /opt/program/libthree.so'
}

@test "ldd: even an empty RUNPATH cancels the RPATHs" {
	mkroot ldd -S "$FIXTURES/empty_runpath" /usr/bin/app
	says 1 $'\tlibone.so => /opt/rpath/libone.so\n\tlibtwo.so => not found'
}

@test "ldd: a need is satisfied by the soname of what is loaded" {
	mkroot ldd -S "$FIXTURES/soname_satisfies_need" /usr/bin/app
	says 0 $'\tlibreal.so => /usr/lib/libreal.so'
}

@test "ldd: who asks first, breadth first, decides the file for everybody" {
	mkroot ldd -S "$FIXTURES/first_asker_decides" /usr/bin/app
	says 0 $'\tlibzero.so => /opt/libzero.so
\tlibone.so => /opt/libone.so
\tlibdeep.so => /opt/libdeep.so
\tlibx.so => /opt/early/libx.so'
}

@test "ldd: a missing library is told for each that asks, the rest is listed" {
	mkroot ldd -S "$FIXTURES/missing_library" /usr/bin/app
	says 1 $'\tlibgone.so.1 => not found
\tlibone.so => /usr/lib/libone.so
\tlibgone.so.1 => not found
\tlibtwo.so => /usr/lib/libtwo.so'
}

@test "ldd: what one asker does not find the next one may" {
	mkroot ldd -S "$FIXTURES/missing_for_one_found_for_the_next" /usr/bin/app
	says 1 $'\tlibz.so => not found
\tlibone.so => /opt/libone.so
\tlibz.so => /opt/late/libz.so'
}

@test "ldd: a need with a slash is opened as it is, its tokens replaced" {
	mkroot ldd -S "$FIXTURES/needed_with_slash" /opt/bin/app
	says 0 $'\t/opt/bin/../lib/libone.so\n\t/opt/lib/libtwo.so'
}

@test "ldd: two names of one inode are one object, the same bytes twice are two" {
	mkroot ldd -S "$FIXTURES/same_inode_two_names" /usr/bin/app
	says 0 $'\tliba.so => /usr/lib/liba.so\n\tlibc1.so => /usr/lib/libc1.so'
}

@test "ldd: NODEFLIB keeps its own object's needs out of the default folders, nobody else's" {
	mkroot ldd -S "$FIXTURES/nodeflib" /usr/bin/app
	says 1 $'\tlibone.so => /usr/lib/libone.so
\tlibtwo.so => /usr/lib/libtwo.so
\tlibthree.so => not found
\tlibfour.so => /usr/lib/libfour.so'
}

@test "ldd: the default folders are searched in the loader's order" {
	mkroot ldd -S "$FIXTURES/default_folders" /usr/bin/app
	says 1 $'\tliba.so => /usr/lib/liba.so
\tlibb.so => /lib/libb.so
\tlibc1.so => /usr/lib/x86_64-linux-gnu/libc1.so
\tlibd.so => /lib/x86_64-linux-gnu/libd.so
\tlibe.so => not found'
}

@test "ldd: candidates for other machines and links to nothing are passed over" {
	mkroot ldd -S "$FIXTURES/other_machines_are_passed_over" /usr/bin/app
	says 0 $'\tlibx.so => /opt/right/libx.so'
}

@test "ldd: a candidate for a big-endian machine is passed over" {
	mkroot ldd -S "$FIXTURES/big_endian_machines_are_passed_over" /usr/bin/app
	says 0 $'\tlibx.so => /opt/right/libx.so'
}

@test "ldd: a linker script where a library should be is refused by name" {
	mkroot ldd -S "$FIXTURES/linker_script_is_refused" /usr/bin/app
	says 1
	refuses /opt/script/libx.so /usr/bin/app
}

@test "ldd: a library of the wrong byte order is refused by name" {
	mkroot ldd -S "$FIXTURES/wrong_byte_order_is_refused" /usr/bin/app
	says 1
	refuses /opt/big/libx.so /usr/bin/app
}

@test "ldd: a relocatable object where a library should be is refused by name" {
	mkroot ldd -S "$FIXTURES/relocatable_is_refused" /usr/bin/app
	says 1
	refuses /opt/rel/libx.so /usr/bin/app
}

@test "ldd: a folder where a library should be is refused by name" {
	mkroot ldd -S "$FIXTURES/folder_is_refused" /usr/bin/app
	says 1
	refuses /opt/folder/libx.so /usr/bin/app
}

@test "ldd: a program where a library should be is refused by name" {
	mkroot ldd -S "$FIXTURES/program_as_library_is_refused" /usr/bin/app
	says 1
	refuses /opt/exe/libx.so /usr/bin/app
}

@test "ldd: filters stand before the object that names them" {
	mkroot ldd -S "$FIXTURES/filters_come_first" /usr/bin/app
	says 0 $'\tlibfilter.so => /usr/lib/libfilter.so
\tlibaux.so => /usr/lib/libaux.so
\tlibone.so => /usr/lib/libone.so
\tlibtwo.so => /usr/lib/libtwo.so'
}

@test "ldd: the last RUNPATH wins, nothing is read behind DT_NULL, an empty need is the program" {
	mkroot ldd -S "$FIXTURES/doubled_entries" /usr/bin/app
	says 0 $'\tlibx.so => /opt/last/libx.so'
}

@test "ldd: the program's soname and the loader are there from the start" {
	mkroot ldd -S "$FIXTURES/loaded_from_the_start" /usr/bin/app
	says 0 $'\t/lib64/ld-linux-x86-64.so.2\n\tlibone.so => /opt/libone.so'
}

@test "ldd: libraries that need each other are listed once" {
	mkroot ldd -S "$FIXTURES/need_in_a_circle" /usr/bin/app
	says 0 $'\tliba.so => /usr/lib/liba.so\n\tlibb.so => /usr/lib/libb.so'
}

@test "ldd: absolute links stay inside the sysroot, links of files and of folders" {
	mkroot ldd -S "$FIXTURES/absolute_link_stays_in_sysroot" /usr/bin/alias
	says 0 $'\tlibone.so => /opt/lib/libone.so\n\tlibtwo.so => /opt/lib/libtwo.so'
}

@test "ldd: links upon links, relative and absolute" {
	mkroot ldd -S "$FIXTURES/links_upon_links" /usr/bin/app
	says 0 $'\tlibx.so.1 => /opt/a/libx.so.1'
}

@test "ldd: \$ORIGIN of a program behind a link is the folder of the program, as when it is started" {
	fixture origin_follows_symlink
	mkdir origin_follows_symlink/srv
	ln -s ../usr/bin/app origin_follows_symlink/srv/alias
	mkroot ldd -S origin_follows_symlink /srv/alias
	says 1 $'\tlibg.so => /usr/bin/../lib/b/libg.so\n\tlibf.so => not found'
}

@test "ldd: usr-merge links are followed" {
	mkroot ldd -S "$FIXTURES/usr_merge_links" /bin/app
	says 0 $'\tlibone.so.1 => /lib/x86_64-linux-gnu/libone.so.1'
}

@test "ldd: names with spaces" {
	mkroot ldd -S "$FIXTURES/odd_names" "/usr/bin/a b"
	says 0 $'\tlib x.so => /opt/lib dir/lib x.so'
}

@test "ldd: a missing interpreter is told like a missing library" {
	mkroot ldd -S "$FIXTURES/interpreter_missing" /usr/bin/app
	says 1 $'\t/lib/ld-gone.so.1 => not found'
}

@test "ldd: a static program, position independent or not" {
	mkroot ldd -S "$FIXTURES/static_programs" /usr/bin/static
	says 0 $'\tstatically linked'
	mkroot ldd -S "$FIXTURES/static_programs" /usr/bin/static-pie
	says 0 $'\tstatically linked'
}

@test "ldd: a library alone" {
	mkroot ldd -S "$FIXTURES/missing_library" /usr/lib/libone.so
	says 1 $'\tlibgone.so.1 => not found\n\tlibtwo.so => /usr/lib/libtwo.so'
}

@test "ldd: a program that has an interpreter and needs nothing" {
	mkroot ldd -S "$FIXTURES/odd_names" -- /usr/bin/-dash
	says 0 $'\tstatically linked'
}

@test "ldd: the loader's line stands behind the last object found before it" {
	mkroot ldd -S "$FIXTURES/loader_before_what_is_missing" /usr/bin/app
	says 1 $'\tlibone.so => /usr/lib/libone.so
\tlibgone.so => not found
\tlibtwo.so => /usr/lib/libtwo.so
\t/lib64/ld-linux-x86-64.so.2
\tlibgone.so => not found'
}

# The same root of three objects for machines of both classes and byte orders, with the default
# folders that each loader names.
foreign() { # NAME INTERP TRIPLET
	mkroot ldd -S "$FIXTURES/foreign_$1" /usr/bin/app
	says 0 $'\tlibx.so.1 => /usr/bin/../lib/private/libx.so.1\n\tliby.so.1 => '"/usr/lib/$3/liby.so.1"$'\n\t'"$2"
}

@test "ldd: a root for s390x (64 bit, big-endian)" {
	foreign s390x /lib/ld64.so.1 s390x-linux-gnu
}

@test "ldd: a root for ppc64 (64 bit, big-endian)" {
	foreign ppc64 /lib64/ld64.so.1 powerpc64-linux-gnu
}

@test "ldd: a root for armhf (32 bit, little-endian)" {
	foreign armhf /lib/ld-linux-armhf.so.3 arm-linux-gnueabihf
}

@test "ldd: a root for aarch64 (64 bit, little-endian)" {
	foreign aarch64 /lib/ld-linux-aarch64.so.1 aarch64-linux-gnu
}

@test "ldd: a root for mips (32 bit, big-endian)" {
	foreign mips /lib/ld.so.1 mips-linux-gnu
}

@test "ldd: a root for i386 (32 bit, little-endian)" {
	foreign i386 /lib/ld-linux.so.2 i386-linux-gnu
}

@test "ldd: -L is searched before RUNPATH and behind RPATH" {
	fixture runpath_is_not_inherited
	mkdir -p runpath_is_not_inherited/over
	cp runpath_is_not_inherited/opt/lib/libone.so runpath_is_not_inherited/over/
	mkroot ldd -S runpath_is_not_inherited -L /over:/opt/lib /usr/bin/app
	says 0 $'\tlibone.so => /over/libone.so\n\tlibtwo.so => /opt/lib/libtwo.so'
	fixture rpath_chain_of_loaders
	mkdir -p rpath_chain_of_loaders/over
	cp rpath_chain_of_loaders/opt/program/libone.so rpath_chain_of_loaders/over/
	mkroot ldd -S rpath_chain_of_loaders -L /over /usr/bin/app
	says 0 $'\tlibone.so => /opt/program/libone.so
\tlibtwo.so => /opt/one/libtwo.so
\tlibthree.so => /opt/one/libthree.so
\tlibfour.so => /opt/program/libfour.so'
}

@test "ldd: LD_LIBRARY_PATH is for the host's own programs, not for a sysroot's" {
	fixture missing_library
	mkdir gone
	cp "$FIXTURES/same_inode_two_names/usr/lib/liba.so" gone/libgone.so.1
	LD_LIBRARY_PATH=$T/gone mkroot ldd -S missing_library /usr/lib/libone.so
	says 1 $'\tlibgone.so.1 => not found\n\tlibtwo.so => /usr/lib/libtwo.so'
	LD_LIBRARY_PATH=$T/gone:$T/missing_library/usr/lib mkroot ldd missing_library/usr/lib/libone.so
	says 0 $'\tlibgone.so.1 => '"$T"$'/gone/libgone.so.1\n\tlibtwo.so => '"$T/missing_library/usr/lib/libtwo.so"
}

@test "ldd: more than one file, and a bad one does not stop the rest" {
	mkroot ldd -S "$FIXTURES/need_in_a_circle" /usr/bin/app /usr/bin/nothing /usr/lib/libb.so
	says 1 $'/usr/bin/app:
\tliba.so => /usr/lib/liba.so
\tlibb.so => /usr/lib/libb.so
/usr/bin/nothing:
/usr/lib/libb.so:
\tliba.so => /usr/lib/liba.so'
	complains /usr/bin/nothing
}

@test "ldd: -q is quiet, the exit status tells" {
	mkroot ldd -q -S "$FIXTURES/need_in_a_circle" /usr/bin/app
	says 0
	is_quiet
	mkroot ldd -q -S "$FIXTURES/missing_library" /usr/bin/app
	says 1
}

@test "ldd: nothing is executed" {
	needs strace
	run strace -f -e trace=execve -o trace "$MKROOT" ldd /bin/ls
	[ "$(grep -c execve trace)" -eq 1 ]
}

@test "ldd: an ordinary user" {
	let_users_in
	fixture need_in_a_circle
	run as_user "$USER_MKROOT" ldd -S "$T/need_in_a_circle" /usr/bin/app
	says 0 $'\tliba.so => /usr/lib/liba.so\n\tlibb.so => /usr/lib/libb.so'
}

@test "ldd: wrong usage is exit 2" {
	mkroot ldd
	says 2 ""
	complains
	mkroot ldd --no-such-option /bin/ls
	says 2 ""
	complains --no-such-option
	mkroot ldd -S /bin/ls
	says 2 ""
}

@test "ldd: a sysroot that is not there is named" {
	mkroot ldd -S "$T/gone" /bin/ls
	[ "$status" -ne 0 ]
	complains "$T/gone"
}

@test "ldd: output that cannot be written is exit 3" {
	[ -e /dev/full ] || skip_or_fail "no /dev/full"
	run bash -c '"$MKROOT" ldd /bin/ls >/dev/full'
	[ "$status" -eq 3 ]
	[[ $output == "mkroot: error: "* ]]
}

@test "ldd: a bare name is a file here, and a hint where PATH has one" {
	mkroot ldd -S "$FIXTURES/usr_merge_links" app
	says 1 ""
	complains "cannot open '/app'" "hint: in PATH there is /usr/bin/app"
}
