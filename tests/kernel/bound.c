/* SPDX-License-Identifier: MIT */
/*
 * bound: holds N sockets which are bound and neither connected nor listening, while a
 * command runs: what Linux 6.8 and later show to a dump as TCP_BOUND_INACTIVE.
 *
 *	bound N [--ipv6] COMMAND [ARG...]
 *
 * The command inherits the sockets.  Exits with 99 where one cannot be made.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define EXIT_BROKEN 99
#define FIRST_PORT  30000

static int bind_one(int family, unsigned long turn)
{
	struct sockaddr_in inet = { .sin_family = AF_INET };
	struct sockaddr_in6 inet6 = { .sin6_family = AF_INET6 };
	const struct sockaddr *address = (const struct sockaddr *)&inet;
	socklen_t length = sizeof(inet);
	int fd = socket(family, SOCK_STREAM, 0);

	inet.sin_port = inet6.sin6_port = htons((uint16_t)(FIRST_PORT + turn));
	if (family == AF_INET6) {
		address = (const struct sockaddr *)&inet6;
		length = sizeof(inet6);
	}
	return fd < 0 ? -1 : bind(fd, address, length);
}

int main(int argc, char **argv)
{
	unsigned long n = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	int is_ipv6 = argc > 2 && strcmp(argv[2], "--ipv6") == 0;
	char **command = argv + 2 + is_ipv6;

	if (argc < 3 + is_ipv6 || n == 0 || n > 65535 - FIRST_PORT) {
		fputs("bound: usage: bound N [--ipv6] COMMAND [ARG...]\n", stderr);
		return EXIT_BROKEN;
	}
	for (unsigned long turn = 0; turn < n; turn++) {
		if (bind_one(is_ipv6 ? AF_INET6 : AF_INET, turn) < 0) {
			fprintf(stderr, "bound: %s\n", strerror(errno));
			return EXIT_BROKEN;
		}
	}
	execvp(command[0], command);
	fprintf(stderr, "bound: %s: %s\n", command[0], strerror(errno));
	return EXIT_BROKEN;
}
