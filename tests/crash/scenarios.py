# SPDX-License-Identifier: MIT
"""What is disturbed: from which moment, which command, and what may become of it."""
import dataclasses
import re
import typing
import zlib

import strace
import world
from world import must

LONG = "100000"  # seconds: longer than any run of the matrix
LONG_JOURNAL = 450  # transactions, which finwait makes fewer of


@dataclasses.dataclass
class Outcome:
    """One of the moments a command that was disturbed may lead to, once it is settled."""

    values: dict
    drop_in: dict
    states: list  # of the transactions, the oldest first; a set where several will do

    def differs(self, values, drop_in, states):
        """In what a moment is another one; nothing: it is this one."""
        found = [f"{key} is {values[key]}, not {value}"
                 for key, value in self.values.items() if values[key] != value]
        if drop_in != self.drop_in:
            found.append(f"the drop-in holds {drop_in}, not {self.drop_in}")
        if not are_as(states, self.states):
            found.append(f"the transactions are {states[:20]}, not {self.states}")
        return found


def are_as(states, wanted):
    """None: there is no such transaction; ... at the end: any number that are undone."""
    if wanted[-1] is ...:
        wanted = wanted[:-1] + ["undone"] * (len(states) - len(wanted) + 1)
    states = states + [None] * (len(wanted) - len(states))
    return len(states) == len(wanted) and all(map(fits, states, wanted))


def fits(state, wanted):
    return state in wanted if isinstance(wanted, set) else state == wanted


@dataclasses.dataclass
class Scenario:
    """One command, disturbed at each of its effects."""

    name: str
    prepare: typing.Callable  # what comes before it
    verb: list
    old: Outcome
    new: Outcome
    between: list = dataclasses.field(default_factory=list)
    # from which effect on a signal may come too late, and up to which it may stop the
    # command; None: nothing is promised
    decision: typing.Callable = None
    failed: str = "either"  # what exit 2 says, see below
    may_say_no: bool = False  # exit 1 where an effect fails
    starts_guardian: bool = False
    syncs: list = None  # exactly these, if given
    # only effects there are disturbed, as the others are the same in another scenario
    only_below: list = None

    # Values of `failed`. The run itself has undone everything; or everything is old once it
    # is settled; or it has stopped half way, and settling makes all old or all new.
    UNDONE: typing.ClassVar = "undone"
    OLD: typing.ClassVar = "old"

    def disturbs(self, effect):
        return not self.only_below or effect.name == "exit_group" or any(
            map(effect.is_below, self.only_below))

    def drop_ins(self):
        """Those that may be there; none: the scenario has nothing that outlives a boot."""
        outcomes = [self.old, *self.between, self.new]
        return [outcome.drop_in for outcome in outcomes if outcome.drop_in]

    def untold(self):
        """A full disk does not stop an undo: more is undone than the journal was told."""
        if self.verb[0] != "rollback":
            return []
        steps = [self.old, *self.between, self.new]
        return [Outcome(done.values, done.drop_in, told.states)
                for i, told in enumerate(steps) for done in steps[i + 1:]]


def until_committed(effects):
    """A signal undoes up to the sync of the commit."""
    commit = index(effects, lambda effect: effect.is_record("commit"))
    sync = index(effects, lambda effect: effect.name == "fdatasync", start=commit)
    return sync + 1, sync


def at_first_write(effects):
    """A signal stops what has not yet written anything; it is asked for under the lock."""
    lock = index(effects, lambda effect: effect.paths == [world.LOCK])
    return lock, index(effects, lambda effect: effect.writes_file(), start=lock)


def index(effects, is_it, start=0):
    for i, effect in enumerate(effects[start:], start):
        if is_it(effect):
            return i
    raise world.Wrong("an effect that must be there is not")


def over(*layers):
    """The values when each of the layers is written over those before it."""
    merged = {}
    for layer in layers:
        merged |= layer
    return merged


def apply(*options):
    return ["apply", "--require-all", *options, world.PROFILE_FILE]


def waiting(*options, seconds=LONG):
    return apply("--confirm", seconds, *options)


def done(*commands):
    """A preparation: each of these, undisturbed."""
    def prepare():
        for command in commands:
            must(*command)
    return prepare


def killed(command, *before, at):
    """A preparation: each of those before, and then one that is killed at an effect."""
    def prepare():
        done(*before)()
        moment = world.Moment.now()
        strace.run(command)
        effects = strace.effects(strace.calls()[0])
        moment.restore()
        strace.run(command, strace.injection(effects[index(effects, at)], "signal=SIGKILL"))
    return prepare


def overdue(command, *before):
    """A preparation: one that waited two seconds in vain."""
    def prepare():
        done(*before, command)()
        world.wait_until_overdue()
    return prepare


def long_journal():
    """One transaction in force, and behind it as many undone ones as make a long journal."""
    done(apply(), ["apply", "--set", "net.ipv4.tcp_keepalive_time=600"], ROLLBACK)()
    lines = world.read(strace.JOURNAL).splitlines()
    tx = re.search("tx=([0-9a-f]{8})", lines[-1])[1]
    undone = "\n".join(line.rsplit(" crc=", 1)[0] for line in lines if f"tx={tx}" in line)
    undone = undone.replace('reason=""', f'reason="{"long " * 200}"')
    with open(strace.JOURNAL, "a", encoding="ascii") as file:
        for number in range(LONG_JOURNAL):
            for record in undone.replace(tx, f"{number:08x}").splitlines():
                file.write(f"{record} crc={zlib.crc32(record.encode()):08x}\n")


FILES = [world.STATE_AREA, world.DROP_IN_DIR]
NEVER = {None, "undone"}  # it was not begun, or is undone

APPLY_EARLIER = ["apply", "--require-all", world.EARLIER_FILE]
PERSIST_EARLIER = ["apply", "--require-all", "--persist", world.EARLIER_FILE]
ROLLBACK = ["rollback"]
SETTLE = ["verify"]

BASE, EARLIER, PROFILE = world.BASE, world.EARLIER, world.PROFILE
IN_FORCE = over(BASE, PROFILE)
EARLIER_IN_FORCE = over(BASE, EARLIER)
BOTH_IN_FORCE = over(BASE, EARLIER, PROFILE)
BOTH_KEPT = over(EARLIER, PROFILE)

SCENARIOS = [
    Scenario(
        "apply-first", done(), apply(),
        old=Outcome(BASE, {}, [NEVER]),
        new=Outcome(IN_FORCE, {}, ["committed"]),
        decision=until_committed, failed=Scenario.UNDONE, only_below=FILES),
    Scenario(
        "apply", done(APPLY_EARLIER, ROLLBACK), apply(),
        old=Outcome(BASE, {}, ["undone", NEVER]),
        new=Outcome(IN_FORCE, {}, ["undone", "committed"]),
        decision=until_committed, failed=Scenario.UNDONE, syncs=["fdatasync", "fdatasync"]),
    Scenario(
        "rollback", done(apply()), ROLLBACK,
        old=Outcome(IN_FORCE, {}, ["committed"]),
        new=Outcome(BASE, {}, ["undone"]),
        decision=at_first_write),
    Scenario(
        "persist", done(APPLY_EARLIER, ROLLBACK), apply("--persist"),
        old=Outcome(BASE, {}, ["undone", NEVER]),
        new=Outcome(IN_FORCE, PROFILE, ["undone", "committed"]),
        decision=until_committed, failed=Scenario.UNDONE),
    Scenario(
        "persist-over", done(PERSIST_EARLIER), apply("--persist"),
        old=Outcome(EARLIER_IN_FORCE, EARLIER, ["committed", NEVER]),
        new=Outcome(BOTH_IN_FORCE, BOTH_KEPT, ["committed", "committed"]),
        decision=until_committed, failed=Scenario.UNDONE, only_below=FILES),
    Scenario(
        "rollback-persisted", done(apply("--persist")), ROLLBACK,
        old=Outcome(IN_FORCE, PROFILE, ["committed"]),
        new=Outcome(BASE, {}, ["undone"]),
        decision=at_first_write),
    Scenario(
        "rollback-restores", done(PERSIST_EARLIER, apply("--persist")), ROLLBACK,
        old=Outcome(BOTH_IN_FORCE, BOTH_KEPT, ["committed", "committed"]),
        new=Outcome(EARLIER_IN_FORCE, EARLIER, ["committed", "undone"]),
        decision=at_first_write),
    Scenario(
        "rollback-all", done(PERSIST_EARLIER, apply("--persist")), ["rollback", "--all"],
        old=Outcome(BOTH_IN_FORCE, BOTH_KEPT, ["committed", "committed"]),
        between=[
            Outcome(EARLIER_IN_FORCE, EARLIER, ["committed", "undone"]),
            # the newer cannot be undone: the older is all the same, but for what they share
            Outcome(over(BASE, PROFILE), PROFILE, ["undone", "committed"])],
        new=Outcome(BASE, {}, ["undone", "undone"]),
        decision=at_first_write),
    Scenario(
        "apply-confirm", done(APPLY_EARLIER, ROLLBACK), waiting(),
        old=Outcome(BASE, {}, ["undone", NEVER]),
        new=Outcome(IN_FORCE, {}, ["undone", "waiting"]),
        decision=until_committed, failed=Scenario.UNDONE, starts_guardian=True),
    Scenario(
        "persist-confirm", done(PERSIST_EARLIER), waiting("--persist"),
        old=Outcome(EARLIER_IN_FORCE, EARLIER, ["committed", NEVER]),
        new=Outcome(BOTH_IN_FORCE, EARLIER, ["committed", "waiting"]),
        decision=until_committed, failed=Scenario.UNDONE, starts_guardian=True,
        only_below=FILES),
    Scenario(
        "confirm", done(waiting()), ["confirm"],
        old=Outcome(IN_FORCE, {}, ["waiting"]),
        new=Outcome(IN_FORCE, {}, ["committed"]),
        decision=at_first_write, failed=Scenario.OLD),
    Scenario(
        "confirm-persisted", done(PERSIST_EARLIER, waiting("--persist")), ["confirm"],
        old=Outcome(BOTH_IN_FORCE, EARLIER, ["committed", "waiting"]),
        new=Outcome(BOTH_IN_FORCE, BOTH_KEPT, ["committed", "committed"]),
        decision=at_first_write, failed=Scenario.OLD),
    Scenario(
        "rollback-waiting", done(PERSIST_EARLIER, waiting("--persist")), ROLLBACK,
        old=Outcome(BOTH_IN_FORCE, EARLIER, ["committed", "waiting"]),
        new=Outcome(EARLIER_IN_FORCE, EARLIER, ["committed", "undone"]),
        decision=at_first_write),
    Scenario(
        "rollback-compacts", long_journal, ROLLBACK,
        old=Outcome(IN_FORCE, {}, ["committed", ...]),
        new=Outcome(BASE, {}, ["undone", ...]),
        decision=at_first_write, only_below=FILES),
    Scenario(
        "settle-apply",
        killed(apply("--persist"), PERSIST_EARLIER, at=lambda e: e.is_record("commit")), SETTLE,
        old=Outcome(EARLIER_IN_FORCE, EARLIER, ["committed", "undone"]),
        new=Outcome(EARLIER_IN_FORCE, EARLIER, ["committed", "undone"]),
        may_say_no=True),
    Scenario(
        "settle-then-apply",
        killed(apply("--persist"), PERSIST_EARLIER, at=lambda e: e.is_record("commit")),
        apply("--persist"),
        old=Outcome(EARLIER_IN_FORCE, EARLIER, ["committed", "undone", NEVER]),
        new=Outcome(BOTH_IN_FORCE, BOTH_KEPT, ["committed", "undone", "committed"]),
        decision=until_committed, failed=Scenario.OLD, only_below=FILES),
    Scenario(
        "settle-rollback",
        killed(ROLLBACK, PERSIST_EARLIER, apply("--persist"),
               at=lambda e: e.writes_value() and e.ordinal > 4), SETTLE,
        old=Outcome(EARLIER_IN_FORCE, EARLIER, ["committed", "undone"]),
        new=Outcome(EARLIER_IN_FORCE, EARLIER, ["committed", "undone"]),
        may_say_no=True),
    Scenario(
        "settle-overdue", overdue(waiting(seconds="1"), PERSIST_EARLIER), SETTLE,
        old=Outcome(EARLIER_IN_FORCE, EARLIER, ["committed", "undone"]),
        new=Outcome(EARLIER_IN_FORCE, EARLIER, ["committed", "undone"]),
        may_say_no=True),
    Scenario(
        "settle-confirm",
        killed(["confirm"], PERSIST_EARLIER, waiting("--persist"),
               at=lambda e: e.is_record("confirm")), SETTLE,
        old=Outcome(BOTH_IN_FORCE, BOTH_KEPT, ["committed", "committed"]),
        new=Outcome(BOTH_IN_FORCE, BOTH_KEPT, ["committed", "committed"]),
        may_say_no=True),
]


def find(name):
    return next((scenario for scenario in SCENARIOS if scenario.name == name), None)
