"""Policy: how the records of a review are screened, by how many people, and what each of them may see.

It is a setting of the review, kept in its log. Everything that shows one person's decisions to another asks here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from tiab.errors import ReviewError
from tiab.labels import Decision

__all__ = ["DEFAULT_POLICY", "SCHEMES", "Policy", "calibration_sample", "joint_decision", "read_policy", "with_sample"]

Scheme = Literal["", "one", "two", "calibration"]
SCHEMES: tuple[Scheme, ...] = ("", "one", "two", "calibration")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How a review is screened.

    Attributes:
        scheme: "one" or "two" reviewers for each record; "calibration": two for a first sample and one after it; "" for
            one, and two once a second reviewer has decided on something.
        calibration: how many records the first sample has.
        sample: their fingerprints, where the sample was drawn; else it is drawn from the records that there are.
        blinded: nobody sees another's decision on a record before their own, nor figures made from such decisions.
        resolvers: who resolves conflicts; empty for anybody, as where each pair does so together.
        maybe_conflicts: whether "maybe" beside "include" is a conflict. If not, the record is included.
        owner: who may change these settings; "" for anybody.
    """

    scheme: Scheme = ""
    calibration: int = 0
    sample: tuple[str, ...] = ()
    blinded: bool = True
    resolvers: tuple[str, ...] = ()
    maybe_conflicts: bool = False
    owner: str = ""

    def __post_init__(self) -> None:
        if self.scheme not in SCHEMES:
            raise ReviewError(f"'{self.scheme}' is not a screening scheme", hint="Choose one, two or calibration.")
        if (self.scheme == "calibration") != (self.calibration > 0):
            hint = "Give the number of records that two people screen first, for example 50."
            raise ReviewError("only the scheme 'calibration' takes a sample size, and it needs one", hint=hint)

    def needed(self, people: int, *, sampled: bool) -> int:
        """How many reviewers decide on a record.

        Args:
            people: how many have decided on anything in this review.
            sampled: whether it is in the calibration sample.
        """
        if self.scheme == "calibration":
            return 2 if sampled else 1
        return 2 if self.scheme == "two" or (self.scheme == "" and people > 1) else 1

    def may_see(self, viewer: str | None, voters: Collection[str], *, needed: int) -> bool:
        """Whether `viewer` may see what others decided on a record.

        Args:
            viewer: a reviewer; None for somebody who screens under no name.
            voters: who decided on it.
            needed: how many people decide on it.
        """
        if not self.blinded or (viewer is not None and viewer in voters):
            return True
        return len(voters) >= needed and (viewer is None or viewer in self.resolvers)

    def may_resolve(self, reviewer: str) -> bool:
        return not self.resolvers or reviewer in self.resolvers

    def must_be_changed_by(self, reviewer: str) -> None:
        """Raises ReviewError where the settings have another owner."""
        if self.owner and reviewer != self.owner:
            raise ReviewError(f"only {self.owner} may change these settings", hint=f"Ask {self.owner}.")

    @property
    def sentences(self) -> tuple[str, ...]:
        """The settings in words."""
        by = {
            "one": "One reviewer for each record.",
            "two": "Two reviewers for each record.",
            "calibration": f"Two reviewers for a first sample of {self.calibration:,} records, one for each after it.",
            "": "One reviewer for each record; two once a second reviewer has decided on something.",
        }[self.scheme]
        hidden = "Reviewers are blinded: each sees others' decisions on a record only after their own."
        maybe = "a conflict" if self.maybe_conflicts else "an include"
        who = ", ".join(self.resolvers) or "the reviewers together"
        said = (by, hidden if self.blinded else "Reviewers see each other's decisions.", f"Conflicts: {who}.")
        return (*said, f"Maybe beside include: {maybe}.", *([f"Owner: {self.owner}."] if self.owner else []))

    def method(self, people: int) -> str:
        """What the methods of a paper say of the settings.

        Args:
            people: how many screened.

        >>> Policy(scheme="two", resolvers=("lee",)).method(2)
        'Two reviewers decided on each record independently; conflicts were resolved by lee.'
        """
        if people < 2 and self.scheme in ("", "one"):
            return "One reviewer decided on each record."
        by = "One reviewer decided on each record" if self.scheme == "one" else "Two reviewers decided on each record"
        if self.scheme == "calibration":
            by = f"Two reviewers decided on a first sample of {self.calibration:,} records, and one on each after it"
        how = (" independently" if self.scheme in ("", "two") else ", blinded to others' decisions") * self.blinded
        who = ", ".join(self.resolvers) or "[state who]"
        return f"{by}{how}; conflicts were resolved by {who}."

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON types."""
        return asdict(self) | {"sample": list(self.sample), "resolvers": list(self.resolvers)}


DEFAULT_POLICY = Policy()


def read_policy(payload: Mapping[str, Any]) -> Policy:
    """The policy that a `settings` event holds; the default one for an empty payload.

    Raises:
        ReviewError: it holds none.
    """
    if not payload:
        return DEFAULT_POLICY
    try:
        return Policy(
            scheme=payload["scheme"],
            calibration=int(payload["calibration"]),
            sample=tuple(map(str, payload["sample"])),
            blinded=bool(payload["blinded"]),
            resolvers=tuple(map(str, payload["resolvers"])),
            maybe_conflicts=bool(payload["maybe_conflicts"]),
            owner=str(payload["owner"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        hint = "Another program may have altered the file: take the last copy of the folder."
        raise ReviewError(f"the settings of the review cannot be understood ({error})", hint=hint) from error


def calibration_sample(policy: Policy, fingerprints: Sequence[str]) -> frozenset[str]:
    """The fingerprints of the records of the first sample, which is the same in each copy of the review.

    >>> chosen = calibration_sample(Policy(scheme="calibration", calibration=2), ["a", "b", "c"])
    >>> len(chosen), chosen == calibration_sample(Policy(scheme="calibration", calibration=2), ["c", "b", "a"])
    (2, True)
    """
    if policy.sample:
        return frozenset(policy.sample)
    drawn = sorted(set(fingerprints), key=lambda one: hashlib.sha256(f"calibration:{one}".encode()).digest())
    return frozenset(drawn[: policy.calibration])


def with_sample(policy: Policy, fingerprints: Sequence[str]) -> Policy:
    """`policy` with its calibration sample drawn from these records, so that records that come later change nothing."""
    if policy.scheme != "calibration":
        return replace(policy, sample=())
    return replace(policy, sample=tuple(sorted(calibration_sample(replace(policy, sample=()), fingerprints))))


def joint_decision(policy: Policy, decisions: Iterable[Decision]) -> Decision | None:
    """What several decisions on a record come to; None for a conflict.

    >>> joint_decision(Policy(), [Decision.INCLUDE, Decision.MAYBE])
    <Decision.INCLUDE: 'include'>
    """
    said = set(decisions)
    if said == {Decision.INCLUDE, Decision.MAYBE} and not policy.maybe_conflicts:
        return Decision.INCLUDE
    return said.pop() if len(said) == 1 else None
