"""tiab pico --evaluate: what is printed of the measurement of PICO."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tiab.cli.show import console, note, print_json, print_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tiab.evaluation.pico.designs import DesignResult, TrialResult
    from tiab.evaluation.pico.evaluate import RoleResult, SentenceResult, SpanResult
    from tiab.evaluation.pico.findings import FindingsResult
    from tiab.evaluation.pico.numbers import NumberResult
    from tiab.evaluation.pico.people import PeopleResult

__all__ = ["MarkedSets", "evaluate_pico"]


class MarkedSets(NamedTuple):
    """The sets to measure on: paths, None for those that are not given; `abstracts` are the texts of `people`."""

    ebm_nlp: Path | None
    pico_corpus: Path | None
    nicta: Path | None
    roles: Path | None
    findings: Path | None
    people: Path | None
    designs: Path | None
    trials: Path | None
    abstracts: tuple[Path, ...]


def evaluate_pico(sets: MarkedSets, *, include_trained: bool, as_json: bool) -> None:
    """Measures PICO on the sets that are given, and prints the scores."""
    from tiab.errors import InputError

    if all(path is None for path in sets[:-1]):
        hint = "Give --ebm-nlp, --pico-corpus, --nicta, --roles, --findings, --people, --designs or --trials."
        raise InputError("nothing to evaluate on", hint=hint)
    if sets.people is not None and not sets.abstracts:
        raise InputError("the marks of --people come without texts", hint="Give the abstracts with --abstracts FILE.")
    found: dict[str, Any] = dict(_measured(sets, include_trained=include_trained))
    if as_json:
        print_json({name: result.to_dict() for name, result in found.items()})
        return
    shown: dict[str, Callable[[Any], None]] = {
        "ebm_nlp": _show_spans, "pico_corpus": _show_numbers, "nicta": _show_sentences, "roles": _show_roles,
        "findings": _show_findings, "people": _show_people, "designs": _show_designs, "trials": _show_trials,
    }  # fmt: skip
    for name, result in found.items():
        shown[name](result)
    if include_trained:
        note("articles that the models were trained on are included: these figures are too good")


def _measured(sets: MarkedSets, *, include_trained: bool) -> Iterator[tuple[str, Any]]:
    """(name, result) of each set that is given; what measures it is loaded only then."""
    if sets.ebm_nlp is not None:
        from tiab.evaluation.pico.evaluate import measure_spans

        yield "ebm_nlp", measure_spans(sets.ebm_nlp, include_trained=include_trained)
    if sets.pico_corpus is not None:
        from tiab.evaluation.pico.numbers import measure_numbers

        yield "pico_corpus", measure_numbers(sets.pico_corpus)
    if sets.nicta is not None:
        from tiab.evaluation.pico.evaluate import measure_sentences

        yield "nicta", measure_sentences(sets.nicta)
    if sets.roles is not None:
        from tiab.evaluation.pico.evaluate import measure_roles

        yield "roles", measure_roles(sets.roles, include_trained=include_trained)
    if sets.findings is not None:
        from tiab.evaluation.pico.findings import measure_findings

        yield "findings", measure_findings(sets.findings, include_trained=include_trained)
    if sets.people is not None:
        from tiab.evaluation.pico.people import measure_people

        yield "people", measure_people(sets.people, sets.abstracts)
    yield from _measured_designs(sets, include_trained)


def _measured_designs(sets: MarkedSets, include_trained: bool) -> Iterator[tuple[str, Any]]:
    from tiab.evaluation.pico.designs import measure_designs, measure_trials

    if sets.designs is not None:
        yield "designs", measure_designs(sets.designs, include_trained=include_trained)
    if sets.trials is not None:
        yield "trials", measure_trials(sets.trials, include_trained=include_trained)


def _show_people(result: PeopleResult) -> None:
    for half, labels in result.scores.items():
        if not result.abstracts[half]:
            continue
        rows = [
            [label, *(text for share in score for text in (_share(share.value), f"{share.right} of {share.of}"))]
            for label, score in labels.items()
        ]
        ages = result.ages[half]
        rows.append(["eligible ages told apart", _share(ages.value), f"{ages.right} of {ages.of}", "", ""])
        title = f"People and numbers, {result.abstracts[half]} abstracts, {half}"
        print_table(title, ("", "recall", "", "precision", ""), rows, right=4)
    if result.missing:
        note(f"{result.missing} marked abstracts are in none of the files")


def _show_spans(result: SpanResult) -> None:
    measured = (result.tokens, result.spans, result.tidy_spans, result.overlaps)
    names = ("participants", "interventions", "outcomes")
    rows = [[name, *(_share(scores.elements[i]) for scores in measured)] for i, name in enumerate(names)]
    rows.append(["mean", *(_share(scores.mean) for scores in measured)])
    rows.append(["95 % interval", *(f"{_share(s.low)} to {_share(s.high)}" for s in measured)])
    print_table(
        f"Spans, {_counted(result)}", ("", "token F1", "span F1", "span F1, marks tidied", "overlap F1"), rows, right=4
    )
    console.print(f"{result.per_second:.0f} abstracts a second of one core, rules and numbers included")


def _show_numbers(result: NumberResult) -> None:
    rows = (
        ("total: a number is given", result.given), ("total: it is the first that is marked", result.totals),
        ("arms: one of each kind is given", result.arms), ("arms: those given are marked", result.arms_said),
        ("ages: every number is given", result.ages), ("randomised trial scores .5 or more", result.trials),
    )  # fmt: skip
    table = [[name, _share(share.value), f"{share.right} of {share.of}"] for name, share in rows]
    print_table(f"Numbers, {result.articles} abstracts", ("", "share", ""), table, right=2)


def _show_sentences(result: SentenceResult) -> None:
    rows = [[name, _share(value)] for name, value in result.auc.items()]
    title = f"Sentences told apart, {result.sentences} of {result.articles} abstracts"
    print_table(title, ("", "AUC"), rows, right=1)


def _show_roles(result: RoleResult) -> None:
    rows = [[role, _share(value)] for role, value in result.each.items()]
    rows += [["weighted", _share(result.f1)], ["accuracy", _share(result.accuracy)]]
    print_table(f"Roles of {result.sentences} sentences, {_counted(result)}", ("", "F1"), rows, right=1)
    console.print(f"{result.per_second:.0f} abstracts a second of one core, words and sentences given")


def _show_findings(result: FindingsResult) -> None:
    measured = [("abstract", result.scores)] + ([("evidence given", given)] if (given := result.given_evidence) else [])
    rows = [[name, *(_share(scores.f1[name]) for _, scores in measured)] for name in result.scores.f1]
    rows.append(["macro F1", *(_share(scores.macro_f1) for _, scores in measured)])
    rows.append(["95% interval", *(f"{_share(s.low)} to {_share(s.high)}" for _, s in measured)])
    rows.append(["accuracy", *(_share(scores.accuracy) for _, scores in measured)])
    left_out = f" ({result.left_out} more were used in training and left out)" if result.left_out else ""
    title = f"Direction of outcomes, {result.questions} questions{left_out}"
    print_table(title, ("", *(name for name, _ in measured)), rows, right=len(measured))
    console.print(f"{result.milliseconds:.0f} ms per question on one core")


def _show_designs(result: DesignResult) -> None:
    rows = [
        [name, str(typed.of), _share(typed.precision), _share(typed.recall), _share(typed.f1), _share(everywhere.f1)]
        for (name, typed), everywhere in zip(result.among_typed.items(), result.among_all.values(), strict=True)
    ]
    rows.append(["macro F1", "", "", "", _share(result.macro_f1), _share(result.macro_f1_all)])
    title = f"Designs, {result.typed} records with a type that names one, of {_counted(result)}"
    print_table(title, ("", "records", "precision", "recall", "F1", "F1 in all records"), rows, right=5)
    sure = [
        [f"{low / 5:.1f} to {(low + 1) / 5:.1f}", str(each.said), _share(each.score), _share(each.right)]
        for low, each in enumerate(result.reliability) if each.said
    ]  # fmt: skip
    title = f"How sure the likeliest design is; calibration error {_share(result.calibration_error)}"
    print_table(title, ("score", "records", "mean score", "right"), sure, right=3)


def _show_trials(result: TrialResult) -> None:
    rows = [["randomised or crossover trial .5 or more", _share(result.recall), str(result.found)]]
    rows.append(["another design .4 or more", _share(result.another_design), str(result.rivals)])
    rows += [[f"  {name}", _share(count / max(1, result.articles)), str(count)] for name, count in result.each.items()]
    rows.append(["of animals, beside these", "", str(result.animals)])
    rows.append(
        ["  animal study .5 or more", _share(result.animals_found / max(1, result.animals)), str(result.animals_found)]
    )
    print_table(f"Trials that randomised, {_counted(result)}", ("", "share", "abstracts"), rows, right=2)


def _counted(result: SpanResult | RoleResult | DesignResult | TrialResult) -> str:
    left_out = f" ({result.left_out} more were used in training and left out)" if result.left_out else ""
    return f"{result.articles} abstracts{left_out}"


def _share(value: float) -> str:
    return f"{value:.3f}"
