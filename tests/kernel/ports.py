# SPDX-License-Identifier: MIT
"""How many ports are left towards one destination, and when there are none.

    python3 ports.py SCENARIO

Each sets a range of 50 ports and compares the headroom with what connect() and bind() do.
The rates are slow enough that a busy machine keeps them, and 20 % of the time that is
forecast is some tenths of a second.
"""
import errno
import socket
import subprocess

import wire
from wire import check, check_within, finwait, now

LOW, HIGH, N = 40000, 40049, 50
SERVED = 5000
RATE = 10  # connections a second
OFF = 0.2  # a forecast may be off by so much


def prepare(reuse=0):
    wire.set_sysctl("ip_local_port_range", f"{LOW} {HIGH}")
    wire.set_sysctl("tcp_tw_reuse", reuse)
    return wire.listen(port=SERVED)


def destination(document, port=SERVED, address="127.0.0.1"):
    """Its group; None: no socket goes there."""
    found = [
        g
        for g in document["groups"]
        if (g["key"]["address"], g["key"]["port"], g["key"]["direction"]) == (address, port, "out")
    ]
    return found[0] if found else None


def free(document, port=SERVED):
    return destination(document, port)["ports"]["free"]


def free_to_bind(document, address="127.0.0.1"):
    return {a["address"]: a["free_to_bind"] for a in document["ports"]["local_addresses"]}[address]


def is_full(server):
    return wire.fails_with(wire.NO_PORT, wire.connect, server)


class Pace:
    """So many turns a second, wherever the time goes meanwhile."""

    def __init__(self):
        self.begin = now()
        self.turns = 0

    def turn(self):
        self.turns += 1
        wire.sleep_until(self.begin + self.turns / RATE)


def take_ports(server, is_closed, forecast_at, arguments=()):
    """At that rate until connect() fails. In the middle finwait forecasts that moment."""
    held = []
    asked = answer = answered = None
    pace = Pace()
    while True:
        try:
            client, peer = wire.pair(server)
        except OSError as e:
            check("connect()", errno.EADDRNOTAVAIL, e.errno)
            break
        if is_closed:
            wire.close_first(client, peer)
        else:
            held += [client, peer]
        pace.turn()
        if pace.turns == forecast_at:
            asked = wire.start_finwait("--by", "peer", *arguments)
        if asked and answered is None and asked.poll() is not None:
            answered = now()
            answer = wire.end_finwait(asked)
    failed = now()
    check("ports taken", N, pace.turns)
    check("free when connect() fails", 0, free(finwait("--by", "peer")))
    forecast = destination(answer)["ports"]["forecast"]
    check("runs out", True, forecast["runs_out"])
    # it was read up to a turn before the answer was seen
    truth = failed - answered
    check_within(
        "seconds until connect() fails",
        truth * (1 - OFF),
        forecast["seconds"],
        (truth + 1 / RATE) * (1 + OFF),
    )
    return held


def closed():
    take_ports(prepare(), True, N // 2)


def held():
    # a second before half of the ports are taken, so that the second reading is there
    take_ports(prepare(), False, N // 2 - RATE, ("--twice", "1"))


def count_down(server, pool):
    """Each free port is one that connect() takes."""
    held = list(wire.pair(server))
    for left in range(pool - 1, 0, -1):
        if left in (pool - 1, pool // 2, 2, 1):
            group = destination(finwait("--by", "peer"))
            check("pool", pool, group["ports"]["pool"] - group["ports"]["blocked"])
            check("free", left, group["ports"]["free"])
        held += wire.pair(server)
    check("free at the end", 0, free(finwait("--by", "peer")))
    check("connect() fails", True, is_full(server))
    return held


def steps():
    count_down(prepare(), N)


def two_destinations():
    server, other = prepare(), wire.listen(port=SERVED + 1)
    sockets = count_down(server, N)
    check("other", None, destination(finwait("--by", "peer"), SERVED + 1))
    sockets += wire.pair(other)
    document = finwait("--by", "peer")
    check("free of one", 0, free(document))
    check("free of the other", N - 1, free(document, SERVED + 1))
    for s in sockets:
        s.close()


def reserved():
    server = prepare()
    wire.set_sysctl("ip_local_reserved_ports", f"{LOW}-{LOW + 24}")
    count_down(server, N - 25)


def listeners():
    server = prepare()
    blocking = [wire.listen(port=LOW + i) for i in (0, 7, 9)]
    # one of another address takes its port from all the same
    blocking.append(wire.listen(port=LOW + 8, address="127.0.0.2"))
    sockets = count_down(server, N - len(blocking))
    group = destination(finwait("--by", "peer"))
    check("blocked", len(blocking), group["ports"]["blocked"])
    for s in sockets:
        s.close()


def bound():
    """Since Linux 6.8 they are told."""
    server = prepare()
    sockets = []
    for _ in range(10):
        s = socket.socket()
        s.bind(("127.0.0.1", 0))
        sockets.append(s)
    document = finwait("--by", "peer")
    check("bound_inactive", 10, document["ports"]["bound_inactive"])
    count_down(server, N - len(sockets))


def bind_first():
    """bind() before connect(): one pool for all destinations."""
    prepare()
    servers = [wire.listen(port=SERVED + 10 + i) for i in range(3)]
    held = []
    for turn in range(N):
        s = socket.socket()
        s.bind(("127.0.0.1", 0))
        s.connect(servers[turn % 3].getsockname())
        held += [s, servers[turn % 3].accept()[0]]
        if turn in (0, 24, N - 2):
            left = free_to_bind(finwait("--by", "peer"))
            check("free_to_bind", N - 1 - turn, left)
    check("free_to_bind at the end", 0, free_to_bind(finwait("--by", "peer")))
    s = socket.socket()
    check("bind() fails", True, wire.fails_with(errno.EADDRINUSE, s.bind, ("127.0.0.1", 0)))
    # and another address has them all
    s.bind(("127.0.0.2", 0))


def reused():
    """tcp_tw_reuse=1: a port is back when its TIME_WAIT is a second old."""
    server = prepare(reuse=1)
    for _ in range(N):
        wire.close_first(*wire.pair(server))
    last = now()
    check("connect() fails", True, is_full(server))
    group = destination(finwait("--by", "peer"))["ports"]
    if now() - last < 0.9:  # else the machine was too slow to see it
        check("tw_reuse", True, group["tw_reuse"])
        check("free, all too young", 0, group["free"])
    wire.sleep_until(last + 1.1)
    group = destination(finwait("--by", "peer"))["ports"]
    check("reusable", N, group["reusable"])
    check("free, all reusable", N, group["free"])
    taken = [wire.pair(server) for _ in range(N)]
    check("connect() fails again", True, is_full(server))
    check("free, all held", 0, free(finwait("--by", "peer")))
    for client, peer in taken:
        client.close()
        peer.close()


def reused_for_ever():
    """20 a second of 50 ports that come back after a second."""
    server = prepare(reuse=1)
    begin = now()
    for turn in range(4 * 20):
        wire.close_first(*wire.pair(server))
        wire.sleep_until(begin + (turn + 1) / 20)
        if turn == 50:
            forecast = destination(finwait("--by", "peer"))["ports"]["forecast"]
            check("runs out", False, forecast["runs_out"])
            # a TIME_WAIT that was taken over is no longer there to be counted: it may be less
            check_within("per second", 1, forecast["per_second"], 20 * (1 + OFF))
    check("is full", False, is_full(server))


def reused_sooner():
    """tcp_tw_reuse_delay, of Linux 6.14 and later."""
    server = prepare(reuse=1)
    wire.set_sysctl("tcp_tw_reuse_delay", 3000)
    for _ in range(N):
        wire.close_first(*wire.pair(server))
    last = now()
    wire.sleep_until(last + 1.5)
    check("free after 1.5 s", 0, free(finwait("--by", "peer")))
    check("connect() fails", True, is_full(server))
    wire.set_sysctl("tcp_tw_reuse_delay", 500)
    check("free with a shorter delay", N, free(finwait("--by", "peer")))
    check("connect() fails", False, is_full(server))


def no_timestamps():
    """Without them no TIME_WAIT is taken over."""
    server = prepare(reuse=1)
    wire.set_sysctl("tcp_timestamps", 0)
    for _ in range(N):
        wire.close_first(*wire.pair(server))
    wire.sleep_until(now() + 1.1)
    ports = destination(finwait("--by", "peer"))["ports"]
    check("tw_reuse and free", (False, 0), (ports["tw_reuse"], ports["free"]))
    check("connect() fails", True, is_full(server))


def mapped():
    """Connections of IPv6 sockets to v4-mapped addresses are of the same 50."""
    server = prepare()
    held = []
    for turn in range(N):
        client = socket.socket(wire.domain(wire.MAPPED if turn % 2 else 4))
        host = wire.LOOPBACK[wire.MAPPED if turn % 2 else 4]
        client.connect((host, SERVED))
        held += [client, server.accept()[0]]
    check("connect() fails", True, is_full(server))
    check("free", 0, free(finwait("--by", "peer")))


def loopback_only():
    """tcp_tw_reuse=2 helps between loopback addresses, and no other address on lo."""
    subprocess.run(["ip", "address", "add", "10.99.0.1/32", "dev", "lo"], check=True)
    server = prepare(reuse=2)
    other = wire.listen(port=SERVED + 1, address="10.99.0.1")
    for _ in range(N):
        wire.close_first(*wire.pair(server))
        client = socket.create_connection(other.getsockname())
        wire.close_first(client, other.accept()[0])
    wire.sleep_until(now() + 1.1)
    document = finwait("--by", "peer")
    one = destination(document)["ports"]
    two = destination(document, SERVED + 1, "10.99.0.1")["ports"]
    check("127.0.0.1", (True, N), (one["tw_reuse"], one["free"]))
    check("10.99.0.1", (False, 0), (two["tw_reuse"], two["free"]))
    check("connect() to 127.0.0.1 fails", False, is_full(server))
    call = socket.create_connection
    check("connect() to it fails", True, wire.fails_with(wire.NO_PORT, call, other.getsockname()))


wire.main({name: value for name, value in globals().items() if callable(value)})
