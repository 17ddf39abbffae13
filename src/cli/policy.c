#include "cli/policy.h"

#include "cli/user.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int parse_owner(const char *text, struct mkr_policy *p, struct mkr_error *err)
{
	p->caller_is_root = geteuid() != 0;
	p->caller_uid = geteuid();
	p->caller_gid = getegid();
	if (!text || strcmp(text, "keep") == 0)
		return 0;
	p->owner = MKR_OWNER_SET;
	if (strcmp(text, "root") == 0)
		return 0;
	const char *colon = strchr(text, ':');
	if (colon && parse_id(text, colon, &p->uid) &&
		parse_id(colon + 1, colon + strlen(colon), &p->gid))
		return 0;
	return mkr_failx(err, -EINVAL, "--owner is keep, root or UID:GID, not '%s'", text);
}

/* https://reproducible-builds.org/specs/source-date-epoch/ */
static int parse_epoch(struct mkr_policy *p, struct mkr_error *err)
{
	const char *text = getenv("SOURCE_DATE_EPOCH");
	if (!text || !*text)
		return 0;
	char *end;
	errno = 0;
	long long v = strtoll(text, &end, 10);
	if (errno || *end || *text < '0' || *text > '9')
		return mkr_failx(err, -EINVAL,
			"SOURCE_DATE_EPOCH is a number of seconds since 1970, not '%s'", text);
	p->clamp = true;
	p->epoch = v;
	return 0;
}

int policy_from_words(struct mkr_policy *p, const char *owner, struct mkr_error *err)
{
	*p = (struct mkr_policy){ 0 };
	int r = parse_owner(owner, p, err);
	return r < 0 ? r : parse_epoch(p, err);
}
