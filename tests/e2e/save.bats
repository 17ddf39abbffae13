#!/usr/bin/env bats
# shellcheck disable=SC2016 # what runs inside the root expands there
# run --save of an image: what changed is one more layer. The judges are oci_check, umoci, skopeo,
# podman, and the root itself as it was when the command ended.
load lib
load roots
load podman

check=$BATS_TEST_DIRNAME/oci_check

# What the root is made of: all that a change can be done to.
setup_file() {
	IMG=$(mktemp -d /tmp/mkroot-e2e-save-XXXXXX)
	export IMG
	chmod 755 "$IMG"
	cp "$MKROOT" "$IMG/mkroot"
	with_programs "$IMG/root" bash ls mkdir rm mv ln chmod chown touch cat cp sleep setfattr mkfifo
	(
		cd "$IMG/root" || exit 1
		ln -s bin/cat cat
		mkdir -p data/dir/deep gone/x anew app etc
		echo f >data/dir/deep/f
		echo y >gone/x/y
		echo old >anew/old
		echo dash >anew/-dash
		echo dot >anew/.dot
		echo names >app/one
		ln app/one app/two
		ln app/one app/three
		echo keep >keep
		ln -s keep link
		echo marked >marked
		setfattr -n user.b -v 2 marked
		setfattr -n user.a -v 1 marked
		echo root:x:0:0::/root:/bin/sh >etc/passwd
		chown -R 7:8 app data
		find . -exec touch -hd @1000000000 {} +
	)
	cd "$IMG" && "$MKROOT" -q --base root --platform linux/amd64 --entrypoint /bin/bash -e A=1 --workdir /data -o oci:img:1
}

teardown_file() {
	rm -rf "$IMG"
}

set_up() {
	M=$IMG/mkroot # run_ starts it
	export M
}

changes='rm -r /gone; echo file >/gone
	rm -r /anew; mkdir -m 711 /anew; echo new >/anew/new
	rm -r /data/dir/deep; mv /keep /kept; ln -sf kept /link
	echo more >>/app/one; rm /app/two; ln /app/three /app/four
	chmod 4600 /etc/passwd; mkdir -p /new/er; echo a >/new/er/a; ln /new/er/a /new/b; setfattr -n user.k -v v /new/b
	mkfifo /new/pipe; touch -d @1234567890 /new/er; ln -s /nowhere /new/link
	echo hidden >/tmp/x; echo hidden >/dev/shm/x'

# tree FOLDER: all of it, the names of one file told by a number, but for the times of folders that only
# hold what changed, and of the root itself.
tree() {
	(
		cd "$1" || return 1
		find . -mindepth 1 \( -type d -printf '%P %y %m %U:%G\n' -o -printf '%P %y %m %U:%G %s %n %Ts %l\n' \) | LC_ALL=C sort
		find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum
		getfattr -Rhd -m '^user[.]' . 2>/dev/null | grep -v -e ^$ -e '^user.rootlesscontainers'
		find . -type f -links +1 -printf '%i %P\n' | LC_ALL=C sort -k2 | awk '!n[$1] { n[$1] = ++m } { print n[$1], $2 }'
	)
}

@test "save: what changed is one more layer, and umoci, skopeo and mkroot make the same tree of it" {
	needs skopeo umoci getfattr python3
	needs_root
	# the same in a folder, where all of the root is saved
	run_ --save "$T/whole" "$IMG/img" -c "$changes"
	[ "$status" -eq 0 ]
	rmdir whole/dev whole/proc whole/sys whole/tmp
	local out
	for out in oci:out oci-archive:out.tar docker-archive:out.docker; do
		run_ --save "$out:app:2" "$IMG/img" -c "$changes; exit 3"
		[ "$status" -eq 3 ]
		[ -z "$stderr" ]
		run "$check" "${out#*:}"
		[[ $output == *" amd64 2"* ]]
		skopeo copy -q "$out:app:2" "oci:copied:${out%%:*}"
		umoci unpack --image "copied:${out%%:*}" "umoci-${out%%:*}"
		diff <(tree whole | sed -E 's/^((new|kept|link|gone|app|anew)[^ ]* [^d].* )[0-9]{10}( |$)/\1\3/') \
			<(tree "umoci-${out%%:*}/rootfs" | sed -E 's/^((new|kept|link|gone|app|anew)[^ ]* [^d].* )[0-9]{10}( |$)/\1\3/')
	done
	[ "$(skopeo inspect --config oci:out:app:2 | jq -c '[.config.Env, .config.Entrypoint, .config.WorkingDir]')" = \
		'[["A=1"],["/bin/bash"],"/data"]' ] || skopeo inspect --config oci:out:app:2
	[ "$(skopeo inspect --raw oci:out:app:2 | jq -r '.layers[0].digest')" = \
		"$(skopeo inspect --raw "oci:$IMG/img:1" | jq -r '.layers[0].digest')" ]
	mkroot -q --base oci:out:app:2 -o again
	says 0 ""
	diff <(tree umoci-oci/rootfs) <(tree again)
	run_ oci:out:app:2 -c 'ls /; cat /gone /app/four /link; [ ! -e /data/dir/deep ]'
	[ "$status" -eq 0 ]
	[[ $output == *$'file\nnames\nmore\nkeep' ]]
}

@test "save: the layer holds what changed, whiteouts first, and nothing of the launcher's" {
	needs skopeo jq
	mkdir vol
	run_ -v "$T/vol:/vol/deep" -v /etc/passwd:/data/bound --tmpfs /data/t --network host --device /dev/null:/dev/n \
		--save oci:out:2 "$IMG/img" -c 'rm /anew/old /anew/-dash; echo x >/anew/-first; echo y >/anew/.a; echo no >/vol/deep/no; echo no >/data/t/no; :'
	[ "$status" -eq 0 ]
	tar -tf out/blobs/"$(skopeo inspect --raw oci:out:2 | jq -r '.layers[-1].digest' | tr : /)" >is
	diff is - <<-'EOF'
		anew/
		anew/.wh.-dash
		anew/.wh.old
		anew/-first
		anew/.a
	EOF
}

@test "save: a run that changed nothing is the same image" {
	needs skopeo
	run_ --save oci:out:2 "$IMG/img" -c 'echo x >/tmp/x; echo a >/new; rm /new; cat /keep >/dev/null'
	[ "$status" -eq 0 ]
	cmp <(skopeo inspect --raw oci:out:2) <(skopeo inspect --raw "oci:$IMG/img:1")
}

@test "save: an ordinary user's box gives the same layer, and owners of the image stay" {
	needs skopeo
	needs_userns
	let_users_in
	mkdir -m 777 out
	local script='echo more >>/app/one; touch -d @1500000000 /app/one /app; echo new >/app/new; touch -d @1500000000 /app/new /app; rm /keep'
	user_run --save "oci:$T/out/user:1" "oci:$IMG/img:1" -c "$script"
	[ "$status" -eq 0 ] || echo "$stderr"
	[ "$status" -eq 0 ]
	tar -tvf out/user/blobs/"$(skopeo inspect --raw oci:out/user:1 | jq -r '.layers[-1].digest' | tr : /)" --numeric-owner |
		awk '{ print $1, $2, $6, $7, $8, $9 }' | sed 's, *$,,' >is
	diff is - <<-'EOF'
		-rw-r--r-- 0/0 .wh.keep
		drwxr-xr-x 7/8 app/
		-rw-r--r-- 0/0 app/new
		-rw-r--r-- 7/8 app/one
		hrw-r--r-- 7/8 app/three link to app/one
		hrw-r--r-- 7/8 app/two link to app/one
	EOF
}

@test "save: twice, into the layout that was run, with --overlay" {
	needs skopeo
	cp -r "$IMG/img" img
	run_ --save oci:img:2 oci:img:1 -c 'echo two >/two; rm /keep'
	[ "$status" -eq 0 ]
	run_ --save oci:img:2 oci:img:2 -c 'echo three >/keep; rm /two'
	[ "$status" -eq 0 ]
	run "$check" img
	says 0 $'1 amd64 1\n2 amd64 3'
	run_ oci:img:2 -c 'cat /keep; ls /two'
	[ "$output" = three ]
	[ "$status" -eq 2 ]
	mkdir over
	run_ --overlay over oci:img:1 -c 'echo kept >/kept; rm /keep'
	[ "$status" -eq 0 ]
	run_ --overlay over --save oci:img:3 oci:img:1 -c 'echo now >/now'
	[ "$status" -eq 0 ]
	run_ oci:img:3 -c 'cat /kept /now; ls /keep'
	[ "$output" = $'kept\nnow' ]
}

@test "save: a name that would be a whiteout is refused, and nothing is written" {
	run_ --save oci:out:2 "$IMG/img" -c 'echo x >/.wh.keep'
	[ "$status" -eq 125 ]
	complains "'.wh.keep' cannot be in an image"
	[ ! -e out ]
}

# altered LAYOUT CODE: IMG's image in another layout, after CODE has changed its manifest m and config c.
altered() {
	cp -r "$IMG/img" "$1"
	python3 - "$@" <<'PY'
import hashlib, json, sys
def load(d): return json.load(open(sys.argv[1] + "/blobs/" + d["digest"].replace(":", "/")))
def put(d, value):
    text = json.dumps(value).encode()
    d["digest"], d["size"] = "sha256:" + hashlib.sha256(text).hexdigest(), len(text)
    open(sys.argv[1] + "/blobs/" + d["digest"].replace(":", "/"), "wb").write(text)
index = json.load(open(sys.argv[1] + "/index.json"))
m = load(index["manifests"][0])
c = load(m["config"])
exec(sys.argv[2])
put(m["config"], c)
put(index["manifests"][0], m)
json.dump(index, open(sys.argv[1] + "/index.json", "w"))
PY
}

@test "save: an image that can have no more layers is refused before the command starts" {
	needs python3
	altered full 'm["layers"] *= 127; c["rootfs"]["diff_ids"] *= 127'
	run_ --save oci:out:2 oci:full:1 -c 'echo started'
	says 125 ""
	complains "--save 'oci:out:2': the image has 127 layers, and 127 are all that one can have"
	[ ! -e out ]
}

@test "save: an image that does not say its machine is for the one that it ran on" {
	needs python3 skopeo jq
	altered any 'del c["architecture"]'
	run_ --save oci:out:2 oci:any:1 -c 'echo new >/new'
	says 0 ""
	[ "$(skopeo inspect --config oci:out:2 | jq -r .architecture)" = amd64 ]
}

# bats test_tags=slow
@test "save: podman runs what was saved" {
	needs podman crun
	run_ --save docker-archive:d.tar:saved:1 "$IMG/img" -c "$changes"
	[ "$status" -eq 0 ]
	pod load -q -i d.tar
	run --separate-stderr pod_run localhost/saved:1 -c 'cat /gone /anew/*; ls /anew /app'
	[ "$status" -eq 0 ] || run --separate-stderr pod_run docker.io/library/saved:1 -c 'cat /gone /anew/*; ls /anew /app'
	[ "$output" = $'file\nnew\n/anew:\nnew\n\n/app:\nfour\none\nthree' ]
}
