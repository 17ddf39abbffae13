# shellcheck shell=bash disable=SC2016 # what runs inside the root expands there
load lib
load roots
load images

# What all images here have as their first layer: a static program, and folders to mount on.
setup_file() {
	BASE=$(mktemp -d /tmp/mkroot-e2e-images-XXXXXX)
	export BASE
	chmod 755 "$BASE"
	mkdir -p "$BASE/root"/{dev,proc,sys,tmp,etc}
	one_file "$BASE/root"
	echo "root:x:0:0:root:/:/bin/sh" >"$BASE/root/etc/passwd"
	tar -C "$BASE/root" --sort=name --owner=0 --group=0 --mtime=@1000 -cf "$BASE/base.tar" .
	make_root "$BASE/shell"
	tar -C "$BASE/shell" --sort=name --owner=0 --group=0 --mtime=@1000 -cf "$BASE/shell.tar" .
}

teardown_file() {
	rm -rf "$BASE"
}

# layer FILE MEMBER...: a tar of these below $T/l, in this order.
layer() {
	local file=$1
	shift
	tar -C "$T/l" --no-recursion --owner=0 --group=0 --numeric-owner -cf "$file" -- "$@"
}

set_up() {
	mkdir l
}

# refuses_to_run ROOT TEXT...: 125 with these words, and the command has not been started.
refuses_to_run() {
	local root=$1
	shift
	mkroot run "$root" /inmate exit 7
	says 125 ""
	complains "$@"
}

@test "images: a layout by its folder, by oci:, as an archive, compressed" {
	image img '{"Cmd": ["/inmate", "exit", "5"]}' "$BASE/base.tar"
	tar -C img -cf img.tar .
	xz -k -0 img.tar
	zstd -q img.tar
	local root
	for root in img oci:img img.tar oci-archive:img.tar img.tar.xz img.tar.zst; do
		mkroot run "$root"
		says 5 ""
		is_quiet
	done
}

@test "images: Entrypoint, Cmd and CMD as docker has them" {
	image img '{"Entrypoint": ["/bin/sh", "-c", "echo \"$0 $*\""], "Cmd": ["a", "b c"]}' "$BASE/shell.tar"
	mkroot run img
	says 0 "a b c"
	mkroot run img x
	says 0 "x "
	mkroot run --entrypoint /bin/bash img -c 'echo mine'
	says 0 mine
	mkroot run --entrypoint "" img /bin/sh -c 'echo none'
	says 0 none
	mkroot run --entrypoint /bin/id "$BASE/shell" -u
	says 0 0
	mkroot run --entrypoint "" img </dev/null
	says 0 "" # neither the image's Cmd: a shell
}

@test "images: Env below -e, WorkingDir is made, User is looked up" {
	mkdir -p l/etc
	echo "joe:x:77:88:Joe:/home/joe:/bin/sh" >l/etc/passwd
	layer joe.tar etc/passwd
	image img '{"Env": ["A=image", "B=image", "PATH=/bin:/x", "odd", "=worse"], "WorkingDir": "work/here", "User": "joe",
		"Cmd": ["/bin/sh", "-c", "echo $A $B $PATH $PWD $HOME; id -u; id -g; stat -c %u:%g:%a . .."]}' \
		"$BASE/shell.tar" joe.tar
	mkroot run -e B=mine img
	says 0 "image mine /bin:/x /work/here /home/joe
77
88
0:0:755
0:0:755"
	mkroot run -u 5:6 -w /etc img /bin/sh -c 'echo $PWD; id -u; id -g'
	says 0 $'/etc\n5\n6'
}

@test "images: an ordinary user runs one" {
	needs_userns
	image img '{}' "$BASE/shell.tar"
	let_users_in
	run as_user "$USER_MKROOT" run "$T/img" sh -c 'id -u; stat -c %u /bin; echo x >/etc/new && echo made'
	[ "$status" -eq 0 ]
	[ "$output" = $'0\n0\nmade' ]
}

@test "images: without a command there is a shell" {
	image img '{}' "$BASE/shell.tar"
	run --separate-stderr "$MKROOT" run img <<<'echo "from $0"'
	[ "$output" = "from /bin/bash" ]
}

# awkward LAYER: three layers with all that a layer can do to those below it; LAYER is the second.
awkward() {
	mkdir -p l/{a,b/c,dir,keep,deep/x/y,over}
	echo 1 | tee l/a/f1 l/a/f2 l/b/c/d l/file l/dir/x l/keep/two l/deep/x/y/z l/h1 l/over/o >/dev/null
	ln -s a l/link
	ln -s etc l/lnk
	setfattr -n user.note -v hello l/a/f1
	chown 12:34 l/a/f1 l/dir
	chmod 4711 l/a/f2
	layer 1.tar a a/f1 a/f2 b b/c b/c/d file dir dir/x keep keep/two deep deep/x deep/x/y deep/x/y/z h1 \
		link lnk over over/o
	gzip -n 1.tar
	rm -rf l/*
	mkdir -p l/{a,b,file,keep,deep/x,link}
	echo 2 | tee l/a/new l/file/in l/dir l/keep/one l/deep/x/w l/h1 l/link/f >/dev/null
	ln l/h1 l/h2
	touch l/a/.wh..wh..opq l/b/.wh.c l/.wh.keep l/deep/.wh.x l/.wh.absent
	chmod 2750 l/keep
	layer 2.tar a/new a/.wh..wh..opq b/.wh.c file file/in dir keep keep/one .wh.keep deep/x/w deep/.wh.x \
		h1 h2 .wh.absent link link/f
	tar --delete -f 2.tar h1
	zstd -q -k 2.tar
	gzip -n 2.tar
	rm -rf l/*
	mkdir -p l/{lnk,over}
	echo 3 | tee l/over/p >/dev/null
	touch l/over/.wh..wh..opq l/lnk/.wh.passwd
	layer 3.tar over over/.wh..wh..opq over/p
	image img '{}' "$BASE/base.tar" 1.tar.gz=tar+gzip "$1" 3.tar
}

@test "images: whiteouts, opaque folders, replaced types, links to lower layers" {
	needs_root
	awkward 2.tar.zst=tar+zstd
	mkroot run --save out/ img /inmate exit 0
	says 0
	(cd out && find . -type f -o -type l | sort) >got
	diff - got <<-EOF
		./a/new
		./deep/x/w
		./dir
		./etc/passwd
		./file/in
		./h1
		./h2
		./inmate
		./keep/one
		./link/f
		./lnk
		./over/p
	EOF
	[ "$(cat out/h2)" = 1 ]
	[ out/h1 -ef out/h2 ]
	[ "$(stat -c %a out/keep)" = 2750 ]
}

# Its unpacker is the OCI's own. Where a whiteout comes behind what the same layer has in that folder it
# leaves the folder with the time of unpacking; and --save does not set that of the root itself.
# bats test_tags=slow
@test "images: the same tree as umoci makes of it" {
	needs_root
	needs umoci
	awkward 2.tar.gz=tar+gzip
	jq '.manifests[0].annotations["org.opencontainers.image.ref.name"] = "a"' img/index.json >i && mv i img/index.json
	umoci unpack --image img:a bundle
	mkroot run --save out/ img /inmate exit 0
	says 0
	untimed() { tree "$1" | sed -E '/^\. |^\.\/(keep|deep\/x) /s/ [0-9.]+ $//'; }
	diff <(untimed bundle/rootfs) <(untimed out)
}

# bats test_tags=slow
@test "images: made by umoci and copied by skopeo, the same command and files" {
	needs_root
	needs umoci skopeo
	umoci init --layout u
	umoci new --image u:one
	umoci unpack --image u:one b
	cp -a "$BASE/shell/." b/rootfs/
	umoci repack --image u:one b
	rm b/rootfs/bin/env
	echo more >b/rootfs/etc/more
	mkdir b/rootfs/var
	umoci repack --refresh-bundle --image u:one b
	umoci config --image u:one --config.cmd /bin/sh --config.cmd -c --config.cmd 'echo $X; ls /bin/env /etc/more' --config.env X=y
	skopeo copy -q oci:u:one docker-archive:d.tar:demo/app:1.0
	skopeo copy -q oci:u:one oci-archive:o.tar:one
	skopeo copy -q --dest-compress-format zstd oci:u:one oci:z:one
	skopeo copy -q --format v2s2 oci:u:one dir:plain
	umoci unpack --image u:one judge
	local root
	for root in u oci:u:one d.tar docker-archive:d.tar docker-archive:d.tar:demo/app:1.0 o.tar oci-archive:o.tar:one z; do
		rm -rf out
		mkroot run --save out/ "$root"
		says 2 $'y\n/etc/more'
		diff <(tree judge/rootfs) <(tree out)
	done
	[ "$(skopeo inspect --config oci:u:one | jq -r '.config.Env[]' | grep X=)" = X=y ]
	# A bundle is a folder that is run as it is.
	mkroot run bundle:judge
	says 2 $'y\n/etc/more'
}

@test "images: a docker-archive as old docker saved it, with links for layers" {
	local hex
	mkdir -p d/one d/two
	echo upper >l/file
	layer up.tar file
	cp "$BASE/shell.tar" d/one/layer.tar
	gzip -n <up.tar >d/two/real.tgz
	ln -s ../two/real.tgz d/two/layer.tar
	jq -cn --arg a "sha256:$(sha256sum <"$BASE/shell.tar" | cut -d' ' -f1)" --arg b "sha256:$(sha256sum <up.tar | cut -d' ' -f1)" \
		'{os: "linux", config: {Cmd: ["/bin/cat", "/file"]}, rootfs: {type: "layers", diff_ids: [$a, $b]}}' >c
	hex=$(sha256sum <c | cut -d' ' -f1)
	mv c "d/$hex.json"
	jq -cn --arg c "$hex.json" '[{Config: $c, RepoTags: ["old:latest"], Layers: ["one/layer.tar", "two/layer.tar"]}]' >d/manifest.json
	tar -C d -cf d.tar "$hex.json" manifest.json one two
	gzip -k d.tar
	local root
	for root in d.tar d.tar.gz docker-archive:d.tar:old docker-archive:d.tar:docker.io/library/old:latest; do
		mkroot run "$root"
		says 0 upper
	done
	refuses_to_run docker-archive:d.tar:new "there is no image 'new' in it" "tags: old:latest"
	# Links inside the archive only.
	ln -sf ../../../etc/passwd d/two/layer.tar
	tar -C d -cf d.tar .
	refuses_to_run d.tar "'d.tar': layer 2: 'two/layer.tar' in it: No such file"
	ln -sf layer.tar d/two/layer.tar
	tar -C d -cf d.tar .
	refuses_to_run d.tar "'two/layer.tar' in it: Too many levels of symbolic links"
	# A config that is not what its name says.
	ln -sf real.tgz d/two/layer.tar
	echo >>"d/$hex.json"
	tar -C d -cf d.tar .
	refuses_to_run d.tar "config: its bytes are those of sha256:" "not of sha256:$hex"
}

@test "images: of several tags one has to be named" {
	local one two
	one=$(put_image img '{"Cmd": ["/inmate", "exit", "1"]}' "$BASE/base.tar")
	two=$(put_image img '{"Cmd": ["/inmate", "exit", "2"]}' "$BASE/base.tar")
	echo '{"imageLayoutVersion": "1.0.0"}' >img/oci-layout
	put_index "$(tagged "$one" v1)" "$(tagged "$two" v2)" "$(tagged "$one" again)" >img/index.json
	mkroot run oci:img:v2
	says 2
	mkroot run oci:img:again
	says 1
	refuses_to_run img "'img': there are several images in it" "tags: v1, v2, again" "hint: name one: oci:DIR:TAG"
	refuses_to_run oci:img:v3 "there is no image 'v3' in it" "tags: v1, v2, again"
	put_index "$(tagged "$one" v1)" "$(tagged "$one" latest)" >img/index.json
	mkroot run img
	says 1
}

@test "images: of several platforms the machine's is taken" {
	local ours other here
	case $(uname -m) in x86_64) here=amd64 ;; aarch64) here=arm64 ;; *) skip "no name for this machine here" ;; esac
	ours=$(put_image img '{"Cmd": ["/inmate", "exit", "1"]}' "$BASE/base.tar")
	other=$(put_image img '{"Cmd": ["/inmate", "exit", "2"]}' "$BASE/base.tar")
	echo '{"imageLayoutVersion": "1.0.0"}' >img/oci-layout
	put_index "$(for_platform "$other" linux s390x)" "$(for_platform "$other" windows "$here")" \
		"$(for_platform "$ours" linux "$here")" >nested
	put_index "$(tagged "$(descriptor img "$(put_blob img nested)" application/vnd.oci.image.index.v1+json)" t)" >img/index.json
	mkroot run img
	says 1
	# The same at the top.
	cp nested img/index.json
	mkroot run img
	says 1
	put_index "$(for_platform "$other" linux s390x)" "$(for_platform "$other" linux mips64le)" >nested
	put_index "$(descriptor img "$(put_blob img nested)" application/vnd.oci.image.index.v1+json)" >img/index.json
	refuses_to_run img "there is no image for linux/$here in it" "platforms: linux/s390x, linux/mips64le" \
		"hint: skopeo --override-arch ARCH copy"
}

# --- hostile ones ---

@test "images: a blob that is not what its digest says is never run" {
	local digest
	gzip -n <"$BASE/base.tar" >base.tgz
	image img '{}' "$BASE/base.tar" base.tgz=tar+gzip
	digest=sha256:$(sha256sum <base.tgz | cut -d' ' -f1)
	printf '\1' | dd of="$(blob img "$digest")" bs=1 seek=8 conv=notrunc status=none # XFL of the header
	refuses_to_run img "'img': layer 2: its digest is sha256:" "not $digest"
	printf x >>"$(blob img "$digest")"
	refuses_to_run img "'img': layer 2: 'blobs/${digest/://}' in it has " " bytes, not "
	rm "$(blob img "$digest")"
	refuses_to_run img "'img': layer 2: 'blobs/${digest/://}' in it: No such file or directory"
}

@test "images: a tar that is not what its diff_id says is never run" {
	DIFF_IDS='["sha256:0000000000000000000000000000000000000000000000000000000000000000"]' image img '{}' "$BASE/base.tar"
	refuses_to_run img "layer 1: its diff_id is sha256:" "not sha256:000000"
	rm -r img
	DIFF_IDS='[]' image img '{}' "$BASE/base.tar"
	refuses_to_run img "config: it has 0 diff_ids for 1 layers"
}

@test "images: a manifest and a config that are not what their digests say" {
	local d
	image img '{}' "$BASE/base.tar"
	d=$(jq -r '.manifests[0].digest' img/index.json)
	sed -i 's/"schemaVersion":2/"schemaVersion":1/' "$(blob img "$d")"
	refuses_to_run img "'img': manifest: its bytes are those of sha256:" "not of $d"
	sed -i 's/"schemaVersion":1/"schemaVersion":2/' "$(blob img "$d")"
	d=$(jq -r .config.digest "$(blob img "$d")")
	sed -i 's/amd64/amd63/' "$(blob img "$d")"
	refuses_to_run img "'img': config: its bytes are those of sha256:" "not of $d"
}

@test "images: no member, link or whiteout leads out of the root" {
	local name
	echo x >l/f
	layer up.tar f
	for name in "../f" "a/../../f" "/../f" ".wh..." ".wh.." ".wh." "a/.wh..." ".wh.a/f"; do
		rm -rf img
		tar -C l -P --transform "s,^f\$,$name," -cf up.tar f
		image img '{}' "$BASE/base.tar" up.tar
		mkroot run img /inmate exit 7
		says 125 ""
		complains "'img': layer 2: member '"
	done
	rm -rf img
	ln l/f l/g
	layer up.tar f g
	tar --delete -f up.tar f
	image img '{}' "$BASE/base.tar" up.tar
	refuses_to_run img "layer 2: member 'g': hard link to 'f': No such file"
}

@test "images: a whiteout through a link takes away what is in the root only" {
	echo mine >mine
	ln -s "$T" l/lnk
	mkdir -p "l/x"
	layer 1.tar lnk x
	rm l/lnk
	mkdir l/lnk
	touch l/lnk/.wh.mine l/lnk/.wh..wh..opq
	tar -C l --no-recursion -cf 2.tar lnk/.wh.mine lnk/.wh..wh..opq
	image img '{}' "$BASE/base.tar" 1.tar 2.tar
	mkroot run img /inmate exit 7
	says 7
	[ "$(cat mine)" = mine ]
	# The same where the link leads to a folder of the root.
	rm -rf l img
	mkdir l
	ln -s /../../etc l/lnk
	layer 1.tar lnk
	image img '{}' "$BASE/base.tar" 1.tar 2.tar
	rm l/lnk
	mkdir l/lnk
	touch l/lnk/.wh.passwd
	tar -C l --no-recursion -cf 3.tar lnk/.wh.passwd
	rm -rf img
	image img '{"Cmd": ["/bin/ls", "/etc"]}' "$BASE/shell.tar" "$BASE/base.tar" 1.tar 3.tar
	mkroot run img
	says 0 ""
	[ -s /etc/passwd ]
}

@test "images: an opaque root leaves what is its own" {
	mkdir -p l/etc
	touch l/.wh..wh..opq l/etc/new
	layer 2.tar etc etc/new .wh..wh..opq
	image img '{}' "$BASE/base.tar" 2.tar
	run -127 "$MKROOT" run img /inmate exit 7
	image img2 '{"Cmd": ["/bin/ls", "/etc", "/file"]}' 2.tar "$BASE/shell.tar"
	mkroot run img2
	[ "$output" = $'/etc:\nnew' ]
}

@test "images: a very deep folder is whited out" {
	local i path=
	for ((i = 0; i < 1200; i++)); do path+=d/; done
	mkdir -p "l/$path"
	tar -C l --owner=0 --group=0 -cf 1.tar d
	rm -rf l/d
	touch l/.wh.d
	layer 2.tar .wh.d
	image img '{"Cmd": ["/bin/sh", "-c", "[ ! -e /d ]"]}' "$BASE/shell.tar" 1.tar 2.tar
	mkroot run img
	says 0
	mkdir tmp
	image img2 '{}' "$BASE/shell.tar" 1.tar
	TMPDIR=$T/tmp mkroot ldd -S img2 /bin/cat
	says 0
	[ -z "$(ls -A tmp)" ]
}

@test "images: layers of other kinds are refused by name" {
	local type
	for type in application/vnd.oci.image.layer.nondistributable.v1.tar \
		application/vnd.docker.image.rootfs.foreign.diff.tar; do
		rm -rf img
		image img '{}' "$BASE/base.tar=$type"
		refuses_to_run img "layer 1: it is not to be handed on ('$type')"
	done
	rm -rf img
	image img '{}' "$BASE/base.tar=tar+xz"
	refuses_to_run img "layer 1: its media type 'application/vnd.oci.image.layer.v1.tar+xz' is no layer's"
	rm -rf img
	gzip -n <"$BASE/base.tar" >b.gz
	image img '{}' b.gz=tar+gzip
	sed -i 's/tar+gzip/tar+zstd/' "$(blob img "$(jq -r '.manifests[0].digest' img/index.json)")"
	put_index "$(descriptor img "$(put_blob img "$(blob img "$(jq -r '.manifests[0].digest' img/index.json)")")" \
		application/vnd.oci.image.manifest.v1+json)" >i && mv i img/index.json
	refuses_to_run img "layer 1: it is not compressed as 'application/vnd.oci.image.layer.v1.tar+zstd' says"
}

@test "images: a truncated layer" {
	gzip -n <"$BASE/base.tar" | head -c 9000 >cut.gz
	DIFF_IDS='["sha256:0000000000000000000000000000000000000000000000000000000000000000"]' image img '{}' cut.gz=tar+gzip 2>/dev/null
	refuses_to_run img "'img': layer 1: truncated gzip input"
}

@test "images: a manifest with a million layers, and one with a few too many" {
	local t=application/vnd.oci.image
	image img '{}' "$BASE/base.tar"
	local m
	m=$(blob img "$(jq -r '.manifests[0].digest' img/index.json)")
	jq -c '.layers[0] as $l | .layers = [range(600) | $l]' "$m" >many
	put_index "$(descriptor img "$(put_blob img many)" $t.manifest.v1+json)" >img/index.json
	refuses_to_run img "'img': manifest: it has 600 layers, which is over 512"
	jq -c '.layers[0] as $l | .layers = [range(1000000) | $l]' "$m" >many
	put_index "$(descriptor img "$(put_blob img many)" $t.manifest.v1+json)" >img/index.json
	refuses_to_run img "'img': manifest: it is over 4194304 bytes long"
}

@test "images: indexes in indexes come to an end" {
	local i t=application/vnd.oci.image
	image img '{}' "$BASE/base.tar"
	for ((i = 0; i < 3; i++)); do
		put_index "$(descriptor img "$(put_blob img img/index.json)" $t.index.v1+json)" >i && mv i img/index.json
	done
	mkroot run img /inmate exit 7
	says 7
	for ((i = 0; i < 4; i++)); do
		put_index "$(descriptor img "$(put_blob img img/index.json)" $t.index.v1+json)" >i && mv i img/index.json
	done
	refuses_to_run img "'img': its indexes are nested more than 4 deep"
}

@test "images: JSON of other shapes is named, not believed" {
	local json want
	image img '{}' "$BASE/base.tar"
	while IFS='|' read -r json want; do
		printf '%s' "$json" >img/index.json
		refuses_to_run img "mkroot: error: 'img': " "$want"
	done <<-'EOF'
		[]|index.json: its JSON is not an object
		{|index.json: broken JSON at line 1
		{"schemaVersion":2}|index.json: it has no 'manifests'
		{"schemaVersion":1,"manifests":[]}|index.json: its schemaVersion is 1, not 2
		{"schemaVersion":"2","manifests":[]}|index.json: its 'schemaVersion' is not a whole number
		{"schemaVersion":2,"manifests":{}}|index.json: its 'manifests' is not an array
		{"schemaVersion":2,"manifests":[]}|there is no image in it
		{"schemaVersion":2,"manifests":[7]}|index.json: a descriptor is not an object
		{"schemaVersion":2,"manifests":[],"manifests":[]}|duplicate object key
		{"schemaVersion":2,"manifests":[{"mediaType":"x","digest":"sha256:../../etc/passwd","size":1}]}|the digest 'sha256:../../etc/passwd' is none of SHA-256
		{"schemaVersion":2,"manifests":[{"mediaType":"x","digest":"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","size":-1}]}|it has no 'size'
		{"schemaVersion":2,"manifests":[{"mediaType":"text/html","digest":"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","size":1}]}|the media type 'text/html' is no image's
		{"schemaVersion":2,"manifests":[{"mediaType":"a\u0000b","digest":"x","size":1}]}|\u0000
	EOF
}

@test "images: a config of other types is named" {
	local config want
	while IFS='|' read -r config want; do
		rm -rf img
		image img "$config" "$BASE/base.tar"
		refuses_to_run img "mkroot: error: 'img': config: $want"
	done <<-'EOF'
		{"Cmd":"sh"}|its 'Cmd' is not an array
		{"Cmd":[1]}|its 'Cmd' is not all strings
		{"Env":{"A":"b"}}|its 'Env' is not an array
		{"WorkingDir":["/"]}|its 'WorkingDir' is not a string
		{"User":0}|its 'User' is not a string
		[]|its 'config' is not an object
	EOF
	rm -rf img
	image img null "$BASE/base.tar"
	mkroot run img /inmate exit 7
	says 7
}

@test "images: what unpacks to more than there is room for" {
	truncate -s 0 l/bomb
	head -c 200000000 /dev/zero >l/bomb
	layer - bomb | gzip -1 >bomb.gz
	rm l/bomb
	image img '{}' "$BASE/base.tar" bomb.gz=tar+gzip
	mkroot run --ephemeral=32m img /inmate exit 7
	says 125 ""
	complains "'img': layer 2: member 'bomb': cannot write it: No space left on device"
}

@test "images: words that do not fit what is there" {
	image img '{}' "$BASE/base.tar"
	tar -C img -cf img.tar .
	refuses_to_run oci:img.tar "'img.tar' is a file: 'oci:img.tar' wants a folder"
	refuses_to_run oci-archive:img "'img' is a folder: 'oci-archive:img' wants a file"
	refuses_to_run "docker-archive:$BASE/base.tar" "'$BASE/base.tar': there is no manifest.json in it"
	refuses_to_run "oci-archive:$BASE/base.tar" "'$BASE/base.tar': there is no OCI layout in it"
	refuses_to_run "oci:$BASE/root" "'$BASE/root': there is no OCI layout in it"
	refuses_to_run "bundle:$BASE/root" "'$BASE/root': 'config.json' in it: No such file"
	echo '{"root": {"path": "../../.."}, "process": {"args": ["/inmate", "exit", "3"]}}' >config.json
	# It leads no further than to the bundle itself.
	cp "$BASE/root/inmate" .
	mkroot run "bundle:$T"
	says 3
}

@test "images: a ROOT of another kind is named, and how to make a tar or a folder of it" {
	local general="ROOT is a folder, a tar (plain, gzip, xz, zstd or bzip2), or an image: oci:DIR[:TAG], oci-archive:FILE, docker-archive:FILE"
	local file what hint
	for file in root.cpio root.cpio.gz root.cpio.xz root.cpio.zst root.squashfs; do
		"$MKROOT" -q --with none /bin/true -o $file
	done
	truncate -s 100K ext4 zeros
	printf '\x53\xef' | dd of=ext4 bs=1 seek=1080 conv=notrunc status=none
	gzip -k ext4
	gzip -c /dev/null >empty.gz
	echo text | gzip >text.gz
	while IFS='|' read -r file what hint; do
		mkroot run "$file" /inmate
		says 125 ""
		[ "$stderr" = "mkroot: error: '$file' is $what, neither a folder nor a tar archive
  hint: $hint" ] || { printf '%s\n' "$stderr" >&2; return 1; }
	done <<-END
		root.cpio|a cpio archive|make a tar of it: bsdtar -cf root.tar @'root.cpio'
		root.cpio.gz|a cpio archive|make a tar of it: bsdtar -cf root.tar @'root.cpio.gz'
		root.cpio.xz|a cpio archive|make a tar of it: bsdtar -cf root.tar @'root.cpio.xz'
		root.cpio.zst|a cpio archive|make a tar of it: bsdtar -cf root.tar @'root.cpio.zst'
		root.squashfs|a squashfs image|make a folder of it: unsquashfs -d root/ 'root.squashfs'
		ext4|an ext2, ext3 or ext4 file system|mount it, as root: mount -o ro,loop 'ext4' /mnt
		ext4.gz|a compressed file|$general
		text.gz|a compressed file|$general
		empty.gz|empty|$general
	END
	mkroot run cpio:root.cpio /inmate
	says 125 ""
	complains "'root.cpio' is a cpio archive, neither a folder nor a tar archive"
	mkroot run "$INMATE" /inmate
	says 125 ""
	complains "'$INMATE' is an ELF file, neither a folder nor a tar archive"
	capture "$MKROOT" run zeros /inmate # the end of a tar, and nothing before it
	[ "$status" -eq 127 ]
}
