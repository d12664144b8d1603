/* SPDX-License-Identifier: MIT */
#include "view/document.h"
#include "view/prose.h"

void view_recorded(struct view *v, const char *dir, ssize_t n_masked)
{
	if (v->out.is_json) {
		json_object_set_new(v->here, "directory", document_string(dir));
		json_object_set_new(v->here, "masked_addresses",
				    n_masked < 0 ? json_null() : json_integer(n_masked));
		return;
	}
	fprintf(v->out.stream, "recorded into ");
	prose_quote(&v->out, dir);
	fprintf(v->out.stream, "; finwait --root ");
	prose_quote(&v->out, dir);
	fprintf(v->out.stream, " audit reads it\n");
	if (n_masked < 0)
		fprintf(v->out.stream,
			"it holds the addresses of this host and its peers; "
			"--mask-addresses masks them\n");
	else
		fprintf(v->out.stream,
			"%zd address%s masked; comments and profiles left out\n",
			n_masked, n_masked == 1 ? "" : "es");
}
