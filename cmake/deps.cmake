# libelf, libarchive, jansson, libseccomp, SQLite, the compressors and the libraries below them, as one interface target,
# mkroot_deps.
#
# Statically where the .a exists (MKROOT_STATIC_DEPS): the dynamic libarchive of Debian brings libxml2
# and ICU along, whose relocation costs 2.5 ms at each start, five times what `mkroot ldd` takes in
# all. A static link takes only the objects of the formats that are asked for by name, and no XML.
find_package(PkgConfig REQUIRED)
pkg_check_modules(ELF REQUIRED libelf)
pkg_check_modules(ARCHIVE REQUIRED libarchive)
pkg_check_modules(JANSSON REQUIRED jansson)
pkg_check_modules(SECCOMP REQUIRED libseccomp)
pkg_check_modules(PACK REQUIRED libdeflate liblzma libzstd nettle libsquashfs1 sqlite3)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

add_library(mkroot_deps INTERFACE)
target_include_directories(mkroot_deps INTERFACE ${ELF_INCLUDE_DIRS} ${ARCHIVE_INCLUDE_DIRS} ${JANSSON_INCLUDE_DIRS}
	${SECCOMP_INCLUDE_DIRS} ${PACK_INCLUDE_DIRS})

set(MKROOT_DEPS_STATIC "")
if(MKROOT_STATIC_DEPS)
	set(static_names archive elf jansson seccomp sqlite3 squashfs deflate nettle acl lzma zstd lz4 bz2 z)
	set(static_missing "")
	foreach(name ${static_names})
		find_library(LIB_${name}_A NAMES lib${name}.a)
		mark_as_advanced(LIB_${name}_A)
		if(LIB_${name}_A)
			list(APPEND MKROOT_DEPS_STATIC ${LIB_${name}_A})
		else()
			list(APPEND static_missing lib${name}.a)
		endif()
	endforeach()
	if(static_missing)
		message(STATUS "linking libelf and libarchive dynamically: no ${static_missing}")
		set(MKROOT_DEPS_STATIC "")
	endif()
endif()

# The C library too: a start costs 0.1 ms and 30 page faults less, and the program works in roots that
# hold no library. Nothing here asks for what a static glibc does not do (NSS, dlopen, gconv); SQLite's
# extensions would, and are kept out by no_dlopen.c.
set(MKROOT_STATIC_PIE OFF)
if(MKROOT_DEPS_STATIC AND NOT MKROOT_SANITIZE)
	include(CheckCSourceCompiles)
	set(CMAKE_REQUIRED_FLAGS -fPIE)
	set(CMAKE_REQUIRED_LINK_OPTIONS -static-pie)
	check_c_source_compiles("int main(void) { return 0; }" MKROOT_HAS_STATIC_PIE)
	unset(CMAKE_REQUIRED_FLAGS)
	unset(CMAKE_REQUIRED_LINK_OPTIONS)
	set(MKROOT_STATIC_PIE ${MKROOT_HAS_STATIC_PIE})
endif()

if(MKROOT_DEPS_STATIC)
	target_link_libraries(mkroot_deps INTERFACE ${MKROOT_DEPS_STATIC})
else()
	target_link_libraries(mkroot_deps INTERFACE ${ARCHIVE_LINK_LIBRARIES} ${ELF_LINK_LIBRARIES} ${JANSSON_LINK_LIBRARIES}
		${SECCOMP_LINK_LIBRARIES} ${PACK_LINK_LIBRARIES})
endif()
target_link_libraries(mkroot_deps INTERFACE Threads::Threads m)
