#!/bin/sh
# Installs what is missing, builds mkroot, packs bash and ls into a root and starts a shell in it;
# without a terminal, "ls -l /" instead. MKROOT_PRESET: another preset than release.
set -eu

cd "$(dirname "$0")"
preset=${MKROOT_PRESET-release}
build=$PWD/build
[ "$preset" = release ] || build=$PWD/build-$preset

# show COMMAND...: says what is done, then does it
show() {
	printf '\n$ %s\n' "$*" >&2
	"$@"
}

packages/install build
show cmake --preset "$preset" -DBUILD_TESTING=OFF
show cmake --build "$build"

mkdir -p "$build/demo"
PATH=$build:$PATH
show cd "$build/demo"
show mkroot /bin/bash /bin/ls -o root.tar
show tar tf root.tar
if [ -t 0 ] && [ -t 1 ]; then
	show mkroot run root.tar
else
	show mkroot run root.tar -- /bin/ls -l /
fi
