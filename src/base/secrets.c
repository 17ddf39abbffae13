#include "base/secrets.h"

#include "base/str.h"

#include <fnmatch.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>

/* By the name of any folder on the way, or of the file itself. */
static const char *const secret_names[] = {
	".ssh", ".gnupg", ".netrc", /* OpenSSH, GnuPG, ftp(1) and curl(1) */
	".password-store", /* pass(1) */
	".aws", ".azure", ".kube", ".docker", ".vault-token", /* clouds and registries */
	".git-credentials", /* git-credential-store(1) */
	".pgpass", ".my.cnf", ".mylogin.cnf", /* databases' clients */
	".npmrc", ".pypirc", /* upload tokens */
	".Xauthority", ".ICEauthority", /* an X server's cookies */
	"id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", /* ssh-keygen(1), wherever they are kept */
	"ssh_host_*_key", /* sshd(8) */
};

/* By their place. */
static const char *const secret_places[] = {
	"etc/ssl/private",
	"etc/krb5.keytab",
	"etc/letsencrypt",
	"etc/NetworkManager/system-connections",
	"etc/wireguard",
};

#define N_OF(list) (sizeof(list) / sizeof(*(list)))

bool path_is_secret(const char *path)
{
	const char *name = base_name(path);
	for (size_t i = 0; i < N_OF(secret_names); i++)
		if (fnmatch(secret_names[i], name, 0) == 0)
			return true;
	for (size_t i = 0; i < N_OF(secret_places); i++) {
		size_t n = strlen(secret_places[i]);
		if (strncmp(path, secret_places[i], n) == 0 && (!path[n] || path[n] == '/'))
			return true;
	}
	/* ~/.config/gcloud, in whoever's home it is */
	return strcmp(name, "gcloud") == 0 && str_ends(str_from(path), STR(".config/gcloud"));
}

bool path_holds_secret(const char *path)
{
	char part[PATH_MAX];
	size_t n = strlen(path);
	if (n >= sizeof(part))
		return true;
	memcpy(part, path, n + 1);
	for (char *slash; !path_is_secret(part); *slash = '\0')
		if (!(slash = strrchr(part, '/')))
			return false;
	return true;
}
