/* Names of hosts: getaddrinfo(3), gethostbyname(3), resolver(3). resolv.conf is no business of a
 * root: who starts it knows the net it is in, and brings one. */
#include "rules/embedded.h"
#include "rules/nss.h"
#include "rules/rule.h"

#include <string.h>

/* A library's resolver (res_*) speaks DNS and reads no nsswitch.conf; hosts helps no less. */
#define HOSTS "getaddrinfo getaddrinfo_a getnameinfo gethostby* gethostent res_* __res_*"

/* As Ubuntu has it: "localhost" is the same address for who asks for one of IPv6 and for who
 * cannot, and a server that listens at 127.0.0.1 alone is found. */
#define LOCALHOST "127.0.0.1\tlocalhost\n::1\tip6-localhost ip6-loopback\n"

static const struct rule rows[] = {
	/* host.conf(5), gai.conf(5): glibc's own */
	{ .imports = HOSTS, .libc = "glibc", .ask = { ASK_PATH, "/etc/host.conf" } },
	{ .imports = "getaddrinfo", .libc = "glibc", .ask = { ASK_PATH, "/etc/gai.conf" } },
	{ .imports = "getaddrinfo gethostby*",
		.ask = { ASK_MADE, "/etc/hosts", .data = LOCALHOST,
			.size = sizeof(LOCALHOST) - 1 } },
	{ 0 },
};

static int look(struct rules *r, void *state, const struct subject *s, struct mkr_error *err)
{
	static const struct ask files[] = { { ASK_PATH, "/etc/nsswitch.conf" },
		{ ASK_PATH, "/etc/host.conf" }, { ASK_PATH, "/etc/gai.conf" },
		{ ASK_MADE, "/etc/hosts", .data = LOCALHOST, .size = sizeof(LOCALHOST) - 1 } };
	(void)err;
	nss_look(r, state, s, HOSTS);
	/* A static program's own resolver: Go's net/dnsconfig_unix.go, musl's src/network. */
	const char *resolver = static_embeds(r, s, "/etc/resolv.conf /etc/hosts");
	for (size_t i = 0; resolver && i < sizeof(files) / sizeof(*files); i++)
		if (subject_embeds(r, s, files[i].what))
			rules_ask(r, s, &files[i],
				arena_printf(rules_arena(r), "names %s", resolver));
	return 0;
}

static int settle(struct rules *r, void *state, struct mkr_error *err)
{
	(void)err;
	nss_settle(r, state, "hosts", rules_named(r));
	return 0;
}

const struct rule_set rule_dns = {
	.name = "dns",
	.help = "hosts, nsswitch.conf and its modules for programs that look hosts up",
	.rows = rows,
	.state_size = sizeof(struct nss),
	.look = look,
	.settle = settle,
};
