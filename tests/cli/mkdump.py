#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes a socket dump, as the kernel sends it and `finwait snapshot` records it, from rows.

Usage: mkdump.py < ROWS > sockets.diag

A row is one message; '#' begins a comment:

  STATE FAMILY PORT [NAME=VALUE]...
  done [ERRNO]       NLMSG_DONE; with an errno its payload is -ERRNO
  error ERRNO        NLMSG_ERROR
  interrupted        NLM_F_DUMP_INTR on every message from here on
  cut BYTES          so many bytes off the end of what is written

PORT is the local one; 40000-40009: a message for each. What is not named is 0, but for peer
(40000) and the timer of a TIME_WAIT:

  inode uid rqueue wqueue timer cookie
  local remote       addresses; ::ffff:192.0.2.1 is an IPv4 one of an IPv6 socket
  peer               the remote port
  expires            ms until its timer ends
  ack data           ms since an ACK, and since data or the FIN came, in INET_DIAG_INFO
  memory             bytes of buffers, in INET_DIAG_SKMEMINFO
  times              so many messages
"""
import ipaddress
import struct
import sys

NLMSG_ERROR, NLMSG_DONE, TCPDIAG_GETSOCK = 2, 3, 18
NLM_F_MULTI, NLM_F_DUMP_INTR = 0x2, 0x10
INET_DIAG_INFO, INET_DIAG_SKMEMINFO = 2, 7
FAMILIES = {"ipv4": 2, "ipv6": 10}
STATES = [
    None, "established", "syn_sent", "syn_recv", "fin_wait1", "fin_wait2", "time_wait",
    "close", "close_wait", "last_ack", "listen", "closing", "new_syn_recv", "bound_inactive",
]
TIMER_MINI = 3


def message(kind, flags, payload):
    return struct.pack("=IHHII", 16 + len(payload), kind, flags, 1, 0) + payload


def attribute(kind, payload):
    return struct.pack("=HH", 4 + len(payload), kind) + payload


def attributes(options):
    out = b""
    if "ack" in options or "data" in options:
        # struct tcp_info up to tcpi_pmtu: 8 bytes, 11 numbers, then these two
        out += attribute(INET_DIAG_INFO, bytes(8 + 11 * 4) + struct.pack(
            "=III", int(options.get("data", 0)), int(options.get("ack", 0)), 0))
    if "memory" in options:
        # all of it received, SK_MEMINFO_RMEM_ALLOC
        out += attribute(INET_DIAG_SKMEMINFO,
                         struct.pack("=9I", int(options["memory"]), *[0] * 8))
    return out


def address(text):
    return ipaddress.ip_address(text).packed.ljust(16, b"\0") if text else bytes(16)


def socket(state, family, port, options):
    def number(name, default=0):
        return int(options.get(name, default))

    cookie = number("cookie")
    return struct.pack(
        "=BBBB2s2s16s16sIII IIIII",
        FAMILIES[family], STATES.index(state),
        number("timer", TIMER_MINI if state == "time_wait" else 0), 0,
        struct.pack(">H", port), struct.pack(">H", number("peer", 40000)),
        address(options.get("local")), address(options.get("remote")),
        0, cookie & 0xffffffff, cookie >> 32,
        number("expires"), number("rqueue"), number("wqueue"), number("uid"),
        number("inode")) + attributes(options)


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
            options = dict(word.split("=", 1) for word in words[3:])
            first, _, last = words[2].partition("-")
            for port in range(int(first), int(last or first) + 1):
                row = socket(words[0], words[1], port, options)
                out += message(TCPDIAG_GETSOCK, flags, row) * int(options.get("times", 1))
    sys.stdout.buffer.write(out)


main()
