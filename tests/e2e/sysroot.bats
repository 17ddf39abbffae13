#!/usr/bin/env bats
# bats file_tags=slow
# Roots of other systems: other layouts, libcs, distributions, machines. Where a judge exists it is the
# root's own loader: by chroot, for a foreign machine through qemu-user.

load lib

# What others install is used when it is there; a network that is not there is no failure of ours.
has() {
	command -v "$1" >/dev/null || skip "no $1 here"
}

# elf_files ROOT: the paths inside ROOT of its ELF files.
elf_files() {
	local file magic
	find "$1"/usr/bin "$1"/usr/sbin "$1"/usr/lib "$1"/usr/libexec "$1"/srv -type f 2>/dev/null |
		LC_ALL=C sort | while IFS= read -r file; do
		magic=
		IFS= LC_ALL=C read -r -N 4 magic <"$file" 2>/dev/null || :
		[ "$magic" != $'\177ELF' ] || printf '%s\n' "${file#"$1"}"
	done
}

# agree ROOT JUDGE...: JUDGE FILE says what the loader says; all files in one call of ours.
agree() {
	local root=$1 file files=() lines
	shift
	while IFS= read -r file; do
		lines=$("$@" "$file" 2>/dev/null) || [ -n "$lines" ] || continue
		files+=("$file")
		printf '%s:\n%s\n' "$file" "$lines"
	done < <(elf_files "$root") | sed -E 's/ \(0x[0-9a-f]+\)$//; /^\tlinux-vdso(64)?\.so\.1$/d' >real
	mapfile -t files < <(sed -n 's/^\(\/.*\):$/\1/p' real)
	"$MKROOT" ldd --hwcaps=host -S "$root" "${files[@]}" >ours 2>warnings || :
	echo "# ${root##*/}: ${#files[@]} files" >&3
	diff -u --label ld.so --label mkroot real ours >&2
}

by_chroot() {
	"$REAL_LDSO" "$1" "$2" "$3"
}

by_qemu() {
	chroot "$1" /qemu -E LD_TRACE_LOADED_OBJECTS=1 "$2" "$3"
}

# debian SUITE: such a root, made once and kept for the next run; in $debian.
debian() {
	local kept=${MKROOT_TEST_ROOTS:-${TMPDIR:-/tmp}/mkroot-test-roots}
	needs_root
	has mmdebstrap
	debian=$kept/$1
	[ ! -e "$debian/etc/debian_version" ] || return 0
	mkdir -p "$kept"
	rm -rf "$debian.new"
	timeout 600 mmdebstrap --quiet --variant=minbase "$1" "$debian.new" >"$T/log" 2>&1 || {
		rm -rf "$debian.new"
		skip "mmdebstrap: $(tail -n 1 "$T/log")"
	}
	rm -rf "$debian"
	mv "$debian.new" "$debian"
}

@test "sysroot: every program and library of a Debian trixie, as its own ld.so" {
	[ "$(uname -m)" = x86_64 ] || skip "not x86-64"
	debian trixie
	agree "$debian" by_chroot "$debian" /lib64/ld-linux-x86-64.so.2
	[ ! -s warnings ]
	[ "$(grep -c '^/' real)" -ge 400 ]
}

@test "sysroot: the same trixie before ldconfig has run" {
	[ "$(uname -m)" = x86_64 ] || skip "not x86-64"
	debian trixie
	cp -a "$debian" "$T/trixie"
	rm trixie/etc/ld.so.cache
	agree "$T/trixie" by_chroot "$debian" /lib64/ld-linux-x86-64.so.2
	# All of it is in the loader's own folders.
	[ ! -s warnings ]
}

@test "sysroot: a program of trixie packed from there runs" {
	[ "$(uname -m)" = x86_64 ] || skip "not x86-64"
	debian trixie
	mkroot -S "$debian" --with none /bin/sh ls perl -o root/
	says 0
	[ ! -e root/etc/ld.so.cache ]
	[ "$(chroot root /bin/sh -c 'echo /[bls]* /usr')" = "/bin /lib /lib64 /sbin /usr" ]
	chroot root /bin/ls / >/dev/null
}

# foreign TUPLE QEMU LOADER: glibc of Debian's cross packages, its libraries in /opt/lib, which only
# the configuration names.
foreign() {
	local lib=/usr/$1/lib file
	needs_root
	has "$2"
	[ -e "$lib/libc.so.6" ] || skip "no libc6-*-cross for $1"
	mkdir -p root/opt/lib root/srv "root/$(dirname "$3")" root/etc
	cp "$(command -v "$2")" root/qemu
	cp -L "$lib/$(basename "$3")" "root$3"
	for file in "$lib"/lib*.so*; do
		cp -L "$file" root/opt/lib/
	done
	cp -L "$lib"/libresolv.so.2 root/srv/program
	cp -L "$lib"/libm.so.6 root/srv/other
	echo /opt/lib >root/etc/ld.so.conf
	chroot root /qemu --version >/dev/null || skip "$2 does not run here"
}

# packed TUPLE QEMU LOADER ORDER: what is packed from there finds its libraries by our cache.
packed() {
	foreign "$1" "$2" "$3"
	mkroot -S root /srv/program /srv/other -i /opt/lib/libdl.so.2 -o jail/
	says 0
	cp root/qemu jail/
	# Without the cache nothing would be found.
	[[ $(by_qemu root "$3" /srv/program 2>/dev/null) != */opt/lib/* ]]
	[[ $(by_qemu jail "$3" /srv/program) == *"libc.so.6 => /opt/lib/libc.so.6"* ]]
	agree "$T/jail" by_qemu jail "$3"
	[ "$(grep -c '^/' real)" -eq 2 ]
	"$CACHE_TOOL" print jail/etc/ld.so.cache "$4" | grep -q '^'$'\t''libdl.so.2 .* => /opt/lib/libdl.so.2$'
}

@test "sysroot: s390x, big-endian, through qemu" {
	packed s390x-linux-gnu qemu-s390x-static /lib/ld64.so.1 big
}

@test "sysroot: aarch64 through qemu" {
	packed aarch64-linux-gnu qemu-aarch64-static /lib/ld-linux-aarch64.so.1 little
}

@test "sysroot: armhf through qemu" {
	packed arm-linux-gnueabihf qemu-arm-static /lib/ld-linux-armhf.so.3 little
}

@test "sysroot: riscv64 through qemu" {
	packed riscv64-linux-gnu qemu-riscv64-static /lib/ld-linux-riscv64-lp64d.so.1 little
}

@test "sysroot: ppc64le through qemu" {
	packed powerpc64le-linux-gnu qemu-ppc64le-static /lib64/ld64.so.2 little
}

@test "sysroot: i386 beside x86-64, one cache for both" {
	[ -x /lib/ld-linux.so.2 ] && [ -e /lib32/libc.so.6 ] || skip "no libc6-i386 here"
	fixture conf_names_folders
	with_real_loader conf_names_folders
	mkdir -p conf_names_folders/lib conf_names_folders/opt/lib32
	cp -L /lib/ld-linux.so.2 conf_names_folders/lib/
	cp -L /lib32/libc.so.6 /lib32/libresolv.so.2 conf_names_folders/opt/lib32/
	echo /opt/lib32 >>conf_names_folders/etc/ld.so.conf
	mkroot -S conf_names_folders /usr/bin/app /opt/lib32/libresolv.so.2 -o jail/
	says 0
	local real
	real=$(by_chroot jail /lib/ld-linux.so.2 /opt/lib32/libresolv.so.2) || skip "no i386 or no chroot here"
	[[ $real == *"libc.so.6 => /opt/lib32/libc.so.6"* ]]
	[[ $(by_chroot jail /lib64/ld-linux-x86-64.so.2 /usr/bin/app) == *"libfoo.so.1 => /opt/lib/libfoo.so.1"* ]]
}

@test "sysroot: a layout like Fedora's" {
	local fedora=$FIXTURES/sysroot_of_fedora
	mkroot ldd -S "$fedora" /bin/app
	says 1 $'\tlibone.so.1 => /lib64/libone.so.1
\tlibtwo.so.1 => /opt/lib64/libtwo.so.1
\tlibnowhere.so.1 => not found
\tlibatlas.so.3 => /usr/lib64/atlas/libatlas.so.3.10
\t/lib64/ld-linux-x86-64.so.2'
	# shellcheck disable=SC2154 # set by run
	[ "$stderr" = "mkroot: warning: no /etc/ld.so.cache: resolved as if ldconfig had run" ]
	mkroot -k -S "$fedora" /bin/app -o root/
	says 1
	[ "$(readlink root/lib64)" = usr/lib64 ] && [ -e root/usr/lib64/atlas/libatlas.so.3.10 ]
	"$CACHE_TOOL" print root/etc/ld.so.cache | grep -qxF $'\tlibatlas.so.3 (libc6,x86-64) => /usr/lib64/atlas/libatlas.so.3.10'
}

@test "sysroot: a layout like Alpine's, with a glibc program in it" {
	local alpine=$FIXTURES/sysroot_of_alpine
	mkroot ldd -S "$alpine" /bin/app
	says 0 $'\tlibone.so => /usr/lib/libone.so
\tlibpath.so => /opt/path/libpath.so
\tlibc.musl-x86_64.so.1 => /lib/ld-musl-x86_64.so.1'
	is_quiet
	mkroot ldd -q -S "$alpine" /bin/glibc-app
	says 0 $'\tlibone.so => /usr/lib/libone.so\n\tlibpath.so => /opt/conf/libpath.so\n\tlibc.musl-x86_64.so.1 => /lib/libc.musl-x86_64.so.1\n\t/lib64/ld-linux-x86-64.so.2'
	# musl has no cache, and gets none.
	mkroot -S "$alpine" /bin/app -o root/
	says 0
	[ ! -e root/etc/ld.so.cache ] && [ -e root/etc/ld-musl-x86_64.path ]
}

@test "sysroot: links in a circle, to nowhere and out of it do no harm" {
	fixture links_do_not_lead_out
	# What the links would reach if they could.
	mkdir -p opt/inside usr/lib
	mkroot ldd -S links_do_not_lead_out /usr/bin/app
	says 1 $'\tliba.so => /opt/up/liba.so\n\tlibb.so => not found\n\tlibc1.so => /opt/up/libc1.so'
	mkroot -k -S links_do_not_lead_out /usr/bin/app -o root/
	says 1
	[ -e root/usr/lib/libreal.so ] && [ -L root/opt/inside/libc1.so ]
	[ ! -e root/opt/up ] || [ -L root/opt/up ]
}

@test "sysroot: an unpacked tree that belongs to nobody, read by somebody" {
	fixture conf_names_folders
	let_users_in
	mkdir out
	if [ "$(id -u)" -eq 0 ]; then
		chown -R 12345:54321 conf_names_folders
		chmod 1777 out
	fi
	as_user "$USER_MKROOT" ldd -q -S conf_names_folders /usr/bin/app >mine
	"$MKROOT" ldd -q -S conf_names_folders /usr/bin/app | cmp - mine
	as_user "$USER_MKROOT" -q -S conf_names_folders /usr/bin/app -o out/x.tar
	tar tf out/x.tar | grep -qx 'etc/ld.so.cache'
	# Folders of others that may be crossed and not be read.
	chmod 711 conf_names_folders/opt conf_names_folders/usr conf_names_folders/usr/bin
	as_user "$USER_MKROOT" ldd -q -S conf_names_folders /usr/bin/app | cmp - mine
}

@test "sysroot: foreign machines are known by their own loader" {
	local name
	for name in s390x ppc64 aarch64 mips i386; do
		mkroot ldd -q -S "$FIXTURES/conf_of_$name" /usr/bin/app
		says 0
		[ "$(head -n 1 <<<"$output")" = $'\tlibfoo.so.1 => /opt/lib/libfoo.so.1.2' ]
		[[ $output == *"libplain.so.1 => /usr/lib/"*-linux-gnu/libplain.so.1* ]]
	done
}
