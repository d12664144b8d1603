# SPDX-License-Identifier: MIT
"""TCP sockets over loopback for the tests of the census, and finwait asked about them.

The caller is in a network namespace of its own, with lo up. $FINWAIT is the program.
"""
import contextlib
import ctypes
import errno
import json
import os
import pathlib
import socket
import subprocess
import sys
import time

FINWAIT = os.environ["FINWAIT"]
ANY_PORT = 0
MAPPED = "mapped"  # an IPv6 socket with IPv4 addresses
LOOPBACK = {4: "127.0.0.1", 6: "::1", MAPPED: "::ffff:127.0.0.1"}
CLONE_NEWNET = 0x40000000
AWAIT_SECONDS = 20  # only for the slowest machine

# struct tcp_info begins with the state
ESTABLISHED, FIN_WAIT_2, CLOSE_WAIT = 1, 5, 8


class Wrong(Exception):
    """What was found is not what was expected."""


def check(what, expected, found):
    if expected != found:
        raise Wrong(f"{what}: expected {expected!r}, found {found!r}")


def check_within(what, low, found, high):
    if found is None or not low <= found <= high:
        raise Wrong(f"{what}: expected {low:.3f} to {high:.3f}, found {found!r}")


def main(scenarios):
    """Runs the scenario that the first argument names."""
    try:
        scenarios[sys.argv[1]](*sys.argv[2:])
    except Wrong as wrong:
        sys.exit(f"{sys.argv[1]}: {wrong}")


def enter_fresh_namespace():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) < 0:
        raise OSError(ctypes.get_errno(), "unshare")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


def set_sysctl(name, value):
    path = pathlib.Path("/proc/sys/net/ipv4") / name
    path.write_text(f"{value}\n", encoding="ascii")


def start_finwait(*arguments, preexec_fn=None):
    command = [FINWAIT, "--json", "sockets", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, preexec_fn=preexec_fn)


def end_finwait(process):
    out, _ = process.communicate()
    check("exit status of finwait", 0, process.returncode)
    return json.loads(out)


def finwait(*arguments):
    return end_finwait(start_finwait(*arguments))


def now():
    return time.clock_gettime(time.CLOCK_MONOTONIC)


def await_true(what, condition):
    end = now() + AWAIT_SECONDS
    while not condition():
        if now() > end:
            raise Wrong(f"awaited in vain: {what}")
        time.sleep(0.002)


def sleep_until(moment):
    time.sleep(max(0, moment - now()))


def domain(family):
    return socket.AF_INET if family == 4 else socket.AF_INET6


def listen(family=4, port=ANY_PORT, backlog=128, address=None, reuse=True):
    server = socket.socket(domain(family))
    if family == 6:
        server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    if family == MAPPED:
        server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    if reuse:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((address or LOOPBACK[family], port))
    server.listen(backlog)
    return server


def connect(server, family=4):
    """To a listener of that family."""
    client = socket.socket(domain(family))
    try:
        client.connect((LOOPBACK[family], server.getsockname()[1]))
    except OSError:
        client.close()
        raise
    return client


def pair(server, family=4):
    client = connect(server, family)
    return client, server.accept()[0]


def state_of(s):
    return s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]


def await_state(s, state):
    await_true(f"state {state}", lambda: state_of(s) == state)


def half_close(s, peer):
    """And has the ACK, which would be delayed. An orphan without it might stay a full socket."""
    s.shutdown(socket.SHUT_WR)
    await_state(peer, CLOSE_WAIT)
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
    await_state(s, FIN_WAIT_2)


def close_first(s, peer):
    """Leaves a TIME_WAIT of s and nothing of the peer."""
    s.close()
    peer.recv(1)
    peer.close()


def fails_with(error, call, *arguments):
    """True: it failed so. False: it did not fail, and what it returned is closed."""
    try:
        result = call(*arguments)
    except OSError as e:
        if e.errno != error:
            raise
        return True
    with contextlib.suppress(AttributeError):
        result.close()
    return False


NO_PORT = errno.EADDRNOTAVAIL
