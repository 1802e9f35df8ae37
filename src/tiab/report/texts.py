"""Texts: what the numbers mean, what they cannot mean, and drafts of what the paper must say."""

from __future__ import annotations

from tiab.evaluation.gold_studies import GoldReport
from tiab.evaluation.missing import SIMULATED_AUC, MissingEstimate, StoppingPoint, simulated_runs
from tiab.report.data import Texts
from tiab.review.counts import FlowCounts
from tiab.review.log_summary import Overrides, Provenance
from tiab.review.summary import ReviewSummary
from tiab.stopping import ASSUMPTION

__all__ = ["make_texts"]


def make_texts(
    summary: ReviewSummary,
    missing: MissingEstimate,
    stopping: tuple[StoppingPoint, ...],
    gold: GoldReport | None,
    reviewers: int,
    method: str,
    evaluation: str,
) -> Texts:
    """All sentences of a report.

    Args:
        evaluation: how well tiab did on finished reviews, and where that is documented.
        method: what the paper says of how many decided on each record, and who resolved conflicts.
        reviewers: how many people screened; who only settled conflicts is not counted.
    """
    made, counts = summary.provenance, summary.counts
    return Texts(
        summary=tuple(_summary(counts, missing, gold)),
        limitations=tuple(_limitations(made, counts, gold, summary.overrides)),
        chances=_chances(missing),
        paces=_PACES,
        prisma_item_8=_item_8(made, counts, missing, reviewers, method),
        raise_disclosure=tuple(_raise(made, counts, missing, stopping, gold, evaluation)),
    )


_PACES = (
    "The 36 seconds are those of a trial in which two people took 120 minutes for 100 titles with abstracts (Devane et "
    "al. 2014, Cochrane Colloquium), if that was their combined time; if each took that long, a record took 72. The "
    "30 and 79 seconds are assumed fast and slow speeds, without a source. None was measured in this team."
)


def _chances(missing: MissingEstimate) -> str:
    left, found = max(1, missing.n_records - missing.since), missing.found - missing.found_before
    since = f" since {missing.because}" if missing.because else " so far"
    return (
        f"Chance of all: the share of {simulated_runs(left):,} simulated reviews in which the rule had "
        f"found every relevant record when it stopped. Each has {_records(left)}, "
        f"{max(1, found):,} of them relevant{f', as many as were found{since},' if found else ''} and "
        f"is ranked with an AUC of {SIMULATED_AUC:g}. Real rankings leave some relevant records far down, and "
        "there may be more of them than were found: the chances shown are optimistic."
    )


def _summary(counts: FlowCounts, missing: MissingEstimate, gold: GoldReport | None) -> list[str]:
    said = [
        f"{_records(counts.identified)} identified, {counts.duplicates:,} of them duplicates; "
        f"{counts.to_screen:,} to screen, {counts.screened:,} screened, {counts.unscreened:,} unscreened."
    ]
    if counts.screened:
        said.append(
            f"{counts.included:,} included, {counts.maybe:,} maybe, {counts.excluded:,} excluded by people"
            + (f", {counts.conflicts:,} in conflict" if counts.conflicts else "")
            + (f", {counts.pending:,} awaiting a second reviewer." if counts.pending else ".")
        )
    said.append(missing.sentence + (f" {missing.assumption_in_short}" if missing.states_bound else ""))
    if gold is not None and gold.n:
        said.append(
            f"Of {gold.n:,} gold records {gold.found:,} were found so far: recall {_share(gold.found / gold.n)} "
            f"(95% interval {_share(gold.low)} to {_share(gold.high)})."
        )
    return said


def _limitations(made: Provenance, counts: FlowCounts, gold: GoldReport | None, overrides: Overrides) -> list[str]:
    said = [
        f"What may be missing rests on an assumption. {ASSUMPTION}",
        "The error level holds for one check at a point fixed in advance. Checking after every record and stopping "
        "at the first favourable result is wrong more often, especially with many relevant records or a poor "
        "ranking. The count restarts with each relevant record found, so the estimate is high just after one.",
    ]
    if counts.unscreened:
        said.append(
            f"{_records(counts.unscreened)} {_were(counts.unscreened)} not screened. A low rank is not an exclusion: "
            "do not report any of them as excluded."
        )
    if overrides.pairs_open:
        said.append(
            f"When files were added, {_pairs(overrides.pairs_named)} of records {_were(overrides.pairs_named)} named "
            f"as possible duplicates, and people have resolved {overrides.pairs_settled:,} since. The two records of "
            "an unresolved pair are counted separately in everything here."
        )
    if counts.no_abstract:
        said.append(
            f"{_records(counts.no_abstract)} {_have(counts.no_abstract)} no abstract and could be ranked by title and "
            f"keywords alone; {counts.no_abstract_unscreened:,} of them {_were(counts.no_abstract_unscreened)} not "
            "screened. They are listed apart and should be read whatever their rank."
        )
    said.append(
        "Relevant means that the full text is to be sought: included, maybe, or in an unresolved conflict. Decisions "
        "count in the order in which they were logged. The order in which imported records were read is not known: "
        "what was decided up to the last import counts as found or excluded, and not as evidence of what is missing. "
        "The same holds for what was decided before records were last added."
    )
    said.append(
        "Hours rest on 30, 36 and 79 seconds for each record, which nobody has measured in this team; and reading the "
        "unscreened would take these hours only if they are like the others."
    )
    if made.versions and set(made.versions) != {made.version}:
        said.append(f"Rankings were made by tiab {', '.join(made.versions)}; this report by tiab {made.version}.")
    if gold is not None:
        said.append(
            "The recall interval treats the gold records as a sample of all records relevant to such a review; it does "
            "not cover relevant records missing from both the gold standard and the search. Where some records have "
            "been screened, a rank also reflects those decisions."
        )
    return said


def _item_8(made: Provenance, counts: FlowCounts, missing: MissingEstimate, reviewers: int, method: str) -> str:
    readers = "one reviewer" if reviewers == 1 else f"{_number(reviewers)} reviewers"
    said = [
        f"After duplicates had been linked, titles and abstracts of {_records(counts.to_screen)} were to be screened "
        f"in tiab {made.version}, which orders them by {'the eligibility criteria and ' * bool(made.criteria_hash)}"
        "the decisions made so far, those most likely to be relevant first."
    ]
    if counts.screened:
        two = counts.screened_by_two
        shared = (
            "each by one person"
            if not two
            else "each by two or more people"
            if two == counts.screened
            else f"{two:,} of them by two or more people"
        )
        said.append(
            f"{readers.capitalize()} screened {_records(counts.screened)}, {shared}; each saw the records in an order "
            "based on their own decisions, resolved conflicts and prior knowledge, and did not see the decisions of "
            f"others on records that they had not decided on. {method} [State how full texts were assessed.]"
        )
    said.append("The tool ordered records and excluded none; every exclusion was decided by a person.")
    if not counts.unscreened and counts.screened:
        said.append("All records were screened.")
    elif counts.unscreened:
        said.append(
            f"{_records(counts.unscreened)} {_were(counts.unscreened)} left unscreened. [State the stopping rule and "
            f"when it was chosen.] {missing.sentence}"
            + (f" {missing.assumption_in_short}" if missing.states_bound else "")
        )
    return " ".join(said)


def _raise(
    made: Provenance,
    counts: FlowCounts,
    missing: MissingEstimate,
    stopping: tuple[StoppingPoint, ...],
    gold: GoldReport | None,
    evaluation: str,
) -> list[tuple[str, str]]:
    reached = [f"{one.rule} after {one.at:,}" for one in stopping if one.at is not None]
    software = ", ".join(f"{name} {version}" for name, version in made.software)
    criteria = f"criteria {made.criteria_hash}; " if made.criteria_hash else "no criteria; "
    performance = evaluation
    if gold is not None and gold.n:
        performance = (
            f"In this review, {gold.found:,} of {gold.n:,} gold records were found so far "
            f"({_share(gold.low)} to {_share(gold.high)}). {evaluation}"
        )
    return [
        ("Tool and version", f"tiab {made.version} ({software}); report of {made.at[:10]}."),
        ("What it is", "A linear ranking model over words and rule-based evidence for the eligibility criteria. It "
         "runs on the reviewers' computer, is not a generative model, and sends no record anywhere."),
        ("What it was used for", "The order in which titles and abstracts were read. It decided on no record."),
        ("Why it was used", "[State why, for example to find relevant records early or to plan the work.]"),
        ("What went in", f"{_records(counts.to_screen)}; {criteria}{counts.prior:,} known beforehand; "
         f"{counts.screened:,} records decided on by people."),
        ("Human oversight", "Every decision was made by a person, is logged with its time, and can be undone. The "
         "report counts the decisions that went against the tool."),
        ("Stopping", ("Reached: " + "; ".join(reached) + ". " if reached else "No rule was reached. ")
         + ("All records were screened." if not counts.unscreened else "[State which rule was followed.]")),
        ("How well it works", performance),
        ("What it cannot do", f"{missing.sentence} {ASSUMPTION if missing.states_bound else ''}".strip()),
        ("How to repeat it", f"Seed {made.seed}; {criteria}data {made.data_hash or '–'}; model "
         f"{made.model_hash or '–'}. The log replays every ranking."),
        ("Responsibility and interests", "The authors answer for the review. [State funding of, or ties to, makers "
         "of the tool.]"),
    ]  # fmt: skip


def _share(value: float) -> str:
    return f"{100 * value:.1f}".removesuffix(".0") + "%"


def _records(count: int) -> str:
    return f"{count:,} record" if count == 1 else f"{count:,} records"


def _pairs(count: int) -> str:
    return f"{count:,} pair" if count == 1 else f"{count:,} pairs"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _have(count: int) -> str:
    return "has" if count == 1 else "have"


def _number(count: int) -> str:
    words = ("no", "one", "two", "three", "four", "five", "six")
    return words[count] if count < len(words) else f"{count:,}"
