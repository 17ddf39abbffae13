#include "cli/spdx_license.h"

#include "base/str.h"

#include <stdlib.h>

enum { DEPTH_MAX = 32 };

/* The SPDX License List's identifiers, of what distributions ship; bytewise. */
static const char *const licenses[] = { "0BSD", "AAL", "AFL-1.1", "AFL-1.2", "AFL-2.0", "AFL-2.1",
	"AFL-3.0", "AGPL-1.0-only", "AGPL-1.0-or-later", "AGPL-3.0", "AGPL-3.0-only",
	"AGPL-3.0-or-later", "AMPAS", "APAFML", "APL-1.0", "APSL-1.0", "APSL-1.1", "APSL-1.2",
	"APSL-2.0", "Adobe-2006", "Adobe-Glyph", "Afmparse", "Apache-1.0", "Apache-1.1",
	"Apache-2.0", "Artistic-1.0", "Artistic-1.0-Perl", "Artistic-1.0-cl8", "Artistic-2.0",
	"BSD-1-Clause", "BSD-2-Clause", "BSD-2-Clause-Patent", "BSD-2-Clause-Views", "BSD-3-Clause",
	"BSD-3-Clause-Attribution", "BSD-3-Clause-Clear", "BSD-3-Clause-LBNL",
	"BSD-3-Clause-Modification", "BSD-3-Clause-Open-MPI", "BSD-4-Clause",
	"BSD-4-Clause-Shortened", "BSD-4-Clause-UC", "BSD-4.3TAHOE", "BSD-Protection",
	"BSD-Source-Code", "BSL-1.0", "Baekmuk", "Barr", "Beerware", "Bitstream-Charter",
	"Bitstream-Vera", "CC-BY-1.0", "CC-BY-2.0", "CC-BY-2.5", "CC-BY-3.0", "CC-BY-4.0",
	"CC-BY-NC-4.0", "CC-BY-NC-SA-4.0", "CC-BY-ND-3.0", "CC-BY-ND-4.0", "CC-BY-SA-1.0",
	"CC-BY-SA-2.0", "CC-BY-SA-2.5", "CC-BY-SA-3.0", "CC-BY-SA-4.0", "CC-PDDC", "CC0-1.0",
	"CDDL-1.0", "CDDL-1.1", "CECILL-1.0", "CECILL-1.1", "CECILL-2.0", "CECILL-2.1", "CECILL-B",
	"CECILL-C", "CMU-Mach", "CNRI-Jython", "CNRI-Python", "CPAL-1.0", "CPL-1.0", "Caldera",
	"ClArtistic", "Clips", "Condor-1.1", "Crossword", "CrystalStacker", "Cube", "DOC", "DSDP",
	"Dotseqn", "ECL-1.0", "ECL-2.0", "EFL-1.0", "EFL-2.0", "EPL-1.0", "EPL-2.0", "EUDatagrid",
	"EUPL-1.0", "EUPL-1.1", "EUPL-1.2", "Entessa", "Eurosym", "FDK-AAC", "FSFAP", "FSFUL",
	"FSFULLR", "FSFULLRWD", "FTL", "GD", "GFDL-1.1-no-invariants-only",
	"GFDL-1.1-no-invariants-or-later", "GFDL-1.1-only", "GFDL-1.1-or-later",
	"GFDL-1.2-no-invariants-only", "GFDL-1.2-no-invariants-or-later", "GFDL-1.2-only",
	"GFDL-1.2-or-later", "GFDL-1.3-no-invariants-only", "GFDL-1.3-no-invariants-or-later",
	"GFDL-1.3-only", "GFDL-1.3-or-later", "GL2PS", "GPL-1.0", "GPL-1.0-only",
	"GPL-1.0-or-later", "GPL-2.0", "GPL-2.0-only", "GPL-2.0-or-later", "GPL-3.0",
	"GPL-3.0-only", "GPL-3.0-or-later", "Giftware", "Glide", "Glulxe", "Graphics-Gems", "HPND",
	"HPND-export-US", "HPND-sell-variant", "HTMLTIDY", "HaskellReport", "ICU", "IJG",
	"IJG-short", "IPA", "IPL-1.0", "ISC", "ImageMagick", "Imlib2", "Info-ZIP", "Intel", "JPNIC",
	"JSON", "Jam", "JasPer-2.0", "Knuth-CTAN", "LAL-1.2", "LAL-1.3", "LGPL-2.0",
	"LGPL-2.0-only", "LGPL-2.0-or-later", "LGPL-2.1", "LGPL-2.1-only", "LGPL-2.1-or-later",
	"LGPL-3.0", "LGPL-3.0-only", "LGPL-3.0-or-later", "LGPLLR", "LOOP", "LPL-1.0", "LPL-1.02",
	"LPPL-1.0", "LPPL-1.1", "LPPL-1.2", "LPPL-1.3a", "LPPL-1.3c", "LZMA-SDK-9.22", "Latex2e",
	"Leptonica", "Libpng", "Linux-OpenIB", "Linux-man-pages-copyleft", "MIT", "MIT-0",
	"MIT-CMU", "MIT-Modern-Variant", "MIT-advertising", "MIT-enna", "MIT-feh", "MIT-open-group",
	"MITNFA", "MPL-1.0", "MPL-1.1", "MPL-2.0", "MPL-2.0-no-copyleft-exception", "MS-PL",
	"MS-RL", "MTLL", "Martin-Birgmeier", "MirOS", "Motosoto", "MulanPSL-1.0", "MulanPSL-2.0",
	"Multics", "Mup", "NBPL-1.0", "NCSA", "NICTA-1.0", "NIST-PD", "NIST-PD-fallback",
	"NLOD-1.0", "NLPL", "NOSL", "NPL-1.0", "NPL-1.1", "NTP", "NTP-0", "Naumen", "Net-SNMP",
	"NetCDF", "Newsletr", "Nokia", "Noweb", "OCCT-PL", "OCLC-2.0", "ODC-By-1.0", "ODbL-1.0",
	"OFFIS", "OFL-1.0", "OFL-1.1", "OFL-1.1-RFN", "OFL-1.1-no-RFN", "OGL-UK-3.0", "OGTSL",
	"OLDAP-2.7", "OLDAP-2.8", "OPL-1.0", "OPUBL-1.0", "OSL-1.0", "OSL-1.1", "OSL-2.0",
	"OSL-2.1", "OSL-3.0", "OpenPBS-2.3", "OpenSSL", "PDDL-1.0", "PHP-3.0", "PHP-3.01",
	"PSF-2.0", "Parity-7.0.0", "Plexus", "PostgreSQL", "Python-2.0", "Python-2.0.1", "QPL-1.0",
	"QPL-1.0-INRIA-2004", "Qhull", "RSA-MD", "Rdisc", "Ruby", "SCEA", "SGI-B-1.0", "SGI-B-1.1",
	"SGI-B-2.0", "SHL-0.51", "SISSL", "SISSL-1.2", "SMLNJ", "SMPPL", "SNIA", "SPL-1.0",
	"SSH-OpenSSH", "SSH-short", "SSPL-1.0", "SWL", "Saxpath", "SchemeReport", "Sendmail",
	"Sleepycat", "Spencer-86", "Spencer-94", "Spencer-99", "SugarCRM-1.1.3", "SunPro", "TCL",
	"TCP-wrappers", "TMate", "TORQUE-1.1", "TOSL", "TPDL", "TTWL", "UCAR", "UCL-1.0", "UPL-1.0",
	"Unicode-3.0", "Unicode-DFS-2015", "Unicode-DFS-2016", "Unicode-TOU", "Unlicense",
	"VOSTROM", "VSL-1.0", "Vim", "W3C", "W3C-19980720", "W3C-20150513", "WTFPL", "Watcom-1.0",
	"Wsuipa", "X11", "X11-distribute-modifications-variant", "XFree86-1.1", "XSkat", "Xerox",
	"Xnet", "YPL-1.0", "YPL-1.1", "ZPL-1.1", "ZPL-2.0", "ZPL-2.1", "Zed", "Zend-2.0",
	"Zimbra-1.3", "Zlib", "blessing", "bzip2-1.0.6", "copyleft-next-0.3.0",
	"copyleft-next-0.3.1", "curl", "diffmark", "dtoa", "dvipdfm", "eGenix", "etalab-2.0",
	"gnuplot", "libpng-2.0", "libselinux-1.0", "libtiff", "magaz", "metamail", "mpi-permissive",
	"mpich2", "psfrag", "psutils", "snprintf", "w3m", "xinetd", "xlock", "xpp",
	"zlib-acknowledgement" };

static const char *const exceptions[] = { "389-exception", "Asterisk-exception",
	"Autoconf-exception-2.0", "Autoconf-exception-3.0", "Autoconf-exception-generic",
	"Bison-exception-2.2", "Bootloader-exception", "CLISP-exception-2.0",
	"Classpath-exception-2.0", "FLTK-exception", "Font-exception-2.0", "GCC-exception-2.0",
	"GCC-exception-3.1", "GPL-3.0-linking-exception", "GPL-CC-1.0", "LLVM-exception",
	"LZMA-exception", "Libtool-exception", "Linux-syscall-note", "OCCT-exception-1.0",
	"OCaml-LGPL-linking-exception", "OpenJDK-assembly-exception-1.0",
	"PS-or-PDF-font-exception-20170817", "Qt-GPL-exception-1.0", "Qt-LGPL-exception-1.1",
	"Qwt-exception-1.0", "Swift-exception", "Texinfo-exception", "Universal-FOSS-exception-1.0",
	"WxWindows-exception-3.1", "eCos-exception-2.0", "freertos-exception-2.0", "mif-exception",
	"openvpn-openssl-exception", "u-boot-exception-2.0", "x11vnc-openssl-exception" };

static int compare(const void *key, const void *row)
{
	const struct str *word = key;
	const char *const *text = row;
	int c = strncmp(word->p, *text, word->n);
	return c ? c : -(int)(unsigned char)(*text)[word->n];
}

static bool is_license(struct str word)
{
	return bsearch(
		&word, licenses, sizeof(licenses) / sizeof(*licenses), sizeof(*licenses), compare);
}

static bool is_exception(struct str word)
{
	return bsearch(&word, exceptions, sizeof(exceptions) / sizeof(*exceptions),
		sizeof(*exceptions), compare);
}

/* A word, or a bracket; empty at the end. */
static struct str next(struct str *rest)
{
	*rest = str_trim(*rest);
	size_t n = 0;
	while (n < rest->n && !memchr(" \t()", rest->p[n], 5))
		n++;
	if (n == 0 && rest->n)
		n = 1;
	struct str word = { rest->p, n };
	*rest = str_skip(*rest, n);
	return word;
}

static bool take(struct str *rest, struct str word)
{
	struct str after = *rest;
	if (!str_eq(next(&after), word))
		return false;
	*rest = after;
	return true;
}

/* "GPL-2.0-only WITH Classpath-exception-2.0", "Apache-2.0+" */
static bool take_simple(struct str *rest)
{
	struct str word = next(rest);
	if (word.n && word.p[word.n - 1] == '+')
		word.n--;
	if (!word.n || !is_license(word))
		return false;
	return !take(rest, STR("WITH")) || is_exception(next(rest));
}

static bool take_operator(struct str *rest)
{
	return take(rest, STR("AND")) || take(rest, STR("OR"));
}

/* Brackets are counted: which operator binds more tightly does not make it invalid. */
bool spdx_license_is_valid(const char *text)
{
	struct str rest = str_from(text);
	size_t depth = 0;
	do {
		while (take(&rest, STR("(")))
			if (++depth > DEPTH_MAX)
				return false;
		if (!take_simple(&rest))
			return false;
		while (depth && take(&rest, STR(")")))
			depth--;
	} while (take_operator(&rest));
	return depth == 0 && str_trim(rest).n == 0;
}

bool spdx_license_is_single(const char *text)
{
	return is_license(str_from(text));
}
