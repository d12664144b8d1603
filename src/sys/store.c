/* SPDX-License-Identifier: MIT */
#include "sys/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/own.h"
#include "base/text.h"

enum {
	JOURNAL_MAX = 64 << 20,
	LOCK_TRIES = 200,
	LOCK_PAUSE_NS = 50 * 1000 * 1000, /* 200 of them: ten seconds */
};

/* mkdir -p, each 0755 */
static int make_dirs(const char *dir)
{
	own_free char *path = strdup(dir);

	if (!path)
		return -ENOMEM;
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0755) < 0 && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return mkdir(path, 0755) < 0 && errno != EEXIST ? -errno : 0;
}

/* The parent must know the new directory before anything in it is relied on. */
static void sync_parent(int dir_fd)
{
	own_fd int parent = openat(dir_fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (parent >= 0)
		(void)fsync(parent);
}

/* Could nobody else have written this? A reader also believes root. */
static bool is_ours(const struct stat *st, enum store_mode mode)
{
	bool is_trusted =
		st->st_uid == geteuid() || (mode == STORE_READ && st->st_uid == 0);

	return is_trusted && !(st->st_mode & 022);
}

static int open_dir(struct store *store, const char *given, enum store_mode mode,
		    struct err *e)
{
	own_free char *dir = strdup(given);
	bool is_made = false;
	struct stat st;
	int r;

	if (!dir)
		return err_errno(e, ENOMEM, "cannot open state directory '%s'", given);
	/* O_NOFOLLOW looks away where a '/' stands behind the link */
	for (size_t n = strlen(dir); n > 1 && dir[n - 1] == '/'; n--)
		dir[n - 1] = '\0';
	store->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (store->dir_fd < 0 && errno == ENOENT && mode == STORE_READ)
		return 0;
	if (store->dir_fd < 0 && errno == ENOENT) {
		r = make_dirs(dir);
		if (r < 0)
			return err_errno(e, -r, "cannot make state directory '%s'", dir);
		is_made = true;
		store->dir_fd =
			open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	}
	if (store->dir_fd < 0 && (errno == ENOTDIR || errno == ELOOP))
		return err_set(e, EPERM, "state directory '%s' is a link or no directory",
			       dir);
	if (store->dir_fd < 0 || fstat(store->dir_fd, &st) < 0)
		return err_errno(e, errno, "cannot open state directory '%s'", dir);
	if (!is_ours(&st, mode)) {
		r = err_set(e, EPERM, "state directory '%s' %s", dir,
			    st.st_mode & 022 ? "can be written by others"
					     : "belongs to another user");
		if (st.st_mode & 022)
			err_hint(e, "chmod go-w %s", dir);
		else
			err_hint(e, "name one of your own with --state-dir");
		return r;
	}
	if (is_made)
		sync_parent(store->dir_fd);
	return 0;
}

/* Its file is the owner's alone: who may read it could hold a lock on it, and stop every writer. */
static int lock(struct store *store, struct err *e)
{
	struct flock want = { .l_type = F_WRLCK, .l_whence = SEEK_SET }, holder;
	const struct timespec pause = { .tv_nsec = LOCK_PAUSE_NS };

	store->lock_fd =
		openat(store->dir_fd, "lock",
		       O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (store->lock_fd < 0)
		return err_errno(e, errno, "cannot open 'lock' in the state directory");
	for (int i = 0; i < LOCK_TRIES; i++) {
		if (fcntl(store->lock_fd, F_SETLK, &want) == 0)
			return 0;
		if (errno != EAGAIN && errno != EACCES && errno != EINTR)
			return err_errno(e, errno, "cannot lock the state directory");
		(void)nanosleep(&pause, NULL);
	}
	holder = want;
	if (fcntl(store->lock_fd, F_GETLK, &holder) < 0 || holder.l_type == F_UNLCK)
		holder.l_pid = 0;
	return err_set(e, EWOULDBLOCK,
		       "the state directory is locked by another finwait (PID %d) for "
		       "ten seconds now",
		       (int)holder.l_pid);
}

static int open_journal(struct store *store, enum store_mode mode, struct err *e)
{
	int flags = mode == STORE_WRITE ? O_RDWR | O_CREAT : O_RDONLY;
	struct stat st;

	store->journal_fd = openat(store->dir_fd, "journal",
				   flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0644);
	if (store->journal_fd < 0 && errno == ENOENT && mode == STORE_READ)
		return 0;
	if (store->journal_fd < 0 || fstat(store->journal_fd, &st) < 0)
		return err_errno(e, errno, "cannot open the journal");
	if (!S_ISREG(st.st_mode))
		return err_set(e, EPERM, "the journal is not a regular file");
	if (!is_ours(&st, mode))
		return err_set(
			e, EPERM,
			"the journal belongs to another user or can be written by others");
	if (st.st_size > JOURNAL_MAX) {
		err_set(e, EFBIG, "the journal is larger than %d MiB", JOURNAL_MAX >> 20);
		err_hint(e, "if it is moved away, finwait knows nothing of its changes");
		return -EFBIG;
	}
	store->is_new = st.st_size == 0;
	return 0;
}

static int read_journal(struct store *store, struct err *e)
{
	own_free char *bytes = NULL;
	struct stat st;
	size_t n = 0;
	ssize_t got;

	if (store->journal_fd < 0)
		return 0;
	if (fstat(store->journal_fd, &st) < 0)
		return err_errno(e, errno, "cannot read the journal");
	bytes = malloc((size_t)st.st_size + 1);
	if (!bytes)
		return err_errno(e, ENOMEM, "cannot read the journal");
	while ((got = pread(store->journal_fd, bytes + n, (size_t)st.st_size - n,
			    (off_t)n)) > 0)
		n += (size_t)got;
	if (got < 0)
		return err_errno(e, errno, "cannot read the journal");
	return journal_replay(&store->journal, bytes, n, e);
}

int store_open(struct store *store, const char *dir, enum store_mode mode, struct err *e)
{
	int r;

	*store = (struct store){ .dir_fd = -1, .lock_fd = -1, .journal_fd = -1 };
	r = open_dir(store, dir, mode, e);
	if (r < 0 || store->dir_fd < 0)
		return r;
	if (mode == STORE_WRITE)
		r = lock(store, e);
	if (r == 0)
		r = open_journal(store, mode, e);
	if (r == 0)
		r = read_journal(store, e);
	if (r == -EBADMSG)
		err_hint(e,
			 "read '%s/journal'; if it is moved away, finwait knows nothing "
			 "of its changes",
			 dir);
	if (r == 0 && mode == STORE_WRITE &&
	    ftruncate(store->journal_fd, (off_t)store->journal.good) < 0)
		r = err_errno(e, errno, "cannot cut a torn line off the journal");
	return r;
}

int store_append(struct store *store, const struct text *records, struct err *e)
{
	ssize_t n;
	int r = 0;

	if (records->broken)
		return err_errno(e, ENOMEM, "cannot write the journal");
	n = pwrite(store->journal_fd, records->at, records->n,
		   (off_t)store->journal.good);
	if (n != (ssize_t)records->n)
		r = err_errno(e, n < 0 ? errno : ENOSPC, "cannot write the journal");
	else if (fdatasync(store->journal_fd) < 0)
		r = err_errno(e, errno, "cannot sync the journal");
	else if (store->is_new && fsync(store->dir_fd) < 0)
		r = err_errno(e, errno, "cannot sync the state directory");
	if (r < 0) {
		if (ftruncate(store->journal_fd, (off_t)store->journal.good) < 0)
			err_hint(e, "its last line is torn now, and will be ignored");
		return r;
	}
	store->is_new = false;
	return journal_replay(&store->journal, records->at, records->n, e);
}

void store_assume(struct store *store, const struct text *records)
{
	size_t good = store->journal.good;

	(void)journal_replay(&store->journal, records->at, records->n, NULL);
	store->journal.good = good;
}

void store_close(struct store *store)
{
	journal_done(&store->journal);
	if (store->journal_fd >= 0)
		close(store->journal_fd);
	if (store->lock_fd >= 0)
		close(store->lock_fd);
	if (store->dir_fd >= 0)
		close(store->dir_fd);
	*store = (struct store){ .dir_fd = -1, .lock_fd = -1, .journal_fd = -1 };
}
