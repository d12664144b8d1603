# SPDX-License-Identifier: MIT
"""Orphaned FIN_WAIT_2 at a steady rate, and how many there are once tcp_fin_timeout is changed.

    python3 predict.py FROM TO STATE_DIR

The number that `finwait apply --dry-run` tells for TO is compared with the real one after
`finwait apply`.
"""
import json
import subprocess
import sys
import threading

import wire
from wire import Wrong, check, check_within, finwait, now

RATE = 50
TIME_WAITS = 3
INTERVAL = 0.1
FULL_FROM = 60  # above it an orphan is a full socket for its first half
# The kernel's timer may be late by an eighth of its time (its wheel, kernel/time/timer.c), at
# both times: so the real number is off by so much, and a little for a machine that is busy.
OFF = 0.15
KEY = "net.ipv4.tcp_fin_timeout"


class Closing(threading.Thread):
    """Connections closed by their client and never by their server, at a steady rate."""

    def __init__(self):
        super().__init__(daemon=True)
        self.server = wire.listen()
        self.peers = []
        self.is_over = False
        self.late = 0

    def run(self):
        begin = now()
        while not self.is_over:
            wire.sleep_until(begin + len(self.peers) / RATE)
            self.late = max(self.late, now() - begin - len(self.peers) / RATE)
            client, peer = wire.pair(self.server)
            self.peers.append(peer)
            wire.half_close(client, peer)
            client.close()


def orphaned():
    """All of them, and of these the full sockets."""
    details = finwait("--state", "fin-wait-2")["details"]
    full = details["fin_wait2_orphan"]
    return details["fin_wait2_mini"] + full, full


def settled(what):
    """Both numbers once the first no longer rises or falls: in three spans of a second."""
    end = now() + wire.AWAIT_SECONDS
    means = []
    while now() < end:
        seen = []
        for _ in range(10):
            seen.append(orphaned())
            wire.sleep_until(now() + INTERVAL)
        means.append(sum(n for n, _ in seen) / len(seen))
        last = means[-3:]
        if len(last) == 3 and max(last) - min(last) < 0.04 * max(last) and last[0]:
            return means[-1], sum(full for _, full in seen) / len(seen)
    raise Wrong(f"{what}: the number does not settle: {means}")


def apply(state_dir, to, *options):
    command = [wire.FINWAIT, "--json", "--state-dir", state_dir, "apply", "--force"]
    done = subprocess.run(
        [*command, "--set", f"{KEY}={to}", *options], check=True, stdout=subprocess.PIPE
    )
    return json.loads(done.stdout)


def lasts(fin_timeout):
    seconds = int(fin_timeout)
    return 2 * (seconds - FULL_FROM) if seconds > FULL_FROM else seconds


def predicted(document, begins):
    found = [p for p in document["predictions"] if p["text"].startswith(begins)]
    check(f"predictions that begin with {begins!r}", 1, len(found))
    return found[0]


def main(start, to, state_dir):
    wire.set_sysctl("tcp_fin_timeout", start)
    server = wire.listen()
    for _ in range(TIME_WAITS):
        wire.close_first(*wire.pair(server))
    closing = Closing()
    closing.start()
    before, _ = settled("before")

    document = apply(state_dir, to, "--dry-run")
    fin_wait2 = predicted(document, (
        "orphaned FIN_WAIT_2", "no effect on how long a new orphaned FIN_WAIT_2"))
    time_wait = predicted(document, "no effect on TIME_WAIT")
    check("its effect", "none" if lasts(start) == lasts(to) else "some",
          fin_wait2["effect"])
    check_within("orphaned now", before * (1 - OFF), fin_wait2["before"], before * (1 + OFF))
    check("TIME_WAIT", [TIME_WAITS, TIME_WAITS], [time_wait["before"], time_wait["after"]])

    apply(state_dir, to)
    after, full = settled("after")
    closing.is_over = True
    if int(to) > FULL_FROM:
        halves = predicted(document, "for its first")
        check_within("of them full", full * (1 - OFF), halves["after"], full * (1 + OFF))
    check_within("orphaned then", after * (1 - OFF), fin_wait2["after"], after * (1 + OFF))
    check("TIME_WAIT then", TIME_WAITS, finwait()["states"]["time_wait"]["total"])
    print(f"{before:.0f} before, {fin_wait2['after']} predicted, {after:.0f} after,"
          f" late by {closing.late:.3f} s")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Wrong as wrong:
        sys.exit(f"predict: {wrong}")
