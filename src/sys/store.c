/* SPDX-License-Identifier: MIT */
#include "sys/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/own.h"
#include "base/text.h"
#include "sys/clock.h"
#include "sys/stop.h"

enum {
	JOURNAL_MAX = 64 << 20,
	LOCK_PAUSE_MS = 20,
	LOCK_PATIENCE_MS = 300, /* before it is said who holds it */
	COMPACT_MIN = 1 << 17,
	COMPACT_NEWEST = 50,
};

/* Makes a directory, 0755, and has its parent know it before anything in it is relied on. */
static int make_dir(const char *path)
{
	own_fd int dir_fd = -1, parent_fd = -1;

	if (mkdir(path, 0755) < 0)
		return errno == EEXIST ? 0 : -errno;
	dir_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	parent_fd = openat(dir_fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return parent_fd < 0 || fsync(parent_fd) < 0 ? -errno : 0;
}

/* mkdir -p */
static int make_dirs(const char *dir)
{
	own_free char *path = strdup(dir);

	if (!path)
		return -ENOMEM;
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		int r;

		*slash = '\0';
		r = make_dir(path);
		if (r < 0)
			return r;
		*slash = '/';
	}
	return make_dir(path);
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
		else if (geteuid() != 0 && st.st_uid == 0)
			err_hint(e, "run as root");
		else
			err_hint(e, "name one of your own with --state-dir");
		return r;
	}
	return 0;
}

/* Who holds the lock, for a person: "PID 4242 (finwait apply base)". */
static void describe_holder(int lock_fd, char *text, size_t size)
{
	struct flock holder = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char path[32], words[128] = "";
	own_fd int fd = -1;
	ssize_t n;

	if (fcntl(lock_fd, F_GETLK, &holder) < 0 || holder.l_type == F_UNLCK)
		holder.l_pid = 0;
	if (holder.l_pid <= 0) {
		snprintf(text, size, "a process that cannot be seen from here");
		return;
	}
	snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)holder.l_pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? 0 : read(fd, words, sizeof(words) - 1);
	for (ssize_t i = 0; i + 1 < n; i++)
		if (words[i] == '\0')
			words[i] = ' ';
	snprintf(text, size, words[0] ? "PID %d (%s)" : "PID %d", (int)holder.l_pid,
		 words);
}

static int wait_for_lock(int lock_fd, const struct store_wait *wait, struct err *e)
{
	struct flock want = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int64_t start = clock_monotonic_ms();
	bool is_said = false;
	char holder[192];

	for (;;) {
		int64_t waited;
		int signal;

		if (fcntl(lock_fd, F_SETLK, &want) == 0)
			return 0;
		if (errno != EAGAIN && errno != EACCES && errno != EINTR)
			return err_errno(e, errno, "cannot lock the state directory");
		waited = clock_monotonic_ms() - start;
		if (waited >= wait->seconds * INT64_C(1000))
			break;
		if (!is_said && wait->say && waited >= LOCK_PATIENCE_MS) {
			describe_holder(lock_fd, holder, sizeof(holder));
			wait->say(wait->arg, holder);
			is_said = true;
		}
		signal = stop_taken_within(LOCK_PAUSE_MS);
		if (signal)
			return err_set(e, EINTR,
				       "interrupted by SIG%s while waiting for the lock",
				       sigabbrev_np(signal));
	}
	describe_holder(lock_fd, holder, sizeof(holder));
	err_set(e, EWOULDBLOCK, "the state directory is locked by %s", holder);
	err_hint(e, "waited %d s; --wait SECONDS waits longer", wait->seconds);
	return -EWOULDBLOCK;
}

/*
 * Opens a file of the state directory; `others`: what others may not do with it. -ENOENT,
 * without a sentence: a reader finds none.
 */
static int open_own(const struct store *store, const char *dir, const char *name,
		    int flags, mode_t others, enum store_mode mode, struct err *e)
{
	own_fd int fd =
		openat(store->dir_fd, name, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
		       0666 & ~others);
	const char *wrong = NULL;
	struct stat st;

	if (fd < 0 && errno == ENOENT && mode == STORE_READ)
		return -ENOENT;
	if (fd < 0 && errno != ELOOP)
		return err_errno(e, errno, "cannot open '%s/%s'", dir, name);
	if (fd < 0)
		wrong = "is a link";
	else if (fstat(fd, &st) < 0)
		return err_errno(e, errno, "cannot open '%s/%s'", dir, name);
	else if (!S_ISREG(st.st_mode))
		wrong = "is not a regular file";
	else if (!is_ours(&st, mode))
		wrong = "belongs to another user or can be written by others";
	else if (st.st_mode & others && fchmod(fd, 0666 & ~others) < 0)
		return err_errno(e, errno, "cannot close '%s/%s' to others", dir, name);
	if (!wrong)
		return take_fd(fd);
	err_set(e, EPERM, "'%s/%s' %s", dir, name, wrong);
	err_hint(e, "find out who made it so before it is trusted again");
	return -EPERM;
}

/* Its file is the owner's alone: who may read it could hold a lock on it, and stop every writer. */
static int lock(struct store *store, const char *dir, const struct store_wait *wait,
		struct err *e)
{
	int r = open_own(store, dir, "lock", O_RDWR | O_CREAT, 0077, STORE_WRITE, e);

	if (r < 0)
		return r;
	store->lock_fd = r;
	return wait_for_lock(store->lock_fd, wait, e);
}

static int open_journal(struct store *store, const char *dir, enum store_mode mode,
			struct err *e)
{
	int flags = mode == STORE_WRITE ? O_RDWR | O_CREAT : O_RDONLY;
	struct stat st;
	int r = open_own(store, dir, "journal", flags, 0022, mode, e);

	if (r < 0)
		return r == -ENOENT && mode == STORE_READ ? 0 : r;
	store->journal_fd = r;
	if (fstat(store->journal_fd, &st) < 0)
		return err_errno(e, errno, "cannot open '%s/journal'", dir);
	if (st.st_size > JOURNAL_MAX) {
		err_set(e, EFBIG, "'%s/journal' is larger than %d MiB", dir,
			JOURNAL_MAX >> 20);
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

int store_open(struct store *store, const char *dir, enum store_mode mode,
	       const struct store_wait *wait, struct err *e)
{
	static const struct store_wait no_wait;
	int r;

	*store = (struct store)STORE_NONE;
	r = open_dir(store, dir, mode, e);
	if (r < 0 || store->dir_fd < 0)
		return r;
	if (mode == STORE_WRITE)
		r = lock(store, dir, wait ? wait : &no_wait, e);
	if (r == 0)
		r = open_journal(store, dir, mode, e);
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

/* Writes behind the last whole record, and syncs; else the file is as it was. */
static int write_records(struct store *store, const struct text *records, struct err *e)
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
	if (r < 0 && ftruncate(store->journal_fd, (off_t)store->journal.good) < 0)
		err_hint(e, "its last line is torn now, and will be ignored");
	return r;
}

int store_append(struct store *store, const struct text *records, struct err *e)
{
	own_text struct text all = { .broken = records->broken };
	int r;

	text_add_bytes(&all, store->untold.at, store->untold.n);
	text_add_bytes(&all, records->at, records->n);
	r = write_records(store, &all, e);
	if (r < 0)
		return r;
	store->is_new = false;
	store->journal.good += store->untold.n;
	text_done(&store->untold);
	return journal_replay(&store->journal, records->at, records->n, e);
}

void store_assume(struct store *store, const struct text *records)
{
	size_t good = store->journal.good;

	(void)journal_replay(&store->journal, records->at, records->n, NULL);
	store->journal.good = good;
	text_add_bytes(&store->untold, records->at, records->n);
}

/* The whole of the text as a synced file of that name. */
static int write_new(int dir_fd, const char *name, const struct text *t)
{
	own_fd int fd = -1;
	size_t n = 0;

	if (unlinkat(dir_fd, name, 0) < 0 && errno != ENOENT)
		return -errno;
	fd = openat(dir_fd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    0644);
	if (fd < 0)
		return -errno;
	while (n < t->n) {
		ssize_t put = write(fd, t->at + n, t->n - n);

		if (put < 0)
			return -errno;
		n += (size_t)put;
	}
	return fsync(fd) < 0 ? -errno : take_fd(fd);
}

/* The file as it was stays under another name; then the new one takes its place. */
static int swap_journals(int dir_fd)
{
	if (unlinkat(dir_fd, "journal.old", 0) < 0 && errno != ENOENT)
		return -errno;
	if (linkat(dir_fd, "journal", dir_fd, "journal.old", 0) < 0)
		return -errno;
	return renameat(dir_fd, "journal.new", dir_fd, "journal") < 0 ? -errno : 0;
}

int store_compact(struct store *store, const struct host *host, struct err *e)
{
	own_text struct text t = { 0 };
	struct journal shorter = { 0 };
	own_fd int fd = -1;
	int r = 0;

	if (store->journal.good < COMPACT_MIN ||
	    !journal_can_compact(&store->journal, host, COMPACT_NEWEST))
		return 0;
	journal_format_compact(&t, &store->journal, host, COMPACT_NEWEST);
	if (t.broken)
		return err_errno(e, ENOMEM, "cannot compact the journal");
	r = journal_replay(&shorter, t.at, t.n, e);
	if (r == 0) {
		fd = write_new(store->dir_fd, "journal.new", &t);
		r = fd < 0 ? fd : swap_journals(store->dir_fd);
		if (r < 0) {
			(void)unlinkat(store->dir_fd, "journal.new", 0);
			err_errno(e, -r, "cannot compact the journal");
		}
	}
	if (r < 0) {
		journal_done(&shorter);
		return r;
	}
	close(store->journal_fd);
	store->journal_fd = take_fd(fd);
	journal_done(&store->journal);
	store->journal = shorter;
	/* the name is synced now, or by the next append */
	store->is_new = fsync(store->dir_fd) < 0;
	return 0;
}

void store_close(struct store *store)
{
	journal_done(&store->journal);
	text_done(&store->untold);
	if (store->journal_fd >= 0)
		close(store->journal_fd);
	if (store->lock_fd >= 0)
		close(store->lock_fd);
	if (store->dir_fd >= 0)
		close(store->dir_fd);
	*store = (struct store)STORE_NONE;
}
