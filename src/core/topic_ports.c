/* SPDX-License-Identifier: MIT */
/*
 * What the knobs of local ports do and do not do.
 * Numbers come from experiments (Linux 6.18) or from the kernel source, never from hearsay.
 */
#include "core/topic.h"

const struct topic topic_ports[] = {
	{
		.name = "ip_local_port_range",
		.kind = TOPIC_KNOB,
		.title = "The local ports that outgoing connections draw from",
		.what = "Lowest and highest port for connect() and for bind() to port "
			"0. The default is 32768 60999: 28232 ports. The limit is per "
			"source address, destination address and destination port, so "
			"each further destination has them all again. A lone number "
			"sets only the low end.",
		.does = "A connection this host opened holds its port for that "
			"destination until the last state is gone: FIN_WAIT_2, "
			"CLOSE_WAIT and TIME_WAIT too. If this host also closes first, "
			"ports / 61 s is the lasting rate per destination: 463 a "
			"second by default, about 805 with 16384 65535. Then connect() "
			"fails with EADDRNOTAVAIL, which no kernel counter shows; "
			"'finwait sockets --by peer' tells what is left, and for how "
			"long. If "
			"the server closes first, TIME_WAIT is over there: measured, "
			"400 of 400 over 50 ports.",
		.does_not = "It does not limit accepted connections, which share the "
			    "listening port, nor all connections together to 65535. It "
			    "gives ports back no sooner: tcp_tw_reuse does.",
		.raising = "A wider range can hand out a port on which a service is to "
			   "listen, and the service then fails to start: reserve it "
			   "first. The low end may not go below "
			   "ip_unprivileged_port_start.",
		.lowering = "Ports run out sooner and are easier to guess. Keep 16384 "
			    "ports; under 4096 is trouble.",
		.rfc = "RFC 6056; RFC 6335",
		.see_also = "ip_local_reserved_ports tcp_tw_reuse active-close time-wait "
			    "bound-inactive",
	},
	{
		.name = "ip_local_reserved_ports",
		.kind = TOPIC_KNOB,
		.title = "Ports kept out of ip_local_port_range",
		.what = "A list such as 8080,9000-9010, without blanks; empty by "
			"default. connect() and bind() to port 0 never choose these "
			"ports.",
		.does = "Nothing to a closing connection. Each port reserved is one "
			"fewer for outgoing connections. Measured on Linux 6.18: 25 of "
			"a range of 50 reserved, 25 connections.",
		.does_not =
			"It does not forbid an explicit bind(), nor take a port from a "
			"connection that has it. Writing does not add to the list but "
			"replaces all of it, so merge with what is there.",
		.raising = "More ports reserved: safe, as long as enough of the range is "
			   "left.",
		.lowering =
			"A service whose port is no longer reserved may find it taken "
			"at its next start (EADDRINUSE).",
		.rfc = "RFC 6056 section 3.2",
		.see_also = "ip_local_port_range bound-inactive",
	},
	{ 0 },
};
