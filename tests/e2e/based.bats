#!/usr/bin/env bats
# build --base: what starts from a root or an image. The judges are oci_check, skopeo, umoci, tar and
# podman.
load lib
load images
load podman

check=$BATS_TEST_DIRNAME/oci_check
transports="oci:out oci-archive:out docker-archive:out"

: "${INMATE:?the path of the static test program, e2e/inmate.c}"

# A base that somebody else made: two layers, the second with a whiteout; owners, modes, a device, a
# link to a folder, attributes, names of one file.
set_up() {
	local l=$T/.layer
	mkdir -p "$l/1/usr/lib" "$l/1/srv/data" "$l/1/etc" "$l/2/srv"
	ln -s usr/lib "$l/1/lib"
	echo lib >"$l/1/usr/lib/libold.so"
	echo one >"$l/1/srv/gone"
	echo deep >"$l/1/srv/data/f"
	ln "$l/1/srv/data/f" "$l/1/srv/data/g"
	printf '%s\n' root:x:0:0:Base:/root:/bin/sh app:x:7:8::/srv:/bin/sh >"$l/1/etc/passwd"
	printf '%s\n' root:x:0: app:x:8: >"$l/1/etc/group"
	install -m 4755 /dev/null "$l/1/srv/setuid"
	install -m 000 /dev/null "$l/1/srv/closed"
	touch "$l/2/srv/.wh.gone" "$l/2/srv/new"
	chmod 750 "$l/1/srv" "$l/2/srv"
	find "$l" -exec touch -hd @1000000000 {} +
	tar --numeric-owner --owner=7 --group=8 --sort=name -C "$l/1" -cf "$l/1.tar" etc lib srv usr
	python3 - "$l/1.tar" <<'PY'
import sys, tarfile
with tarfile.open(sys.argv[1], "a") as t:
    m = tarfile.TarInfo("srv/null")
    m.type, m.mode, m.devmajor, m.devminor, m.mtime = tarfile.CHRTYPE, 0o666, 1, 3, 1000000000
    t.addfile(m)
    m = tarfile.TarInfo("srv/marked")
    m.mtime, m.uid, m.pax_headers = 1000000000, 1000, {"SCHILY.xattr.user.mark": "yes"}
    t.addfile(m)
PY
	gzip -n "$l/1.tar"
	tar --numeric-owner --owner=7 --group=8 --sort=name -C "$l/2" -cf "$l/2.tar" srv
	CONFIG='{"Env": ["PATH=/base", "A=1"], "Entrypoint": ["/entry"], "Cmd": ["arg"], "User": "app",
		"WorkingDir": "/srv", "Labels": {"who": "base", "keep": "1"}, "ExposedPorts": {"80/tcp": {}},
		"StopSignal": "SIGINT", "Healthcheck": {"Test": ["NONE"]}}'
	image base "$CONFIG" "$l/1.tar.gz=tar+gzip" "$l/2.tar=tar"
}

# based ARG...: mkroot ARG..., which has to succeed without a word.
based() {
	mkroot -q "$@"
	says 0 ""
	is_quiet
}

# config IMAGE FILTER; blobs IMAGE: the digests of its layers; diff_ids IMAGE.
config() {
	skopeo inspect --config "$1" | jq -cS "$2"
}
blobs() {
	skopeo inspect --raw "$1" | jq -r '.layers[].digest'
}
diff_ids() {
	skopeo inspect --config "$1" | jq -c .rootfs.diff_ids
}

# list LAYOUT:TAG N: the members of layer N, counted from 0.
list() {
	local digest
	digest=$(skopeo inspect --raw "oci:$1" | jq -r ".layers[$2].digest")
	tar -tvf "${1%%:*}/blobs/${digest/://}" --numeric-owner | awk '{ print $1, $2, $6 }'
}

@test "base: a conversion keeps layers, configuration and manifest byte for byte" {
	needs skopeo
	local out
	skopeo inspect --raw oci:base >manifest
	skopeo inspect --config --raw oci:base >config
	for out in $transports; do
		rm -rf out
		based --base base -o "$out:app:2"
		skopeo inspect --config --raw "$out:app:2" | cmp - config
		[ "$(diff_ids "$out:app:2")" = "$(diff_ids oci:base)" ]
		[ "$(skopeo inspect --raw "$out:app:2" | jq -c '[.layers[].digest]' 2>/dev/null)" != "" ]
		[ "${out%%:*}" = docker-archive ] || skopeo inspect --raw "$out:app:2" | cmp - manifest
		FOREIGN=1 "$check" out | grep -q "2 amd64 2" || [ "${out%%:*}" = docker-archive ]
	done
	# docker's own form has no manifest, but what comes back has the same configuration and layers
	based --base docker-archive:out -o oci:back:3
	skopeo inspect --config --raw oci:back:3 | cmp - config
	diff <(blobs oci:back:3) <(blobs oci:base)
}

@test "base: programs are one more layer, with what the base has not, and folders as they are there" {
	needs skopeo python3
	echo new >mine
	based --base base -i "$T/mine:/srv/mine" "$INMATE" -o oci:out:1 --with none
	FOREIGN=1 run "$check" out
	says 0 "1 amd64 3"
	diff <(blobs oci:out:1 | head -n 2) <(blobs oci:base)
	mkdir there
	umoci unpack --image out:1 there/b
	cmp there/b/rootfs/srv/mine mine
	cmp "there/b/rootfs$INMATE" "$INMATE"
	list out:1 2 | grep -E ' srv/' >is
	diff is - <<-EOF
		drwxr-x--- 7/8 srv/
		-rw-r--r-- 0/0 srv/mine
	EOF
	# the same again adds nothing
	based --base oci:out:1 -i "$T/mine:/srv/mine" "$INMATE" -o oci:out:2 --with none
	diff <(blobs oci:out:1) <(blobs oci:out:2)
}

@test "base: the configuration is inherited, and what is said wins, as with FROM" {
	needs skopeo
	based --base base "$INMATE" -o oci:out:kept --with none
	[ "$(config oci:out:kept .config)" = "$(config oci:base .config)" ]
	[ "$(config oci:out:kept '[.history[].created_by]')" = '[null,null,"mkroot"]' ]
	based --base base -o oci:out:1 --entrypoint /new -e A=2 -e B=3 --label who=me --expose 81 --workdir /w \
		--volume /v --stop-signal SIGTERM
	skopeo inspect --config --raw oci:out:1 | jq -S .config >is
	jq -S . >want <<-EOF
		{"Env": ["PATH=/base", "A=2", "B=3"], "Entrypoint": ["/new"], "User": "app", "WorkingDir": "/w",
		 "Labels": {"who": "me", "keep": "1"}, "ExposedPorts": {"80/tcp": {}, "81/tcp": {}},
		 "Volumes": {"/v": {}}, "StopSignal": "SIGTERM", "Healthcheck": {"Test": ["NONE"]}}
	EOF
	diff want is
	[ "$(skopeo inspect --config --raw oci:out:1 | jq -c '.history[-1].empty_layer')" = true ]
	diff <(blobs oci:base) <(blobs oci:out:1)
	based --base base -o oci:out:2 --cmd '["a", "b"]'
	[ "$(config oci:out:2 '[.config.Entrypoint, .config.Cmd]')" = '[["/entry"],["a","b"]]' ]
	# what the base does not say is as without one
	CONFIG='{}'
	image bare "$CONFIG" "$T/.layer/2.tar"
	based --base bare "$INMATE" -o oci:out:3 --with none
	[ "$(config oci:out:3 '[.config.Env, .config.Cmd]')" = "[null,[\"$INMATE\"]]" ]
}

@test "base: annotations say what an image is based on, where that is known" {
	needs skopeo
	local digest
	digest=sha256:$(skopeo inspect --raw oci:base | sha256sum | cut -d' ' -f1)
	based --base base "$INMATE" -o oci:out:1 --with none
	[ "$(skopeo inspect --raw oci:out:1 | jq -c .annotations)" = "{\"org.opencontainers.image.base.digest\":\"$digest\"}" ]
	based --base base -o docker-archive:saved.tar:me/app:7
	based --base saved.tar "$INMATE" -o oci:out:2 --with none
	[ "$(skopeo inspect --raw oci:out:2 | jq -r '.annotations["org.opencontainers.image.base.name"]')" = docker.io/me/app:7 ]
	# a conversion is that image itself, with its annotations
	based --base base -o oci:out:3 --annotation x=y
	based --base oci:out:3 -o oci:out:4
	[ "$(skopeo inspect --raw oci:out:4 | jq -r .annotations.x)" = y ]
}

@test "base: a folder or tar of it is the tree that umoci unpacks, with owners for whom there is no root" {
	needs skopeo umoci getfattr
	needs_root
	umoci unpack --image base:latest there 2>/dev/null || {
		skopeo copy -q oci:base oci:tagged:1
		umoci unpack --image tagged:1 there
	}
	based --base base -o dir
	diff <(tree there/rootfs | grep -v '^\. ') <(tree dir | grep -v '^\. ')
	based --base base -o root.tar
	let_users_in
	mkdir -m 777 users
	as_user "$USER_MKROOT" -q --base base -o users/user.tar
	cmp root.tar users/user.tar
	as_user "$USER_MKROOT" -q --base base "$INMATE" --with none -o docker-archive:users/user.img:x
	based --base base "$INMATE" --with none -o docker-archive:root.img:x
	cmp root.img users/user.img
	tar -tvf root.tar --numeric-owner | grep -E 'null|closed|setuid' | awk '{ print $1, $2, $3 }' >is
	diff is - <<-EOF
		---------- 7/8 0
		crw-rw-rw- 0/0 1,3
		-rwsr-xr-x 7/8 0
	EOF
}

@test "base: links of the base to folders are followed, and passwd gets new users beside its own" {
	needs skopeo
	echo new >mine
	based --base base -i "$T/mine:/lib/libnew.so" --user me:50:60 --with names -o dir
	[ -L dir/lib ]
	[ "$(cat dir/usr/lib/libnew.so)" = new ]
	[ "$(head -n 2 dir/etc/passwd)" = $'root:x:0:0:Base:/root:/bin/sh\napp:x:7:8::/srv:/bin/sh' ]
	grep -q '^me:x:50:60:' dir/etc/passwd
	based --base base -i "$T/mine:/lib/libnew.so" --user me:50:60 --with names -o oci:out:1
	list out:1 2 | grep -E 'lib/libnew|etc/passwd' >is
	diff is - <<-EOF
		-rw-r--r-- 7/8 etc/passwd
		-rw-r--r-- 0/0 usr/lib/libnew.so
	EOF
	mkroot check dir
	[ "$status" -le 1 ]
}

@test "base: what cannot be there names both sides, and nothing is written" {
	echo new >mine
	mkdir folder
	mkroot --base base -i "$T/folder:/etc/passwd" -o oci:out:1
	says 3 ""
	complains "'etc/passwd' in 'base' is a file, but a folder is to be there" "  new: a folder: "
	mkroot --base base -i "$T/mine:/srv/new/x" -o out.tar
	says 3 ""
	complains "'srv/new' in 'base' is a file, but a folder is to be there"
	[ ! -e out ]
	[ ! -e out.tar ]
}

@test "base: a base whose /bin is a folder keeps it, as long as all is found" {
	mkdir -p split/bin split/lib
	echo x >split/bin/x
	echo new >mine
	based --base split -i "$T/mine:/opt/mine" -o out.tar
	[ "$(tar -xOf out.tar bin/x opt/mine)" = $'x\nnew' ]
	mkdir split/lib64
	mkroot --base split bash -o out2.tar
	says 1 ""
	complains "/lib64/ld-linux-x86-64.so.2 is needed by " " and not in the new root"
	[ ! -e out2.tar ]
}

@test "base: programs and libraries of this system on a root of it: it checks and runs" {
	needs skopeo
	based ls -o oci:img:1
	based --base oci:img:1 bash -o oci:img:2
	run "$check" img
	says 0 $'1 amd64 1\n2 amd64 2'
	list img:2 1 >is
	run ! grep -q 'libc\.so' is
	grep -q 'bin/bash' is
	mkroot check oci:img:2
	[ "$status" -eq 0 ]
	mkroot run oci:img:2 /bin/bash -c 'ls -d /usr'
	says 0 /usr
	# and so does the same in one step
	based bash ls --with auto,packages -o one
	based --base oci:img:1 bash --with auto,packages -o two
	diff <(cd one && find . | sort) <(cd two && find . | sort)
	# also in the lists of what packages have there, if this system has some
	[ ! -e one/var/lib/dpkg ] || (cd two && cat var/lib/dpkg/status.d/*.md5sums | md5sum -c --quiet)
	diff <(cat one/var/lib/dpkg/status.d/*.md5sums | sort) <(cat two/var/lib/dpkg/status.d/*.md5sums | sort)
}

@test "base: a folder or a tar is a layer of its own" {
	needs skopeo
	local from
	based ls -o dir
	based ls -o dir.tar
	for from in dir dir.tar; do
		rm -rf out
		based --base "$from" bash --layers 3 -o oci:out:1
		run "$check" out
		[[ $output == "1 amd64 "[34] ]]
		[ "$(config oci:out:1 .config.Cmd)" = "[\"$(command -v bash)\"]" ]
		[ "$(config oci:out:1 '.history[0].created_by')" = '"mkroot: base"' ]
		based --base "$from" -o oci:out:2
		[ "$(diff_ids oci:out:2)" = "[$(diff_ids oci:out:1 | jq '.[0]')]" ]
		mkroot check oci:out:1
		[ "$status" -eq 0 ]
	done
	based --base dir --platform linux/amd64 -o bundle:b
	[ "$(find b/rootfs | wc -l)" = "$(find dir | wc -l)" ]
}

@test "base: the machine of a folder is its programs', also a static one's, and others are refused" {
	needs skopeo
	mkdir -p static/bin
	cp "$INMATE" static/bin/inmate
	based --base static -o oci:out:1
	[ "$(config oci:out:1 .architecture)" = '"amd64"' ]
	# a library that can be started as well says nothing, and a program does
	mkdir -p static/aa
	install -m 755 "$FIXTURES/foreign_aarch64/lib/ld-linux-aarch64.so.1" static/aa/
	based --base static -o oci:out:2
	[ "$(config oci:out:2 .architecture)" = '"amd64"' ]
	mkroot --base "$FIXTURES/foreign_aarch64" "$INMATE" --with none -o oci:out:3
	says 2 ""
	complains "an image is for one machine: '--base' is for arm64, '$INMATE' for amd64"
}

@test "base: folders that a tar only implies have no time of their own, and attributes no order" {
	needs python3
	python3 - <<'PY'
import tarfile
with tarfile.open("x.tar", "w", format=tarfile.PAX_FORMAT) as t:
    m = tarfile.TarInfo("a/b/c")
    m.mtime, m.pax_headers = 1000000000, {"SCHILY.xattr.user.b": "1", "SCHILY.xattr.user.a": "2"}
    t.addfile(m)
PY
	based --base x.tar -o y.tar
	TZ=UTC tar -tvf y.tar --numeric-owner --full-time | tr -s ' ' >is
	diff is - <<-EOF
		drwxr-xr-x 0/0 0 2001-09-09 01:46:40 a/
		drwxr-xr-x 0/0 0 2001-09-09 01:46:40 a/b/
		-rw-r--r-- 0/0 0 2001-09-09 01:46:40 a/b/c
	EOF
	based --base y.tar -o z.tar
	cmp y.tar z.tar
}

@test "base: the system stays the one that the base says, and a user's number is no file" {
	needs skopeo
	mkdir -p system/etc system/bin
	echo ID=other >system/etc/os-release
	cp "$INMATE" system/bin/
	based --base system -o oci:out:1
	echo mine >mine
	based --base oci:out:1 -i "$T/mine:/mine" -o oci:out:2
	based --base oci:out:2 -o dir
	[ "$(cat dir/etc/os-release dir/mine)" = $'ID=other\nmine' ]
	[ "$(ls -A dir/etc)" = os-release ]
	echo ID=asked >asked
	based --base oci:out:1 -i "$T/asked:/etc/os-release" -o oci:out:3
	based --base oci:out:3 -o three
	cmp three/etc/os-release asked
	based --base oci:out:1 --user 7:8 -o oci:out:4
	diff <(blobs oci:out:1) <(blobs oci:out:4)
	[ "$(config oci:out:4 .config.User)" = '"7:8"' ]
	based --base oci:out:1 --user me:50:60 -o oci:out:5
	list out:5 1 | grep -v '^[ld]' >is
	diff is - <<-EOF
		-rw-r--r-- 0/0 etc/group
		-rw-r--r-- 0/0 etc/passwd
	EOF
}

@test "base: a bundle and the image's command" {
	based --base base --user 7:8 -o bundle:b -e A=3
	[ "$(jq -c '[.process.args, .process.cwd, .process.env]' b/config.json)" = '[["/entry","arg"],"/srv",["PATH=/base","A=3"]]' ]
}

@test "base: --platform picks one of several, and programs have to be for it" {
	needs skopeo
	local amd arm
	mkdir many
	amd=$(for_platform "$(put_image many '{"Cmd": ["amd"]}' "$T/.layer/2.tar")" linux amd64)
	arm=$(for_platform "$(put_image many '{"Cmd": ["arm"]}' "$T/.layer/1.tar.gz=tar+gzip")" linux arm64)
	put_index "$amd" "$arm" >many/index.json
	echo '{"imageLayoutVersion": "1.0.0"}' >many/oci-layout
	based --base many -o oci:out:1
	[ "$(config oci:out:1 .config.Cmd)" = '["amd"]' ]
	mkroot --base many --platform linux/s390x -o oci:out:2
	says 3 ""
	complains "there is no image for linux/s390x in it"
	image other '{}' "$T/.layer/2.tar"
	mkroot --base other --platform linux/arm64 -o oci:out:3
	says 2 ""
	complains "it is for linux/amd64, not for linux/arm64"
	mkroot --base many --platform linux/arm64 -o oci:out:4
	says 2 ""
	complains "it is for linux/amd64, not for linux/arm64" # the entry says one thing, the image another
}

@test "base: layers that docker load does not know are compressed anew, the tar in them stays" {
	needs skopeo zstd
	zstd -q "$T/.layer/2.tar" -o two.zst
	image z '{"Env": ["A=1"]}' "two.zst=tar+zstd"
	based --base z -o docker-archive:out:x:1
	run "$check" out
	[ "$(diff_ids docker-archive:out)" = "$(diff_ids oci:z)" ]
	skopeo copy -q docker-archive:out oci:copied:1
	based --base z -o oci:out2:1
	diff <(blobs oci:z) <(blobs oci:out2:1)
}

@test "base: what is not what its digest says is refused, and nothing is written" {
	local layer out
	layer=$(jq -r '.manifests[0].digest' base/index.json)
	layer=$(jq -r '.layers[0].digest' "$(blob base "$layer")")
	printf x | dd of="$(blob base "$layer")" bs=1 seek=20 conv=notrunc status=none
	for out in oci:out:1 docker-archive:out out.tar dir; do
		mkroot --base base -o "$out"
		says 3 ""
		complains "--base 'base'" "layer 1"
		mkroot --base base "$INMATE" --with none -o "$out"
		says 3 ""
		[ -z "$(find . -maxdepth 1 -name '*out*' -o -maxdepth 1 -name dir)" ]
	done
}

@test "base: a layout that is base and output keeps its tags, and the same one is replaced" {
	needs skopeo
	based --base base -o oci:l:1
	based --base oci:l:1 "$INMATE" --with none -o oci:l:2
	based --base oci:l:2 -e Z=1 -o oci:l:2
	FOREIGN=1 run "$check" l
	says 0 $'1 amd64 2\n2 amd64 3'
	[ "$(config oci:l:2 '.config.Env[-1]')" = '"Z=1"' ]
	# an archive that is read is whole until the new one is
	based --base base -o oci-archive:a:1
	based --base oci-archive:a:1 -e Z=2 -o oci-archive:a:1
	[ "$(config oci-archive:a:1 '.config.Env[-1]')" = '"Z=2"' ]
}

@test "base: what makes no sense is said before the work" {
	mkdir dir
	echo x >dir/f
	mkroot --base dir -o dir/
	says 2 ""
	complains "--base 'dir': it is the output itself"
	mkroot --base / -o x.tar
	says 2 ""
	complains "--base '/': it is this system's own root"
	echo >dir/x.tar
	mkroot --base dir -o dir/x.tar
	says 2 ""
	complains "the output is 'x.tar' in it"
	mkroot --base nowhere -o x.tar
	says 3 ""
	complains "--base 'nowhere': cannot open 'nowhere'"
	mkroot --base dir -o oci:out:1
	says 2 ""
	complains "no program says which machine the image is for"
	mkroot -o oci:out:1
	says 2 ""
	complains "no PROGRAM given"
}

@test "base: --try runs in the whole, -n lists what is added" {
	based ls -o oci:img:1
	mkroot -q --base oci:img:1 bash --try 'ls /usr/bin/bash' -o oci:img:2
	[ "$status" -eq 0 ]
	[ "$stderr" = /usr/bin/bash ]
	mkroot -q --base oci:img:1 cat -n -o oci:img:3
	[ "$status" -eq 0 ]
	[[ $output == *bin/cat$'\t'* ]]
	[[ $output != *libc.so* ]]
}

# bats test_tags=slow
@test "base: podman loads and runs what was added to" {
	needs podman crun
	based ls -o oci:img:1
	based --base oci:img:1 cat --cmd '["cat", "/etc/passwd"]' -o docker-archive:d.tar:based:1
	pod load -q -i d.tar
	run --separate-stderr pod_run localhost/based:1
	[ "$status" -eq 0 ] || run --separate-stderr pod_run docker.io/library/based:1
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == root:x:0:0:* ]]
}
