# SPDX-License-Identifier: MIT
"""One cell of the matrix: one effect of a command disturbed in one way, and what is left."""
import dataclasses
import os
import re
from signal import SIGHUP, SIGINT, SIGKILL, SIGTERM, SIGXFSZ, Signals

import outage
import strace
import world
from world import Wrong


@dataclasses.dataclass
class Kind:
    """A way to disturb an effect."""

    name: str
    injection: str  # for strace's inject=, behind the name of the system call
    signal: Signals = None
    goes_on: bool = False  # every later call of that name fails as well

    def is_death(self):
        return self.signal == SIGKILL

    def is_boot(self):
        return self.name in ("outage", "reboot")

    def fits(self, effect, scenario):
        if self.is_boot():
            return scenario.drop_ins() and not effect.is_below("/proc/sys")
        if effect.name == "exit_group":
            return self.name == "kill"  # when all is done
        if self.name == "torn":
            return effect.writes_file()
        if self.name == "short":
            return effect.name in strace.WRITING
        return True

    def options(self, effect):
        """For strace."""
        half = effect.size() // 2 if self.name == "short" else ""
        return strace.injection(effect, f"{self.injection}{half}", self.goes_on)


KINDS = {kind.name: kind for kind in [
    Kind("kill", "signal=SIGKILL", SIGKILL),
    # killed in the middle of a write: half of it has arrived
    Kind("torn", "signal=SIGKILL", SIGKILL),
    # killed, and the machine with it: what is not synced is lost, or has arrived all the same
    Kind("outage", "signal=SIGKILL", SIGKILL),
    Kind("reboot", "signal=SIGKILL", SIGKILL),
    Kind("ENOSPC", "error=ENOSPC"),
    Kind("EIO", "error=EIO"),
    Kind("EACCES", "error=EACCES"),
    Kind("EROFS", "error=EROFS"),
    Kind("EINTR", "error=EINTR"),
    Kind("short", "retval="),
    # a disk that is full, and stays so
    Kind("ENOSPC+", "error=ENOSPC", goes_on=True),
    Kind("SIGINT", "signal=SIGINT", SIGINT),
    Kind("SIGTERM", "signal=SIGTERM", SIGTERM),
    Kind("SIGHUP", "signal=SIGHUP", SIGHUP),
]}


def look():
    """Values, drop-in and states as they are now."""
    return world.values(), world.drop_in(), list(world.history().values())


@dataclasses.dataclass
class Run:
    """The run that was disturbed."""

    effect: strace.Effect
    kind: Kind
    status: int = None  # negative: of the signal it died of
    said: str = None
    calls: list = None

    def is_dead(self):
        return self.kind.is_death() or self.status == -SIGXFSZ

    def disturb(self, scenario):
        if self.kind.name == "short" and self.effect.is_below(world.STATE_DIR):
            self.cut_short(scenario)
            return
        self.status, _, self.said = strace.run(
            scenario.verb, self.kind.options(self.effect),
            is_quick=not self.kind.signal and not scenario.starts_guardian)
        self.calls, is_killed = strace.calls()
        hit = next((call for call in self.calls if call.same_as(self.effect)), None)
        if hit is None:
            raise Wrong("the cell is void: the effect did not come")
        if self.kind.is_death() and not (is_killed and self.calls[-1] is hit):
            raise Wrong("the cell is void: it was not killed there")
        if not self.kind.signal and "(INJECTED)" not in hit.result:
            raise Wrong("the cell is void: nothing was injected")
        if self.kind.name == "torn":
            tear(hit)

    def cut_short(self, scenario):
        """A limit on the size of files lets the kernel write only half, really."""
        limit = f"--fsize={(self.effect.offset() or 0) + self.effect.size() // 2}"
        self.status, _, self.said = strace.run(scenario.verb, wrapper=["prlimit", limit])
        if not any(call.is_short() for call in strace.calls()[0]):
            raise Wrong("the cell is void: no write was short")


def tear(effect):
    """Half of a write has arrived before its process died."""
    with open(effect.paths[0], "r+b") as file:
        if effect.offset() is None:
            file.seek(0, os.SEEK_END)
        else:
            file.seek(effect.offset())
        file.write(effect.content()[:effect.size() // 2])


def allowed(scenario, effects, run):
    """The outcomes that the exit status of the run allows; none: it is wrong itself."""
    either = [scenario.old, *scenario.between, scenario.new]
    if run.effect.name == "exit_group":
        return [scenario.new]
    if run.is_dead():
        return either
    if run.kind.signal and scenario.decision:
        return allowed_by_signal(scenario, effects, run)
    if run.kind.signal and run.status == -run.kind.signal:
        return either
    if run.status == 0:
        return [scenario.new]
    if run.status == 2:
        is_old = scenario.failed == scenario.UNDONE or (
            scenario.failed == scenario.OLD and not run.kind.goes_on)
        return [scenario.old] if is_old else either
    return either if run.status == 1 and scenario.may_say_no else []


def allowed_by_signal(scenario, effects, run):
    """Up to the decision a signal stops the command; behind it, it comes too late."""
    i = effects.index(run.effect)
    first, last = scenario.decision(effects)
    outcomes = []
    if i <= last and run.status == 2:
        outcomes.append(scenario.old)
    if i >= first and run.status == 0:
        outcomes.append(scenario.new)
    return outcomes


def settle():
    """The next command that takes the lock. Does it settle, and say which, and no more?"""
    before = world.history()
    status, out, err = world.finwait("verify")
    after = world.history()
    still = [tx for tx, state in after.items() if state in ("unfinished", "overdue")]
    said = dict(re.findall(r"transaction ([0-9a-f]{8}) .*and is (undone|kept)", err))
    # what is undone may be forgotten at once, where the journal is long
    now = {tx: after.get(tx, "undone") for tx in before}
    did = {tx: "undone" if state == "undone" else "kept"
           for tx, state in now.items() if state != before[tx]}

    if still:
        raise Wrong(f"verify does not settle {still}: {err}")
    if status != 0:
        raise Wrong(f"verify exits {status}: {out}{err}")
    if said != did:
        raise Wrong(f"verify says {said}, and did {did}: {err}")


def check_way_back():
    """rollback makes everything as it was before anything, and leaves nothing temporary."""
    world.must("rollback", "--all")
    if world.values() != world.BASE or world.drop_in() or world.left_behind():
        raise Wrong(f"rollback --all leaves {world.values()}, {world.drop_in()}, "
                    f"{world.left_behind()}")


class Cells:
    """The cells of a scenario that was rehearsed."""

    def __init__(self, scenario, moment, effects):
        self.scenario = scenario
        self.moment = moment
        self.effects = effects
        self.is_stable = False
        self.n_untold = 0

    def check_start(self):
        """What settling makes of the moment before the command, and the way back from it."""
        self.moment.restore()
        settle()
        differences = self.scenario.old.differs(*look())
        if differences:
            raise Wrong(f"the start, settled, is another: {', '.join(differences)}")
        self.is_stable = world.Moment.now() == self.moment
        check_way_back()

    def run(self, effect, kind):
        """Runs one: what is wrong, or None."""
        run = Run(effect, kind)
        self.moment.restore()
        try:
            run.disturb(self.scenario)
            world.end_guardians()
            self.check(run)
        except Wrong as wrong:
            return f"{wrong}\n    (exit {run.status}, said {run.said!r})"
        return None

    def check(self, run):
        outcomes = allowed(self.scenario, self.effects, run)
        if not outcomes:
            raise Wrong("an exit status it may not have")
        if run.kind.is_boot():
            if run.kind.name == "outage":
                outage.lose_unsynced(strace.effects(run.calls), self.moment)
            world.reboot()
            outage.check(outcomes)
            return
        if (self.scenario.failed == self.scenario.UNDONE and run.status == 2
                and not run.kind.goes_on):
            self.check_undone()
        is_untouched = world.Moment.now() == self.moment
        if is_untouched and self.is_stable and self.scenario.old in outcomes:
            world.must("verify")
            return
        if self.is_untold(run):
            self.n_untold += 1
        else:
            settle()
            found = look()
            differences = [outcome.differs(*found) for outcome in outcomes]
            if all(differences):
                raise Wrong("neither of: " + "; or: ".join(map(", ".join, differences)))
        # who cannot clean up leaves that to the next command that writes
        if world.left_behind() and not run.is_dead() and not run.kind.goes_on:
            raise Wrong(f"left behind: {world.left_behind()}")
        check_way_back()

    def is_untold(self, run):
        """
        All is undone, but the disk was full and stayed so: the run said it. The next command
        does not settle that, since the journal knows of nothing; the next rollback does.
        """
        return (run.status == 2 and run.kind.name in ("ENOSPC+", "short")
                and "the journal could not be told" in run.said
                and not all(outcome.differs(*look()) for outcome in self.scenario.untold()))

    def check_undone(self):
        """A failure is undone by the run itself: before anything is settled."""
        old = self.scenario.old
        if world.values() != old.values or world.drop_in() != old.drop_in:
            raise Wrong(f"failed, and left {world.values()}, {world.drop_in()}")
