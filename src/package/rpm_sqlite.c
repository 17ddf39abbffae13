/* SQLite reads through a descriptor, never by name: nothing is locked, made or recovered beside a
 * database that is somebody else's and hostile (sqlite.org/security.html,
 * sqlite.org/c3ref/vfs.html).
 */
#include "package/rpm_sqlite.h"

#include "base/read.h"

#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>

enum {
	HEADER_MAX = 256 << 20, /* header.c, hdrchkData() */
	SQL_MAX = 100000,
	OPS_MAX = 10000000,
	NAME_MAX_BYTES = 64
};

struct file {
	sqlite3_file base;
	int fd;
};

static int file_close(sqlite3_file *f)
{
	(void)f;
	return SQLITE_OK;
}

static int file_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at)
{
	ssize_t got = read_at(((struct file *)f)->fd, to, (size_t)n, (uint64_t)at);
	if (got < 0)
		return SQLITE_IOERR_READ;
	memset((char *)to + got, 0, (size_t)(n - got));
	return got == n ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *f, const void *from, int n, sqlite3_int64 at)
{
	(void)f, (void)from, (void)n, (void)at;
	return SQLITE_READONLY;
}

static int file_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	(void)f, (void)size;
	return SQLITE_READONLY;
}

static int file_flags(sqlite3_file *f, int flags)
{
	(void)f, (void)flags;
	return SQLITE_OK;
}

static int file_size(sqlite3_file *f, sqlite3_int64 *size)
{
	struct stat st;
	if (fstat(((struct file *)f)->fd, &st) < 0)
		return SQLITE_IOERR_FSTAT;
	*size = st.st_size;
	return SQLITE_OK;
}

static int file_reserved(sqlite3_file *f, int *is)
{
	(void)f;
	*is = 0;
	return SQLITE_OK;
}

static int file_control(sqlite3_file *f, int op, void *arg)
{
	(void)f, (void)op, (void)arg;
	return SQLITE_NOTFOUND;
}

static int file_sector(sqlite3_file *f)
{
	(void)f;
	return 4096;
}

/* As ?immutable=1: no lock, no journal, no write-ahead log. */
static int file_traits(sqlite3_file *f)
{
	(void)f;
	return SQLITE_IOCAP_IMMUTABLE;
}

static const sqlite3_io_methods methods = { .iVersion = 1,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_flags,
	.xFileSize = file_size,
	.xLock = file_flags,
	.xUnlock = file_flags,
	.xCheckReservedLock = file_reserved,
	.xFileControl = file_control,
	.xSectorSize = file_sector,
	.xDeviceCharacteristics = file_traits };

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *flags_out)
{
	(void)name;
	f->pMethods = NULL;
	if (!(flags & SQLITE_OPEN_MAIN_DB))
		return SQLITE_CANTOPEN;
	((struct file *)f)->fd = *(const int *)vfs->pAppData;
	f->pMethods = &methods;
	if (flags_out)
		*flags_out = SQLITE_OPEN_READONLY;
	return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	(void)vfs, (void)name, (void)sync;
	return SQLITE_IOERR_DELETE;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *is)
{
	(void)vfs, (void)name, (void)flags;
	*is = 0;
	return SQLITE_OK;
}

static int vfs_whole(sqlite3_vfs *vfs, const char *name, int n, char *whole)
{
	(void)vfs;
	sqlite3_snprintf(n, whole, "%s", name);
	return SQLITE_OK;
}

static int enough(void *ctx)
{
	(void)ctx;
	return 1;
}

/* Only a table is read, with no code of the database's own run for it. */
static void restrict_to_reading(sqlite3 *db)
{
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_limit(db, SQLITE_LIMIT_LENGTH, HEADER_MAX);
	sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, SQL_MAX);
	sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_limit(db, SQLITE_LIMIT_WORKER_THREADS, 0);
	sqlite3_progress_handler(db, OPS_MAX, enough, NULL);
	sqlite3_exec(db, "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY",
		NULL, NULL, NULL);
}

/* The statement's first row; the caller steps on. */
static int first_row(sqlite3 *db, const char *sql, sqlite3_stmt **statement)
{
	int rc = sqlite3_prepare_v2(db, sql, -1, statement, NULL);
	return rc == SQLITE_OK ? sqlite3_step(*statement) : rc;
}

/* A virtual table has no page. */
static int find_table(sqlite3 *db)
{
	sqlite3_stmt *found = NULL;
	int rc = first_row(db,
		"SELECT 1 FROM sqlite_master WHERE name = 'Packages' AND type = 'table' AND "
		"rootpage > 0",
		&found);
	sqlite3_finalize(found);
	return rc;
}

static int read_rows(sqlite3 *db, bool (*each)(void *ctx, struct str header), void *ctx)
{
	sqlite3_stmt *rows = NULL;
	int rc = first_row(db, "SELECT blob FROM Packages", &rows);
	for (; rc == SQLITE_ROW; rc = sqlite3_step(rows)) {
		const void *blob = sqlite3_column_blob(rows, 0);
		int n = sqlite3_column_bytes(rows, 0);
		if (!each(ctx, blob ? (struct str){ blob, (size_t)n } : STR(""))) {
			rc = SQLITE_DONE;
			break;
		}
	}
	sqlite3_finalize(rows);
	return rc;
}

const char *rpm_sqlite_read(int fd, bool (*each)(void *ctx, struct str header), void *ctx)
{
	sqlite3 *db = NULL;
	char name[NAME_MAX_BYTES];
	sqlite3_vfs vfs = { .iVersion = 1,
		.szOsFile = sizeof(struct file),
		.mxPathname = 4096,
		.zName = name,
		.pAppData = &fd,
		.xOpen = vfs_open,
		.xDelete = vfs_delete,
		.xAccess = vfs_access,
		.xFullPathname = vfs_whole };
	sqlite3_snprintf(sizeof(name), name, "mkroot-%p", (void *)&vfs);
	if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK)
		return "SQLite does not start";
	const char *why = NULL;
	int rc = sqlite3_open_v2("rpmdb.sqlite", &db, SQLITE_OPEN_READONLY, name);
	if (rc == SQLITE_OK) {
		restrict_to_reading(db);
		rc = find_table(db);
	}
	if (rc == SQLITE_DONE)
		why = "no table of packages";
	else if (rc == SQLITE_ROW)
		rc = read_rows(db, each, ctx);
	sqlite3_close(db);
	sqlite3_vfs_unregister(&vfs);
	return rc == SQLITE_DONE ? why : sqlite3_errstr(rc);
}
