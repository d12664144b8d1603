/* SPDX-License-Identifier: MIT */
/*
 * What half the web, or a slip of ours, would have a trial say instead: the trial, the label
 * of one of its arms, which of its expectations, the false claim as low and high, and in
 * words.
 */
FALSEHOOD("time-wait-length", "tcp_fin_timeout = 30", 0, 30000, 30000,
	  "tcp_fin_timeout is the length of TIME_WAIT")
FALSEHOOD("time-wait-length", "tcp_fin_timeout = 60", 0, 120000, 240000,
	  "TIME_WAIT lasts two maximum segment lifetimes of RFC 9293")
FALSEHOOD("fin-wait-2-timeout", "tcp_fin_timeout = 61", 0, 61000, 61000,
	  "61 lasts 61 seconds")
FALSEHOOD("fin-wait-2-timeout", "tcp_fin_timeout = 63", 0, 3000, 3000,
	  "63 lasts what is beyond 60, once")
FALSEHOOD("fin-wait-2-timeout", "tcp_fin_timeout = 3", 0, 60000, 60000,
	  "FIN_WAIT_2 lasts a minute whatever the knob says")
