/* SPDX-License-Identifier: MIT */
#include "sys/procs.h"

#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "core/cgroup.h"
#include "core/owners.h"
#include "core/procpid.h"
#include "sys/procwalk.h"

/*
 * Room for a file of a process, read whole: the paths of a dozen v1 hierarchies are the
 * longest.
 */
enum { PROCS_FILE_MAX = 16 << 10 };

/* Reads one as text, "" if it may not be read. False: the process has ended. */
static bool read_text(const struct procwalk *w, const char *name, char *buffer)
{
	ssize_t n = procwalk_read(w, name, buffer, PROCS_FILE_MAX);

	if (n < 0)
		buffer[0] = '\0';
	return !procwalk_has_ended(w, n);
}

/* comm ends in a newline, and may have others in it */
static void set_program(struct process *p, const char *comm)
{
	size_t n = strlen(comm);

	n -= n > 0 && comm[n - 1] == '\n';
	if (n >= sizeof(p->program))
		n = sizeof(p->program) - 1;
	memcpy(p->program, comm, n);
	p->program[n] = '\0';
}

/* False: the process has ended, and what its descriptors were is no longer true. */
static bool read_facts(const struct procwalk *w, struct process *p)
{
	char text[PROCS_FILE_MAX];

	if (!read_text(w, "comm", text))
		return false;
	set_program(p, text);
	/* a kernel without control groups has no such file */
	(void)read_text(w, "cgroup", text);
	cgroup_unit(text, p->unit, sizeof(p->unit));
	if (!read_text(w, "limits", text))
		return false;
	p->fd_limit = procpid_fd_limit(text);
	if (!read_text(w, "status", text))
		return false;
	p->uid = procpid_uid(text);
	return !procpid_has_ended(text);
}

static int add(struct owners *o, const struct procwalk *w)
{
	struct process p = { .pid = w->pid, .n_fds = (uint32_t)w->n };
	int r;

	if (w->is_hidden)
		o->n_hidden++;
	if (w->n_sockets == 0 || !read_facts(w, &p))
		return 0;
	r = owners_add(o, &p);
	for (size_t i = 0; i < w->n && r == 0; i++)
		if (w->at[i].inode != 0)
			r = owners_add_socket(o, w->at[i].inode, w->at[i].fd);
	return r;
}

int procs_read(int root_fd, struct owners *ret, struct err *e)
{
	struct owners o = { 0 };
	struct procwalk w;
	int r = procwalk_open(&w, root_fd, e);

	while (r == 0 && (r = procwalk_next(&w, e)) > 0) {
		r = add(&o, &w);
		if (r < 0)
			(void)err_errno(e, -r, "cannot tell who holds the sockets");
	}
	procwalk_close(&w);
	if (r < 0)
		owners_done(&o);
	else
		*ret = o;
	return r;
}
