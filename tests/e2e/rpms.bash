# shellcheck shell=bash
# A root with packages of rpm's, for tests.

# rpm_package NAME FIELDS FILE...: builds it, NAME.rpm, with rpm itself.
rpm_package() {
	local name=$1 fields=$2 file
	shift 2
	{
		printf 'Name: %s\nVersion: 1.2\nRelease: 3\nSummary: x\nLicense: MIT and ISC\nBuildArch: noarch\n' "$name"
		printf '%b\n%%description\nx\n%%install\n' "$fields"
		for file; do
			printf 'install -D /dev/null %%{buildroot}/%s\n' "$file"
		done
		echo '%files'
		printf '/%s\n' "$@"
	} >"$name.spec"
	rpmbuild -bb --quiet --define "_topdir $T/rpmbuild" --define "_rpmfilename $name.rpm" "$name.spec" 2>build.log || {
		cat build.log >&2
		return 1
	}
}

# rpm_root: root/ with the database of two packages.
rpm_root() {
	needs rpm rpmbuild
	rpm_package ed-tools 'Epoch: 2\nPackager: A B <a@b.example>\nRequires: /usr/bin/helper\nRequires: (libq(x)(64bit) >= 1 or other)\nRequires: (more if less)\nRecommends: extra\nSuggests: further' \
		usr/bin/ed usr/share/ed/a usr/share/ed/sub/b usr/share/doc/ed/README "usr/share/ed-x"
	rpm_package helper 'Vendor: The Vendor\nRequires: ed-tools >= 2:1.0, /bin/sh, config(x) = 1\nProvides: libq(x)(64bit) = 2' usr/bin/helper etc/helper.conf
	database=${1-usr/lib/sysimage/rpm}
	mkdir -p "root/$database"
	rpm_here -i --justdb --nodeps rpmbuild/RPMS/*.rpm 2>/dev/null # Debian's says to use alien
}

rpm_here() {
	rpm --dbpath "$T/root/$database" --define '_db_backend sqlite' "$@"
}
