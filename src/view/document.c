/* SPDX-License-Identifier: MIT */
#include "view/document.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "core/snapshot.h"
#include "view/prose.h"
#include "view/table.h"

enum { SCHEMA = 1 };

json_t *document_string(const char *s)
{
	json_t *string = s ? json_string(s) : json_null();
	char *copy;

	if (string)
		return string;
	/* not UTF-8, as a command line may be: say at least the rest */
	copy = strdup(s);
	for (char *p = copy; p && *p; p++)
		if ((unsigned char)*p >= 0x80)
			*p = '?';
	string = document_string(copy);
	free(copy);
	return string;
}

json_t *document_time(int64_t when)
{
	time_t t = (time_t)when;
	char text[32] = "";
	struct tm tm;

	if (!when)
		return json_null();
	if (gmtime_r(&t, &tm))
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return json_string(text);
}

void document_local_time(int64_t when, char *ret, size_t size)
{
	time_t t = (time_t)when;
	struct tm tm;

	ret[0] = '\0';
	if (localtime_r(&t, &tm))
		strftime(ret, size, "%Y-%m-%d %H:%M:%S %z", &tm);
}

json_t *document_array(struct view *v, const char *name)
{
	json_t *array = json_object_get(v->here, name);

	if (!array) {
		json_object_set_new(v->here, name, json_array());
		array = json_object_get(v->here, name);
	}
	return array;
}

json_t *document_changes(const struct plan *plan)
{
	json_t *changes = json_array();

	for (size_t i = 0; plan && i < plan->n; i++) {
		const struct change *c = &plan->at[i];
		json_t *change = json_object();

		json_object_set_new(change, "key", json_string(c->key));
		json_object_set_new(change, "from", document_string(c->from));
		json_object_set_new(change, "to", document_string(c->to));
		json_object_set_new(change, "state",
				    json_string(change_state_key(c->state)));
		if (c->state == CHANGE_CONFLICT)
			json_object_set_new(change, "found", document_string(c->found));
		json_array_append_new(changes, change);
	}
	return changes;
}

static json_t *document_netns(const struct host *host)
{
	json_t *netns = json_object();

	json_object_set_new(netns, "inode",
			    host->netns_inode
				    ? json_integer((json_int_t)host->netns_inode)
				    : json_null());
	json_object_set_new(netns, "cookie",
			    host->netns_cookie
				    ? json_integer((json_int_t)host->netns_cookie)
				    : json_null());
	json_object_set_new(
		netns, "name",
		document_string(host->netns_name[0] ? host->netns_name : NULL));
	if (host->netns_label[0])
		json_object_set_new(netns, "label", document_string(host->netns_label));
	return netns;
}

struct view *view_open(const struct output *out, const char *verb, bool is_many)
{
	struct view *v = calloc(1, sizeof(*v));

	if (!v)
		return NULL;
	v->out = *out;
	v->is_many = is_many;
	if (!out->is_json)
		return v;
	v->document = json_object();
	json_object_set_new(v->document, "schema", json_integer(SCHEMA));
	json_object_set_new(v->document, "verb", json_string(verb));
	json_object_set_new(v->document, "finwait", json_string(FINWAIT_VERSION));
	v->here = v->document;
	return v;
}

static void begin_json(struct view *v, const struct host *host)
{
	json_t *about = json_object();

	if (v->n_begun == 0) {
		json_object_set_new(
			about, "boot_id",
			document_string(host->boot_id[0] ? host->boot_id : NULL));
		json_object_set_new(
			about, "kernel",
			document_string(host->kernel[0] ? host->kernel : NULL));
		if (!host->boot_id[0] || !host->kernel[0])
			json_object_set_new(about, "error", json_string("not recorded"));
		json_object_set_new(about, "netns", document_netns(host));
		json_object_set_new(v->document, "host", about);
	} else {
		json_decref(about);
	}
	if (!v->is_many)
		return;
	if (!v->namespaces) {
		v->namespaces = json_array();
		json_object_set_new(v->document, "namespaces", v->namespaces);
	}
	v->here = json_object();
	json_object_set_new(v->here, "netns", document_netns(host));
	json_array_append_new(v->namespaces, v->here);
}

/* One word for a shell, in quotes where it needs them. */
static void add_word(struct text *t, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_./:=@%+,-";

	if (word[0] && word[strspn(word, plain)] == '\0') {
		text_add(t, "%s", word);
		return;
	}
	text_add(t, "'");
	for (; *word; word++)
		text_add(t, *word == '\'' ? "'\\''" : "%c", *word);
	text_add(t, "'");
}

static void add_option(struct text *t, const char *option, const char *value)
{
	if (!value || !value[0])
		return;
	text_add(t, " %s ", option);
	add_word(t, value);
}

/* What nsenter(1) takes for a namespace the user named. */
static void add_nsenter(struct text *t, const char *name)
{
	own_text struct text word = { 0 };

	if (strchr(name, '/'))
		text_add(&word, "--net=%s", name);
	else if (name[strspn(name, "0123456789")] == '\0')
		text_add(&word, "--net=/proc/%s/ns/net", name);
	else
		text_add(&word, "--net=/run/netns/%s", name);
	text_add(t, "nsenter ");
	add_word(t, word.at ? word.at : "");
	text_add(t, " ");
}

char *document_command(const struct view *v, const char *command)
{
	struct text t = { 0 };

	if (strncmp(command, "finwait ", 8) == 0) {
		text_add(&t, "finwait");
		add_option(&t, "--netns", v->netns_name);
		/* what changes something is refused with it, rather than done here */
		add_option(&t, "--root", v->out.root_dir);
		add_option(&t, "--state-dir", v->out.state_dir);
		text_add(&t, "%s", command + 7);
		return t.at;
	}
	if (strncmp(command, "ss ", 3) == 0 && v->netns_name[0])
		add_nsenter(&t, v->netns_name);
	text_add(&t, "%s", command);
	return t.at;
}

void view_failed(struct view *v, const char *why)
{
	own_text struct text t = { 0 };

	text_add_escaped(&t, why);
	if (v->out.is_json)
		json_object_set_new(v->here, "error", document_string(why));
	else
		prose_print(&v->out, "failed: ", 8, t.at ? t.at : "");
}

/* "web (net:[4026532317])", "1234 (docker 0123456789ab, net:[4026532317])" */
static void print_place(const struct view *v, const struct host *host)
{
	const struct output *out = &v->out;

	fprintf(out->stream, "%sNetwork namespace ", v->n_begun ? "\n" : "");
	prose_quote(out, host->netns_name[0] ? host->netns_name : "of its own");
	fprintf(out->stream, " (");
	if (host->netns_label[0]) {
		prose_quote(out, host->netns_label);
		fprintf(out->stream, ", ");
	}
	fprintf(out->stream, "net:[%" PRIu64 "])\n\n", host->netns_inode);
}

void view_begin(struct view *v, const struct host *host)
{
	snprintf(v->netns_name, sizeof(v->netns_name), "%s", host->netns_name);
	snprintf(v->kernel, sizeof(v->kernel), "%s", host->kernel);
	if (v->out.is_json)
		begin_json(v, host);
	else if (v->is_many)
		print_place(v, host);
	v->n_begun++;
}

void view_close(struct view *v, bool is_good)
{
	if (!v)
		return;
	if (v->table) {
		if (is_good)
			table_print(v->table);
		table_free(v->table);
	}
	if (v->document && is_good) {
		json_dumpf(v->document, v->out.stream,
			   (v->out.is_line ? JSON_COMPACT : JSON_INDENT(2)) |
				   JSON_REAL_PRECISION(12));
		fputc('\n', v->out.stream);
	}
	json_decref(v->document);
	free(v);
}
