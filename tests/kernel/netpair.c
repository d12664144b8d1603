/* SPDX-License-Identifier: MIT */
#include "netpair.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define AWAIT_SECONDS 10
#define CLOSED_PORT   1

static const char *const inet_address[] = { "10.77.0.1", "10.77.0.2" };
static const char *const inet6_address[] = { "fd77::1", "fd77::2" };
static const char *const inet_prefix[] = { "10.77.0.1/24", "10.77.0.2/24" };
static const char *const inet6_prefix[] = { "fd77::1/64", "fd77::2/64" };
static const char *const veth[] = { "vetha", "vethb" };

/* One write(2): the kernel takes neither a map nor a sysctl in pieces. */
static int write_once(const char *path, const char *text)
{
	ssize_t done;
	int fd, error;

	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	done = write(fd, text, strlen(text));
	error = errno;
	close(fd);
	errno = error;
	return done < 0 ? -1 : 0;
}

static int become_root_of_user_namespace(void)
{
	unsigned int uid = geteuid(), gid = getegid();
	char map[32];

	if (unshare(CLONE_NEWUSER) < 0)
		return -1;
	if (write_once("/proc/self/setgroups", "deny") < 0)
		return -1;
	snprintf(map, sizeof(map), "0 %u 1", uid);
	if (write_once("/proc/self/uid_map", map) < 0)
		return -1;
	snprintf(map, sizeof(map), "0 %u 1", gid);
	return write_once("/proc/self/gid_map", map);
}

static int unshare_net(void)
{
	if (unshare(CLONE_NEWNET) < 0)
		return -1;
	return open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
}

static int make_namespaces(struct netpair *pair)
{
	int ns = unshare_net();

	if (ns < 0 && errno == EPERM && become_root_of_user_namespace() == 0)
		ns = unshare_net();
	if (ns < 0)
		return -1;
	pair->ns[NETPAIR_A] = ns;
	pair->ns[NETPAIR_B] = unshare_net();
	if (pair->ns[NETPAIR_B] < 0) {
		close(pair->ns[NETPAIR_A]);
		return -1;
	}
	return 0;
}

/* Runs ip(8), which says on stderr what it could not do. */
static int run_ip(const char *const arguments[])
{
	int status, error;
	pid_t pid;

	error = posix_spawnp(&pid, "ip", NULL, NULL, (char *const *)arguments, environ);
	if (error) {
		fprintf(stderr, "netpair: cannot run ip: %s\n", strerror(error));
		return -1;
	}
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -1;
	}
	return status == 0 ? 0 : -1;
}

#define IP(...) run_ip((const char *const[]){ "ip", __VA_ARGS__, NULL })

static int link_namespaces(const struct netpair *pair)
{
	char peer[64];

	snprintf(peer, sizeof(peer), "/proc/%d/fd/%d", getpid(), pair->ns[NETPAIR_B]);
	if (netpair_enter(pair, NETPAIR_A) < 0)
		return -1;
	return IP("link", "add", veth[NETPAIR_A], "type", "veth", "peer", "name",
		  veth[NETPAIR_B], "netns", peer);
}

static int bring_up(const struct netpair *pair, enum netpair_side side, bool ipv6)
{
	const char *device = veth[side];

	if (netpair_enter(pair, side) < 0)
		return -1;
	if (IP("link", "set", "lo", "up") < 0)
		return -1;
	if (IP("address", "add", inet_prefix[side], "dev", device) < 0)
		return -1;
	if (ipv6 && IP("address", "add", inet6_prefix[side], "dev", device, "nodad") < 0)
		return -1;
	return IP("link", "set", device, "up");
}

/* A refusal has crossed the link both ways, and leaves no socket behind. */
static bool refused_by_b(int family)
{
	struct sockaddr_storage address;
	socklen_t length = netpair_address(NETPAIR_B, family, CLOSED_PORT, &address);
	struct pollfd poll_fd = { .events = POLLOUT };
	socklen_t size = sizeof(int);
	int error = 0;

	poll_fd.fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (poll_fd.fd < 0)
		return false;
	if (connect(poll_fd.fd, (struct sockaddr *)&address, length) < 0)
		error = errno;
	if (error == EINPROGRESS && poll(&poll_fd, 1, 50) == 1)
		getsockopt(poll_fd.fd, SOL_SOCKET, SO_ERROR, &error, &size);
	close(poll_fd.fd);
	return error == ECONNREFUSED;
}

static int await_path(int family)
{
	const struct timespec pause = { .tv_nsec = 2000000 };
	struct timespec now;
	time_t end;

	clock_gettime(CLOCK_MONOTONIC, &now);
	end = now.tv_sec + AWAIT_SECONDS;
	while (now.tv_sec < end) {
		if (refused_by_b(family))
			return 0;
		nanosleep(&pause, NULL);
		clock_gettime(CLOCK_MONOTONIC, &now);
	}
	return -1;
}

enum netpair_result netpair_make(struct netpair *pair, bool ipv6)
{
	if (make_namespaces(pair) < 0) {
		fprintf(stderr, "netpair: cannot make network namespaces: %s\n",
			strerror(errno));
		return NETPAIR_UNAVAILABLE;
	}
	if (link_namespaces(pair) < 0 || bring_up(pair, NETPAIR_B, ipv6) < 0 ||
	    bring_up(pair, NETPAIR_A, ipv6) < 0) {
		fprintf(stderr, "netpair: cannot link the network namespaces\n");
		return NETPAIR_BROKEN;
	}
	if (await_path(AF_INET) < 0 || (ipv6 && await_path(AF_INET6) < 0)) {
		fprintf(stderr, "netpair: B did not answer A within %d s\n",
			AWAIT_SECONDS);
		return NETPAIR_BROKEN;
	}
	return NETPAIR_MADE;
}

int netpair_enter(const struct netpair *pair, enum netpair_side side)
{
	return setns(pair->ns[side], CLONE_NEWNET);
}

int netpair_sysctl(const struct netpair *pair, enum netpair_side side,
		   const char *setting)
{
	const char *value = strchr(setting, '=');
	char path[256];
	int length;

	if (!value || strncmp(setting, "net.", 4) != 0 ||
	    memchr(setting, '/', (size_t)(value - setting))) {
		errno = EINVAL;
		return -1;
	}
	length = snprintf(path, sizeof(path), "/proc/sys/%.*s", (int)(value - setting),
			  setting);
	if (length >= (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	for (char *dot = path; (dot = strchr(dot, '.'));)
		*dot = '/';
	if (netpair_enter(pair, side) < 0)
		return -1;
	return write_once(path, value + 1);
}

int netpair_add_hosts(const struct netpair *pair)
{
	static const char hosts[] = "10.78.0.0/16";

	if (netpair_enter(pair, NETPAIR_B) < 0 ||
	    IP("route", "add", "local", hosts, "dev", "lo") < 0)
		return -1;
	if (netpair_enter(pair, NETPAIR_A) < 0)
		return -1;
	return IP("route", "add", hosts, "via", inet_address[NETPAIR_B]);
}

socklen_t netpair_address(enum netpair_side side, int family, uint16_t port,
			  struct sockaddr_storage *address)
{
	struct sockaddr_in *inet = (struct sockaddr_in *)address;
	struct sockaddr_in6 *inet6 = (struct sockaddr_in6 *)address;

	memset(address, 0, sizeof(*address));
	if (family == AF_INET6) {
		inet6->sin6_family = AF_INET6;
		inet6->sin6_port = htons(port);
		inet_pton(AF_INET6, inet6_address[side], &inet6->sin6_addr);
		return sizeof(*inet6);
	}
	inet->sin_family = AF_INET;
	inet->sin_port = htons(port);
	inet_pton(AF_INET, inet_address[side], &inet->sin_addr);
	return sizeof(*inet);
}
