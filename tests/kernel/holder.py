#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Connections over loopback of which this process holds both ends: holder.py N.

Says "ready" when there are N of them. Then a line on standard input is an order: "close N"
closes so many, "flash N" opens and closes so many at once. Each is answered by "done".
"""
import socket
import sys

listener = socket.create_server(("127.0.0.1", 0), backlog=64)


def connect():
    client = socket.create_connection(listener.getsockname())
    return client, listener.accept()[0]


def close(pair):
    client, server = pair
    client.close()  # first, so that the TIME_WAIT is its
    if server.recv(1):
        sys.exit("not the end of file")
    server.close()


with open("/proc/self/comm", "w", encoding="ascii") as comm:
    comm.write("hol\x1bder")
held = [connect() for _ in range(int(sys.argv[1]))]
print("ready", flush=True)
for order, number in map(str.split, sys.stdin):
    for _ in range(int(number)):
        close(held.pop() if order == "close" else connect())
    print("done", flush=True)
