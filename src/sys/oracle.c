/* SPDX-License-Identifier: MIT */
#include "sys/oracle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/own.h"
#include "base/text.h"
#include "core/defaults.h"
#include "core/memory.h"
#include "sys/machine.h"
#include "sys/newnetns.h"
#include "sys/procfs.h"
#include "sys/recorder.h"

/* In a recording; the files of the new namespace are below the first as below "/". */
#define ANSWERS_DIR  "finwait/defaults"
#define TROUBLE_FILE "finwait/trouble"
#define MACHINE_FILE "finwait/machine"

#define MEMINFO	 "proc/meminfo"
#define ZONEINFO "proc/zoneinfo"

/* What a new namespace says. */
struct answers {
	enum knob_id ids[KNOB_N];
	struct reading at[KNOB_N];
	size_t n;
	char trouble[256];
};

static void answers_init(struct answers *a)
{
	*a = (struct answers){ 0 };
	for (size_t i = 0; i < KNOB_N; i++)
		if (defaults_wants((enum knob_id)i))
			a->ids[a->n++] = (enum knob_id)i;
}

static void answers_done(struct answers *a)
{
	for (size_t i = 0; i < a->n; i++)
		free(a->at[i].value);
}

static int ask(int root_fd, struct answers *a)
{
	int r = newnetns_read(root_fd, a->ids, a->n, a->at, a->trouble,
			      sizeof(a->trouble));

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	for (size_t i = 0; i < a->n; i++)
		if (a->at[i].value)
			return 0;
	/* as in a chroot */
	snprintf(a->trouble, sizeof(a->trouble), "'/proc/sys/net' is not readable: %s",
		 strerror(a->at[0].error));
	return 0;
}

/* The same from a recording. */
static int recall(int root_fd, struct answers *a)
{
	own_fd int dir_fd = procfs_open(root_fd, ANSWERS_DIR, O_PATH | O_DIRECTORY);
	own_free char *said = NULL;

	if (dir_fd < 0) {
		if (procfs_read(root_fd, TROUBLE_FILE, &said, NULL) == 0)
			said[strcspn(said, "\n")] = '\0';
		snprintf(a->trouble, sizeof(a->trouble), "%s",
			 said && said[0] ? said : "the recording has no defaults");
		return 0;
	}
	for (size_t i = 0; i < a->n; i++)
		if (procfs_read_knob(dir_fd, catalogue[a->ids[i]].name, &a->at[i]) ==
		    -ENOMEM)
			return -ENOMEM;
	return 0;
}

static void read_memory(const struct machine *m, struct memory_facts *ret)
{
	own_free char *meminfo = NULL, *zoneinfo = NULL, *machine = NULL;

	memory_init(ret);
	if (procfs_read(m->root_fd, MEMINFO, &meminfo, NULL) == 0)
		memory_parse_meminfo(ret, meminfo);
	if (procfs_read(m->root_fd, ZONEINFO, &zoneinfo, NULL) == 0)
		memory_parse_zoneinfo(ret, zoneinfo);
	if (m->is_live) {
		ret->page_bytes = sysconf(_SC_PAGESIZE);
		ret->word_bytes = sizeof(long);
	} else if (procfs_read(m->root_fd, MACHINE_FILE, &machine, NULL) == 0) {
		memory_parse_machine(ret, machine);
	}
}

int oracle_ask(const struct machine *m, const struct snapshot *s, struct defaults *ret,
	       struct err *e)
{
	struct memory_facts memory;
	struct answers answers;
	int r;

	*ret = (struct defaults){ 0 };
	answers_init(&answers);
	r = m->is_live ? ask(m->root_fd, &answers) : recall(m->root_fd, &answers);
	if (r == 0) {
		memcpy(ret->trouble, answers.trouble, sizeof(ret->trouble));
		for (size_t i = 0; i < answers.n && !ret->trouble[0]; i++)
			defaults_put_asked(ret, answers.ids[i], &answers.at[i]);
		read_memory(m, &memory);
		r = defaults_compute(ret, s, &memory);
	}
	answers_done(&answers);
	return r < 0 ? err_errno(e, -r, "cannot ask for the kernel's defaults") : 0;
}

static int record_text(const struct recorder *rec, const char *path, const struct text *t)
{
	if (t->broken)
		return err_errno(rec->e, ENOMEM, "cannot record '%s'", path);
	return t->n ? recorder_write(rec, path, t->at, t->n, 0444) : 0;
}

static int record_line(const struct recorder *rec, const char *path, const char *words)
{
	own_text struct text line = { 0 };

	text_add(&line, "%s\n", words);
	return record_text(rec, path, &line);
}

static int record_answers(const struct recorder *rec, const struct answers *a)
{
	int r = 0;

	if (a->trouble[0])
		return record_line(rec, TROUBLE_FILE, a->trouble);
	for (size_t i = 0; i < a->n && r == 0; i++) {
		char path[sizeof(ANSWERS_DIR) + sizeof("/proc/sys/") + KNOB_KEY_MAX];
		char file[KNOB_KEY_MAX];

		if (!a->at[i].value ||
		    knob_path(catalogue[a->ids[i]].name, file, NULL) < 0)
			continue;
		snprintf(path, sizeof(path), ANSWERS_DIR "/proc/sys/%s", file);
		r = record_line(rec, path, a->at[i].value);
	}
	return r;
}

/* The lines that are read of a file of /proc. */
static int record_excerpt(const struct recorder *rec, const char *path,
			  void (*excerpt)(struct text *, const char *))
{
	own_free char *bytes = NULL;
	own_text struct text t = { 0 };

	if (procfs_read(rec->machine->root_fd, path, &bytes, NULL) < 0)
		return 0;
	excerpt(&t, bytes);
	return record_text(rec, path, &t);
}

int oracle_record(const struct recorder *rec)
{
	own_text struct text machine = { 0 };
	struct memory_facts memory;
	struct answers answers;
	int r;

	answers_init(&answers);
	r = ask(rec->machine->root_fd, &answers);
	if (r < 0)
		err_errno(rec->e, -r, "cannot ask for the kernel's defaults");
	else
		r = record_answers(rec, &answers);
	answers_done(&answers);
	if (r == 0)
		r = record_excerpt(rec, MEMINFO, memory_excerpt_meminfo);
	if (r == 0)
		r = record_excerpt(rec, ZONEINFO, memory_excerpt_zoneinfo);
	read_memory(rec->machine, &memory);
	memory_format_machine(&machine, &memory);
	return r < 0 ? r : record_text(rec, MACHINE_FILE, &machine);
}
