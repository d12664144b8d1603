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
			"long. If the server closes first, TIME_WAIT is over there: "
			"measured, 400 of 400 over 50 ports.",
		.does_not = "It does not limit accepted connections, which share the "
			    "listening port, nor all connections together to 65535. It "
			    "gives ports back no sooner: tcp_tw_reuse does.",
		.raising = "More connections at a time, and a second, towards each "
			   "destination. A wider range can hand out a port on which a "
			   "service is to listen, and the service then fails to start: "
			   "reserve it first.",
		.lowering =
			"A firewall has fewer ports to allow for, and services more to "
			"themselves. Ports run out sooner and are easier to guess. "
			"Keep 16384 ports; under 4096 is trouble.",
		.needs = "A program that leaves the choice to the kernel: bind() to a "
			 "port of its own is not bound to the range, and "
			 "IP_LOCAL_PORT_RANGE narrows it for one socket.",
		.with = "ip_local_reserved_ports takes ports out of it; "
			"ip_unprivileged_port_start may not lie above its low end, so "
			"the order of the two writes counts and 'finwait apply' keeps "
			"it; tcp_tw_reuse makes the same ports last longer. Low and "
			"high should differ in parity: the kernel warns otherwise.",
		.evidence =
			"'finwait audit' reports port-range-crowded, or 'finwait "
			"sockets --by peer' shows one destination with more than 70 % "
			"of the ports. EADDRNOTAVAIL in a program's log is the same, "
			"too late.",
		.acts = "On the next connect(), or bind() to port 0. Sockets keep the "
			"ports they have, also outside a new range.",
		.rfc = "RFC 6056 section 3; RFC 6335 section 6; __inet_hash_connect() "
		       "in net/ipv4/inet_hashtables.c",
		.see_also = "ip_local_reserved_ports ip_unprivileged_port_start "
			    "tcp_tw_reuse active-close time-wait bound-inactive",
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
		.raising = "More ports reserved: safe for the services that own them, as "
			   "long as 16384 ports of the range are left for connections. "
			   "Fewer are a known risk, and below 4096 finwait refuses.",
		.lowering =
			"More ports for outgoing connections. A service whose port is "
			"no longer reserved may find it taken at its next start "
			"(EADDRINUSE).",
		.with = "Only ports within ip_local_port_range matter. Large blocks "
			"crowd the ports behind them; ip_local_port_step_width evens "
			"that out.",
		.evidence =
			"A service fails to start with EADDRINUSE, and 'finwait "
			"sockets --by port' or 'ss -tan' shows an outgoing connection "
			"on its port. 'finwait apply' names listeners in a new range "
			"that are not reserved.",
		.acts = "On the next connect(), or bind() to port 0. A connection that "
			"holds a reserved port keeps it.",
		.rfc = "RFC 6056 section 3.2; inet_is_local_reserved_port() in "
		       "include/net/ip.h",
		.see_also = "ip_local_port_range ip_local_port_step_width bound-inactive",
	},
	{
		.name = "ip_local_port_step_width",
		.kind = TOPIC_KNOB,
		.title = "How far connect() jumps from a port that is taken",
		.what = "0, the default: from a port that is taken or reserved, the "
			"search goes on at the next one of the same parity. With N, "
			"each connect() draws a step of up to N at random and goes on "
			"by that. It came with Linux 7.1.",
		.does = "Nothing to a closing connection. It spreads new connections "
			"over the range: without it, the ports right behind a reserved "
			"block are drawn more often than others.",
		.does_not = "It adds no port and gives none back sooner: by the kernel "
			    "source every port is still tried before EADDRNOTAVAIL. "
			    "Without a block of reserved or long-held ports there is "
			    "nothing to even out.",
		.raising =
			"Ports are used evenly, so that firewalls which dislike a port "
			"that returns too soon see less of it. But the search is "
			"slower when the range is nearly used up. The kernel's "
			"documentation advises 3 to 4 times the largest reserved "
			"block.",
		.lowering =
			"Safe. To 0: the quicker search, with clusters behind reserved "
			"blocks.",
		.with = "ip_local_reserved_ports makes the clusters that it dissolves, "
			"and ip_local_port_range is what it walks over. "
			"IP_LOCAL_PORT_RANGE on a socket ends the preference for one "
			"parity.",
		.evidence =
			"In 'ss -tan' the local ports of outgoing connections crowd "
			"right behind a reserved block, and a firewall on the path "
			"refuses ports that come back soon. Not 'finwait sockets --by "
			"peer' near its limit: then it makes things worse.",
		.acts = "On the next connect().",
		.rfc = "RFC 6056 section 3.3.5; __inet_hash_connect() in "
		       "net/ipv4/inet_hashtables.c (Linux 7.1)",
		.see_also = "ip_local_reserved_ports ip_local_port_range",
	},
	{
		.name = "ip_unprivileged_port_start",
		.kind = TOPIC_KNOB,
		.title = "The first port that any user may bind",
		.what = "Default 1024. A program that calls bind() with a port below "
			"it needs the capability CAP_NET_BIND_SERVICE. The kernel "
			"refuses a number above the low end of ip_local_port_range: "
			"measured on Linux 6.18 with a range from 32768, 32768 was "
			"taken and 32769 was EINVAL.",
		.does = "Nothing to a closing connection. It matters here because the "
			"low end of ip_local_port_range may not go below it.",
		.does_not =
			"It opens no port in a firewall and gives nobody a port that "
			"is in use. It does not touch port 0, which asks the kernel to "
			"choose.",
		.raising = "Keeps more ports, as of databases, to programs with the "
			   "capability. A service without it fails at its next start "
			   "(EACCES).",
		.lowering =
			"A web server can listen on 80 without any privilege, which is "
			"usual in containers. On a host with several users each of "
			"them can then take a port that peers trust, as 22 while sshd "
			"restarts.",
		.with = "ip_local_port_range: to lower both, write this one first; to "
			"raise both, the range first. 'finwait apply' keeps that "
			"order.",
		.evidence = "A service fails to start with EACCES, or a profile wants a "
			    "range below 1024. To give one service its port, "
			    "CAP_NET_BIND_SERVICE for that unit is better aimed.",
		.acts = "On the next bind(). Sockets that are bound stay so.",
		.rfc = "RFC 6335 section 6; inet_port_requires_bind_service() in "
		       "include/net/ip.h; ipv4_privileged_ports() in "
		       "net/ipv4/sysctl_net_ipv4.c",
		.see_also = "ip_local_port_range listen",
	},
	{
		.name = "ip_autobind_reuse",
		.kind = TOPIC_KNOB,
		.title = "Whether bind() to port 0 may share a port",
		.what = "0, the default: bind() with port 0 takes a port that nobody "
			"has. 1: when none is left it takes one whose sockets all have "
			"SO_REUSEADDR, as the new one must, in the hope that they go "
			"to other destinations.",
		.does = "It helps programs that call bind() with a source address "
			"before connect(), which hold a port for all destinations and "
			"keep it through TIME_WAIT. Measured on Linux 6.18 over 20 "
			"ports: of 25 such connections after them 25 failed with 0, "
			"none with 1.",
		.does_not =
			"It is not tcp_tw_reuse, which connect() asks and which does "
			"nothing for such programs. It does not concern connect() "
			"without bind(): that shares ports among destinations already.",
		.raising = "To 1: such programs reach more destinations than there are "
			   "ports. But bind() then gives out a port that connect() may "
			   "find taken for that destination (EADDRNOTAVAIL, late), and a "
			   "program that counts on a port of its own does not get one. "
			   "The kernel's documentation leaves it to experts.",
		.lowering = "Safe: each bind() has its port to itself. It fails with "
			    "EADDRINUSE when the range is used up.",
		.needs = "SO_REUSEADDR on every socket of the port. Where the program "
			 "can be changed, IP_BIND_ADDRESS_NO_PORT does the same without "
			 "the risk.",
		.with = "ip_local_port_range is what it shares out. tcp_tw_reuse comes "
			"after it, at connect().",
		.evidence = "bind() fails with EADDRINUSE, not connect() with "
			    "EADDRNOTAVAIL, while 'finwait sockets --by peer' shows many "
			    "destinations and none near its limit; BOUND_INACTIVE in "
			    "'finwait sockets' may be high.",
		.acts = "On the next bind() to port 0.",
		.rfc = "RFC 6056; inet_csk_find_open_port() in "
		       "net/ipv4/inet_connection_sock.c",
		.see_also = "ip_local_port_range tcp_tw_reuse bound-inactive time-wait",
	},
	{ 0 },
};
