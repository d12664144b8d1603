/* SPDX-License-Identifier: MIT */
#include "view/document.h"
#include "view/prose.h"

void view_recorded(struct view *v, const char *dir)
{
	if (v->out.is_json)
		json_object_set_new(v->here, "directory", document_string(dir));
	else {
		fprintf(v->out.stream, "recorded into ");
		prose_quote(&v->out, dir);
		fprintf(v->out.stream, "; finwait --root DIR audit reads it\n");
	}
}
