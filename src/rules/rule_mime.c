/* Which suffix is which media type. Web servers are told of the table by their configuration, not
 * by their own text (those that name it get it from the set "data"). */
#include "rules/rule.h"

static const struct rule rows[] = {
	/* mod_mime: TypesConfig; Debian's and Fedora's httpd name it in their own configuration. */
	{ .called = "apache2 httpd lighttpd thttpd boa webfs",
		.ask = { ASK_PATH, "/etc/mime.types" } },
	{ 0 },
};

const struct rule_set rule_mime = {
	.name = "mime",
	.help = "/etc/mime.types for web servers",
	.rows = rows,
};
