# SPDX-License-Identifier: MIT
"""Who closed first and when, as finwait tells it, over loopback.

    python3 closers.py SCENARIO
"""
import ctypes
import socket
import struct
import subprocess

import wire
from wire import check, finwait, now

SO_ATTACH_FILTER = 26


def states(group):
    return {name: n for name, n in group["states"].items() if n}


def by_port(*arguments):
    document = finwait("--by", "port", *arguments)
    return {group["key"]: group for group in document["groups"]}


def minute():
    """Closes at known times come out in their seconds, each half a second from the next."""
    server = wire.listen()
    begin = now()
    made = {0.5: 7, 1.5: 5, 3.5: 3}  # seconds ago, when it is read
    for ago in sorted(made, reverse=True):
        wire.sleep_until(begin + max(made) - ago)
        for _ in range(made[ago]):
            wire.close_first(*wire.pair(server))
    wire.sleep_until(begin + max(made))
    document = finwait()
    late = now() - begin - max(made)
    if late > 0.4:
        raise wire.Wrong(f"the machine was too slow to tell: {late:.1f} s")
    seconds = document["closes"]["per_second"]
    expected = {int(ago): n for ago, n in made.items()}
    check("closes", expected, {i: n for i, n in enumerate(seconds) if n})
    check("sum", sum(made.values()), document["closes"]["sum"])
    check("tail and strange", (0, 0), (document["closes"]["tail"], document["closes"]["strange"]))
    group = by_port()[f"{server.getsockname()[1]}/out"]
    check("per 5 seconds", sum(made.values()), group["closes"]["per_5_seconds"][0])


def deafen(s):
    """Drops all that comes to that socket: one instruction of BPF, `ret 0`."""
    code = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0))
    program = struct.pack("HxxxxxxP", 1, ctypes.addressof(code))
    s.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)


def armed_again():
    """A peer that sends its FIN again arms the TIME_WAIT anew: it counts at that later time."""
    server = wire.listen()
    client, peer = wire.pair(server)
    wire.half_close(client, peer)
    client.close()
    deafen(peer)
    begin = now()
    peer.shutdown(socket.SHUT_WR)
    # sent again after 0.2 s, 0.6 s and 1.4 s, each time twice as long later
    wire.sleep_until(begin + 2.3)
    document = finwait()
    seconds = document["closes"]["per_second"]
    check("closes", 1, sum(seconds))
    check("not at its close", 0, sum(seconds[2:]))
    check("sum", 1, document["closes"]["sum"])


def servers_close_first():
    """Its TIME_WAIT stand at its port; a client that keeps its end is in CLOSE_WAIT."""
    server = wire.listen()
    port = server.getsockname()[1]
    for _ in range(9):
        client, peer = wire.pair(server)
        wire.close_first(peer, client)
    client, peer = wire.pair(server)
    wire.half_close(peer, client)
    groups = by_port()
    served, gone = groups[f"{port}/in"], groups[f"{port}/out"]
    check("in", {"listen": 1, "time_wait": 9, "fin_wait2": 1}, states(served))
    check("closed first, in", {"here": 10, "peer": 0}, served["closed_first"])
    check("out", {"close_wait": 1}, states(gone))
    check("closed first, out", {"here": 0, "peer": 1}, gone["closed_first"])


def clients_close_first():
    server = wire.listen()
    port = server.getsockname()[1]
    for _ in range(9):
        wire.close_first(*wire.pair(server))
    client, peer = wire.pair(server)
    wire.half_close(client, peer)
    groups = by_port()
    served, gone = groups[f"{port}/in"], groups[f"{port}/out"]
    check("in", {"listen": 1, "close_wait": 1}, states(served))
    check("closed first, in", {"here": 0, "peer": 1}, served["closed_first"])
    check("out", {"time_wait": 9, "fin_wait2": 1}, states(gone))
    check("closed first, out", {"here": 10, "peer": 0}, gone["closed_first"])


def quick():
    """TIME_WAIT reckoned is TIME_WAIT counted, orphans in FIN_WAIT_2 or not."""
    server = wire.listen()
    kept = []
    for _ in range(40):
        wire.close_first(*wire.pair(server))
    for _ in range(7):
        client, peer = wire.pair(server)
        wire.half_close(client, peer)
        client.close()
        kept.append(peer)
    full, reckoned = finwait(), finwait("--quick")
    check("TIME_WAIT", 40, full["states"]["time_wait"]["total"])
    found = reckoned["states"].pop("time_wait")
    check("reckoned", (40, None, None), (found["total"], found["ipv4"], found["ipv6"]))
    check("it is said", True, "sockstat" in found["error"])
    del full["states"]["time_wait"]
    check("only bound", None, reckoned["states"].pop("bound_inactive"))
    del full["states"]["bound_inactive"]
    check("all others", full["states"], reckoned["states"])
    check("closes", None, reckoned["closes"])
    command = [wire.FINWAIT, "sockets", "--quick"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    check("it is said in the text", True, "quick: TIME_WAIT is not dumped but reckoned" in text)


wire.main({k: value for k, value in globals().items() if callable(value)})
