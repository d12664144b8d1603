/* SPDX-License-Identifier: MIT */
/*
 * signed: listens with a key of TCP-MD5 (RFC 2385) for a peer, and runs a command.
 *
 *	signed KEY PEER COMMAND [ARG...]
 *
 * Exits 77 where the kernel has no TCP-MD5.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int trouble(const char *what)
{
	fprintf(stderr, "signed: %s: %s\n", what, strerror(errno));
	return 99;
}

int main(int argc, char **argv)
{
	struct sockaddr_in peer = { .sin_family = AF_INET };
	struct tcp_md5sig md5 = { 0 };
	/* not close-on-exec: the command holds it */
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (argc < 4 || strlen(argv[1]) > sizeof(md5.tcpm_key) ||
	    inet_pton(AF_INET, argv[2], &peer.sin_addr) != 1) {
		fputs("signed KEY PEER COMMAND [ARG...]\n", stderr);
		return 99;
	}
	if (fd < 0)
		return trouble("socket");
	memcpy(&md5.tcpm_addr, &peer, sizeof(peer));
	md5.tcpm_keylen = (__u16)strlen(argv[1]);
	memcpy(md5.tcpm_key, argv[1], md5.tcpm_keylen);
	if (setsockopt(fd, IPPROTO_TCP, TCP_MD5SIG, &md5, sizeof(md5)) < 0)
		return errno == ENOPROTOOPT ? 77 : trouble("TCP_MD5SIG");
	if (listen(fd, 1) < 0)
		return trouble("listen");
	execvp(argv[3], argv + 3);
	return trouble(argv[3]);
}
