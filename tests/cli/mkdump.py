#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes a socket dump, as the kernel sends it and `finwait snapshot` records it, from rows.

Usage: mkdump.py < ROWS > sockets.diag

A row is one message; '#' begins a comment:

  STATE FAMILY PORT [inode=N] [rqueue=N] [wqueue=N] [timer=N] [times=N]
  done [ERRNO]       NLMSG_DONE; with an errno its payload is -ERRNO
  error ERRNO        NLMSG_ERROR
  interrupted        NLM_F_DUMP_INTR on every message from here on
  cut BYTES          so many bytes off the end of what is written
"""
import struct
import sys

NLMSG_ERROR, NLMSG_DONE, TCPDIAG_GETSOCK = 2, 3, 18
NLM_F_MULTI, NLM_F_DUMP_INTR = 0x2, 0x10
FAMILIES = {"ipv4": 2, "ipv6": 10}
STATES = [
    None, "established", "syn_sent", "syn_recv", "fin_wait1", "fin_wait2", "time_wait",
    "close", "close_wait", "last_ack", "listen", "closing", "new_syn_recv", "bound_inactive",
]
TIMER_MINI = 3


def message(kind, flags, payload):
    return struct.pack("=IHHII", 16 + len(payload), kind, flags, 1, 0) + payload


def socket(state, family, port, options):
    timer = TIMER_MINI if state == "time_wait" else 0
    peer = struct.pack(">H", 40000)
    return struct.pack(
        "=BBBB2s2s16s16sIII IIIII",
        FAMILIES[family], STATES.index(state), options.get("timer", timer), 0,
        struct.pack(">H", port), peer, bytes(16), bytes(16), 0, 0, 0,
        0, options.get("rqueue", 0), options.get("wqueue", 0), 0, options.get("inode", 0))


def main():
    out, flags = bytearray(), NLM_F_MULTI
    for line in sys.stdin:
        words = line.partition("#")[0].split()
        if not words:
            continue
        if words[0] == "interrupted":
            flags |= NLM_F_DUMP_INTR
        elif words[0] == "done":
            errno = int(words[1]) if len(words) > 1 else 0
            out += message(NLMSG_DONE, flags, struct.pack("=i", -errno))
        elif words[0] == "error":
            out += message(NLMSG_ERROR, flags, struct.pack("=i", -int(words[1])) + bytes(16))
        elif words[0] == "cut":
            del out[-int(words[1]):]
        else:
            options = {k: int(v) for k, v in (w.split("=") for w in words[3:])}
            row = socket(words[0], words[1], int(words[2]), options)
            out += message(TCPDIAG_GETSOCK, flags, row) * options.get("times", 1)
    sys.stdout.buffer.write(out)


main()
