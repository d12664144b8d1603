/* SPDX-License-Identifier: MIT */
/* TCP connections over the loopback of a scratch network namespace, both ends ours. */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>

#include "sys/sighting.h"

struct err;
struct lab;
struct moment;

struct connection {
	int listener_fd, client_fd, server_fd;
	struct flow client, server; /* each as its own end sees it */
};

/* A listener on a port of 127.0.0.1 that the kernel chooses. A descriptor; -errno and a sentence. */
int connection_listen(int backlog, struct sockaddr_in *ret, struct err *e);

/* The same on a port of the caller's choice. */
int connection_listen_at(uint16_t port, int backlog, struct sockaddr_in *ret,
			 struct err *e);

/*
 * Opens a listener, connects to it, accepts, and says so. Fails as well where inet_diag
 * does not find the connection: then nothing could be measured.
 */
int connection_open(struct lab *lab, struct connection *ret, struct err *e);

/*
 * Another one to the listener of `first`, of which only that and the address its client
 * connects to are needed.
 */
int connection_open_more(const struct connection *first, struct connection *ret,
			 struct err *e);

/*
 * From now on the socket drops all that arrives, and so answers nothing: a peer that
 * vanished without a word.
 */
int connection_silence(int fd, struct err *e);

/* It takes what arrives again. */
int connection_answer(int fd, struct err *e);

/* Switches SO_KEEPALIVE of one end (its descriptor) and says so. *ret: when. */
int connection_keep_alive(struct lab *lab, const struct connection *c, int fd, bool on,
			  struct moment *ret, struct err *e);

enum end { END_CLIENT, END_SERVER };

/*
 * Sends the FIN of one end, and comes back when the other is in CLOSE_WAIT. Descriptors
 * are kept: what nobody holds in FIN_WAIT_2 is a mini-socket already, with a timer and a
 * bucket of its own.
 */
int connection_end_half(struct lab *lab, const struct connection *c, enum end first,
			struct err *e);

/*
 * Closes both, one end first and the other once it has got its FIN: had the two crossed,
 * both ends would come to TIME_WAIT. Comes back when the other is gone: what the first one
 * comes to after its last ACK, TIME_WAIT or nothing, is then so. *ret: when it came to
 * TIME_WAIT; NULL: it need not.
 */
int connection_end(struct lab *lab, const struct connection *c, enum end first,
		   struct moment *ret, struct err *e);
