/* SPDX-License-Identifier: MIT */
/*
 * What the knobs of hash tables and queues do and do not do.
 * Numbers come from experiments (Linux 6.18) or from the kernel source, never from hearsay.
 */
#include "core/topic.h"

const struct topic topic_queues[] = {
	{
		.name = "tcp_ehash_entries",
		.kind = TOPIC_KNOB,
		.title = "How many buckets the table of connections has",
		.what = "Read-only. The size of the hash table that every "
			"connection is found in: by the kernel source one bucket "
			"for each 128 KiB of RAM, a power of two, at most 524288 "
			"(262144 on a machine of 24 GB). A negative number says "
			"that this namespace shares the host's table of that size.",
		.does = "Closing connections stay in this table to their end, "
			"TIME_WAIT included. The defaults of tcp_max_tw_buckets "
			"(half of it), tcp_max_orphans (half) and "
			"tcp_max_syn_backlog follow from it.",
		.does_not = "It is not how many connections there can be: a bucket is a "
			    "chain. Nobody can write it.",
		.raising = "Only at boot, with thash_entries= on the kernel's command "
			   "line. Chains get shorter; each bucket costs 8 bytes of "
			   "kernel memory.",
		.lowering = "Only at boot. A few MB are saved, look-ups get slower and "
			    "tcp_max_tw_buckets starts lower.",
		.needs = "A reboot.",
		.with = "tcp_child_ehash_entries gives new namespaces a table of "
			"their own. Dumps of sockets, finwait's own too, walk all "
			"of it.",
		.evidence = "'tw' + 'inuse' of the TCP line in /proc/net/sockstat above "
			    "twice the buckets, over all namespaces that share the "
			    "table. Below that there is nothing to gain.",
		.acts = "It never changes in a running namespace.",
		.rfc = "tcp_init() in net/ipv4/tcp.c; proc_tcp_ehash_entries() in "
		       "net/ipv4/sysctl_net_ipv4.c; inet_ehashfn() in "
		       "net/ipv4/inet_hashtables.c",
		.see_also = "tcp_child_ehash_entries tcp_max_tw_buckets tcp_max_orphans "
			    "time-wait",
	},
	{
		.name = "tcp_child_ehash_entries",
		.kind = TOPIC_KNOB,
		.title = "The table of connections of namespaces made from this one",
		.what = "0, the default: a new network namespace shares the host's "
			"table. Any other number, up to 16777216, is rounded up to "
			"a power of two and is the size of the new namespace's own "
			"table.",
		.does = "A namespace with its own table starts with half of its "
			"size as tcp_max_tw_buckets, past which TIME_WAIT is "
			"skipped. Measured on Linux 6.18: 4096 gave 2048, and 7 "
			"gave a table of 8 and a limit of 4.",
		.does_not = "It changes nothing in the namespace where it is written, "
			    "nor in those that exist. It is not inherited further: a "
			    "new namespace starts with 0.",
		.raising = "Look-ups and dumps in a small container do not walk past "
			   "the sockets of the whole host. Each table costs 8 bytes a "
			   "bucket, and a small one brings a low tcp_max_tw_buckets.",
		.lowering = "To 0: new namespaces share the host's table again, which "
			    "is safe.",
		.needs = "It must be set, where the container is made from, before "
			 "the container starts.",
		.with = "tcp_max_tw_buckets and tcp_max_syn_backlog of the new "
			"namespace start from it; set them there as well if the "
			"table is small.",
		.evidence = "'finwait sockets' is slow in a container with few sockets, "
			    "on a host with hundreds of thousands.",
		.acts = "At clone() and unshare() of the next namespace only. If "
			"there is no memory for the table, the namespace shares the "
			"host's.",
		.rfc = "tcp_set_hashinfo() in net/ipv4/tcp_ipv4.c; "
		       "inet_pernet_hashinfo_alloc() in net/ipv4/inet_hashtables.c",
		.see_also = "tcp_ehash_entries tcp_max_tw_buckets tcp_max_syn_backlog "
			    "time-wait",
	},
	{
		.name = "netdev_max_backlog",
		.kind = TOPIC_KNOB,
		.title = "How many packets may wait for a CPU",
		.what = "Packets in the queue of one CPU, of those that come in "
			"over loopback, veth, tunnels, drivers of the old kind and "
			"RPS. 1000 by default. One number for the whole host, "
			"visible only in its initial network namespace.",
		.does = "Nothing to a closing connection that loses no packet. A "
			"FIN or a last ACK dropped here is repeated after a "
			"retransmission timeout, so FIN_WAIT_1 and LAST_ACK last "
			"longer.",
		.does_not = "It is not the ring of a network card, which 'ethtool -G' "
			    "shows: a modern driver does not use this queue unless RPS "
			    "is on. A negative number is no limit at all, by the kernel "
			    "source.",
		.raising = "Bursts between containers or over loopback survive; 5000 "
			   "to 30000 is usual. A CPU that is too slow then delays "
			   "packets instead of dropping some, which senders notice "
			   "later.",
		.lowering = "Shorter delays on an overloaded CPU. Under a few hundred, "
			    "ordinary bursts lose packets.",
		.with = "netdev_budget and netdev_budget_usecs say how fast the "
			"queue is emptied. By the kernel source cells of tunnels "
			"(GRO) have the same limit.",
		.evidence = "The second column of /proc/net/softnet_stat, in "
			    "hexadecimal, one line a CPU, growing between two readings.",
		.acts = "At once: it is read for each packet.",
		.rfc = "RFC 8290 section 1; enqueue_to_backlog() in "
		       "net/core/dev.c; gro_cells_receive() in "
		       "net/core/gro_cells.c",
		.see_also = "netdev_budget netdev_budget_usecs fin-wait-1 last-ack",
	},
	{
		.name = "netdev_budget",
		.kind = TOPIC_KNOB,
		.title = "How many packets a CPU takes in one round of receiving",
		.what = "Packets of all devices together in one run of the "
			"receiving softirq; what is left waits for the next. 300 by "
			"default. One number for the whole host, visible only in "
			"its initial network namespace.",
		.does = "Nothing to a closing connection.",
		.does_not = "It is no limit on speed: a round that ends with work left "
			    "is followed by another. It does not enlarge any queue.",
		.raising = "Fewer rounds are cut short on fast links. Programs on that "
			   "CPU wait longer for their turn.",
		.lowering = "Programs get the CPU sooner. Packets wait in the card, "
			    "whose ring may overflow; by the kernel source a number of "
			    "0 or less ends each round after one device.",
		.with = "netdev_budget_usecs ends the round as well, and whichever "
			"is reached first does. One device may take 64 packets of "
			"it at a time.",
		.evidence = "The third column of /proc/net/softnet_stat (time_squeeze), "
			    "in hexadecimal, growing fast together with drops of the "
			    "card in 'ip -s link'.",
		.acts = "At once, in the next round.",
		.rfc = "net_rx_action() in net/core/dev.c",
		.see_also = "netdev_budget_usecs netdev_max_backlog busy_poll",
	},
	{
		.name = "netdev_budget_usecs",
		.kind = TOPIC_KNOB,
		.title = "How long a CPU may take for one round of receiving",
		.what = "Microseconds. By default two ticks of the kernel's clock: "
			"8000 at 250 ticks a second, 2000 at 1000. One number for "
			"the whole host, visible only in its initial network "
			"namespace.",
		.does = "Nothing to a closing connection.",
		.does_not = "It is not exact: the kernel counts it in ticks, so 8001 "
			    "and 11000 are alike at 250 ticks a second. It is not a "
			    "pause between packets.",
		.raising = "Fewer rounds are cut short on fast links. Programs on that "
			   "CPU wait longer for their turn.",
		.lowering = "Programs get the CPU sooner, packets wait in the card. "
			    "Debian's 6.1.192 and 6.12 refuse less than two ticks.",
		.with = "netdev_budget ends the round as well, and whichever is "
			"reached first does: raise both or neither.",
		.evidence = "The third column of /proc/net/softnet_stat (time_squeeze), "
			    "in hexadecimal, growing fast together with drops of the "
			    "card in 'ip -s link'.",
		.acts = "At once, in the next round.",
		.rfc = "net_rx_action() in net/core/dev.c; netdev_budget_usecs_min "
		       "in net/core/sysctl_net_core.c",
		.see_also = "netdev_budget netdev_max_backlog",
	},
	{
		.name = "busy_poll",
		.kind = TOPIC_KNOB,
		.title = "How long poll() spins on the queue of the device",
		.what = "Microseconds that poll(), select() and epoll_wait() look "
			"into the device's receive queue themselves before they "
			"sleep. 0, the default: not at all. One number for the "
			"whole host, visible only in its initial network namespace.",
		.does = "Nothing to a closing connection. It spares the wake-up by "
			"an interrupt while a program waits for data.",
		.does_not = "It does nothing for the number of connections or for "
			    "TIME_WAIT, and nothing on loopback. By the kernel source "
			    "poll() and select() spin only for sockets with "
			    "SO_BUSY_POLL, which busy_read sets for new ones.",
		.raising = "50 to 100: answers come some microseconds sooner. A CPU "
			   "burns its time, and power, in each call that waits.",
		.lowering = "Safe: 0 is how it always was.",
		.needs = "A kernel with CONFIG_NET_RX_BUSY_POLL, a driver that takes "
			 "part, CPUs to spare, and for poll() and select() busy_read "
			 "or SO_BUSY_POLL.",
		.with = "busy_read marks the sockets that poll() may spin for. "
			"TuneD's profile network-latency sets both to 50.",
		.evidence = "A program whose latency counts in tens of microseconds, on "
			    "CPUs that are idle anyway. No counter asks for it.",
		.acts = "At the next call that waits, for open sockets too.",
		.rfc = "busy_loop_current_time() and busy_loop_timeout() in "
		       "include/net/busy_poll.h; do_poll() in fs/select.c; "
		       "ep_busy_loop() in fs/eventpoll.c",
		.see_also = "busy_read netdev_budget",
	},
	{
		.name = "busy_read",
		.kind = TOPIC_KNOB,
		.title = "How long a blocking read spins on the queue of the device",
		.what = "Microseconds, and the default of SO_BUSY_POLL: a read that "
			"finds nothing looks into the device's receive queue itself "
			"for that long before it sleeps. 0, the default: not at "
			"all. One number for the whole host, visible only in its "
			"initial network namespace.",
		.does = "Nothing to a closing connection: by the kernel source a "
			"TCP read spins in ESTABLISHED only.",
		.does_not = "It does nothing for the number of connections or for "
			    "TIME_WAIT, and nothing on loopback.",
		.raising = "50: answers come some microseconds sooner. Every read of "
			   "every new socket burns a CPU while it waits, which is "
			   "costly with many threads.",
		.lowering = "Safe: 0 is how it always was.",
		.needs = "A kernel with CONFIG_NET_RX_BUSY_POLL, a driver that takes "
			 "part, and CPUs to spare.",
		.with = "busy_poll does the same for poll(), for the sockets that "
			"this one marks. A program that needs it had better set "
			"SO_BUSY_POLL for its own sockets.",
		.evidence = "A program whose latency counts in tens of microseconds, on "
			    "CPUs that are idle anyway. No counter asks for it.",
		.acts = "On new sockets only; those that exist keep their "
			"SO_BUSY_POLL.",
		.rfc = "sock_init_data() in net/core/sock.c; tcp_recvmsg() in "
		       "net/ipv4/tcp.c; sk_can_busy_loop() in "
		       "include/net/busy_poll.h",
		.see_also = "busy_poll netdev_budget established",
	},
	{
		.name = "default_qdisc",
		.kind = TOPIC_KNOB,
		.title = "The queueing discipline of devices that appear later",
		.what = "A name, such as pfifo_fast (the kernel's own default), fq "
			"or fq_codel. The kernel loads the module it needs and "
			"refuses a name it cannot find. One for the whole host, "
			"visible only in its initial network namespace.",
		.does = "Nothing to a closing connection, but that a FIN or a last "
			"ACK behind a bulk transfer waits in this queue: a fair one "
			"lets it pass.",
		.does_not = "It does not change the devices that are up: each keeps its "
			    "queue until it is replaced with tc or made anew. A device "
			    "without a queue, as loopback and veth, gets none either "
			    "way.",
		.raising = "There is no higher or lower here. fq_codel and fq keep one "
			   "bulk transfer from delaying the rest, at a small cost of "
			   "CPU; fq also paces what asks for it.",
		.lowering = "Back to pfifo_fast: cheap and safe, and one bulk transfer "
			    "may fill the queue. noqueue makes a busy device drop "
			    "packets.",
		.needs = "The module sch_NAME, unless it is built in.",
		.with = "With fq below them connections that are paced no longer "
			"heed tcp_limit_output_bytes. Which congestion control "
			"wants pacing, its own documentation says.",
		.evidence = "'tc -s qdisc' with backlog and drops on the device that "
			    "matters, and delays of other connections during a "
			    "transfer.",
		.acts = "On devices made, or first brought up, after the write. "
			"Taking the name back leaves those as they are, so an undo "
			"cannot reach them.",
		.rfc = "RFC 8290; qdisc_set_default() in net/sched/sch_api.c; "
		       "attach_default_qdiscs() in net/sched/sch_generic.c",
		.see_also = "tcp_limit_output_bytes netdev_max_backlog",
	},
	{
		.name = "gc_thresh1",
		.kind = TOPIC_KNOB,
		.title = "How many neighbours are kept in any case",
		.what = "Entries of the table of IPv4 neighbours (ARP) below which "
			"none is collected. 128 by default. One table for all "
			"network namespaces; the file is in the initial one only.",
		.does = "Nothing to a closing connection. Above it, entries that "
			"nobody has used for a while (gc_stale_time, a minute) are "
			"taken out.",
		.does_not = "It is not the size of the table: gc_thresh3 is. An entry "
			    "that a socket or a route holds is not taken out.",
		.raising = "Neighbours that are quiet for long stay known. Some "
			   "hundred bytes of kernel memory each.",
		.lowering = "A smaller table. Each neighbour that was forgotten costs a "
			    "question, and a wait for its answer, before the next "
			    "packet.",
		.with = "Keep gc_thresh1 < gc_thresh2 < gc_thresh3. IPv6 has its "
			"own three below net.ipv6.neigh.default.",
		.evidence = "Many ARP requests for neighbours that were known a few "
			    "minutes ago ('tcpdump arp'), with fewer entries than the "
			    "link has hosts.",
		.acts = "At the next run of the collector, on the entries there "
			"are.",
		.rfc = "RFC 826; RFC 1122 section 2.3.2.1; neigh_periodic_work() "
		       "in net/core/neighbour.c",
		.see_also = "gc_thresh2 gc_thresh3",
	},
	{
		.name = "gc_thresh2",
		.kind = TOPIC_KNOB,
		.title = "How many neighbours are too many for long",
		.what = "Entries of the table of IPv4 neighbours (ARP) above which "
			"a new one clears out old ones first, at most once in 5 s. "
			"512 by default. One table for all network namespaces; the "
			"file is in the initial one only.",
		.does = "Nothing to a closing connection whose peer is still known. "
			"By the kernel source what goes is what has not changed for "
			"5 s and what nobody holds.",
		.does_not = "It is not the size of the table: up to gc_thresh3 it may "
			    "stay above for a while.",
		.raising = "Large links and many containers keep their neighbours. "
			   "Some hundred bytes of kernel memory each.",
		.lowering = "A smaller table. Neighbours go and come back all the time, "
			    "each with a question and a wait.",
		.with = "Keep gc_thresh1 < gc_thresh2 < gc_thresh3: a second number "
			"at or above the third leaves nothing to clear before the "
			"table is full. IPv6 has its own three.",
		.evidence = "forced_gc_runs in /proc/net/stat/arp_cache, in "
			    "hexadecimal, growing between two readings.",
		.acts = "At the next new neighbour.",
		.rfc = "RFC 826; RFC 1122 section 2.3.2.1; neigh_alloc() and "
		       "neigh_forced_gc() in net/core/neighbour.c",
		.see_also = "gc_thresh1 gc_thresh3",
	},
	{
		.name = "gc_thresh3",
		.kind = TOPIC_KNOB,
		.title = "How many neighbours there can be",
		.what = "The limit of the table of IPv4 neighbours (ARP), permanent "
			"entries not counted. 1024 by default. One table for all "
			"network namespaces; the file is in the initial one only.",
		.does = "With the table full a FIN or an ACK to a neighbour that "
			"was forgotten does not leave this host: the connection "
			"stays in FIN_WAIT_1 or LAST_ACK and tries again, until "
			"tcp_orphan_retries ends it. By the kernel source the "
			"packet is dropped with ENOBUFS, and connect() treats its "
			"SYN as lost and times out.",
		.does_not = "It has nothing to do with the number of connections, "
			    "although it looks like it: only hosts on the same link "
			    "count, and everything behind a gateway is one neighbour.",
		.raising = "Large flat networks and many containers on one bridge "
			   "work; 16384 is common. Some hundred bytes of kernel memory "
			   "each.",
		.lowering = "Bounds what a scan of the link can fill. Below the number "
			    "of hosts on the link, connections fail at random.",
		.with = "Raise all three: gc_thresh1 < gc_thresh2 < gc_thresh3. "
			"IPv6 has its own three below net.ipv6.neigh.default.",
		.evidence = "'neighbor table overflow' in the kernel log, and "
			    "table_fulls in /proc/net/stat/arp_cache growing. 'ip -4 "
			    "neigh | wc -l' in each namespace tells who fills it.",
		.acts = "At once, for the next new neighbour. A lower number takes "
			"nothing out by itself.",
		.rfc = "RFC 826; RFC 1122 section 2.3.2.1; neigh_alloc() in "
		       "net/core/neighbour.c; ip_finish_output2() in "
		       "net/ipv4/ip_output.c",
		.see_also = "gc_thresh1 gc_thresh2 tcp_orphan_retries fin-wait-1 "
			    "last-ack",
	},
	{ 0 },
};
