#!/usr/bin/env bats
# cpio archives, judged by cpio(1) and by what they are for: the kernel that starts from one.

load lib

set_up() {
	cat >init <<-'END'
		#!/bin/bash
		two=$(stat -c %h /srv/two)
		echo "GUEST up: $(cat /srv/one) $two $(ls /)" | tr '\n' ' '
		echo
		sleep 1
	END
	chmod 755 init
}

@test "cpio: programs, what they need and /init" {
	mkroot bash ls -i init:/init -o root.cpio
	says 0 ""
	[[ $stderr != *warning* ]]
	mkdir out
	(cd out && cpio -idm --quiet <../root.cpio)
	mkroot bash ls -i init:/init -o root/
	says 0
	diff -r --no-dereference root out >&2
	mkroot bash -o bare.cpio.gz
	says 0
	[[ $stderr == *"warning: there is no /init"*"-i FILE:/init"* ]]
}

@test "cpio: cpio:PATH, and compression by suffix alone" {
	local suffix
	mkroot bash -i init:/init -o cpio:plain
	says 0
	for suffix in cpio cpio.gz cpio.xz cpio.zst; do
		mkroot bash -i init:/init -o "root.$suffix"
		says 0
	done
	cmp plain root.cpio
	cmp <(gzip -dc root.cpio.gz) root.cpio
	cmp <(xz -dc root.cpio.xz) root.cpio
	# Up to three zeros behind the trailer.
	cmp <(zstd -dcq root.cpio.zst | head -c "$(stat -c %s root.cpio)") root.cpio
	[ "$(stat -c '%s' root.cpio.* | awk '{ n += $1 % 4 } END { print n }')" -eq 0 ]
}

@test "cpio: a capability is lost with a warning that names it" {
	needs_root
	needs setcap
	fixture usr_merge_links
	setcap cap_net_raw+ep usr_merge_links/usr/bin/app 2>/dev/null || skip_or_fail "no file capabilities here"
	mkroot -S usr_merge_links /bin/app -o root.cpio
	says 0
	[[ $stderr == *"'usr/bin/app': a cpio holds no extended attributes: security.capability is lost"* ]]
}

# bats test_tags=slow
@test "cpio: Linux starts from one, whatever its compression" {
	needs qemu-system-x86_64
	[ "$(uname -m)" = x86_64 ] || skip_or_fail "the guest is an x86-64 machine, its programs come from here"
	local kernel suffix status_of=0 said
	kernel=$("$BATS_TEST_DIRNAME/../guest/kernel" "$BATS_TEST_DIRNAME/../../build/guest" 2>why) || status_of=$?
	[ "$status_of" -ne 77 ] || skip_or_fail "$(cat why)"
	echo one >one
	echo two >two
	ln two second
	for suffix in cpio cpio.gz cpio.xz cpio.zst; do
		mkroot --with none bash ls cat stat tr sleep -i init:/init -i one:/srv/one -i two:/srv/two \
			-i second:/srv/second -o "root.$suffix"
		says 0
		said=$("$BATS_TEST_DIRNAME/../guest/machine" 100 "$kernel" "root.$suffix")
		grep -q "GUEST up: one 2 bin dev init lib lib64 root sbin srv usr " <<<"$said" || {
			printf '%s: %s\n' "$suffix" "$said" >&2
			return 1
		}
	done
}
