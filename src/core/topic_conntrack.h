/* SPDX-License-Identifier: MIT */
/* Inside topic_conntrack*.c only: what their topics say alike. */
#pragma once

#define CONNTRACK_NEEDS                                                              \
	"Connection tracking in this namespace: the module nf_conntrack and a rule " \
	"that uses it. nf_conntrack_max tells how a setting at boot gets lost."
#define TIMEOUT_ACTS                                                                   \
	"A tracked connection takes the new time with its next packet; one that is "   \
	"silent keeps the old. A timeout policy of a rule ('ct timeout') goes before " \
	"it."
