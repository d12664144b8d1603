# SPDX-License-Identifier: MIT
"""A power cut: what was not synced is lost, and the values are what the next boot makes them."""
import os

import strace
import world
from world import Wrong


def lose_unsynced(run, moment):
    """Takes back what the disk need not have; moment: what it had before the run."""
    content, _ = moment.files.get(world.DROP_IN, (None, None))
    synced, beside, end = content, None, None
    for effect in run:
        if effect.result.startswith(("-1", "?")):
            continue
        if effect.is_write_to(strace.JOURNAL):
            end = effect.offset() if end is None else end
        elif effect.writes_file():
            beside = effect.content()
        elif effect.name in strace.RENAMING:
            content = beside
        elif effect.name in strace.UNLINKING and effect.paths == [world.DROP_IN]:
            content = None
        elif effect.syncs(world.DROP_IN_DIR):
            synced = content
        elif effect.syncs(strace.JOURNAL):
            end = None
    if end is not None:
        os.truncate(strace.JOURNAL, end)
    if synced != content:
        replace_drop_in(synced)


def replace_drop_in(content):
    if content is None:
        os.unlink(world.DROP_IN)
        return
    with open(world.DROP_IN, "wb") as file:
        file.write(content)


def check(outcomes):
    """After the boot: the drop-in is one of the outcomes', and the history agrees."""
    status, out, err = world.finwait("verify")
    if status not in (0, 1):
        raise Wrong(f"after a boot, verify exits {status}: {out}{err}")
    found = world.drop_in(), list(world.history().values())
    if not any(agrees(outcome, *found) for outcome in outcomes):
        raise Wrong(f"after a boot: {found}\n    {out}{err}")
    for _ in found[1]:
        world.must("rollback")
    if world.drop_in() or world.left_behind():
        raise Wrong(f"after a boot, rollback leaves {world.drop_in()}, {world.left_behind()}")


def agrees(outcome, drop_in, states):
    """What was not to outlive the boot may be void: it went with it."""
    if len(states) > len(outcome.states):
        return False
    states = [wanted if state == "void" and wanted != "committed" else state
              for state, wanted in zip(states, outcome.states)]
    return not outcome.differs(outcome.values, drop_in, states)
