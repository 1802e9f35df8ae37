"""Directions: which way a text says that markers and outcomes went, and in which circumstances."""

from __future__ import annotations

import pytest

from tiab.pico import Span, find_spans, make_pipeline
from tiab.pico.findings.extraction import FindingFinder
from tiab.pico.layout import add_spans, get_spans
from tiab.records import Record


def findings(abstract: str, title: str = "A title", *, learned: bool = False) -> list[Span]:
    (spans,) = find_spans([Record(record_id="1", title=title, abstract=abstract)], learned=learned)
    return [span for span in spans if span.provenance in ("rule:direction", "rule:outcome_direction")]


def directions(abstract: str) -> dict[str, str]:
    """Direction -> the markers that go that way, sorted."""
    found: dict[str, list[str]] = {}
    for span in findings(abstract):
        found.setdefault(span.label, []).extend(span.value.split("; "))
    return {label: "; ".join(sorted(names)) for label, names in found.items()}


def detail(abstract: str) -> str:
    (span,) = findings(abstract)
    return span.detail


SENTENCES = [
    ("IL-6 and TNF-α decreased after 8 weeks.", {"decreased": "IL-6; TNF-alpha"}),
    ("Serum BDNF was significantly higher in the cycling group.", {"increased": "BDNF"}),
    ("Training reduced leptin, IL-6 and CRP.", {"decreased": "leptin; IL-6; CRP"}),
    ("A rise in irisin was seen.", {"increased": "irisin"}),
    ("No significant change in TNF-α was observed.", {"unchanged": "TNF-alpha"}),
    ("IL-10 did not change in controls.", {"unchanged": "IL-10"}),
    ("There were no differences in adiponectin levels between groups.", {"unchanged": "adiponectin"}),
    ("IL-10 rose, whereas IL-17 fell.", {"increased": "IL-10", "decreased": "IL-17"}),
    ("IL-17 fell and CRP remained stable.", {"decreased": "IL-17", "unchanged": "CRP"}),
    ("Leptin was unchanged but resistin declined.", {"unchanged": "leptin", "decreased": "resistin"}),
    ("Concentrations of IL-6 were not significantly different.", {"unchanged": "IL-6"}),
    ("Yoga failed to reduce cortisol.", {"unchanged": "cortisol"}),
    ("We aimed to test whether exercise increases BDNF.", {}),
    ("BDNF may be increased by running.", {}),
    ("IL-22-induced cells showed reduced growth.", {}),
    ("Exercise increased strength; IL-6 was measured by ELISA.", {}),
    ("IL-6 levels were not enhanced by training.", {"unchanged": "IL-6"}),
    ("TNF-α showed non-significant reductions.", {"unchanged": "TNF-alpha"}),
    ("IL-6 tended to decrease (P = .08).", {"decreased": "IL-6"}),
    ("There was a trend for a reduction in IL-6 in both groups (P = .08).", {"decreased": "IL-6"}),
    ("Exercise attenuated the increase in IL-6 seen in controls.", {"decreased": "IL-6"}),
    ("Training inhibited the enhanced production of IL-6 and IL-17 by T cells.", {"decreased": "IL-6; IL-17"}),
    ("The IL-10/IL-6 ratio increased in the training group.", {"increased": "IL-10/IL-6 ratio"}),
    (
        "No significant changes in IL-6, IL-10, TNF-α or IFN-γ were found.",
        {"unchanged": "IL-6; IL-10; TNF-alpha; IFN-gamma"},
    ),
    ("IL-6 (P = .01; d = .5) and IL-10 (P = .02) increased.", {"increased": "IL-6; IL-10"}),
    (
        "IL-4, IL-10 and CRP were reduced, TNF-α showed non-significant reductions, and IL-2 and IL-6 were unchanged.",
        {"decreased": "IL-4; IL-10; CRP", "unchanged": "TNF-alpha; IL-2; IL-6"},
    ),
    ("Neither IL-6 nor TNF-α changed.", {"unchanged": "IL-6; TNF-alpha"}),
    (
        "Plasma TNF-α and IFN-γ were elevated in MS subjects, whereas they remained unchanged in controls.",
        {"increased": "TNF-alpha; IFN-gamma"},
    ),
    ("A significant reduction of IFN-γ and IL-17 was observed after training.", {"decreased": "IFN-gamma; IL-17"}),
    ("No training effects were observed for IL-6, sIL-6R, BDNF and NGF.", {"unchanged": "IL-6; sIL-6R; BDNF; NGF"}),
    ("Training had no effect on IL-6 but reduced leptin.", {"unchanged": "IL-6", "decreased": "leptin"}),
    ("The increase in IL-6 was smaller in the exercise group than in controls.", {"decreased": "IL-6"}),
    ("A greater reduction in leptin was found in the diet group than in the control group.", {"decreased": "leptin"}),
    ("Changes in IL-6 and CRP were not significant.", {"unchanged": "IL-6; CRP"}),
    ("Changes in IL-6 were correlated with an increase in fatigue.", {}),
    ("IL-6 was associated with increased mortality.", {}),
    ("Mothers of depressed children had higher TNF-α levels than mothers of controls.", {"increased": "TNF-alpha"}),
    (
        "The supplement resulted in significantly reduced IL-6 and increased IL-10.",
        {"decreased": "IL-6", "increased": "IL-10"},
    ),
    ("IL-6, but not TNF-α, decreased.", {"decreased": "IL-6", "unchanged": "TNF-alpha"}),
    (
        "There were no changes over time or differences between groups for triglycerides, adiponectin and TNF-α.",
        {"unchanged": "triglycerides; adiponectin; TNF-alpha"},
    ),
    ("Leptin decreased over 12 weeks in both groups.", {"decreased": "leptin"}),
    (
        "HMW adiponectin did not differ between groups, whereas leptin was lower in the diet group.",
        {"unchanged": "adiponectin", "decreased": "leptin"},
    ),
    ("Patients with elevated IL-6 improved more.", {}),
    ("The effect of training on IL-6 was not significant.", {"unchanged": "IL-6"}),
    ("We found no evidence of a change in IL-6.", {"unchanged": "IL-6"}),
    ("Exercise did not significantly alter IL-6, IL-8 or leptin.", {"unchanged": "IL-6; IL-8; leptin"}),
    ("IL-6 did not affect growth.", {}),
    ("Training prevented the rise in CRP.", {"decreased": "CRP"}),
    ("Training reversed the decrease in BDNF.", {"increased": "BDNF"}),
    (
        "Omega-3 decreased C-reactive protein and increased adiponectin.",
        {"decreased": "CRP", "increased": "adiponectin"},
    ),
    ("Compared with placebo, IL-6 was 20% lower with the drug.", {"decreased": "IL-6"}),
    ("Increased levels of IL-10 and TGF-β were found in the training group.", {"increased": "IL-10; TGF-beta"}),
    ("The decrease in IL-6 did not reach statistical significance.", {"unchanged": "IL-6"}),
    ("IL-6 did not increase significantly.", {"unchanged": "IL-6"}),
    ("Less fatigue was reported. IL-6 was not affected.", {"unchanged": "IL-6"}),
    (
        "After 12 weeks, no effect was seen on IL-6 or leptin, and fatigue was less severe.",
        {"unchanged": "IL-6; leptin"},
    ),
    (
        "Irisin levels were significantly increased in the study group while there was no change in the control group.",
        {"increased": "irisin"},
    ),
    ("Exercise reduced pain, and IL-6 fell.", {"decreased": "IL-6"}),
    ("The IL-6 response to exercise was lower after training.", {}),
    ("IL-6 was lower after than before training.", {"decreased": "IL-6"}),
    ("Cortisol concentrations were neither increased nor decreased.", {"unchanged": "cortisol"}),
    ("Vitamin D significantly raised the lowered IL-10.", {"increased": "IL-10"}),
    ("The groups did not differ with regard to IL-6 and adiponectin.", {"unchanged": "IL-6; adiponectin"}),
    ("The groups did not differ in IL-6.", {"unchanged": "IL-6"}),
    ("With regard to IL-6 and adiponectin the groups did not differ.", {"unchanged": "IL-6; adiponectin"}),
    ("IL-6 and TNF-α increased and decreased, respectively.", {}),
    ("Leptin and adiponectin levels remained similar.", {"unchanged": "leptin; adiponectin"}),
    ("Both the cytokines TNF-α and IL-6 were significantly down-regulated.", {"decreased": "TNF-alpha; IL-6"}),
    ("Leptin concentrations decreased significantly more in the diet group.", {"decreased": "leptin"}),
    (
        "A decrease of leptin and an increase of adiponectin were recorded.",
        {"decreased": "leptin", "increased": "adiponectin"},
    ),
    ("CRP did not decrease more with the drug than with placebo.", {"unchanged": "CRP"}),
    ("No adverse events occurred and IL-6 rose.", {"increased": "IL-6"}),
    ("IL-6 concentrations were comparable between arms.", {"unchanged": "IL-6"}),
    ("Reductions in IL-6 were associated with less fatigue.", {}),
    ("Statistically significant differences in leptin were found between groups.", {}),
    (
        "No difference was found for IL-6, but leptin was higher in the intervention group.",
        {"unchanged": "IL-6", "increased": "leptin"},
    ),
    ("Exercise resulted in no change in IL-6.", {"unchanged": "IL-6"}),
    (
        "Exercise induced a decrease in TNF-α and did not modify IL-10.",
        {"decreased": "TNF-alpha", "unchanged": "IL-10"},
    ),
    (
        "TNF-α, IL-1β and caspase-3 were increased, but the level of IL-10 was significantly decreased.",
        {"increased": "TNF-alpha; IL-1beta", "decreased": "IL-10"},
    ),
    ("The women who trained had more energy, and their leptin did not change.", {"unchanged": "leptin"}),
    ("The level of IL-10 was not altered by either bout.", {"unchanged": "IL-10"}),
    ("Compared with rest, IL-6 went down, BDNF went up, and CRP remained constant.",
     {"decreased": "IL-6", "increased": "BDNF", "unchanged": "CRP"}),
    ("Training left IL-6 and CRP unaltered.", {"unchanged": "IL-6; CRP"}),
    ("Lower values were found for IL-4, IL-10 and CRP.", {"decreased": "IL-4; IL-10; CRP"}),
    ("Less IL-22 was produced.", {"decreased": "IL-22"}),
    ("In the trained women IL-6 and CRP were reduced.", {"decreased": "IL-6; CRP"}),
    ("IL-6 showed a tendency to fall in both groups.", {"decreased": "IL-6"}),
    ("TNF-α was improved with a significant rise in strength.", {}),
    ("The same was true of BDNF.", {}),
    ("BDNF rose with training, while no significant changes of NGF and IL-6 were observed.",
     {"increased": "BDNF", "unchanged": "NGF; IL-6"}),
    ("Unlike IL-6, TNF-α decreased.", {"decreased": "TNF-alpha"}),
    ("All cytokines except IL-6 decreased.", {"decreased": "other cytokines"}),
    ("No training effects on IL-6 could be detected.", {"unchanged": "IL-6"}),
    ("IL-10 (F = 4.5, p = 0.04) and adiponectin (F = 6.1, p = 0.02) were increased following the intervention.",
     {"increased": "IL-10; adiponectin"}),
    ("Training inhibited the enhanced production of IL-17 and IL-6 induced by dopamine.", {"decreased": "IL-17; IL-6"}),
    ("Training enhances IL-10 without altering IL-6.", {"increased": "IL-10", "unchanged": "IL-6"}),
    ("Exercise-induced reductions in IL-6 were not associated with fatigue.", {}),
    ("The benefit was most pronounced in patients with larger reductions of CRP.", {}),
    ("Placebo decreased IL-6 more than the drug.", {}),
    ("IL-6 decreased more with placebo than with the drug.", {}),
    ("CRP decreased less in the yoga group than in the placebo group.", {}),
    ("Reductions in CRP were smaller with yoga than with placebo.", {}),
    ("The decrease in IL-6 in the placebo group was greater than that in the yoga group.", {}),
    ("CRP rose less with yoga than with placebo.", {"decreased": "CRP"}),
    ("Yoga raised CRP less than placebo.", {"decreased": "CRP"}),
    ("Controls had lower IL-6 than the yoga group.", {"increased": "IL-6"}),
    ("Compared with the yoga group, the control group had higher CRP.", {"decreased": "CRP"}),
    ("CRP was higher in the placebo group.", {"decreased": "CRP"}),
    ("Interferon-beta reduced IL-6.", {"decreased": "IL-6"}),
    ("Reduced stress lowered CRP.", {"decreased": "CRP"}),
    ("A reduced dose increased CRP.", {"increased": "CRP"}),
    ("Yoga inhibited the increased CRP.", {"decreased": "CRP"}),
    ("Normal or reduced leptin was more commonly observed in survivors.", {}),
    ("Asthma was associated with lower age; higher levels of IL-6 and lower adiponectin.", {}),
    ("Although the effect on IL-6 was not significant, women had a clinically relevant increase in IL-6.",
     {"unchanged": "IL-6"}),
    ("The other studied cytokines were stable.", {"unchanged": "other cytokines"}),
    ("CRP had no impact on survival.", {}),
    ("Levels of IL-33R and IL-2 increased.", {"increased": "IL-2"}),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "expected"), SENTENCES, ids=[sentence[:60] for sentence, _ in SENTENCES])
def test_a_sentence_says_which_way_its_markers_went(sentence: str, expected: dict[str, str]) -> None:
    wanted = {label: "; ".join(sorted(names.split("; "))) for label, names in expected.items()}
    assert directions(f"We trained adults. {sentence}") == wanted


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("IL-6 fell in the yoga group.", "within group; in the yoga group"),
        ("IL-6 was lower in the yoga group than in controls.", "between groups; against controls; in the yoga group"),
        ("IL-6 did not differ between groups.", "between groups"),
        ("Compared with placebo, fish oil reduced IL-6.", "between groups; against placebo"),
        ("IL-6 was lower after than before training.", "within group; against before training"),
        ("IL-6 tended to fall in women (P = .08).", "within group; tendency; in women"),
        (
            "IL-6 was higher in the patients than in healthy people.",
            "between people; against healthy people; in the patients",
        ),
        ("IL-6 was reduced in both groups with no difference between groups.", "in both groups"),
        ("IL-6 was not different from baseline in either group.", "within group; in either group"),
        ("IL-6 rose immediately after the session.", "within group; after one bout"),
        (
            "In the placebo group IL-6 fell, whereas it did not change with the drug.",
            "within group; in the placebo group",
        ),
        ("Controls had lower IL-6 than the yoga group.", "between groups; against controls; in the yoga group"),
        ("Controls had lower IL-6 than patients.", "between people; against controls; in patients"),
        ("IL-6 was lower in B than in A.", "between groups; against A"),
        (
            "CRP was lower in women with asthma than in those without asthma.",
            "between people; against those without asthma; in women",
        ),
        (
            "CRP was higher during surgery than in both the first and the last sample.",
            "between groups; against both the first and the last sample",
        ),
        ("CRP and baseline TNF-α were higher in the SPI group.", "between groups; in the SPI group"),
        (
            "Placebo-treated but not yoga-treated patients had a decline in leptin.",
            "in placebo-treated but not yoga-treated patients",
        ),
        (
            "We found that adults with asthma had higher CRP than controls.",
            "between groups; against controls; in adults with asthma",
        ),
        ("Adults with gout were older and had higher CRP.", ""),
        ("Many were in the first group (8%) and people without gout had higher CRP.", "in people without gout"),
    ],
)
def test_a_finding_tells_how_it_was_compared(sentence: str, expected: str) -> None:
    assert detail(f"We trained adults. {sentence}") == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("IL-6 fell (P = .01).", "decreased"),
        ("IL-6 fell (P = .4).", "unchanged"),
        ("IL-6 fell, but not significantly.", "unchanged"),
        ("IL-6 fell, though short of statistical significance.", "unchanged"),
        ("IL-6 fell, yet none of the differences was significant.", "unchanged"),
        ("IL-6 fell, although the decrease was not statistically significant.", "unchanged"),
        ("IL-6 was higher in the control group than in the yoga group.", "decreased"),
        ("IL-6 was lower in controls than in the yoga group.", "increased"),
    ],
)
def test_chance_and_the_side_of_the_controls_decide_on_the_direction(sentence: str, expected: str) -> None:
    (span,) = findings(f"We trained adults. {sentence}")
    assert span.label == expected


def test_each_marker_has_the_chance_in_the_bracket_behind_it() -> None:
    found = {
        span.value: span.label for span in findings("We trained adults. IL-6 (P = .6) and IL-10 (P = .01) increased.")
    }
    assert found == {"IL-6": "unchanged", "IL-10": "increased"}


def test_one_marker_may_go_two_ways_in_two_groups() -> None:
    found = findings("We trained adults. CRP decreased in the trained group and increased in the control group.")
    assert [(span.label, span.detail) for span in found] == [
        ("decreased", "within group; in the trained group"),
        ("increased", "within group; in the control group"),
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("No changes in cytokine levels were found.", ["cytokines"]),
        ("The other cytokines did not change.", ["other cytokines"]),
        ("Pro-inflammatory cytokines decreased.", ["pro-inflammatory cytokines"]),
        ("The cytokines IL-6 and IL-8 decreased.", ["IL-6; IL-8"]),
        ("The ratio of IL-6 to IL-10 decreased.", ["IL-6/IL-10 ratio"]),
        ("IL-6/IL-10 decreased.", []),
        ("TNF inhibitors decreased.", []),
        ("IL-17-producing cells decreased.", []),
        ("Vascular damage (collagen, MMP-9) decreased.", []),
        ("Tumor necrosis factor a-induced protein 6 decreased.", []),
        ("The groups did not differ in any cytokine.", ["cytokines"]),
        ("The remaining cytokines did not change.", ["other cytokines"]),
        ("Th2 cytokines decreased.", ["Th2 cytokines"]),
        ("Inflammatory markers (CRP, IL-6) decreased.", ["CRP; IL-6"]),
    ],
)
def test_what_was_measured_is_told_apart_from_what_is_only_named(text: str, names: list[str]) -> None:
    assert [span.value for span in findings(f"We trained adults. {text}")] == names


def test_a_rise_that_is_only_denied_gives_way_to_a_fall_that_is_told() -> None:
    found = findings("We trained adults. IL-6 was reduced after training. Training was followed by no rise in IL-6.")
    assert [span.label for span in found] == ["decreased"]


def test_background_aims_and_other_studies_are_no_results() -> None:
    assert findings("BACKGROUND: IL-6 is elevated in depression. METHODS: We measured IL-6.") == []
    assert findings("IL-6 is elevated in depression. We measured IL-6 in forty women.") == []
    assert findings("We trained adults. Previous studies found that IL-6 was lower.") == []


def test_a_title_may_tell_a_result() -> None:
    assert [span.value for span in findings("", title="Yoga lowers IL-6 in asthma")] == ["IL-6"]
    assert findings("", title="Effect of yoga on IL-6 in asthma") == []


def test_outcomes_without_a_list_have_directions_too() -> None:
    text = (
        "METHODS: Sixty adults with asthma were randomly assigned to yoga or a waitlist. RESULTS: Fatigue and pain "
        "were significantly lower in the yoga group than in the waitlist group. Quality of life did not differ between "
        "groups."
    )
    found = [span for span in findings(text, learned=True) if span.provenance == "rule:outcome_direction"]
    assert ("decreased", "Fatigue and pain") in [(span.label, span.value) for span in found]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Lower extremity strength did not differ between groups.", {"Lower extremity strength": "unchanged"}),
        ("Adverse events (AEs) were comparable between groups.", {"Adverse events": "unchanged"}),
        ("The reduction in pain was greater in the yoga group than in the waitlist group.", {"pain": "decreased"}),
        ("Pain did not vary with age.", {}),
        ("Improved sleep decreased pain severity.", {"pain severity": "decreased"}),
        ("Pain relief without opioids did not differ between groups.", {"Pain relief": "unchanged"}),
        ("The in-hospital mortality did not differ.", {"in-hospital mortality": "unchanged"}),
    ],
)
def test_an_outcome_is_named_whole_and_without_its_change(sentence: str, expected: dict[str, str]) -> None:
    outcomes = ["Lower extremity strength", "Adverse events (AEs", "reduction in pain", "Pain", "pain severity"]
    outcomes += ["Pain relief without opioids", "-hospital mortality"]
    text = f"We trained adults. {sentence}"
    marked = [
        Span(start=text.index(name), end=text.index(name) + len(name), text=name, role="outcome", label="outcomes",
             provenance="model:pio", weight=0.9)
        for name in outcomes if name in text
    ]  # fmt: skip
    doc = make_pipeline(numbers=False).make_doc(text)
    for name in ("tiab_sentences", "tiab_sections"):
        doc = make_pipeline().get_pipe(name)(doc)
    add_spans(doc, marked)
    found = [span for span in get_spans(FindingFinder()(doc)) if span.provenance == "rule:outcome_direction"]
    assert {span.value: span.label for span in found} == expected


def test_findings_come_last_because_they_read_what_others_found() -> None:
    assert make_pipeline(learned=True).pipe_names[-1] == "tiab_findings"
    assert "tiab_findings" not in make_pipeline(numbers=False).pipe_names
