/* SPDX-License-Identifier: MIT */
/* Experiments with writing a sysctl. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/num.h"
#include "base/own.h"
#include "core/trials_writing.h"
#include "sys/lab.h"
#include "sys/procfs.h"
#include "sys/trials.h"

static const char fin_timeout[] = "net.ipv4.tcp_fin_timeout";

/* Writes what may be refused; what came of it is the arm's to expect. */
static void write_refused(struct lab *lab, const char *key, const char *value)
{
	int r = lab_set(lab, key, value, NULL);

	lab_saw_exactly(lab, WRITE_ERRNO, -r);
}

/*
 * Left out where the host has the knob at another value: it is the whole host's, and not
 * ours to set.
 */
static int check_writes_strict(struct lab *lab, struct err *e)
{
	own_free char *strict = NULL;
	int r = lab_read(lab, "kernel.sysctl_writes_strict", &strict, e);

	if (r < 0)
		return r;
	if (strcmp(strict, "1") == 0)
		return 0;
	lab->outcome->is_left_out = true;
	return err_set(e, ENOTSUP, "kernel.sysctl_writes_strict is %s here, not 1",
		       strict);
}

/* The file position moves with the first write(); the kernel ignores what is behind 0. */
static int write_twice(struct lab *lab, struct err *e)
{
	own_fd int fd = -1;
	ssize_t took;
	int r = check_writes_strict(lab, e);

	if (r == 0)
		r = lab_check_secluded(lab, e);
	if (r < 0)
		return r;
	fd = procfs_open(lab->root_fd, "proc/sys/net/ipv4/tcp_fin_timeout", O_WRONLY);
	if (fd < 0)
		return err_errno(e, -fd, "cannot open '%s' for writing", fin_timeout);
	if (write(fd, "33\n", 3) != 3)
		return err_errno(e, errno, "cannot write '33' to '%s'", fin_timeout);
	lab_say(lab, "%s is opened, and write(\"33\\n\") returns 3", fin_timeout);
	lab_do(lab, "write(\"44\\n\") on the same descriptor");
	took = write(fd, "44\n", 3);
	lab_saw_exactly(lab, WRITE_ERRNO, took < 0 ? errno : 0);
	lab_saw_exactly(lab, WRITE_SECOND_TOOK, took < 0 ? 0 : took);
	return 0;
}

/* Reads the arm's knob back: its first number is what counts. */
static int read_back(struct lab *lab, const char *key, struct err *e)
{
	own_free char *value = NULL;
	int64_t n;
	int r = lab_read(lab, key, &value, e);

	if (r < 0)
		return r;
	lab_say(lab, "%s shows %s", key, value);
	if (!num_parse_n(value, strcspn(value, " \t"), INT_MIN, INT_MAX, &n))
		return err_set(e, EBADMSG, "'%s' shows no number", key);
	lab_saw_exactly(lab, WRITE_SHOWN, n);
	return 0;
}

int trial_write_traps_run(struct lab *lab, const struct arm *arm, struct err *e)
{
	int r = 0;

	switch ((enum write_way)arm->variant) {
	case WRITE_ONCE_WHOLE:
		break;
	case WRITE_WORD:
		write_refused(lab, fin_timeout, "abc");
		break;
	case WRITE_TWICE:
		r = write_twice(lab, e);
		break;
	case WRITE_VECTOR:
		write_refused(lab, "net.ipv4.tcp_rmem", "8192 0 0");
		break;
	}
	return r == 0 ? read_back(lab, arm->set[0].key, e) : r;
}
