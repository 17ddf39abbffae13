#include "test.h"

#include "run/caps.h"

#include <mkroot/run.h>

#include <errno.h>
#include <linux/capability.h>
#include <string.h>

#define CAP(name) (UINT64_C(1) << CAP_##name)
#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static uint64_t change(const char *const *add, const char *const *drop)
{
	uint64_t caps = MKR_CAPS_DOCKER;
	struct mkr_error err;
	assert_int_equal(mkr_caps_change(&caps, add, drop, &err), 0);
	return caps;
}

static void docker_gives_fourteen(void **state)
{
	(void)state;
	static const int numbers[] = { CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FSETID, CAP_FOWNER,
		CAP_MKNOD, CAP_NET_RAW, CAP_SETGID, CAP_SETUID, CAP_SETFCAP, CAP_SETPCAP,
		CAP_NET_BIND_SERVICE, CAP_SYS_CHROOT, CAP_KILL, CAP_AUDIT_WRITE };
	uint64_t caps = 0;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		caps |= UINT64_C(1) << numbers[i];
	assert_int_equal(change(NULL, NULL), caps);
	assert_int_equal(MKR_CAPS_ALL, (CAP(CHECKPOINT_RESTORE) << 1) - 1);
}

static void names_come_with_and_without_prefix_in_any_case(void **state)
{
	(void)state;
	assert_int_equal(cap_number("CAP_SYS_ADMIN"), CAP_SYS_ADMIN);
	assert_int_equal(cap_number("sys_admin"), CAP_SYS_ADMIN);
	assert_int_equal(cap_number("Cap_Bpf"), CAP_BPF);
	assert_int_equal(cap_number("checkpoint_restore"), CAP_CHECKPOINT_RESTORE);
	assert_int_equal(cap_number("SYSADMIN"), -1);
	assert_int_equal(cap_number("CAP_"), -1);
	assert_int_equal(cap_number(""), -1);
	for (unsigned i = 0; mkr_cap_name(i); i++)
		assert_int_equal(cap_number(mkr_cap_name(i)), i);
	assert_null(mkr_cap_name(CAP_CHECKPOINT_RESTORE + 1));
}

static void adding_and_dropping_is_as_with_docker(void **state)
{
	(void)state;
	assert_int_equal(change(NAMES("SYS_PTRACE"), NULL), MKR_CAPS_DOCKER | CAP(SYS_PTRACE));
	assert_int_equal(change(NULL, NAMES("MKNOD", "cap_chown")),
		MKR_CAPS_DOCKER & ~(CAP(MKNOD) | CAP(CHOWN)));
	assert_int_equal(change(NULL, NAMES("ALL")), 0);
	assert_int_equal(change(NAMES("net_raw"), NAMES("all")), CAP(NET_RAW));
	assert_int_equal(change(NAMES("ALL"), NULL), MKR_CAPS_ALL);
	assert_int_equal(change(NAMES("ALL"), NAMES("SYS_ADMIN")), MKR_CAPS_ALL & ~CAP(SYS_ADMIN));
	assert_int_equal(change(NAMES("ALL"), NAMES("ALL")), MKR_CAPS_ALL);
	assert_int_equal(change(NAMES("CHOWN"), NAMES("CHOWN")), MKR_CAPS_DOCKER);
}

static void an_unknown_name_is_an_error(void **state)
{
	(void)state;
	uint64_t caps = 1;
	struct mkr_error err;
	assert_int_equal(mkr_caps_change(&caps, NAMES("NET_RAW", "NOPE"), NULL, &err), -EINVAL);
	assert_string_equal(err.text, "option '--cap-add': there is no capability 'NOPE'");
	assert_int_equal(mkr_caps_change(&caps, NULL, NAMES(""), &err), -EINVAL);
	assert_string_equal(err.text, "option '--cap-drop': there is no capability ''");
	assert_int_equal(caps, 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(docker_gives_fourteen),
		cmocka_unit_test(names_come_with_and_without_prefix_in_any_case),
		cmocka_unit_test(adding_and_dropping_is_as_with_docker),
		cmocka_unit_test(an_unknown_name_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
