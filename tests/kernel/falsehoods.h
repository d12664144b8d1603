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
FALSEHOOD("tw-reuse", "tcp_tw_reuse = 0", 1, 0, 1200,
	  "a TIME_WAIT's port comes back by itself after a second")
FALSEHOOD("tw-reuse", "tcp_tw_reuse = 0", 3, 0, 0, "connect() waits for a port")
FALSEHOOD("tw-reuse", "tcp_tw_reuse = 1", 1, 60000, 62000,
	  "only the end of TIME_WAIT gives the port back")
FALSEHOOD("tw-reuse", "tcp_tw_reuse = 1", 3, 0, 0, "the port is taken over at once")
FALSEHOOD("tw-reuse", "tcp_tw_reuse = 1", 2, 0, 0, "no counter tells of it")
FALSEHOOD("tw-reuse", "tcp_tw_reuse = 2", 1, 2500, INT64_MAX,
	  "2 is no more than a test mode")
FALSEHOOD("tw-reuse", "tcp_tw_reuse_delay = 1000", 1, 0, 100,
	  "tcp_tw_reuse needs no delay")
FALSEHOOD("tw-reuse", "tcp_tw_reuse_delay = 3000", 1, 900, 1200,
	  "tcp_tw_reuse_delay changes nothing")
FALSEHOOD("tw-reuse", "tcp_tw_reuse = 1, tcp_timestamps = 0", 1, 0, 1200,
	  "tcp_tw_reuse works without timestamps")
FALSEHOOD("tw-reuse", "tcp_tw_reuse = 1, the server closes first", 0, 0, 0,
	  "tcp_tw_reuse makes a server's TIME_WAITs fewer")
FALSEHOOD("tw-reuse", "tcp_tw_reuse = 1, the server closes first", 1, 1000, 30000,
	  "tcp_tw_reuse makes a server's TIME_WAITs shorter")
FALSEHOOD("tw-reuse", "tcp_tw_reuse = 0, the server closes first", 2, 0, 0,
	  "a server's TIME_WAITs keep its clients away without tcp_tw_reuse")
FALSEHOOD("tw-reuse", "tcp_tw_reuse = 1, the server closes first", 3, 10, 10,
	  "a server reuses its TIME_WAITs by tcp_tw_reuse")
FALSEHOOD("port-exhaustion", "connect()", EXHAUST_FIRST, 5, 5,
	  "connect() uses half of the range")
FALSEHOOD("port-exhaustion", "connect()", EXHAUST_COUNTERS, 1, 1000,
	  "netstat -s tells when ports run out")
FALSEHOOD("port-exhaustion", "connect()", EXHAUST_SECOND, 0, 0,
	  "the range is one for all destinations")
FALSEHOOD("port-exhaustion", "bind() to port 0, connect()", EXHAUST_SECOND, 10, 10,
	  "a bind() to port 0 costs nothing")
FALSEHOOD("port-exhaustion", "bind() to port 0, connect()", EXHAUST_ERRNO, EADDRNOTAVAIL,
	  EADDRNOTAVAIL, "no port left is always EADDRNOTAVAIL")
FALSEHOOD("port-exhaustion", "IP_BIND_ADDRESS_NO_PORT, bind() to port 0, connect()",
	  EXHAUST_SECOND, 0, 0, "whoever binds shares the range among all destinations")
FALSEHOOD("linger-zero", "close()", 2, 0, 0, "close() leaves nothing")
FALSEHOOD("linger-zero", "SO_LINGER { 1, 0 }, close()", 2, TCP_TIME_WAIT, TCP_TIME_WAIT,
	  "who closes first always comes to TIME_WAIT")
FALSEHOOD("linger-zero", "SO_LINGER { 1, 0 }, close()", 0, 0, 0,
	  "the peer sees an ordinary end")
FALSEHOOD("linger-zero", "SO_LINGER { 1, 0 }, close()", 3, 0, 0, "no counter tells")
FALSEHOOD("unread-close", "close(), all bytes read", 0, ECONNRESET, ECONNRESET,
	  "close() resets once data has come")
FALSEHOOD("unread-close", "close(), bytes unread", 0, 0, 0, "close() sends a FIN")
FALSEHOOD("unread-close", "close(), bytes unread", 2, TCP_TIME_WAIT, TCP_TIME_WAIT,
	  "who closes first always comes to TIME_WAIT")
FALSEHOOD("listen-overflow", "room in the queue", 3, 1, 2,
	  "ListenOverflows counts every delayed handshake")
FALSEHOOD("listen-overflow", "tcp_abort_on_overflow = 0", 0, 0, 0,
	  "the client of a full queue is refused")
FALSEHOOD("listen-overflow", "tcp_abort_on_overflow = 0", 2, TCP_ESTABLISHED,
	  TCP_ESTABLISHED, "what a client believes is so at the server")
FALSEHOOD("listen-overflow", "tcp_abort_on_overflow = 0, the queue is emptied later", 2,
	  0, 0, "who met a full queue never gets in")
FALSEHOOD("listen-overflow", "tcp_abort_on_overflow = 1", 1, EAGAIN, EAGAIN,
	  "the client of a full queue just waits")
FALSEHOOD("listen-overflow", "tcp_abort_on_overflow = 1", 4, 0, 0,
	  "EmbryonicRsts counts something else")
FALSEHOOD("write-traps", "a word over 30", 1, 0, 0, "the kernel takes any word")
FALSEHOOD("write-traps", "tcp_fin_timeout = 30", 0, 60, 60, "a write takes no effect")
FALSEHOOD("write-traps", "tcp_fin_timeout = -5", 0, 0, 0,
	  "a time below zero is stored as zero")
FALSEHOOD("write-traps", "tcp_max_tw_buckets = -1", 0, 0, 0,
	  "a limit below zero is stored as zero")
FALSEHOOD("write-traps", "tcp_fin_timeout = 010", 0, 10, 10, "010 is ten")
FALSEHOOD("write-traps", "tcp_fin_timeout = 0x10", 0, 30, 30, "0x10 is refused")
FALSEHOOD("write-traps", "two writes on one descriptor", 0, 44, 44,
	  "what a write() returned success for is stored")
FALSEHOOD("write-traps", "two writes on one descriptor", 1, EINVAL, EINVAL,
	  "a write() that is dropped fails")
FALSEHOOD("write-traps", "tcp_rmem = 8192 0 0", 0, 4096, 4096,
	  "a write that fails changes nothing")
FALSEHOOD("last-ack-lost", "the last ACK arrives", 0, 0, 0,
	  "who closed first is done once both FINs are acknowledged")
FALSEHOOD("last-ack-lost", "the last ACK is lost", 1, 0, 0,
	  "TIME_WAIT counts down once, whatever comes")
FALSEHOOD("last-ack-lost", "the last ACK is lost, and there is no TIME_WAIT", 4, 0, 0,
	  "nobody would notice if there were no TIME_WAIT")
FALSEHOOD("time-wait-assassination", "tcp_rfc1337 = 0, a RST", 0, TCP_TIME_WAIT,
	  TCP_TIME_WAIT, "only its timer ends TIME_WAIT")
FALSEHOOD("time-wait-assassination", "tcp_rfc1337 = 1, a RST", 0, 0, 0,
	  "tcp_rfc1337 = 1 lets a RST kill TIME_WAIT, as the kernel's document says")
FALSEHOOD("time-wait-assassination", "tcp_rfc1337 = 1, a RST", 1, 1, 1,
	  "a RST that is ignored starts the timer again")
FALSEHOOD("time-wait-assassination", "tcp_rfc1337 = 0, a RST with another number", 0, 0,
	  0, "any RST ends TIME_WAIT")
FALSEHOOD("time-wait-assassination", "tcp_rfc1337 = 0, an ACK", 1, 0, 0,
	  "a forged segment does not reach TIME_WAIT")
FALSEHOOD("server-side-syn", "the client closes first", 1, 0, 0,
	  "a client's TIME_WAIT does not keep its port")
FALSEHOOD("server-side-syn", "the server closes first, tcp_tw_reuse = 0", 0, 1, 1,
	  "a server's TIME_WAIT keeps its client away for a minute")
FALSEHOOD("server-side-syn", "the server closes first, tcp_tw_reuse = 1", 4, 19, 19,
	  "tcp_tw_reuse is what lets the client come back")
FALSEHOOD("server-side-syn", "the server closes first, tcp_timestamps = 0", 0, 1, 1,
	  "without timestamps a server takes no SYN onto a TIME_WAIT")
FALSEHOOD("tw-buckets", "tcp_max_tw_buckets at its default", 1, 20, 20,
	  "TIME_WAIT overflows without a limit being reached")
FALSEHOOD("tw-buckets", "tcp_max_tw_buckets = 5", 0, 20, 20,
	  "tcp_max_tw_buckets only makes the kernel warn")
FALSEHOOD("tw-buckets", "tcp_max_tw_buckets = 5", 2, 15, 15,
	  "what is beyond the limit is reset")
FALSEHOOD("tw-buckets", "tcp_max_tw_buckets = 0", 1, 0, 0, "0 means no limit")
