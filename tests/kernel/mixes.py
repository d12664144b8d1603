# SPDX-License-Identifier: MIT
"""Random mixes of sockets, counted by finwait and by ss.

    python3 mixes.py mixes SEED N

Each mix is made in a namespace of its own by some processes of different users, and is then
the same for as long as it is looked at. What is expected comes from the making, and by port,
peer and user from the lines of ss.
"""
import collections
import contextlib
import os
import random
import re
import socket
import subprocess

import wire
from sandbox import refuse_netlink
from wire import check, finwait

STATES = {
    "ESTAB": "established",
    "SYN-SENT": "syn_sent",
    "SYN-RECV": "syn_recv",
    "FIN-WAIT-1": "fin_wait1",
    "FIN-WAIT-2": "fin_wait2",
    "TIME-WAIT": "time_wait",
    "UNCONN": "close",
    "CLOSE-WAIT": "close_wait",
    "LAST-ACK": "last_ack",
    "LISTEN": "listen",
    "CLOSING": "closing",
}
FAMILIES = [4, 6, wire.MAPPED]
USERS = [0, 1001, 1002, 4711]
ROW = re.compile(r"(\S+) +(\d+) +(\d+) +(\S+):(\d+|\*) +(\S+):(\d+|\*)(.*)")


class Worker:
    """One process: what it holds, and what it has left to the kernel, by state."""

    def __init__(self):
        self.all = collections.Counter()  # (state, "ipv4" or "ipv6")
        self.held = collections.Counter()  # state, its own and those in its queues
        self.kinds = collections.Counter()  # of CLOSE_WAIT and FIN_WAIT_2
        self.unread_bytes = 0
        self.sockets = []

    def count(self, state, family, is_held=True):
        self.all[state, "ipv4" if family == 4 else "ipv6"] += 1
        self.held[state] += is_held

    def keep(self, s, state, family):
        self.sockets.append(s)
        self.count(state, family)

    def listen(self, family, backlog=128):
        server = wire.listen(family, backlog=backlog)
        self.keep(server, "listen", family)
        return server

    def established(self, server, family):
        for s in wire.pair(server, family):
            self.keep(s, "established", family)

    def time_wait(self, server, family):
        wire.close_first(*wire.pair(server, family))
        self.count("time_wait", family, False)

    def close_wait(self, server, family, data=b"", is_read=False):
        """And the other end, orphaned or held, in FIN_WAIT_2."""
        client, peer = wire.pair(server, family)
        client.sendall(data)
        wire.half_close(client, peer)
        if random.random() < 0.5:
            client.close()
            self.count("fin_wait2", family, False)
            self.kinds["orphan"] += 1
        else:
            self.keep(client, "fin_wait2", family)
            self.kinds["fin_wait2_held"] += 1
        if is_read:
            while peer.recv(1000):
                pass
        self.keep(peer, "close_wait", family)
        self.kinds["close_wait_read" if is_read else "close_wait_unread"] += 1
        self.unread_bytes += 0 if is_read else len(data)

    def close_wait_unread(self, server, family):
        self.close_wait(server, family, b"x" * random.choice([0, 0, 1, 1000]))

    def close_wait_read(self, server, family):
        self.close_wait(server, family, b"x" * random.choice([0, 10]), True)

    def unaccepted(self, _, family):
        server = self.listen(family)
        for _ in range(random.randint(1, 3)):
            client = wire.connect(server, family)
            client.shutdown(socket.SHUT_WR)
            wire.await_state(client, wire.FIN_WAIT_2)
            self.keep(client, "fin_wait2", family)
            self.kinds["fin_wait2_held"] += 1
            self.count("close_wait", family)
            self.kinds["close_wait_unaccepted"] += 1

    def syn_sent(self, _, family):
        """The queue of backlog 0 holds one."""
        server = self.listen(family, backlog=0)
        self.keep(wire.connect(server, family), "established", family)
        self.count("established", family)
        client = socket.socket(wire.domain(family))
        client.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            client.connect((wire.LOOPBACK[family], server.getsockname()[1]))
        self.keep(client, "syn_sent", family)

    def syn_recv(self, _, family):
        """With TCP_DEFER_ACCEPT it lasts until there is data."""
        server = self.listen(family)
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 60)
        self.keep(wire.connect(server, family), "established", family)
        self.count("syn_recv", family)

    def fill(self, s):
        s.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                s.send(b"x" * 65536)

    def fin_wait1(self, server, family):
        """The peer reads nothing, and the FIN waits behind what was sent."""
        client, peer = wire.pair(server, family)
        self.fill(client)
        client.close()
        self.count("fin_wait1", family, False)
        self.keep(peer, "established", family)

    def last_ack(self, server, family):
        client, peer = wire.pair(server, family)
        wire.half_close(client, peer)
        self.fill(peer)
        check("end of file", b"", peer.recv(1))
        peer.close()
        self.count("last_ack", family, False)
        self.keep(client, "fin_wait2", family)
        self.kinds["fin_wait2_held"] += 1

    KINDS = [
        (established, 9),
        (time_wait, 30),
        (close_wait_unread, 9),
        (close_wait_read, 9),
        (unaccepted, 3),
        (syn_sent, 2),
        (syn_recv, 3),
        (fin_wait1, 1),
        (last_ack, 1),
    ]


def make(seed):
    """Of each kind and family some, or none."""
    random.seed(seed)
    worker = Worker()
    for family in FAMILIES:
        if random.random() < 0.3:
            continue
        server = worker.listen(family)
        for kind, most in Worker.KINDS:
            for _ in range(random.randint(0, most) * random.randint(0, 1)):
                kind(worker, server, family)
    return worker


class Part:
    """A worker as the test sees it."""

    def __init__(self, seed, uid):
        self.uid = uid
        back, to_child = os.pipe()
        stay, self.leave = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self.leave)
            self.run(seed, to_child, stay)
        os.close(stay)
        os.close(to_child)
        with open(back, encoding="utf-8") as f:
            text = f.read()
        if not text:
            raise wire.Wrong("a worker made nothing")
        counter = {"Counter": collections.Counter}
        self.all, self.held, self.kinds, self.unread_bytes = eval(text, counter)

    def run(self, seed, to, stay):
        status = 1
        try:
            if self.uid:
                os.setgroups([])
                os.setgid(self.uid)
                os.setuid(self.uid)
            worker = make(seed)
            text = repr((worker.all, worker.held, worker.kinds, worker.unread_bytes))
            os.write(to, text.encode())
            os.close(to)
            os.read(stay, 1)
            status = 0
        finally:
            os._exit(status)

    def end(self):
        os.write(self.leave, b"!")  # those forked later have its end of the pipe, too
        os.close(self.leave)
        os.waitpid(self.pid, 0)


def rows_of_ss():
    """(state, local address and port, remote address and port, uid or None), as ss tells them."""
    text = subprocess.run(["ss", "-tanHe"], check=True, capture_output=True, text=True).stdout
    rows = []
    for line in text.splitlines():
        state, _, _, local, lport, remote, rport, rest = ROW.fullmatch(line.rstrip()).groups()
        inode = int(re.search(r"ino:(\d+)", rest).group(1)) if "ino:" in rest else 0
        uid = re.search(r"uid:(\d+)", rest)
        rows.append(
            (
                STATES[state],
                (local.strip("[]"), int(lport)),
                (remote.strip("[]"), 0 if rport == "*" else int(rport)),
                None if inode == 0 else int(uid.group(1)) if uid else 0,
            )
        )
    return rows


def plain(address):
    """v4-mapped addresses are IPv4 ones."""
    return re.sub(r"^::ffff:(?=\d+\.)", "", address)


def states_of(group):
    return collections.Counter({k: n for k, n in group["states"].items() if n})


def counted(rows, key):
    """{key: {state: n}} of the rows that have one."""
    groups = collections.defaultdict(collections.Counter)
    for row in rows:
        if key(row) is not None:
            groups[key(row)][row[0]] += 1
    return dict(groups)


def grouped(document, key):
    return {key(g): states_of(g) for g in document["groups"]}


def check_states(parts, rows):
    document = finwait()
    expected = sum((p.all for p in parts), collections.Counter())
    found = collections.Counter()
    for state, at in document["states"].items():
        for family in ("ipv4", "ipv6") if at else ():
            found[state, family] = at[family]
        if at:
            check(f"sum of {state}", at["ipv4"] + at["ipv6"], at["total"])
    check("made and counted", +expected, +found)
    for state in STATES.values():
        n = sum(row[0] == state for row in rows)
        check(f"{state} in ss", n, document["states"][state]["total"])
    return document


def check_fallback(document):
    """Without inet_diag /proc/net/tcp tells the same of each state and family."""
    fallen = wire.end_finwait(wire.start_finwait(preexec_fn=refuse_netlink))
    check("said", True, "counted from /proc/net/tcp" in fallen["error"])
    states = {**document["states"], "bound_inactive": None}
    check("of /proc/net/tcp", states, fallen["states"])


def check_details(parts, document, fin_timeout):
    kinds = sum((p.kinds for p in parts), collections.Counter())
    details = collections.Counter({k: n for k, n in document["details"].items() if n})
    orphan = "fin_wait2_mini" if fin_timeout <= 60 else "fin_wait2_orphan"
    kinds[orphan] = kinds.pop("orphan", 0)
    for name in (
        "fin_wait2_mini",
        "fin_wait2_orphan",
        "fin_wait2_held",
        "close_wait_read",
        "close_wait_unread",
        "close_wait_unaccepted",
    ):
        check(name, kinds[name], details[name])
    tw = document["states"]["time_wait"]["total"] + kinds["fin_wait2_mini"]
    check("tw of sockstat", tw, document["sockstat"]["tw"])


def check_sums(document, top, expected):
    """Groups and others make all."""
    by = document["by"]
    total = sum((states_of(g) for g in document["groups"]), states_of(document["others"]))
    check(f"--by {by}: all", expected, total)
    n = sum(g["total"] for g in document["groups"]) + document["others"]["total"]
    check(f"--by {by}: their number", sum(expected.values()), n)
    check(f"--by {by}: at most", True, len(document["groups"]) <= top)
    sizes = [g["total"] for g in document["groups"]]
    check(f"--by {by}: the most first", sorted(sizes, reverse=True), sizes)


def check_processes(parts, expected):
    groups = grouped(finwait("--by", "process", "--top", "1000"), lambda g: g["key"]["pid"])
    held = collections.Counter()
    for part in parts:
        check(f"process {part.pid}", +part.held, groups.get(part.pid, collections.Counter()))
        held += part.held
    check("of no process", expected - held, groups.get(None, collections.Counter()))


def check_unread(parts):
    document = finwait("--by", "state", "--state", "close-wait")
    found = [g["close_wait"]["unread_bytes"] for g in document["groups"]]
    check("bytes unread", [sum(p.unread_bytes for p in parts)] if found else [], found)


def check_rows(rows):
    """By port, peer: what ss's lines give."""
    served = {row[1][1] for row in rows if row[0] == "listen"}

    def port(row):
        is_in = row[1][1] in served
        return f"{row[1][1]}/in" if is_in else f"{row[2][1]}/out"

    def peer(row):
        if row[0] == "listen":
            return None
        if row[1][1] in served:
            return (plain(row[2][0]), None, None)
        return (plain(row[2][0]), row[2][1], plain(row[1][0]))

    document = finwait("--by", "port", "--top", "1000")
    check("by port", counted(rows, port), grouped(document, lambda g: g["key"]))
    document = finwait("--by", "peer", "--top", "1000")
    check(
        "by peer",
        counted(rows, peer),
        grouped(
            document,
            lambda g: (g["key"]["address"], g["key"]["port"], g["key"]["local_address"]),
        ),
    )


def check_users(parts):
    """By the names of getent, which a user may lack."""
    expected = collections.defaultdict(collections.Counter)
    for part in parts:
        expected[part.uid] += part.held
    groups = grouped(finwait("--by", "user", "--top", "1000"), lambda g: g["key"])
    groups.pop(None, None)
    found = {}
    for name, states in groups.items():
        text = subprocess.run(["id", "-u", name], capture_output=True, text=True, check=False).stdout
        found[int(text or name)] = states
    check("by user", {u: +c for u, c in expected.items() if +c}, found)


def mix(random_source, is_root):
    fin_timeout = random_source.choice([30, 60, 90, 120])
    wire.enter_fresh_namespace()
    wire.set_sysctl("tcp_fin_timeout", fin_timeout)
    wire.set_sysctl("tcp_tw_reuse", 0)
    users = USERS if is_root else USERS[:1]
    parts = [
        Part(random_source.random(), random_source.choice(users))
        for _ in range(random_source.randint(1, 5))
    ]
    try:
        rows = rows_of_ss()
        document = check_states(parts, rows)
        check_details(parts, document, fin_timeout)
        check_fallback(document)
        expected = sum((p.all for p in parts), collections.Counter())
        states = collections.Counter()
        for (state, _), n in expected.items():
            states[state] += n
        for by in ("state", "port", "peer", "process", "unit", "user"):
            top = random_source.choice([1, 2, 3, 1000])
            seen = states.copy()
            if by == "peer":
                del seen["listen"]
            check_sums(finwait("--by", by, "--top", str(top)), top, +seen)
        check_processes(parts, states)
        check_rows(rows)
        check_users(parts)
        check_unread(parts)
    finally:
        for part in parts:
            part.end()
    return sum(states.values())


def mixes(seed, n):
    is_root = os.geteuid() == 0 and open("/proc/self/uid_map", encoding="ascii").read().split()[2] != "1"
    for number in range(int(n)):
        random_source = random.Random(f"{seed}.{number}")
        try:
            print(f"mix {number} of seed {seed}: {mix(random_source, is_root)} sockets")
        except wire.Wrong as wrong:
            raise wire.Wrong(f"mix {number} of seed {seed}: {wrong}") from wrong


wire.main({"mixes": mixes})
