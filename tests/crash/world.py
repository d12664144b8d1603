# SPDX-License-Identifier: MIT
"""The world a scenario runs in: namespaces, directories and knobs of its own.

Nothing of the machine is changed: every knob lies in a network namespace made for the run,
and /etc/sysctl.d, /run and what else finwait looks at are covered in a mount namespace.
"""
import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
import time

WORK = "/run/crash"  # on a tmpfs of our own
STATE_AREA = f"{WORK}/var"  # the state directory has to be made, and so has its parent
STATE_DIR = f"{STATE_AREA}/lib/finwait"
DROP_IN_DIR = "/etc/sysctl.d"
DROP_IN = f"{DROP_IN_DIR}/99-finwait.conf"
LOCK = f"{STATE_DIR}/lock"
MAY_STAY = {f"{STATE_DIR}/journal", f"{STATE_DIR}/journal.old", LOCK, DROP_IN}
TRACE = f"{WORK}/trace"
STDERR = f"{WORK}/stderr"
PROFILE_FILE = f"{WORK}/crash.ini"
EARLIER_FILE = f"{WORK}/earlier.ini"

# What the knobs are before anything; the profile changes eight, the earlier one three.
BASE = {
    "net.ipv4.ip_local_port_range": "32768 60999",
    "net.ipv4.tcp_rfc1337": "0",
    "net.ipv4.tcp_tw_reuse": "2",
    "net.core.somaxconn": "4096",
    "net.ipv4.tcp_max_tw_buckets": "65536",
    "net.ipv4.tcp_fin_timeout": "60",
    "net.ipv4.tcp_syn_retries": "6",
    "net.ipv4.tcp_synack_retries": "5",
    "net.ipv4.tcp_keepalive_time": "7200",
}
PROFILE = {
    "net.ipv4.ip_local_port_range": "16384 65535",
    "net.ipv4.tcp_rfc1337": "1",
    "net.ipv4.tcp_tw_reuse": "1",
    "net.core.somaxconn": "8192",
    "net.ipv4.tcp_max_tw_buckets": "262144",
    "net.ipv4.tcp_fin_timeout": "30",
    "net.ipv4.tcp_syn_retries": "3",
    "net.ipv4.tcp_synack_retries": "3",
}
EARLIER = {
    "net.ipv4.tcp_keepalive_time": "600",
    "net.ipv4.tcp_fin_timeout": "45",
    "net.core.somaxconn": "6144",
}

# Where another file may own a key; covered, so that only ours counts.
OTHER_CONFIGURATION = ["/usr/lib/sysctl.d", "/usr/local/lib/sysctl.d", "/lib/sysctl.d"]

BOOT_ID = f"{WORK}/boot_id"  # what the kernel would say
OUR_BOOT = "11111111-1111-4111-8111-111111111111\n"
NEXT_BOOT = "22222222-2222-4222-8222-222222222222\n"

SKIPPED = 77


os.environ.setdefault("FINWAIT", os.path.abspath(
    f"{os.path.dirname(__file__)}/../../build/dev/stage/bin/finwait"))


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def enter_namespaces():
    """Starts this program again as PID 1 of its own namespaces, if it is not that yet."""
    ours = os.readlink("/proc/self/ns/net")
    outside = os.environ.get("CRASH_OUTSIDE")
    if outside:
        assert os.getpid() == 1 and ours != outside, "not in namespaces of its own"
        return
    for user in [], ["-Ur"]:
        command = ["unshare", *user, "-nmp", "--fork", "--kill-child", "--mount-proc"]
        if subprocess.run([*command, "true"], stderr=subprocess.DEVNULL).returncode == 0:
            os.environ["CRASH_OUTSIDE"] = ours
            os.execvp(command[0], [*command, sys.executable, *sys.argv])
    skip("no network, mount and PID namespace can be made here")


def make():
    """Covers the machine, and makes the directories and profiles of the scenarios."""
    # the leak checker cannot work under a tracer
    os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
    # a signal that is ignored, as under nohup(1), would be ignored by finwait too
    for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
        signal.signal(number, signal.SIG_DFL)
    os.umask(0o022)
    if not os.path.isdir(DROP_IN_DIR):
        skip(f"there is no {DROP_IN_DIR} here")
    for directory in ["/run", DROP_IN_DIR, *OTHER_CONFIGURATION]:
        if os.path.isdir(directory) and not os.path.islink(directory):
            mount("-t", "tmpfs", "-o", "mode=755", "crash", directory)
    if os.path.exists("/etc/sysctl.conf"):
        mount("--bind", "/dev/null", "/etc/sysctl.conf")
    os.makedirs(STATE_AREA)
    write(BOOT_ID, OUR_BOOT)
    mount("--bind", BOOT_ID, "/proc/sys/kernel/random/boot_id")
    for path, settings in (PROFILE_FILE, PROFILE), (EARLIER_FILE, EARLIER):
        with open(path, "w", encoding="ascii") as file:
            file.write("[main]\nsummary=for tests/crash\n[sysctl]\n")
            file.writelines(f"{key}={value}\n" for key, value in settings.items())
    if run("strace", "-o", "/dev/null", "true")[0] != 0:
        skip("strace may not trace here")


def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)


def run(*command):
    """Runs a command: its exit status (negative: the signal it died of), stdout, stderr."""
    out = f"{WORK}/stdout"
    with open(out, "wb") as stdout, open(STDERR, "wb") as stderr:
        status = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr,
                                timeout=60, check=False).returncode
    return status, read(out), read(STDERR)


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


class Wrong(Exception):
    """Something is not as finwait has promised."""


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def finwait(*arguments):
    return run(os.environ["FINWAIT"], "--state-dir", STATE_DIR, *arguments)


def must(*arguments):
    """finwait for the set-up of a scenario, where nothing may go wrong."""
    status, out, err = finwait(*arguments)
    if status != 0:
        raise Wrong(f"finwait {' '.join(arguments)}: exit {status}\n{out}{err}")


def end_guardians():
    """We are PID 1: whatever else lives in the namespace was left behind by finwait."""
    assert os.getpid() == 1
    try:
        os.kill(-1, signal.SIGKILL)
        while True:
            os.waitpid(-1, 0)
    except (ProcessLookupError, ChildProcessError):
        pass


def knob_path(key):
    return "/proc/sys/" + key.replace(".", "/")


def values():
    return {key: " ".join(read(knob_path(key)).split()) for key in BASE}


def write_values(wanted):
    now = values()
    for key, value in wanted.items():
        if now[key] != value:
            write(knob_path(key), value)


def drop_in():
    """The settings of the drop-in; {} where there is none."""
    try:
        lines = read(DROP_IN).splitlines()
    except FileNotFoundError:
        return {}
    lines = [line for line in lines if line and line[0] not in "#;"]
    pairs = [tuple(part.strip() for part in line.split("=", 1)) for line in lines]
    if len(dict(pairs)) != len(pairs):
        raise Wrong(f"a key twice in the drop-in: {lines}")
    return dict(pairs)


def history():
    """{ID: state} of the transactions, the oldest first."""
    status, out, err = finwait("history", "--json")
    if status != 0 or err:
        raise Wrong(f"history exits {status}: {err}")
    rows = json.loads(out)["transactions"]
    return {row["id"]: row["state"] for row in reversed(rows)}


def left_behind():
    """Files that are none of those which may stay."""
    found = [f"{STATE_DIR}/{name}" for name in list_of(STATE_DIR)]
    found += [f"{DROP_IN_DIR}/{name}" for name in list_of(DROP_IN_DIR)]
    return set(found) - MAY_STAY


def list_of(directory):
    return os.listdir(directory) if os.path.isdir(directory) else []


@dataclasses.dataclass
class Moment:
    """Everything a command finds: the files, byte for byte, and the values."""

    values: dict
    has_state: bool
    files: dict  # path: content and mode

    @classmethod
    def now(cls):
        files = {}
        for directory in STATE_DIR, DROP_IN_DIR:
            for name in list_of(directory):
                path = f"{directory}/{name}"
                with open(path, "rb") as file:
                    files[path] = file.read(), os.stat(path).st_mode & 0o777
        return cls(values(), os.path.isdir(STATE_DIR), files)

    def restore(self):
        write(BOOT_ID, OUR_BOOT)
        for directory in STATE_AREA, DROP_IN_DIR:
            for entry in os.scandir(directory):
                (shutil.rmtree if entry.is_dir() else os.unlink)(entry.path)
        if self.has_state:
            os.makedirs(STATE_DIR)
        for path, (content, mode) in self.files.items():
            with open(os.open(path, os.O_WRONLY | os.O_CREAT, mode), "wb") as file:
                file.write(content)
        write_values(self.values)


def nothing_done():
    """The moment before anything: no state directory, no drop-in, the knobs as in BASE."""
    Moment(BASE, False, {}).restore()


def reboot():
    """The values are those of the kernel and the drop-in."""
    write(BOOT_ID, NEXT_BOOT)
    write_values(BASE | drop_in())


def wait_until_overdue():
    end_guardians()
    time.sleep(2.2)
