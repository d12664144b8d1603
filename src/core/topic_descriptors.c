/* SPDX-License-Identifier: MIT */
/*
 * Limits of open files, and knobs that mainline Linux does not have.
 * Numbers come from experiments (Linux 6.18) or from the kernel source, never from hearsay.
 */
#include "core/topic.h"

const struct topic topic_descriptors[] = {
	{
		.name = "tcp_tw_recycle",
		.kind = TOPIC_KNOB,
		.title = "A knob that no longer exists, and should not be missed",
		.what = "Removed in Linux 4.12. Guides still name it, and 'sysctl -p' then says "
			"\"No such file or directory\".",
		.does = "It ended TIME_WAIT after a few retransmission timeouts instead of 60 s, and "
			"refused a SYN whose timestamp was older than the last one seen from the same "
			"address.",
		.does_not =
			"It was never safe on a server: clients behind one NAT share an address and "
			"not a clock, so all but one of them were refused, without a word. "
			"tcp_tw_reuse is another knob: it acts on outgoing connections only.",
		.rfc = "RFC 6191; RFC 7323 section 5",
		.see_also = "tcp_tw_reuse time-wait tcp_timestamps",
	},
	{ 0 },
};
