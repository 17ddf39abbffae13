#!/bin/sh
# Installs what the tests need, builds, runs them all; the last line is the count of test cases.
# usage: ./test.sh [CTEST-OPTION...]      e.g. ./test.sh -R e2e.ldd
# MKROOT_PRESET: another preset than release (asan). MKROOT_ALL=1: compare every program of this
# machine with the real loader, not a sample.
set -eu

cd "$(dirname "$0")"
preset=${MKROOT_PRESET-release}
build=$PWD/build
[ "$preset" = release ] || build=$PWD/build-$preset

packages/install build test
cmake --preset "$preset" -DBUILD_TESTING=ON
cmake --build "$build"

# cmocka and bats both speak TAP into ctest's log: that is where single cases can be counted.
log=$build/Testing/Temporary/LastTest.log
rm -f "$log"
status=0
ctest --test-dir "$build" --output-on-failure --no-tests=error -j "$(nproc)" "$@" || status=$?
[ -e "$log" ] || exit 1
tests/count "$log" || status=1
exit "$status"
