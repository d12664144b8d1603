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
FALSEHOOD("fin-wait-2-held", "shutdown(SHUT_WR), the descriptor kept", 2, 1000, 1200,
	  "tcp_fin_timeout ends a FIN_WAIT_2 that a program holds")
FALSEHOOD("fin-wait-2-held", "shutdown(SHUT_WR), the descriptor kept", 4, 2, 3,
	  "a timer runs for a FIN_WAIT_2 that a program holds")
FALSEHOOD("fin-wait-2-held", "shutdown(SHUT_WR), the descriptor kept", 0, 0, 100,
	  "at close() the time since shutdown() counts, and it is over")
FALSEHOOD("fin-wait-2-held", "close()", 0, 60000, 60000,
	  "FIN_WAIT_2 lasts a minute whatever the knob says")
FALSEHOOD("close-wait-forever", "every knob 1, without SO_KEEPALIVE", 0, 1000, 1200,
	  "tcp_fin_timeout or tcp_keepalive_time ends CLOSE_WAIT")
FALSEHOOD("close-wait-forever", "every knob 1, without SO_KEEPALIVE", 1, 3, 5,
	  "tcp_keepalive_time sends probes for every connection")
FALSEHOOD("close-wait-forever", "SO_KEEPALIVE, and a peer that only shut down", 0, 1000,
	  1200, "SO_KEEPALIVE ends every CLOSE_WAIT")
FALSEHOOD("close-wait-forever", "SO_KEEPALIVE, and a peer that only shut down", 1, 0, 1,
	  "no probe is sent once the peer has closed")
FALSEHOOD("close-wait-forever", "SO_KEEPALIVE, and a peer that is gone", 3,
	  TCP_CLOSE_WAIT, TCP_CLOSE_WAIT, "nothing at all ends CLOSE_WAIT")
FALSEHOOD("close-wait-forever", "SO_KEEPALIVE, and a peer that is gone", 2, ECONNRESET,
	  ECONNRESET, "the program is told of a reset")
FALSEHOOD("close-vs-shutdown", "two processes hold the socket: close() in one", 0,
	  TCP_FIN_WAIT2, TCP_FIN_WAIT2, "close() sends a FIN")
FALSEHOOD("close-vs-shutdown", "two processes hold the socket: close() in one", 3,
	  TCP_ESTABLISHED, TCP_ESTABLISHED, "a killed process sends no FIN")
FALSEHOOD("close-vs-shutdown", "two processes hold the socket: shutdown(SHUT_WR) in one",
	  2, 0, 0, "shutdown() waits for the other holders as close() does")
FALSEHOOD("close-vs-shutdown", "one process holds the socket: shutdown(SHUT_RD)", 2, 1, 2,
	  "SHUT_RD tells the peer")
FALSEHOOD("close-vs-shutdown", "one process holds the socket: close()", 1,
	  TCP_ESTABLISHED, TCP_ESTABLISHED, "the peer does not notice a close()")
FALSEHOOD("orphan-retries", "tcp_orphan_retries = 0", 0, 0, 300,
	  "0 gives up at once, without a repeat")
FALSEHOOD("orphan-retries", "tcp_orphan_retries = 0", 1, 0, 0, "0 repeats nothing")
FALSEHOOD("orphan-retries", "tcp_orphan_retries = 1", 0, 800, 945,
	  "1 repeats the FIN one time fewer than it does")
FALSEHOOD("orphan-retries", "tcp_orphan_retries = 2", 0, 6400, 7560,
	  "2 repeats the FIN one time more than it does")
FALSEHOOD("orphan-retries", "tcp_orphan_retries = 2", 1, 2, 2,
	  "the number counts repeats")
FALSEHOOD("orphan-retries", "tcp_orphan_retries = 8", 0, 0, 6720,
	  "8 lasts no longer than 3")
FALSEHOOD("keepalive-armed", "SO_KEEPALIVE, then tcp_keepalive_time = 1", 2, 1, 3,
	  "a write to tcp_keepalive_time reaches the connections that are there")
FALSEHOOD("keepalive-armed", "SO_KEEPALIVE, then tcp_keepalive_time = 1", 3, 1000, 3500,
	  "a write to tcp_keepalive_time arms the timer anew")
FALSEHOOD("keepalive-armed", "SO_KEEPALIVE, then tcp_keepalive_time = 1", 0, 90000,
	  100000, "nothing reaches a connection that is there")
FALSEHOOD("keepalive-armed", "tcp_keepalive_time = 1, then SO_KEEPALIVE", 0, 7200000,
	  7200000, "the first probe comes after two hours whatever the knob says")
