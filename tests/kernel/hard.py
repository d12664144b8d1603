# SPDX-License-Identifier: MIT
"""The census on hard ground, over loopback.

    python3 hard.py SCENARIO
"""
import json
import os
import socket
import subprocess

import wire
from sandbox import refuse_netlink
from wire import check, finwait

ORDINARY = 65534


def crowd(server):
    """Of several states a few, which the caller keeps."""
    kept = []
    for _ in range(11):
        wire.close_first(*wire.pair(server))
    for _ in range(3):
        client, peer = wire.pair(server)
        wire.half_close(client, peer)
        kept += [client, peer]
    client, peer = wire.pair(server)
    wire.half_close(client, peer)
    client.close()
    kept += [peer, *wire.pair(server)]
    # and one that is not accepted
    kept.append(wire.connect(server))
    kept[-1].shutdown(socket.SHUT_WR)
    wire.await_state(kept[-1], wire.FIN_WAIT_2)
    return kept


def run(*arguments, prepare=None):
    command = [wire.FINWAIT, *arguments]
    return subprocess.run(command, preexec_fn=prepare, capture_output=True, text=True, check=False)


def no_inet_diag():
    kept = [wire.listen(), wire.listen(6)]
    kept += crowd(kept[0])
    kept += [*wire.pair(kept[1], 6)]
    full = finwait()
    result = run("--json", "sockets", prepare=refuse_netlink)
    check("exit status", 0, result.returncode)
    fallen = json.loads(result.stdout)
    # which /proc/net/tcp does not tell
    full["states"]["bound_inactive"] = None
    check("states", full["states"], fallen["states"])
    check("source", True, "counted from /proc/net/tcp and tcp6 instead" in fallen["error"])
    check("module", True, "modprobe tcp_diag" in fallen["error"])
    for name in ("fin_wait2_mini", "fin_wait2_held", "close_wait_unread", "close_wait_read"):
        check(name, full["details"][name], fallen["details"][name])
    text = run("sockets", prepare=refuse_netlink).stdout
    check("said in the text", 1, text.count("note: "))
    for by in ("state", "port", "peer", "process", "unit", "user"):
        arguments = ("--by", by, "--top", "1000")
        full = finwait(*arguments)
        result = run("--json", "sockets", *arguments, prepare=refuse_netlink)
        check(f"exit status --by {by}", 0, result.returncode)
        fallen = json.loads(result.stdout)
        for side in (full, fallen):
            for group in side["groups"]:
                group["states"].pop("bound_inactive")
            side["by_key"] = {json.dumps(g["key"]): g["states"] for g in side["groups"]}
        check(f"--by {by}", full["by_key"], fallen["by_key"])


def nothing():
    """Neither inet_diag nor /proc/net: of a mount namespace whose /proc shows only processes."""
    script = 'mount -t proc -o subset=pid proc /proc && exec "$@"'
    command = ["unshare", "-m", "sh", "-c", script, "sh", wire.FINWAIT, "--json", "sockets"]
    result = subprocess.run(
        command, preexec_fn=refuse_netlink, capture_output=True, text=True, check=False
    )
    check("exit status", 2, result.returncode)
    check("on stdout", "", result.stdout)
    check("one line", 1, len(result.stderr.splitlines()))
    check(f"names the module: {result.stderr}", True, "tcp_diag" in result.stderr)


def ordinary_user():
    """The owners of others are unknown, which is said once."""
    kept = [wire.listen()]
    kept += crowd(kept[0])

    def become():
        os.setgroups([])
        os.setgid(ORDINARY)
        os.setuid(ORDINARY)

    check_unknown(lambda *arguments: run(*arguments, prepare=become))


def check_unknown(run_as):
    full = finwait("--by", "process")
    result = run_as("--json", "sockets", "--by", "process")
    check("exit status", (0, ""), (result.returncode, result.stderr))
    document = json.loads(result.stdout)
    check("states", full["states"], document["states"])
    unknown = [g for g in document["groups"] if "was not found" in g["key"].get("error", "")]
    mine = [g for g in full["groups"] if g["key"]["pid"] == os.getpid()]
    check("of unknown owner", mine[0]["states"], unknown[0]["states"])
    check("hidden", True, document["hidden_processes"] > 0)
    text = run_as("sockets", "--by", "process").stdout
    said = f"the owners of {mine[0]['total']} sockets are not known"
    check("said once", 1, " ".join(text.split()).count(said))


def hidepid():
    script = 'mount -t proc -o hidepid=2 proc /proc && exec setpriv --reuid 65534 --regid 65534 \
--clear-groups "$@"'
    command = ["unshare", "-m", "sh", "-c", script, "sh", wire.FINWAIT]
    kept = [wire.listen()]
    kept += crowd(kept[0])
    check_unknown(
        lambda *a: subprocess.run([*command, *a], capture_output=True, text=True, check=False)
    )


def churn():
    """Processes that live for a moment, and are zombies for another."""
    while True:
        for _ in range(20):
            if os.fork() == 0:
                os._exit(0)
        for _ in range(20):
            os.wait()


def flap():
    """One that listens, and opens and closes other descriptors all the time."""
    server = wire.listen()
    while True:
        for descriptor in [os.dup(server.fileno()) for _ in range(200)]:
            os.close(descriptor)


def child(run_for_ever):
    pid = os.fork()
    if pid == 0:
        os.closerange(3, 100)  # the parent's sockets, so that they are nobody else's
        run_for_ever()
        os._exit(1)
    return pid


def ending_processes():
    """Processes and descriptors come and go while finwait reads them."""
    server = wire.listen()
    kept = wire.pair(server)
    hidden = finwait("--by", "process")["hidden_processes"]
    children = [child(churn), child(flap)]
    try:
        wire.await_true("its listener", lambda: finwait()["states"]["listen"]["total"] == 2)
        for turn in range(25):
            document = finwait("--by", "process")
            found = {g["key"]["pid"]: g["total"] for g in document["groups"]}
            check(f"sockets, {turn}", 4, sum(found.values()))
            check(f"of the listener, {turn}", 1, found.get(children[1]))
            check(f"of no process, {turn}", None, found.get(None))
            if hidden == 0:
                check(f"hidden, {turn}", 0, document["hidden_processes"])
    finally:
        for pid in children:
            os.kill(pid, 9)
            os.waitpid(pid, 0)
    for s in kept:
        s.close()


wire.main({k: value for k, value in globals().items() if callable(value)})
