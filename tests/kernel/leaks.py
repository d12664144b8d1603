# SPDX-License-Identifier: MIT
"""Servers that forget close(), as finwait tells them.

    python3 leaks.py SCENARIO [ARGUMENT...]

$LEAKY is the server.
"""
import os
import pathlib
import resource
import socket
import subprocess
import time

import wire
from wire import check, check_within, finwait, now

LEAKY = os.environ["LEAKY"]
# The kernel's stamp is of a jiffy, of 4 or 10 ms
STAMP_MS = 10
LEAKS_A_SECOND = 100
OFF = 0.2  # a forecast may be off by so much


class Server:
    def __init__(self, *options, nofile=None, enter=None):
        def prepare():
            if nofile:
                resource.setrlimit(resource.RLIMIT_NOFILE, (nofile, nofile))
            if enter:
                enter.write_text("0\n", encoding="ascii")

        self.process = subprocess.Popen(
            [LEAKY, *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # without a descriptor left, the leak checker cannot look around
            env={**os.environ, "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"},
            preexec_fn=prepare,
        )
        self.pid = self.process.pid
        self.port = int(self.told("port")[0])
        self.clients = []

    def told(self, what):
        """The rest of its next line, which is about that."""
        words = self.process.stdout.readline().split()
        check("what the server tells", [what], words[:1])
        return words[1:]

    def connect(self):
        self.clients.append(socket.create_connection(("127.0.0.1", self.port)))
        return self.clients[-1]

    def half_close(self, client):
        """The moments between which the end of file came, in milliseconds."""
        sent = now() * 1000
        client.shutdown(socket.SHUT_WR)
        return sent, int(self.told("fin")[1])

    def leak(self, data=b""):
        """One connection closed by the client, and when."""
        client = self.connect()
        client.sendall(data)
        time.sleep(0.2)  # idle for a while, so that it matters from when the age is told
        return self.half_close(client)

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def end(self):
        for client in self.clients:
            client.close()
        self.process.stdin.close()
        check("exit status of the server", 0, self.process.wait())


def by_process(pid, *arguments):
    """Of that process, with the times between which the answer was read, in milliseconds."""
    begin = now() * 1000
    document = finwait("--state", "close-wait", "--by", "process", *arguments)
    end = now() * 1000
    found = [g for g in document["groups"] if g["key"]["pid"] == pid]
    check(f"groups of process {pid}", 1, len(found))
    return found[0], begin, end, document


def check_kind(group, **expected):
    names = ("read", "unread", "unread_bytes", "unaccepted")
    kinds = {name: expected.get(name, 0) for name in names}
    check("kinds", kinds, {name: group["close_wait"][name] for name in names})
    n = kinds["read"] + kinds["unread"] + kinds["unaccepted"]
    check("sockets", {"close_wait": n}, {k: v for k, v in group["states"].items() if v})
    check("closed first is not known of one state", {"here": None, "peer": None},
          group["closed_first"])


def check_age(bound, age, fin, begin, end):
    """That bound is the age."""
    sent, seen = fin
    check_within(bound, begin - seen - STAMP_MS, age[bound], end - sent + STAMP_MS)


def read():
    server = Server("--read")
    fin = server.leak(b"x" * 100)
    server.leak()
    time.sleep(0.3)
    group, begin, end, _ = by_process(server.pid)
    check("program", "leaky", group["key"]["program"])
    check_kind(group, read=2)
    # the first has sent data before it was idle, and so its age is known from one side
    age = group["close_wait"]["oldest"]
    check_age("min_ms", age, fin, begin, end)
    check("an interval", True, age["max_ms"] >= age["min_ms"] + 200 - STAMP_MS)
    server.end()


def exact():
    """Nothing came before or after: sent with the end of file, both bounds are equal."""
    server = Server()
    client = server.connect()
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
    client.sendall(b"x" * 100)
    fin = server.half_close(client)
    time.sleep(0.3)
    group, begin, end, _ = by_process(server.pid)
    check_kind(group, unread=1, unread_bytes=100)
    age = group["close_wait"]["oldest"]
    check_age("min_ms", age, fin, begin, end)
    check_age("max_ms", age, fin, begin, end)
    server.end()


def check_holds(group, fin, begin, end):
    """The truth is in between, and the lower bound is lower than it."""
    age = group["close_wait"]["oldest"]
    check("min_ms is lower", True, age["min_ms"] < begin - fin[1])
    check("max_ms is not", True, age["max_ms"] >= begin - fin[1] - STAMP_MS)
    check("max_ms is not that of the boot", True, age["max_ms"] < end - fin[0] + 60000)


def answered():
    """What the server sends later is acknowledged, and the last ACK says nothing of the FIN."""
    server = Server("--answer", "300")
    fin = server.leak(b"x" * 7)
    client = server.clients[0]
    check("the late answer", b"late", client.recv(9))
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
    time.sleep(0.1)
    group, begin, end, _ = by_process(server.pid)
    check_kind(group, unread=1, unread_bytes=7)
    check_holds(group, fin, begin, end)
    server.end()


def keepalive():
    server = Server("--keepalive")
    fin = server.leak()
    time.sleep(1.5)
    group, begin, end, _ = by_process(server.pid)
    check_kind(group, unread=1)
    check_holds(group, fin, begin, end)
    server.end()


def unaccepted():
    """Its listener accepts one and no more."""
    server = Server("--accept", "1", "--backlog", "2")
    before = server.descriptors()
    server.connect()
    wire.await_true("the one accepted", lambda: server.descriptors() > before)
    first = now() * 1000
    for _ in range(3):
        # backlog and one more
        server.connect().shutdown(socket.SHUT_WR)
    last = now() * 1000
    time.sleep(0.3)
    group, begin, end, document = by_process(server.pid)
    check_kind(group, unaccepted=3)
    check_age("max_ms", group["close_wait"]["oldest"], (first, last), begin, end)
    stuck = document["stuck_listeners"]
    check("stuck", 1, len(stuck))
    expected = {
        "address": "127.0.0.1",
        "port": server.port,
        "waiting": 3,
        "backlog": 2,
        "close_wait": 3,
        "pid": server.pid,
    }
    check("the listener", expected, stuck[0])
    server.end()


def descriptors():
    server = Server("--open", "40", nofile=345)
    fds = []
    for _ in range(3):
        client = server.connect()
        client.shutdown(socket.SHUT_WR)
        fds.append(int(server.told("fin")[0]))
    group, *_ = by_process(server.pid)
    check("open", server.descriptors(), group["descriptors"]["open"])
    check("limit", 345, group["descriptors"]["limit"])
    check("first", fds, sorted(group["descriptors"]["first"]))
    server.end()


def forecast():
    """The time to EMFILE, as a steady leak has it."""
    server = Server(nofile=400)
    begin = now()
    turns = 0
    asked = answer = answered = None
    while answer is None or turns < 450:
        client = server.connect()
        client.shutdown(socket.SHUT_WR)
        turns += 1
        if turns == LEAKS_A_SECOND // 2:
            arguments = ("--state", "close-wait", "--by", "process", "--twice", "1")
            asked = wire.start_finwait(*arguments)
        if asked and answered is None and asked.poll() is not None:
            answered = now()
            answer = wire.end_finwait(asked)
        wire.sleep_until(begin + turns / LEAKS_A_SECOND)
    words = server.told("fin")
    while len(words) == 2:
        words = server.process.stdout.readline().split()[1:]
    group = [g for g in answer["groups"] if g["key"]["pid"] == server.pid][0]
    truth = int(words[0]) / 1000 - answered
    found = group["descriptors"]["forecast"]
    check("runs out", True, found["runs_out"])
    rate = LEAKS_A_SECOND
    check_within("per second", rate * (1 - OFF), found["per_second"], rate * (1 + OFF))
    check_within("seconds to EMFILE", truth * (1 - OFF), found["seconds"], truth * (1 + OFF))
    server.end()


def unit(directory):
    """In a control group of its own, as a unit has it."""
    service = pathlib.Path(directory) / "leaky.service"
    service.mkdir()
    server = Server("--read", enter=service / "cgroup.procs")
    server.leak()
    group, *_ = by_process(server.pid)
    check("unit", "leaky.service", group["key"]["unit"])
    units = finwait("--state", "close-wait", "--by", "unit")["groups"]
    check("units", [("leaky.service", 1)], [(g["key"], g["total"]) for g in units])
    server.end()
    service.rmdir()


def many():
    """15,000 descriptors, and behind them the socket."""
    server = Server("--open", "15000", "--read", nofile=20000)
    server.leak()
    group, *_ = by_process(server.pid)
    check("open", server.descriptors(), group["descriptors"]["open"])
    check_kind(group, read=1)
    server.end()


def twice():
    """Two descriptors of one socket."""
    server = Server("--twice")
    server.leak()
    group, *_ = by_process(server.pid)
    check_kind(group, unread=1)
    check("open", server.descriptors(), group["descriptors"]["open"])
    check("descriptors told", 1, len(group["descriptors"]["first"]))
    server.end()


def shared():
    """A forked worker has the first socket too; it counts once, as of the lower pid."""
    server = Server("--fork")
    server.leak()
    server.leak()
    children = pathlib.Path(f"/proc/{server.pid}/task/{server.pid}/children")
    child = int(children.read_text(encoding="ascii"))
    group, _, _, document = by_process(min(server.pid, child))
    expected = 2 if server.pid < child else 1
    check_kind(group, unread=expected)
    total = sum(g["total"] for g in document["groups"])
    check("all", 2, total)
    server.end()


def name():
    """Bytes that a terminal would obey, in a program's name."""
    raw = b"\x1b[2J\n\"\xff\xc2\x9bx"
    server = Server("--name", os.fsdecode(raw))
    server.leak()
    text = subprocess.run(
        [wire.FINWAIT, "sockets", "--by", "process"], check=True, capture_output=True
    ).stdout
    bad = [byte for byte in text if byte < 32 and byte != 10 or byte == 127]
    check("bytes for the terminal", [], bad)
    bad = [c for c in text.decode() if "\x80" <= c <= "\x9f"]
    check("C1 for the terminal", [], bad)
    lines = [line for line in text.decode().splitlines() if line.split()[:1] == [str(server.pid)]]
    check("lines of the process", 1, len(lines))
    check("the name in it", True, "2J" in lines[0] and "\\" in lines[0])
    group, *_ = by_process(server.pid)
    check("the name in JSON", True, group["key"]["program"].startswith("\x1b[2J\n\""))
    server.end()


wire.main({k: value for k, value in globals().items() if callable(value)})
