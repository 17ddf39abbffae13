# shellcheck shell=bash
load lib
load roots
load images

setup_file() {
	BASE=$(mktemp -d /tmp/mkroot-e2e-images-XXXXXX)
	export BASE
	make_root "$BASE/shell"
	tar -C "$BASE/shell" --sort=name --owner=0 --group=0 --mtime=@1000 -cf "$BASE/shell.tar" .
}

teardown_file() {
	rm -rf "$BASE"
}

@test "sysroot: -S and check take programs out of images" {
	image img '{}' "$BASE/shell.tar"
	tar -C img -cf img.tar .
	mkroot ldd -S "$BASE/shell" /bin/bash
	local want=$output root
	mkdir tmp
	for root in img oci:img img.tar "$BASE/shell.tar"; do
		TMPDIR=$T/tmp mkroot ldd -S "$root" /bin/bash
		says 0 "$want"
		TMPDIR=$T/tmp mkroot check "$root"
		says 0
		TMPDIR=$T/tmp mkroot /bin/cat -S "$root" --with none -o "out/"
		says 0
		[ -x out/bin/cat ]
		rm -r out
		[ -z "$(ls -A tmp)" ]
	done
	mkroot ldd -S oci:none /bin/bash
	says 3
	complains "cannot open 'none'"
}

@test "sysroot: what -S unpacks goes even when mkroot is killed" {
	head -c 300000000 /dev/zero >big
	tar -c big | gzip -1 >big.gz
	rm big
	image img '{}' "$BASE/shell.tar" big.gz=tar+gzip
	mkdir tmp
	TMPDIR=$T/tmp "$MKROOT" check -q img 3>&- &
	local pid=$! status=0
	until [ -n "$(ls -A tmp)" ]; do sleep 0.01; done
	kill -9 $pid
	wait $pid || status=$?
	[ "$status" -eq 137 ]
	gone() { [ -z "$(ls -A tmp)" ]; }
	eventually gone
}
