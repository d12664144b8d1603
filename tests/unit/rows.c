/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/census.h"
#include "core/groups.h"
#include "unit/rows.h"

static uint8_t state_of(const char *name)
{
	for (const int *state = census_order; *state; state++)
		if (strcmp(census_state_name(*state), name) == 0)
			return (uint8_t)*state;
	fail_msg("'%s' is no state", name);
	return 0;
}

static void read_endpoint(const char *text, enum census_family *ret_family,
			  uint32_t ret[4], uint16_t *ret_port)
{
	const char *port = strrchr(text, ':');
	char address[64];

	*ret_family = text[0] == '[' ? CENSUS_IPV6 : CENSUS_IPV4;
	assert_non_null(port);
	snprintf(address, sizeof(address), "%.*s", (int)(port - text), text);
	address[strcspn(address, "]")] = '\0';
	if (inet_pton(*ret_family == CENSUS_IPV6 ? AF_INET6 : AF_INET,
		      address + (*ret_family == CENSUS_IPV6), ret) != 1)
		fail_msg("'%s' has no address", text);
	*ret_port = (uint16_t)atoi(port + 1);
}

static void read_option(struct socket_row *row, const char *option)
{
	struct {
		const char *name;
		uint32_t *to;
	} const numbers[] = {
		{ "inode", &row->inode },	   { "uid", &row->uid },
		{ "rqueue", &row->rqueue },	   { "wqueue", &row->wqueue },
		{ "expires", &row->expires_ms },   { "memory", &row->memory },
		{ "ack", &row->last_ack_recv_ms }, { "data", &row->last_data_recv_ms },
	};
	size_t n = strcspn(option, "=");

	if (strcmp(option, "mini") == 0) {
		row->is_mini = true;
		return;
	}
	row->has_memory |= strncmp(option, "memory", n) == 0;
	row->has_times |= strncmp(option, "ack", n) == 0;
	for (size_t i = 0; i < N(numbers); i++) {
		if (strncmp(numbers[i].name, option, n) == 0 && option[n] == '=') {
			*numbers[i].to = (uint32_t)strtoul(option + n + 1, NULL, 10);
			return;
		}
	}
	fail_msg("'%s' is nothing of a socket", option);
}

struct socket_row row_of(const char *text)
{
	struct socket_row row = { 0 };
	char state[32], local[64], remote[64], copy[256];
	enum census_family family;
	char *rest;
	int n = 0;

	if (sscanf(text, "%31s %63s %63s%n", state, local, remote, &n) != 3)
		fail_msg("'%s' is no socket", text);
	row.state = state_of(state);
	row.is_mini = row.state == TCP_TIME_WAIT;
	read_endpoint(local, &row.family, row.local, &row.local_port);
	read_endpoint(remote, &family, row.remote, &row.remote_port);
	assert_int_equal(row.family, family);
	snprintf(copy, sizeof(copy), "%s", text + n);
	rest = copy;
	for (char *option; (option = strsep(&rest, " "));)
		if (option[0])
			read_option(&row, option);
	return row;
}

void rows_take(struct groups *g, const char *const *texts)
{
	struct socket_taker taker = groups_taker(g);

	for (; *texts; texts++) {
		struct socket_row row = row_of(*texts);

		taker.add(taker.to, &row);
	}
}
