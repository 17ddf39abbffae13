#!/usr/bin/env bats
# --manifest: what it tells of a root, judged by find(1), sha256sum(1), readelf(1) and why.

load lib
: "${stderr=}" # set by run --separate-stderr

set_up() {
	needs jq
	fixture usr_merge_links
	ln usr_merge_links/usr/bin/app usr_merge_links/usr/bin/again
	touch usr_merge_links/empty
}

root=(-S usr_merge_links /bin/app /bin/again -i /empty)

@test "manifest: paths, types, modes, owners, sizes, times and links are those of the folder" {
	mkroot "${root[@]}" -o root/ --manifest m.json
	says 0 ""
	is_quiet
	diff -u <(find root -mindepth 1 -printf '%y %m %U %G %Ts /%P %l\n' | LC_ALL=C sort -k6) \
		<(jq -r '.entries[] | "\({file:"f",folder:"d",symlink:"l"}[.type]) \(.mode | ltrimstr("0") | ltrimstr("0") | ltrimstr("0")) \(.uid) \(.gid) \(.mtime) \(.path) \(.target // "")"' m.json | LC_ALL=C sort -k6) >&2
	diff -u <(find root -type f -printf '%s /%P\n' | LC_ALL=C sort) \
		<(jq -r '.entries[] | select(.type == "file") | "\(.size) \(.path)"' m.json | LC_ALL=C sort) >&2
	[ "$(jq -r '.entries[].path' m.json)" = "$(jq -r '.entries[].path' m.json | LC_ALL=C sort)" ]
	[ "$(jq -r '.entries[] | select(.hard_link) | "\(.path) \(.hard_link)"' m.json)" = "/usr/bin/app /usr/bin/again" ]
	[ "$(jq -r .schema m.json)" = mkroot.manifest/1 ]
}

@test "manifest: the digests are those of what is in the output, whatever its format" {
	local to
	for to in root one.tar one.tar.gz one.tar.zst; do
		mkroot bash -i "$T/usr_merge_links/empty:/empty" -o "$to" --manifest "$to.json"
		says 0
		rm -rf out
		mkdir out
		if [ "$to" = root ]; then cp -a root/. out/; else tar xf "$to" -C out; fi
		[ "$(jq '[.entries[] | select(.sha256)] | length' "$to.json")" -eq "$(find out -type f | wc -l)" ]
		(cd out && jq -r '.entries[] | select(.sha256) | "\(.sha256)  .\(.path)"' "../$to.json" | sha256sum -c --quiet)
	done
	cmp one.tar.json one.tar.gz.json
	cmp one.tar.json one.tar.zst.json
}

@test "manifest: in a cpio and a squashfs the digests are the same" {
	mkroot "${root[@]}" -o one.tar --manifest tar.json
	mkroot "${root[@]}" -o one.cpio --manifest cpio.json
	says 0
	mkroot "${root[@]}" -o one.squashfs --manifest squashfs.json
	says 0
	cmp tar.json cpio.json
	cmp tar.json squashfs.json
}

@test "manifest: build IDs are readelf's" {
	needs readelf
	mkroot bash -o root/ --manifest m.json
	says 0
	local path id
	jq -r '.entries[] | select(.type == "file" and (.hard_link | not)) | "\(.build_id // "") \(.path)"' m.json >ids
	while read -r id path; do
		[ -n "$path" ] || { path=$id; id=; }
		[ "$id" = "$(readelf -n "root$path" 2>/dev/null | sed -n 's/.*Build ID: //p')" ] || { echo "$path $id" >&2; return 1; }
	done <ids
	grep -qE '^[0-9a-f]{40} /usr/lib/.*/libc.so.6$' ids
}

@test "manifest: the chain of a library is the first that why prints" {
	mkroot /bin/bash /bin/ls --with none -o root.tar --manifest m.json
	says 0
	local path n=0
	while read -r path; do
		diff -u <("$MKROOT" why "$path" /bin/bash /bin/ls | head -n 1) \
			<(jq -r --arg p "$path" '.entries[] | select(.path == $p) | [.chain[].path] | join(" → ")' m.json) >&2
		n=$((n + 1))
	done < <(jq -r '.entries[] | select(.chain | length > 0) | .path' m.json)
	[ "$n" -ge 4 ]
	[ "$(jq -r '.entries[] | select(.path | endswith("/bash")) | "\(.why) \(.because)"' m.json)" = "program asked for" ]
}

@test "manifest: packages are those that dpkg names" {
	needs dpkg-query
	mkroot bash --with names -o root.tar --manifest m.json
	says 0
	local path name version n=0
	while read -r path name version; do
		[ "$(dpkg-query -W -f '${Package} ${Version}\n' "$name")" = "$name $version" ]
		# before the usr-merge or after it
		dpkg-query -L "$name" | grep -qxF -e "$path" -e "${path#/usr}" -e "/usr$path"
		n=$((n + 1))
	done < <(jq -r '.entries[] | select(.package) | "\(.path) \(.package.name) \(.package.version)"' m.json)
	[ "$n" -ge 4 ]
	[ "$(jq -r '.entries[] | select(.path == "/etc/passwd") | .package' m.json)" = null ]
	[ "$(jq -r '.entries[] | select(.path | endswith("/libc.so.6")) | .package.name' m.json)" = libc6 ]
}

@test "manifest: the same bytes in other surroundings" {
	mkroot "${root[@]}" -o one.tar --manifest one.json
	cp -a usr_merge_links elsewhere
	touch elsewhere/usr
	(
		umask 077
		TZ=Asia/Tokyo LC_ALL=C HOME=/nonexistent "$MKROOT" -S elsewhere /bin/app /bin/again -i /empty \
			-o two.tar -j 1 --manifest - >two.json
	)
	cmp one.json two.json
}

@test "manifest: names that are not UTF-8, and newlines, keep all their bytes" {
	local name=$'o\xff\n"\\d'
	echo one >"usr_merge_links/$name"
	mkroot -S usr_merge_links /bin/app -i "/$name" -o root.tar --manifest m.json
	says 0
	python3 -m json.tool m.json >/dev/null
	[ "$(jq -r '.entries[] | select(.path_b64) | .path_b64' m.json | base64 -d)" = "/$name" ]
	[ "$(jq -r '.entries[] | select(.path_b64) | .sha256' m.json)" = "$(echo one | sha256sum | cut -d' ' -f1)" ]
}

@test "manifest: whole or absent, and nothing beside it" {
	echo old >m.json
	head -c 3000000 /dev/urandom >usr_merge_links/big
	run bash -c 'trap "" XFSZ; ulimit -f 1000; "$@"' - "$MKROOT" -S usr_merge_links /bin/app -i /big -o root.tar --manifest m.json
	[ "$status" -eq 3 ]
	[ "$(cat m.json)" = old ]
	[ "$(ls -A)" = $'m.json\nusr_merge_links' ]
	# The manifest that cannot be written takes the output with it.
	needs_root
	mkdir full
	mount -t tmpfs -o size=4k tmpfs full 2>/dev/null || skip_or_fail "no tmpfs may be mounted"
	mkroot "${root[@]}" -o root.tar --manifest full/m.json
	umount full
	says 3 ""
	complains full/m.json
	[ ! -e root.tar ]
}

@test "manifest: what it does not go with" {
	local row
	for row in "-o - --manifest -" "-n --manifest m.json" "--run --manifest -" "-o root.tar --manifest root.tar"; do
		# shellcheck disable=SC2086 # words of a row
		mkroot bash $row
		says 2 ""
		complains --manifest
	done
	mkroot bash -o root.tar --manifest gone/m.json
	says 3 ""
	complains gone/m.json
	[ "$(ls -A)" = usr_merge_links ]
	run --separate-stderr "$MKROOT" trace -o root.tar --manifest - true
	says 125 ""
	complains --manifest
}

@test "manifest: of a traced command" {
	mkroot trace -o root.tar --manifest m.json true
	says 0 ""
	[ "$(jq -r '.entries[] | select(.path | endswith("/bin/true")) | .why' m.json)" = trace ]
}
