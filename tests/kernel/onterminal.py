#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs a command on a terminal: onterminal.py ROWSxCOLUMNS [STEP...] -- COMMAND...

A step awaits what is shown next, "/TEXT" (with escapes as in Python), or does something:
"=ROWSxCOLUMNS" resizes, "^C" is typed, "!TERM" sends that signal. What is shown is written
to standard output as it comes. The exit status is the command's, 128 + N for signal N, 124
if a text does not come.
"""
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time


def resize(fd, size):
    rows, columns = map(int, size.split("x"))
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def shown():
    """What came, passed on; or nothing when the command has ended."""
    try:
        more = os.read(terminal, 65536)
    except OSError:
        return b""
    os.write(1, more)
    return more


split = sys.argv.index("--")
size, steps, command = sys.argv[1], sys.argv[2:split], sys.argv[split + 1 :]
pid, terminal = pty.fork()
if pid == 0:
    resize(0, size)
    os.environ["TERM"] = "xterm"
    os.execvp(command[0], command)
pending, ends = b"", time.monotonic() + 30
for step in steps:
    awaited = step[1:].encode().decode("unicode_escape").encode() if step[0] == "/" else b""
    while awaited not in pending:
        if time.monotonic() > ends or not select.select([terminal], [], [], 1)[0]:
            if time.monotonic() > ends:
                os.kill(pid, signal.SIGKILL)
                sys.exit(124)
            continue
        more = shown()
        if not more:
            sys.exit(f"it ended before it showed {step}")
        pending += more
    if awaited:
        pending = pending[pending.index(awaited) + len(awaited) :]
    elif step[0] == "=":
        resize(terminal, step[1:])
    elif step[0] == "^":
        os.write(terminal, bytes([ord(step[1]) - 64]))
    else:
        os.kill(pid, getattr(signal, "SIG" + step[1:]))
while shown():
    pass
status = os.waitpid(pid, 0)[1]
code = os.waitstatus_to_exitcode(status)
sys.exit(code if code >= 0 else 128 - code)
