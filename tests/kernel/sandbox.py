# SPDX-License-Identifier: MIT
"""A kernel without inet_diag, as a process under seccomp meets it."""
import ctypes
import errno
import os
import socket
import struct

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO = 0x7FFF0000, 0x00050000
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
ARGUMENTS = 16  # in struct seccomp_data, 64 bits each
NETLINK_SOCK_DIAG = 4


def refuse_netlink():
    """socket(AF_NETLINK, ..., NETLINK_SOCK_DIAG) fails as without the module, in this process.

    Any call with these numbers first and third does: finwait has no other, and so the number
    of the call, which is each machine's own, is no matter.
    """
    code = b"".join(
        struct.pack("HBBI", *line)
        for line in (
            (LOAD, 0, 0, ARGUMENTS),
            (EQUAL, 0, 3, socket.AF_NETLINK),
            (LOAD, 0, 0, ARGUMENTS + 16),
            (EQUAL, 0, 1, NETLINK_SOCK_DIAG),
            (RETURN, 0, 0, SECCOMP_RET_ERRNO | errno.EPROTONOSUPPORT),
            (RETURN, 0, 0, SECCOMP_RET_ALLOW),
        )
    )
    buffer = ctypes.create_string_buffer(code)
    program = ctypes.create_string_buffer(
        struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(buffer))
    )
    libc = ctypes.CDLL(None, use_errno=True)
    if (
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0
        or libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program) < 0
    ):
        raise OSError(ctypes.get_errno(), "seccomp")
