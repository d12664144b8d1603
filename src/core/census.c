/* SPDX-License-Identifier: MIT */
#include "core/census.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "core/address.h"

static const struct {
	const char *name;
	const char *key;
} states[CENSUS_STATES] = {
	[TCP_ESTABLISHED] = { "ESTABLISHED", "established" },
	[TCP_SYN_SENT] = { "SYN_SENT", "syn_sent" },
	[TCP_SYN_RECV] = { "SYN_RECV", "syn_recv" },
	[TCP_FIN_WAIT1] = { "FIN_WAIT_1", "fin_wait1" },
	[TCP_FIN_WAIT2] = { "FIN_WAIT_2", "fin_wait2" },
	[TCP_TIME_WAIT] = { "TIME_WAIT", "time_wait" },
	[TCP_CLOSE] = { "CLOSE", "close" },
	[TCP_CLOSE_WAIT] = { "CLOSE_WAIT", "close_wait" },
	[TCP_LAST_ACK] = { "LAST_ACK", "last_ack" },
	[TCP_LISTEN] = { "LISTEN", "listen" },
	[TCP_CLOSING] = { "CLOSING", "closing" },
	[TCP_BOUND_INACTIVE] = { "BOUND_INACTIVE", "bound_inactive" },
};

const int census_order[] = {
	TCP_ESTABLISHED,
	TCP_SYN_SENT,
	TCP_SYN_RECV,
	TCP_FIN_WAIT1,
	TCP_FIN_WAIT2,
	TCP_TIME_WAIT,
	TCP_CLOSE,
	TCP_CLOSE_WAIT,
	TCP_LAST_ACK,
	TCP_LISTEN,
	TCP_CLOSING,
	TCP_BOUND_INACTIVE,
	0,
};

static void census_add_close_wait(struct census *c, const struct socket_row *row)
{
	if (row->inode == 0)
		c->close_wait_unaccepted++;
	else if (row->rqueue > 0)
		c->close_wait_unread++;
	else
		c->close_wait_read++;
}

static void census_add_fin_wait2(struct census *c, const struct socket_row *row)
{
	if (row->is_mini)
		c->fin_wait2_mini++;
	else if (row->inode == 0)
		c->fin_wait2_orphan++;
	else
		c->fin_wait2_held++;
	c->fin_wait2_served += (row->is_mini || row->inode == 0) &&
			       ports_has(&c->listening, row->local_port);
}

static bool is_looped(const struct socket_row *row)
{
	struct address local, remote;

	/* by far the most, and for each TIME_WAIT there is */
	if (row->family == CENSUS_IPV4)
		return address_is_loopback4(row->local[0]) ||
		       address_is_loopback4(row->remote[0]);
	local = address_of(row->local, row->family);
	remote = address_of(row->remote, row->family);
	return address_is_loopback(&local) || address_is_loopback(&remote);
}

static void census_add_time_wait(struct census *c, const struct socket_row *row)
{
	closes_add(&c->closes, row->expires_ms);
	/* listeners were handed on before: struct socket_taker */
	if (ports_has(&c->listening, row->local_port))
		c->time_wait_served++;
	else
		c->time_wait_loopback += is_looped(row);
}

static void census_add_listener(struct census *c, const struct socket_row *row)
{
	ports_add(&c->listening, row->local_port);
	/* sk_acceptq_is_full() compares with ">": a backlog of N holds N + 1 */
	if (row->rqueue > row->wqueue)
		c->listeners_full++;
}

void census_add(struct census *c, const struct socket_row *row)
{
	c->at[row->state][row->family]++;
	if (row->state != TCP_LISTEN)
		ports_add(&c->local, row->local_port);
	switch (row->state) {
	case TCP_TIME_WAIT:
		census_add_time_wait(c, row);
		break;
	case TCP_FIN_WAIT2:
		census_add_fin_wait2(c, row);
		c->orphans += !row->is_mini && row->inode == 0;
		break;
	case TCP_FIN_WAIT1:
	case TCP_CLOSING:
	case TCP_LAST_ACK:
		c->orphans += row->inode == 0;
		break;
	case TCP_CLOSE_WAIT:
		census_add_close_wait(c, row);
		break;
	case TCP_LISTEN:
		census_add_listener(c, row);
		break;
	}
}

void census_join_bound(struct census *c, const struct census *bound)
{
	for (int family = 0; family < CENSUS_FAMILIES; family++)
		c->at[TCP_BOUND_INACTIVE][family] +=
			bound->at[TCP_BOUND_INACTIVE][family];
	for (size_t i = 0; i < sizeof(c->local.bits) / sizeof(c->local.bits[0]); i++)
		c->local.bits[i] |= bound->local.bits[i];
}

unsigned census_ports_held(const struct census *c, uint16_t low, uint16_t high)
{
	unsigned n = 0;

	for (uint32_t port = low; port <= high; port++)
		n += ports_has(&c->local, (uint16_t)port) &&
		     !ports_has(&c->listening, (uint16_t)port);
	return n;
}

uint64_t census_total(const struct census *c, int state)
{
	return c->at[state][CENSUS_IPV4] + c->at[state][CENSUS_IPV6];
}

uint64_t census_sum(const struct census *c)
{
	uint64_t sum = 0;

	for (const int *state = census_order; *state; state++)
		sum += census_total(c, *state);
	return sum;
}

const char *census_state_name(int state)
{
	return state > 0 && state < CENSUS_STATES ? states[state].name : NULL;
}

const char *census_state_key(int state)
{
	return state > 0 && state < CENSUS_STATES ? states[state].key : NULL;
}

/* Only letters and digits tell states apart. */
static bool is_same_name(const char *a, const char *b)
{
	for (;;) {
		a += strspn(a, "-_");
		b += strspn(b, "-_");
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
		if (*a == '\0')
			return true;
		a++;
		b++;
	}
}

bool census_state_parse(const char *name, int *ret)
{
	for (const int *state = census_order; *state; state++) {
		if (is_same_name(name, states[*state].name)) {
			*ret = *state;
			return true;
		}
	}
	return false;
}

bool census_knows(const struct census *c, int state)
{
	if (state == TCP_BOUND_INACTIVE && !c->has_bound_inactive)
		return false;
	return c->asked >> state & 1;
}

bool census_kernel_dumps_bound(const char *release)
{
	unsigned major = 0, minor = 0;

	(void)sscanf(release, "%u.%u", &major, &minor);
	return major > 6 || (major == 6 && minor >= 8);
}
