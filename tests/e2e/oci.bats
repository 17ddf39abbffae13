#!/usr/bin/env bats
# Images: OCI layouts and archives, docker archives, bundles. The judges are oci_check, skopeo, umoci,
# podman, crun and runc.

load lib
load podman

check=$BATS_TEST_DIRNAME/oci_check
outputs="oci:out oci-archive:out docker-archive:out"

# image ARG...: mkroot ARG..., which has to succeed without a word.
image() {
	mkroot -q "$@"
	says 0 ""
	is_quiet
}

# tree FOLDER: all of it but the times of folders, which are nobody's in an image.
tree() {
	(
		cd "$1" || return 1
		find . -mindepth 1 \( -type d -printf '%P %y %m %U %G\n' -o \
			-printf '%P %y %m %U %G %s %n %T@ %l\n' \) | sed -E 's/\.[0-9]{10}( |$)/\1/' | LC_ALL=C sort
		find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum
	)
}

# config IMAGE FILTER: what skopeo reads of the configuration.
config() {
	skopeo inspect --config "$1" | jq -c "$2"
}

# layers IMAGE: the digests of its layers.
layers() {
	skopeo inspect --raw "$1" | jq -r '.layers[].digest'
}

@test "oci: each output holds an image as the specification has it" {
	needs python3 zstd
	local out how
	for out in $outputs; do
		for how in gzip zstd none; do
			rm -rf out
			image bash ls --compress "$how" -o "$out:app:1.0"
			run "$check" out
			case $out in
				docker*) says 0 $'1.0 amd64 1\nname app:1.0' ;;
				*) says 0 "app:1.0 amd64 1" ;;
			esac
		done
	done
}

@test "oci: without a tag there is none, and docker's is latest" {
	needs python3
	image bash -o oci:one
	run "$check" one
	says 0 "- amd64 1"
	image bash -o docker-archive:two.tar:app
	run "$check" two.tar
	says 0 $'latest amd64 1\nname app:latest'
	image bash -o docker-archive:three.tar
	run "$check" three.tar
	says 0 "- amd64 1"
	tar -xOf three.tar manifest.json | jq -e '.[0].RepoTags == null'
}

# bats test_tags=slow
@test "oci: skopeo copies it between all transports, the image stays the same" {
	needs skopeo
	local id
	image bash ls --layers 4 -o oci:one:a
	skopeo copy -q oci:one:a oci-archive:two.tar:a
	skopeo copy -q oci-archive:two.tar:a docker-archive:three.tar:app:a
	skopeo copy -q docker-archive:three.tar:app:a dir:four
	skopeo copy -q dir:four oci:five:a
	image bash ls --layers 4 -o docker-archive:six.tar:app:a
	skopeo copy -q docker-archive:six.tar:app:a oci:seven:a
	image bash ls --layers 4 -o oci-archive:eight.tar:a
	skopeo copy -q oci-archive:eight.tar:a oci:nine:a
	id=$(config oci:one:a .rootfs)
	for five in five seven nine; do
		[ "$(config oci:$five:a .rootfs)" = "$id" ]
		[ "$(config oci:$five:a .config)" = "$(config oci:one:a .config)" ]
	done
}

# bats test_tags=slow
@test "oci: umoci unpacks what a folder output holds, in one layer and in many" {
	needs umoci
	needs_root
	local n
	mkdir -p sys/opt/data sys/opt/empty
	echo one >sys/opt/data/one
	ln sys/opt/data/one sys/opt/data/two
	ln -s data/one sys/opt/link
	chmod 4711 sys/opt/data/one
	chown -h 3:7 sys/opt/link
	chmod 1777 sys/opt/empty
	cp -a "$FIXTURES/usr_merge_links/." sys/
	image -S sys /bin/app -i /opt -o root/
	image bash cmake --with none,packages -o other/
	for n in 1 3 127; do
		rm -rf img un un2
		image -S sys /bin/app -i /opt --layers "$n" -o oci:img:a
		image bash cmake --with none,packages --layers "$n" -o oci:img:b
		umoci unpack --image img:a un
		umoci unpack --image img:b un2
		diff <(tree root) <(tree un/rootfs) >&2
		diff <(tree other) <(tree un2/rootfs) >&2
	done
}

# bats test_tags=slow
@test "oci: podman loads and runs a docker archive, compressed as a whole or from a pipe" {
	needs podman crun
	needs_root
	image bash ls --with none -o docker-archive:one.tar.gz:app:1 -e GREETING=hi --label a=b
	[ "$(head -c 2 one.tar.gz | od -An -tx1)" = " 1f 8b" ]
	run pod load -q -i one.tar.gz
	says 0 "Loaded image: docker.io/library/app:1"
	"$MKROOT" -q bash ls --with none -o docker-archive:-:app:2 | cat >two.tar
	run pod load -q -i two.tar
	says 0 "Loaded image: docker.io/library/app:2"
	# shellcheck disable=SC2016 # for the shell in there
	run pod_run docker.io/library/app:1 bash -c 'echo $GREETING $PATH; ls /usr/bin'
	says 0 "hi /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
bash
ls"
	run pod_run docker.io/library/app:2 ls /usr/bin
	says 0 $'bash\nls'
}

# bats test_tags=slow
@test "oci: podman runs an image of many layers" {
	needs podman crun
	needs_root
	image bash perl --layers 9 -o oci-archive:img:app:a --entrypoint 'perl -e' --cmd '["print 6*7"]'
	run pod load -q -i img
	[ "$status" -eq 0 ]
	run pod_run "${lines[-1]#Loaded image: }"
	says 0 42
}

@test "oci: the configuration says what the options say" {
	needs skopeo
	image bash -o oci:img --entrypoint '["/bin/bash","-c"]' --cmd "echo 'a b' c\"d\"" -e A=1 -e B=x=y -e A=2 \
		--workdir /srv --user app:1234 --label one=1 --label two= --annotation org.opencontainers.image.version=1.2 \
		--annotation my.key=v --expose 80 --expose 53/udp --volume /data --stop-signal SIGQUIT
	run config oci:img .config
	says 0 "$(jq -c . <<-'END'
		{"User":"app","ExposedPorts":{"53/udp":{},"80/tcp":{}},"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin","A=2","B=x=y"],"Entrypoint":["/bin/bash","-c"],"Cmd":["echo","a b","cd"],"Volumes":{"/data":{}},"WorkingDir":"/srv","Labels":{"one":"1","org.opencontainers.image.version":"1.2","two":""},"StopSignal":"SIGQUIT"}
	END
	)"
	run jq -c .annotations "img/blobs/sha256/$(jq -r '.manifests[0].digest[7:]' img/index.json)"
	says 0 '{"my.key":"v","org.opencontainers.image.version":"1.2"}'
	tar -xzOf "img/blobs/sha256/$(layers oci:img | cut -c 8-)" etc/passwd | grep '^app:x:1234:'
}

@test "oci: the first program is the command, unless there is an entrypoint" {
	needs skopeo
	image ls bash -o oci:img:a
	[ "$(config oci:img:a .config.Cmd[0])" = "\"$(command -v ls)\"" ]
	image ls bash --entrypoint bash -o oci:img:b
	[ "$(config oci:img:b '[.config.Cmd, .config.Entrypoint]')" = '[null,["bash"]]' ]
}

@test "oci: what an option cannot mean is wrong usage" {
	local bad
	for bad in --compress=xz --platform=windows/amd64 --platform=linux --platform=linux/a/b/c --layers=-1 --expose=0 \
		--expose=80/icmp --expose=65536 --env=X --env==x --label=x --workdir=srv --volume=data --stop-signal=TERM \
		--cmd= "--cmd=[1]" "--cmd='" --level=13 $'--label=x=\xff'; do
		mkroot bash "$bad" -o oci:img
		says 2 ""
		complains
		[ "$(ls -A)" = "" ]
	done
}

@test "oci: options of images are refused for other outputs" {
	mkroot bash --cmd bash -o root.tar
	says 2 ""
	complains "option '--cmd' is for images, and 'root.tar' is none"
}

@test "oci: names that readers would not take are refused before anything is written" {
	local name
	for name in "" / a/ .a a..b 'a b' a//b a- $'a\nb' "$(printf 'a%.0s' {1..300})"; do
		mkroot bash -o "oci:img:$name"
		says 2 ""
		complains "is no tag of an image"
	done
	for name in "" App a:b:c a: a__b__ a/b/ 'a b' a:.x host:x/a "$(printf 'a%.0s' {1..64})" "a:$(printf 'a%.0s' {1..129})"; do
		mkroot bash -o "docker-archive:img:$name"
		says 2 ""
		complains "is no name that docker takes"
	done
	[ "$(ls -A)" = "" ]
}

@test "oci: names that docker has are taken as they are" {
	local name
	for name in a a:1 a_b/c-d.e:X_1 localhost/a:1 host.example:5000/a/b:v1.0 a__b a--b; do
		rm -f img
		image bash -o "docker-archive:img:$name"
		[[ $name = *:?* && $name != *:5000/*b ]] || name+=:latest
		[ "$(tar -xOf img manifest.json | jq -r '.[0].RepoTags[0]')" = "$name" ]
	done
}

@test "oci: a layout keeps its other tags and members, the same tag is replaced" {
	needs python3 skopeo
	image bash -o oci:img:a
	image ls -o oci:img:b
	echo mine >img/README
	mkdir img/more
	image ls bash -o oci:img:a
	image ls -o oci:img
	image ls bash -o oci:img
	run "$check" img
	says 0 $'a amd64 1\nb amd64 1\n- amd64 1'
	[ "$(cat img/README)" = mine ]
	[ -d img/more ]
	[ "$(config oci:img:a .config.Cmd[0])" = "\"$(command -v ls)\"" ]
	[ "$(find img -name '.*')" = "" ]
	skopeo copy -q oci:img:b oci:img:c
	image bash -o oci:img:d
	run "$check" img
	[ "$status" -eq 1 ] # skopeo's index is not canonical, and has no platform
	skopeo inspect oci:img:c >inspected
	jq -e '.manifests | length == 5' img/index.json
}

@test "oci: what other tools put into an index stays" {
	image bash -o oci:img:a
	jq -c '.manifests += [{mediaType: "application/vnd.oci.image.manifest.v1+json", digest: "sha256:0", size: 2,
		artifactType: "application/spdx"}] | .annotations = {x: "y"} | .other = 1.5' img/index.json >new
	mv new img/index.json
	image ls -o oci:img
	image ls -o oci:img:a
	run jq -c '[.annotations, .other, (.manifests | length), .manifests[1].artifactType]' img/index.json
	says 0 '[{"x":"y"},1.5,3,"application/spdx"]'
}

@test "oci: a hostile layout is an error that changes nothing" {
	local index before
	image bash -o oci:good:a
	while IFS= read -r index; do
		rm -rf img
		cp -a good img
		printf '%s' "$index" >img/index.json
		before=$(tree img)
		mkroot ls -o oci:img:b
		says 3 ""
		complains "img/index.json"
		[ "$(tree img)" = "$before" ]
	done <<-'END'
		{}
		[]
		2
		"x"
		{"schemaVersion":2
		{"schemaVersion":2,"manifests":{}}
		{"schemaVersion":1,"manifests":[]}
		{"schemaVersion":2,"manifests":[],"manifests":[]}
		{"schemaVersion":2,"manifests":[1]}
		{"schemaVersion":2,"manifests":[{"annotations":[]}]}
		{"schemaVersion":2,"manifests":[{"annotations":{"org.opencontainers.image.ref.name":7}}]}
		[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
	END
}

@test "oci: a layout that is no plain folder with files is an error that changes nothing" {
	local how before
	image bash -o oci:good:a
	for how in 'rm img/index.json' 'truncate -s 1G img/index.json' 'ln -sf /etc/passwd img/index.json' \
		'rm img/index.json; mkfifo img/index.json' 'rm img/index.json; mkdir img/index.json' \
		'echo "{}" >img/oci-layout' 'mv img/blobs b; ln -s ../b img/blobs' 'rm -r img/blobs/sha256; ln -s /tmp img/blobs/sha256' \
		'rm -r img/blobs; touch img/blobs'; do
		rm -rf img b
		cp -a good img
		eval "$how"
		before=$(cd img && find . ! -name . -printf '%P %y %s %l\n' | sort)
		mkroot ls -o oci:img:b
		says 3 ""
		complains img
		[ "$(cd img && find . ! -name . -printf '%P %y %s %l\n' | sort)" = "$before" ]
	done
}

@test "oci: a folder that is no layout is not written into" {
	mkdir -p img/sub
	mkroot bash -o oci:img:a
	says 2 ""
	complains "'img' is a folder, and no OCI image layout"
	[ "$(ls -A img)" = sub ]
	touch file
	mkroot bash -o oci:file
	says 3 ""
	mkdir empty
	image bash -o oci:empty:a
	[ "$(LC_ALL=C ls -A empty)" = $'blobs\nindex.json\noci-layout' ]
}

@test "oci: writers of one layout wait for each other" {
	needs python3
	local i n
	for n in 1 2; do
		for i in 1 2 3 4 5 6 7 8; do
			"$MKROOT" -q bash -e "N=$i" -o "oci:img:t$n$i" &
		done
		wait
	done
	run "$check" img
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 16 ]
	[ "$(LC_ALL=C ls -A img)" = $'blobs\nindex.json\noci-layout' ]
	[ "$(ls -A)" = img ]
}

@test "oci: images of one machine share the C library's layer" {
	needs skopeo
	image bash --layers 3 -o oci:img:bash
	image /usr/bin/python3 --layers 20 -o oci:img:python
	image ls --layers 2 -o oci:img:ls
	layers oci:img:bash >bash
	layers oci:img:python >python
	[ "$(head -n 1 bash)" = "$(head -n 1 python)" ]
	[ "$(head -n 1 bash)" = "$(layers oci:img:ls | head -n 1)" ]
	[ "$(wc -l <bash)" -eq 3 ]
	[ "$(wc -l <python)" -le 20 ]
	tar -tzf "img/blobs/sha256/$(head -n 1 bash | cut -c 8-)" | grep -q '/libc.so.6$'
}

@test "oci: a package's layer is the same whatever else is in the image, what nobody ships is last" {
	needs skopeo
	echo mine >mine
	chmod 644 mine
	image bash --layers 127 -i "$PWD/mine:/srv/mine" -o oci:img:a
	image bash openssl --layers 127 -o oci:img:b
	layers oci:img:a | head -n -1 | sort >a
	layers oci:img:b | sort >b
	[ "$(wc -l <a)" -gt 2 ]
	[ "$(comm -23 a b)" = "" ]
	tar -tzf "img/blobs/sha256/$(layers oci:img:a | tail -n 1 | cut -c 8-)" | grep -qx srv/mine
	[ "$(config oci:img:a '.history[-1].created_by')" = '"mkroot: files"' ]
}

@test "oci: the machine is that of the ELF files, two of them need a word" {
	needs skopeo
	mkdir -p sys/bin
	cp "$INMATE" sys/bin/one
	cp "$INMATE" sys/bin/two
	printf '\267' | dd of=sys/bin/two bs=1 seek=18 conv=notrunc status=none # EM_AARCH64
	image -S sys /bin/two -o oci:img:arm
	[ "$(config oci:img:arm .architecture)" = '"arm64"' ]
	mkroot -q -S sys /bin/one /bin/two -o oci:img:both
	says 2 ""
	complains "an image is for one machine: '/bin/one' is for amd64, '/bin/two' for arm64" "--platform linux/amd64"
	image -S sys /bin/one /bin/two --platform linux/arm/v6 -o oci:img:both
	[ "$(config oci:img:both '[.architecture, .os]')" = '["arm","linux"]' ]
	jq -e '.manifests[1].platform == {"architecture": "arm", "os": "linux", "variant": "v6"}' img/index.json
	mkdir sys/etc
	touch sys/etc/file
	mkroot -q -S sys -i /etc/file -o oci:img:none
	says 2 ""
	complains "no program says which machine the image is for"
	image -S sys -i /etc/file --platform linux/amd64 -o oci:img:none
	[ "$(config oci:img:none .config.Cmd)" = null ]
}

@test "oci: a name that would say that a file is gone is refused, before anything is written" {
	mkdir -p sys/srv sys/bin
	cp "$INMATE" sys/bin/one
	touch sys/srv/.wh.gone
	local out
	for out in $outputs; do
		mkroot -S sys /bin/one -i /srv -o "$out:a"
		says 3 ""
		complains "'srv/.wh.gone' cannot be in an image"
		[ "$(ls -A)" = sys ]
	done
	image -S sys /bin/one -i /srv -o bundle:b
	[ -e b/rootfs/srv/.wh.gone ]
}

@test "oci: the same bytes whoever makes it, wherever, with how many threads" {
	needs_root
	local out
	let_users_in
	mkdir -p one two
	cp -a "$FIXTURES/usr_merge_links/." one/
	mkdir -p one/srv
	for i in 1 2 3; do seq "$i" 90000 >"one/srv/$i"; done
	for i in 3 1 2; do mkdir -p two/srv && cp -p "one/srv/$i" two/srv/; done
	cp -a "$FIXTURES/usr_merge_links/." two/
	touch -r one/srv two/srv
	touch two/usr two/lib 2>/dev/null || :
	mkdir -m 777 out
	chown -R 65534:65534 two
	for out in oci: oci-archive: docker-archive:; do
		for how in gzip zstd; do
			image -S one /bin/app -i /srv -j 1 --layers 5 --compress "$how" -o "${out}a:name"
			(
				cd out
				umask 077
				export TZ=Asia/Tokyo LC_ALL=C ZSTD_CLEVEL=9 GZIP=-1
				as_user "$USER_MKROOT" -q -j 4 -i /srv/ -S ../two --compress "$how" --layers 5 -o "${out}b:name" /bin/app
			)
			diff -r a out/b >&2
			rm -rf a out/b
		done
	done
}

@test "oci: created is the epoch, or the newest file's time, never the clock" {
	needs skopeo
	mkdir -p sys/bin
	cp "$INMATE" sys/bin/one
	touch -d 2020-02-03T04:05:06Z sys/bin/one
	image -S sys /bin/one -o oci:img:a
	[ "$(config oci:img:a .created)" = '"2020-02-03T04:05:06Z"' ]
	SOURCE_DATE_EPOCH=1000000000 image -S sys /bin/one -o oci:img:b
	[ "$(config oci:img:b .created)" = '"2001-09-09T01:46:40Z"' ]
}

@test "oci: an image that is killed in the making leaves OUTPUT whole, old or absent" {
	needs python3
	local out signal
	image ls -o oci:old:a
	for signal in KILL TERM; do
		for delay in 0.03 0.1 0.25; do
			for out in $outputs; do
				rm -rf out
				[ "$out" != oci:out ] || cp -a old out
				"$MKROOT" -q bash perl --level 9 -j 1 -o "$out:b" &
				sleep "$delay"
				kill "-$signal" $! 2>/dev/null || :
				wait $! || :
				[ ! -e out ] || "$check" out
			done
		done
	done
}

@test "oci: a full disk is an error that leaves nothing" {
	local out before status_of
	image ls -o oci:old:a
	for out in $outputs bundle:out; do
		rm -rf out
		[ "$out" != oci:out ] || cp -a old out
		before=$(find . | sort)
		status_of=0
		(ulimit -f 100 && exec "$MKROOT" -q bash -o "$out") 2>../err || status_of=$?
		[ "$status_of" -eq 3 ]
		grep -q '^mkroot: error: ' ../err
		[ "$(find . | sort)" = "$before" ]
	done
}

@test "oci: an archive may go into a pipe" {
	needs python3
	"$MKROOT" -q bash -o oci-archive:-:x | cat >one.tar
	image bash -o oci-archive:two.tar:x
	cmp one.tar two.tar
	mkfifo pipe
	cat pipe >three.tar &
	image bash -o oci-archive:pipe:x
	wait
	cmp three.tar two.tar
}

# bats test_tags=slow
@test "oci: memory does not grow with the image" {
	local kib
	# A sanitizer's shadow is larger than any limit.
	(ulimit -v 400000 && "$MKROOT" --version) >/dev/null 2>&1 || skip "not with a sanitizer"
	mkdir -p sys/bin sys/srv
	cp "$INMATE" sys/bin/one
	truncate -s 600M sys/srv/big
	for out in $outputs; do
		rm -rf out
		(ulimit -v 400000 && exec "$MKROOT" -q -j 2 -S sys /bin/one -i /srv -o "$out:a")
		kib=$(du -sk out | cut -f 1)
		[ "$kib" -lt 20000 ]
	done
}

@test "bundle: crun and runc run it" {
	local runtime
	needs_root
	needs crun runc jq
	# shellcheck disable=SC2016 # for the shell in there
	image bash ls -o bundle:b --user app:1234:99 -e X=1 --workdir /usr --annotation a=b \
		--cmd '["bash","-c","echo $UID $X $PWD; ls -d /proc/1 /dev/null /sys/kernel /tmp; while read -r a b; do case $a in CapEff:|CapBnd:|NoNewPrivs:|Seccomp:) echo $a $b;; esac; done </proc/self/status"]'
	for runtime in "crun --cgroup-manager=disabled" runc; do
		# shellcheck disable=SC2086 # words
		run apart $runtime --root "$T/.state" run -b b "mkroot-test-$$"
		says 0 "1234 1 /usr
/dev/null
/proc/1
/sys/kernel
/tmp
CapEff: 0000000000000000
CapBnd: 00000000a80425fb
NoNewPrivs: 1
Seccomp: 2"
	done
	run jq -c '[.process.user, .process.cwd, .annotations, .root]' b/config.json
	says 0 '[{"gid":99,"uid":1234},"/usr",{"a":"b"},{"path":"rootfs","readonly":false}]'
}

@test "bundle: its root is what a folder output holds; one that is there is added to" {
	image bash -o root/
	image bash -o bundle:b
	diff <(tree root) <(tree b/rootfs) >&2
	[ "$(ls -A b)" = $'config.json\nrootfs' ]
	image ls -o bundle:b/
	image ls -o root/
	diff <(tree root) <(tree b/rootfs) >&2
	[ "$(jq -c .process.args b/config.json)" = "[\"$(command -v ls)\"]" ]
	[ "$(ls -A)" = $'b\nroot' ]
	mkdir -p other/x
	mkroot bash -o bundle:other
	says 2 ""
	complains "'other' is a folder, and no bundle"
}

@test "bundle: a user that the root does not know is an error" {
	mkdir -p sys/bin
	cp "$INMATE" sys/bin/one
	image -S sys /bin/one --user 55:66 -o bundle:b
	[ "$(jq -c .process.user b/config.json)" = '{"gid":66,"uid":55}' ]
	image -S sys /bin/one --user 55 -o bundle:c
	[ "$(jq -c .process.user c/config.json)" = '{"gid":0,"uid":55}' ]
}
