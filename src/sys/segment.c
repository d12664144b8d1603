/* SPDX-License-Identifier: MIT */
#include "sys/segment.h"

#include <errno.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "base/err.h"
#include "base/own.h"
#include "sys/clock.h"

enum { PACKET_MAX = 65536, OWN_WINDOW = 1024 };

int segment_open(struct err *e)
{
	/* one of IPPROTO_TCP is given a copy of each segment that arrives */
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);

	return fd < 0 ? err_errno(e, errno, "cannot read raw segments") : fd;
}

/* An IPv4 packet. False: it is cut off. */
static bool parse(const unsigned char *packet, size_t n, struct segment *ret)
{
	struct iphdr ip;
	struct tcphdr tcp;
	size_t ip_size, tcp_size;

	if (n < sizeof(ip))
		return false;
	memcpy(&ip, packet, sizeof(ip));
	ip_size = (size_t)ip.ihl * 4;
	if (n < ip_size + sizeof(tcp))
		return false;
	memcpy(&tcp, packet + ip_size, sizeof(tcp));
	tcp_size = (size_t)tcp.th_off * 4;
	if (n < ip_size + tcp_size)
		return false;
	*ret = (struct segment){
		.flow.local = { AF_INET, tcp.th_sport, { ip.saddr }, { 0 } },
		.flow.remote = { AF_INET, tcp.th_dport, { ip.daddr }, { 0 } },
		.seq = ntohl(tcp.th_seq),
		.ack = ntohl(tcp.th_ack),
		.flags = tcp.th_flags,
		.bytes = (uint32_t)(n - ip_size - tcp_size),
	};
	return true;
}

static bool is_same(const struct sockaddr_in *a, const struct sockaddr_in *b)
{
	return a->sin_addr.s_addr == b->sin_addr.s_addr && a->sin_port == b->sin_port;
}

int segment_await(int fd, const struct flow *flow, uint8_t flags, int64_t limit_ms,
		  struct segment *ret, struct err *e)
{
	own_free unsigned char *packet = malloc(PACKET_MAX);
	int64_t end = clock_monotonic_ms() + limit_ms, left;

	if (!packet)
		return err_errno(e, ENOMEM, "cannot read raw segments");
	while ((left = end - clock_monotonic_ms()) >= 0) {
		struct pollfd wanted = { .fd = fd, .events = POLLIN };
		struct segment segment;
		ssize_t n;

		if (poll(&wanted, 1, (int)left) < 0 && errno != EINTR)
			return err_errno(e, errno, "cannot wait for a segment");
		n = recv(fd, packet, PACKET_MAX, 0);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return err_errno(e, errno, "cannot read raw segments");
		if (n < 0 || !parse(packet, (size_t)n, &segment) ||
		    (segment.flags & flags) != flags ||
		    !is_same(&segment.flow.local, &flow->local) ||
		    !is_same(&segment.flow.remote, &flow->remote))
			continue;
		*ret = segment;
		return 0;
	}
	return err_set(e, ETIME, "a segment was awaited, and did not come");
}

uint32_t segment_next(const struct segment *segment)
{
	return segment->seq + segment->bytes + !!(segment->flags & TH_SYN) +
	       !!(segment->flags & TH_FIN);
}

/* What the checksum of a segment without data and options goes over (RFC 9293, 3.1). */
struct summed {
	uint32_t from, to;
	uint16_t protocol, length;
	struct tcphdr tcp;
};

static uint16_t checksum(const struct summed *summed)
{
	uint16_t words[sizeof(*summed) / sizeof(uint16_t)];
	uint32_t sum = 0;

	_Static_assert(sizeof(struct summed) == 12 + sizeof(struct tcphdr), "no padding");
	memcpy(words, summed, sizeof(words));
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		sum += words[i];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* With its checksum. */
static struct tcphdr make_header(const struct segment *segment)
{
	const struct flow *flow = &segment->flow;
	struct summed summed = {
		.from = flow->local.sin_addr.s_addr,
		.to = flow->remote.sin_addr.s_addr,
		.protocol = htons(IPPROTO_TCP),
		.length = htons(sizeof(struct tcphdr)),
		.tcp = { .th_sport = flow->local.sin_port,
			 .th_dport = flow->remote.sin_port,
			 .th_seq = htonl(segment->seq),
			 .th_ack = htonl(segment->ack),
			 .th_off = sizeof(struct tcphdr) / 4,
			 .th_flags = segment->flags,
			 .th_win = htons(OWN_WINDOW) },
	};

	summed.tcp.th_sum = checksum(&summed);
	return summed.tcp;
}

int segment_send(int fd, const struct segment *segment, struct err *e)
{
	struct tcphdr header = make_header(segment);
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_addr = segment->flow.remote.sin_addr };
	struct in_pktinfo info = { .ipi_spec_dst = segment->flow.local.sin_addr };
	char control[CMSG_SPACE(sizeof(info))] = { 0 };
	struct iovec bytes = { &header, sizeof(header) };
	struct msghdr message = { .msg_name = &to,
				  .msg_namelen = sizeof(to),
				  .msg_iov = &bytes,
				  .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *source = CMSG_FIRSTHDR(&message);

	/* the kernel writes the IP header; the source address is ours to name */
	source->cmsg_level = IPPROTO_IP;
	source->cmsg_type = IP_PKTINFO;
	source->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(source), &info, sizeof(info));
	if (sendmsg(fd, &message, 0) < 0)
		return err_errno(e, errno, "cannot send a segment by hand");
	return 0;
}
