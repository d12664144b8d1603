# SPDX-License-Identifier: MIT
"""The effects of a run, as strace(1) saw them, and the order they have to be in."""
import dataclasses
import os
import re

import world

# those that name files, and those that have a descriptor
NAMING = ("open openat openat2 creat rename renameat renameat2 link linkat symlink symlinkat "
          "unlink unlinkat mkdir mkdirat rmdir truncate chmod fchmodat chown fchownat").split()
HOLDING = ("write pwrite64 writev pwritev pwritev2 fsync fdatasync sync_file_range ftruncate "
           "fallocate fchmod fchown").split()
WRITING = ("write", "pwrite64")
RENAMING = ("rename", "renameat", "renameat2")
SYNCING = ("fsync", "fdatasync")
UNLINKING = ("unlink", "unlinkat")
TRACED = ",".join(f"?{name}" for name in (*NAMING, *HOLDING, "exit_group"))

AREAS = (world.STATE_AREA, world.DROP_IN_DIR, "/proc/sys")
JOURNAL = f"{world.STATE_DIR}/journal"

CALL = re.compile(r"^(?:\d+ +)?(\w+)\((.*)\) += (\S.*)$")
KILLED = re.compile(r"^(?:\d+ +)?(\w+)\((.*?)(?:\) += \?.*)?$")
HELD = re.compile(r"^\d+<([^>]*)>")
NAMED = re.compile(r'(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"((?:[^"\\]|\\.)*)"')
PAYLOAD = re.compile(r'^\d+<[^>]*>, "((?:[^"\\]|\\.)*)"[.]*, (\d+)(?:, (\d+))?')


@dataclasses.dataclass
class Effect:
    """One system call that touches what a transaction is about."""

    name: str
    ordinal: int  # the how manieth of that name in the run, from 1
    paths: list
    arguments: str
    result: str

    def __str__(self):
        paths = " -> ".join(self.paths).replace(world.STATE_AREA, "STATE")
        return f"{self.name} #{self.ordinal} {paths}"

    def same_as(self, other):
        """But for what is random: the ID in the name of a temporary file."""
        def plain(paths):
            return [re.sub(r"\b[0-9a-f]{8}\b", "ID", path) for path in paths]

        return (self.name, self.ordinal) == (other.name, other.ordinal) and (
            plain(self.paths) == plain(other.paths))

    def is_below(self, directory):
        return any((path + "/").startswith(directory + "/") for path in self.paths)

    def is_write_to(self, path):
        return self.name in WRITING and self.paths == [path]

    def writes_value(self):
        return self.name in WRITING and self.is_below("/proc/sys")

    def writes_file(self):
        return self.name in WRITING and not self.is_below("/proc/sys")

    def size(self):
        """How many bytes a write was given."""
        return int(PAYLOAD.match(self.arguments)[2])

    def offset(self):
        """Where it writes; None: behind what it wrote before."""
        offset = PAYLOAD.match(self.arguments)[3]
        return int(offset) if offset else None

    def content(self):
        """What it was given, at least the first bytes of it."""
        text = PAYLOAD.match(self.arguments)[1]
        return text.encode("latin-1").decode("unicode_escape").encode("latin-1")

    def is_short(self):
        """Did a write to a file of ours write less than it was given?"""
        return self.writes_file() and self.is_below(world.STATE_DIR) and (
            self.result.isdigit() and int(self.result) < self.size())

    def syncs(self, path):
        return self.name in SYNCING and self.paths == [path]

    def is_record(self, kind):
        return self.is_write_to(JOURNAL) and f"1 {kind} tx=" in self.arguments


def run(command, options=(), wrapper=(), is_quick=False):
    """Runs finwait under strace; the trace is in world.TRACE. As world.run()."""
    # quicker; but so a signal does not arrive, and a tracer that follows waits for the guardian
    quick = ["-f", "--seccomp-bpf"] if is_quick else []
    return world.run(
        "strace", *quick, "-y", "-s", "65536", "-o", world.TRACE, "-e", f"trace={TRACED}",
        *options, *wrapper, os.environ["FINWAIT"], "--state-dir", world.STATE_DIR, *command)


def injection(effect, what, goes_on=False):
    """The option that does something to an effect; goes_on: to the later ones as well."""
    return ["-e", f"inject={effect.name}:{what}:when={effect.ordinal}{'+' if goes_on else ''}"]


def paths_of(name, arguments):
    if name in HOLDING:
        held = HELD.match(arguments)
        return [held[1]] if held else []
    if name not in NAMING:
        return []
    return [os.path.normpath(os.path.join(directory or "/", file))
            for directory, file in NAMED.findall(arguments)]


def calls():
    """Every call in the trace, and whether it ended by SIGKILL."""
    found, counts, is_killed = [], {}, False
    for line in world.read(world.TRACE).splitlines():
        is_killed = is_killed or "+++ killed by SIGKILL +++" in line
        match = CALL.match(line) or KILLED.match(line)
        if not match:
            continue
        name, arguments = match[1], match[2]
        counts[name] = counts.get(name, 0) + 1
        found.append(Effect(name, counts[name], paths_of(name, arguments), arguments,
                            match[3] if match.re is CALL else "?"))
    return found, is_killed


def effects(found):
    """Those that touch the state directory, /proc/sys or the drop-ins; and the end."""
    return [call for call in found
            if call.name == "exit_group" or any(map(call.is_below, AREAS))]


def check_order(run, known):
    """What is wrong with the order of effects of a run that nothing disturbed.

    known: the files that were there before it.
    """
    problems = []
    unsynced = set()  # files that were written, directories whose entries changed
    for effect in run:
        if effect.name in SYNCING:
            unsynced -= set(effect.paths)
        if effect.writes_value() and below(world.STATE_AREA, unsynced):
            problems.append(f"{effect} before {below(world.STATE_AREA, unsynced)} is synced")
        if effect.is_write_to(JOURNAL) and below(world.DROP_IN_DIR, unsynced):
            problems.append(f"{effect} before {below(world.DROP_IN_DIR, unsynced)} is synced")
        if effect.name in RENAMING and effect.paths[0] in unsynced:
            problems.append(f"{effect} of a file that is not synced")
        if effect.name == "exit_group" and unsynced:
            problems.append(f"{sorted(unsynced)} is never synced")
        unsynced |= set(to_be_synced(effect, known))
    return problems + check_records(run)


def below(directory, paths):
    return [path for path in sorted(paths) if path.startswith(directory)]


def to_be_synced(effect, known):
    """What a crash of the machine could take back of an effect that worked."""
    if effect.result.startswith(("-1", "?")):
        return []
    parents = [os.path.dirname(path) for path in effect.paths]
    if effect.writes_file():
        return effect.paths
    if effect.name in ("mkdir", "mkdirat", "link", "linkat", *RENAMING):
        return parents
    if effect.name in UNLINKING and not is_temporary(effect.paths[0]):
        return parents
    if "O_CREAT" in effect.arguments and effect.paths == [JOURNAL] and JOURNAL not in known:
        return parents
    return []


def is_temporary(path):
    """Nobody relies on such a file to be gone."""
    return os.path.basename(path).startswith(".")


def check_records(run):
    """The records that say what is done stand before it; those that it is done, behind."""
    problems = []
    changed = [i for i, effect in enumerate(run) if effect.writes_value()]
    before = [i for i, effect in enumerate(run)
              if effect.is_record("begin") or effect.is_record("undoing")]
    behind = [i for i, effect in enumerate(run)
              if effect.is_record("commit") or effect.is_record("undone")]
    if changed and (not before or before[0] > changed[0]):
        problems.append("a sysctl is written before any record")
    if changed and (not behind or behind[-1] < changed[-1]):
        problems.append("a sysctl is written behind the last record")
    return problems


def syncs(run):
    return [effect.name for effect in run if effect.name in SYNCING]
