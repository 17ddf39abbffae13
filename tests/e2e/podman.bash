# shellcheck shell=bash
# podman and the runtimes as judges, beside lib.bash.

# apart COMMAND...: where there is one hierarchy of cgroups, which podman and the runtimes insist on.
apart() {
	needs_root
	unshare -m true 2>/dev/null || skip_or_fail "unshare -m is not allowed here"
	# shellcheck disable=SC2016 # for the shell that is started
	timeout 60 unshare -m sh -c 'mount --make-rprivate / && mount -t cgroup2 none /sys/fs/cgroup; exec "$@"' sh "$@"
}

pod() {
	apart podman --storage-driver=vfs --cgroup-manager=cgroupfs --events-backend=none \
		--root "$T/.podman" --runroot "$T/.podman-run" --tmpdir "$T/.podman-tmp" "$@"
}

pod_run() {
	pod run --rm --pull=never --network=none --cgroups=disabled --runtime=crun \
		--ulimit nofile=1024:1024 --ulimit nproc=1024:1024 "$@"
}
