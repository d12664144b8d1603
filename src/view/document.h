/* SPDX-License-Identifier: MIT */
/*
 * Inside view/ only: the view's own insides, and the small pieces all subjects are made
 * of.
 */
#pragma once

#include <jansson.h>

#include "core/plan.h"
#include "view/view.h"

struct libscols_table;

struct view {
	struct output out;
	bool is_many;
	size_t n_begun; /* hosts or namespaces */
	size_t n_shown; /* transactions, where a verb shows several */
	/* of the namespace it is about, as the user named it; or "" */
	char netns_name[256];
	char kernel[72]; /* of the host it is about; "" where unknown */
	/* JSON mode: the whole, and the object the subject's fields go into (borrowed) */
	json_t *document;
	json_t *namespaces;
	json_t *here;
	/* a table that several calls add rows to; NULL: none */
	struct libscols_table *table;
};

/* json_string(), with null for NULL. */
json_t *document_string(const char *s);

/* A time as RFC 3339 UTC; null for 0. */
json_t *document_time(int64_t when);

/* A time for a person: the local one, with its offset. */
void document_local_time(int64_t when, char *ret, size_t size);

/* The array of that name in v->here, made if need be; borrowed. */
json_t *document_array(struct view *v, const char *name);

json_t *document_changes(const struct plan *plan);

/*
 * A command to be copied, as it must be run to mean this namespace and this journal:
 * "finwait rollback" becomes "finwait --netns web rollback", and "ss -ltn" is entered into the
 * namespace by nsenter(1). The caller frees it; NULL: no memory.
 */
char *document_command(const struct view *v, const char *command);
