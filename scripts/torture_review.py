"""Kills two programs that label the same review, at random moments, and looks for what was lost.

Each round starts two programs that label records in a loop. A program writes the token of a decision to a pipe once the
store has acknowledged it. Both are killed (SIGKILL) at random moments. Then the review must open and be sound, hold
every acknowledged decision once, and nothing beyond them but the one decision that each program may have stored
without having had the time to say so. In the end every ranking that the log names is made again and compared.

    python scripts/torture_review.py --rounds 50 --decisions 2000

What it cannot show: a loss of power, after which the disk itself must have kept what it said it had written.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from tiab.labels import Decision, Label
from tiab.records import Record
from tiab.store import LogState, Source, Store, advance, label_entry

NAMES = ("eva", "ben")
RECORDS = 500


@dataclass
class Figures:
    """What happened over all rounds."""

    rounds: int = 0
    killed_in_the_loop: int = 0
    finished_before: int = 0
    acknowledged: int = 0
    stored: int = 0
    stored_unacknowledged: int = 0
    lost: int = 0
    twice: int = 0
    invented: int = 0
    unsound: int = 0
    rankings: int = 0
    rankings_that_differ: int = 0

    @property
    def sound(self) -> bool:
        return not (self.lost or self.twice or self.invented or self.unsound or self.rankings_that_differ)


def decision_of(number: int) -> Label:
    """The label that every program gives as its decision `number`: the log can be checked against it."""
    decision = (Decision.INCLUDE, Decision.EXCLUDE, Decision.MAYBE)[number % 3]
    return Label(record_id=str(number % RECORDS), decision=decision, reason=f"reason {number}")


def made_up_record(number: int) -> Record:
    """A record of a few words, some of which it shares with every third record."""
    return Record(record_id=str(number), title=f"Record {number} of kind {number % 3}", abstract=f"Word{number % 50}.")


def label_on(folder: str, name: str, turn: int, decisions: int, rank_every: int) -> None:
    """The program that will be killed."""
    if rank_every:
        from tiab.review import Review  # takes seconds to load, which is spared where nothing ranks

        with Review(folder) as review:
            for number in range(decisions):
                if number % rank_every == 0:
                    review.learn(name)
                said = decision_of(number)
                token = f"{turn}-{name}-{number}"
                review.label(said.record_id, said.decision, reviewer=name, reason=said.reason, token=token)
                os.write(1, f"{token}\n".encode())
        return
    with Store(folder) as store:
        for number in range(decisions):
            token = f"{turn}-{name}-{number}"
            store.append(label_entry(replace(decision_of(number), reviewer=name), token=token))
            os.write(1, f"{token}\n".encode())


class Victim:
    """One program that labels, and what it acknowledged before it died."""

    def __init__(self, folder: Path, name: str, turn: int, decisions: int, rank_every: int) -> None:
        command = [sys.executable, __file__, "--victim", str(folder), name, str(turn), str(decisions), str(rank_every)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.acknowledged: list[str] = []

    def kill_after(self, count: int, *, delay: float) -> bool:
        """Kills it `delay` seconds after its decision number `count`; whether it was still at it."""
        assassin = threading.Timer(delay, self.process.kill)
        with self.process:
            for line in self.process.stdout or ():
                if line.endswith(b"\n"):
                    self.acknowledged.append(line.decode().strip())
                if len(self.acknowledged) == count:
                    assassin.start()
            errors = self.process.stderr.read().decode() if self.process.stderr else ""
        assassin.cancel()
        if self.process.returncode > 0 or errors:  # a signal of somebody else's is as good
            raise RuntimeError(f"a program that labels ended by itself ({self.process.returncode}): {errors}")
        return self.process.returncode != 0


def torture(folder: Path, *, rounds: int, decisions: int, rank_every: int, seed: int) -> Figures:
    """The figures of that many rounds upon one review in `folder`."""
    generator = random.Random(seed)
    figures = Figures()
    with Store.create(folder) as store:
        store.add(Source(name="search.ris"), [made_up_record(n) for n in range(RECORDS)])
    for turn in range(rounds):
        before = _last_event(folder)
        victims = [Victim(folder, name, turn, decisions, rank_every) for name in NAMES]
        with ThreadPoolExecutor(len(victims)) as pool:
            deaths = [
                pool.submit(victim.kill_after, generator.randint(1, decisions), delay=generator.uniform(0, 0.02))
                for victim in victims
            ]
        killed = sum(death.result() for death in deaths)
        figures.rounds += 1
        figures.killed_in_the_loop += killed
        figures.finished_before += len(victims) - killed
        _compare(folder, before, [victim.acknowledged for victim in victims], figures)
        counts = ", ".join(str(len(victim.acknowledged)) for victim in victims)
        _say(f"round {turn + 1}: {counts} acknowledged; {'sound' if figures.sound else 'NOT SOUND'} so far")
    if rank_every:
        _replay(folder, figures)
    return figures


def _replay(folder: Path, figures: Figures) -> None:
    from tiab.review import Review

    with Review(folder) as review:
        replayed = review.replay()
    figures.rankings = len(replayed.rankings)
    figures.rankings_that_differ = sum(not one.identical for one in replayed.rankings)


def _last_event(folder: Path) -> int:
    with Store(folder) as store:
        return store.events()[-1].event_id


def _compare(folder: Path, before: int, acknowledged: list[list[str]], figures: Figures) -> None:
    with Store(folder) as store:
        store.check()
        events = store.events(after=before, kinds=["labelled"])
        advance(LogState(), store.events())
    stored = Counter(event.token or "" for event in events)
    said = {token for tokens in acknowledged for token in tokens}
    figures.acknowledged += len(said)
    figures.stored += len(events)
    figures.lost += len(said - stored.keys())
    figures.twice += sum(count - 1 for count in stored.values())
    figures.stored_unacknowledged += len(stored.keys() - said)
    for name, tokens in zip(NAMES, acknowledged, strict=True):
        own = [event for event in events if event.reviewer == name]
        # At most the one decision that was under way when the program died.
        figures.invented += max(0, len(own) - len(tokens) - 1)
        for number, event in enumerate(own):
            label = decision_of(number)
            wrong = (event.record_id, event.payload["reason"]) != (label.record_id, label.reason)
            figures.unsound += wrong or not str(event.token).endswith(f"-{name}-{number}")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--decisions", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rank-every", type=int, default=10, help="decisions between two rankings; 0 for none")
    parser.add_argument("--victim", nargs=5, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.victim:
        folder, name, *numbers = options.victim
        label_on(folder, name, *map(int, numbers))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        figures = torture(
            Path(folder) / "review",
            rounds=options.rounds,
            decisions=options.decisions,
            rank_every=options.rank_every,
            seed=options.seed,
        )
    print(json.dumps({**asdict(figures), "sound": figures.sound}, indent=2))
    return 0 if figures.sound else 1


if __name__ == "__main__":
    sys.exit(main())
