"""Pitfalls of directions: made-up sentences in the way that abstracts of trials speak, with what they say and don't."""

from __future__ import annotations

import pytest

from tiab.pico import find_spans
from tiab.pico.findings.table import evidence_table
from tiab.records import Record

HEAD = "We randomised forty adults with multiple sclerosis to exercise or a waitlist."


def told(sentence: str, *, title: str = "A title") -> list[str]:
    """Each finding on a marker as "markers direction [detail]", in the order of the text."""
    (spans,) = find_spans([Record(record_id="1", title=title, abstract=f"{HEAD} {sentence}")])
    found = [span for span in spans if span.provenance == "rule:direction"]
    return [f"{span.value} {span.label}" + (f" [{span.detail}]" if span.detail else "") for span in found]


ALIKE = [
    ("The effect on TNF-α was similar in both groups, with a marginally significant fall after training.", []),
    ("The effect on TNF-α was similar.", []),
    ("A similar effect was seen for TNF-α.", []),
    ("Similar reductions in IL-6 were seen in both groups.", ["IL-6 decreased [in both groups]"]),
    ("Reductions in IL-6 were similar between groups.", ["IL-6 unchanged [between groups]"]),
    ("IL-6 decreased similarly in both groups.", ["IL-6 decreased [within group; in both groups]"]),
    ("BDNF rose to a similar extent in the two groups.", ["BDNF increased [within group; in the two groups]"]),
    ("IL-6 was comparable between the arms.", ["IL-6 unchanged [between groups]"]),
    ("IL-6 was similar in both groups after training.", ["IL-6 unchanged [between groups; in both groups]"]),
    ("IL-6 was similar in both groups, with a fall over time.", []),
    (
        "IL-6 fell in both groups, but the change did not differ between groups.",
        ["IL-6 decreased [within group; in both groups]"],
    ),
    ("BDNF was not significant between the groups.", ["BDNF unchanged [between groups]"]),
    ("No group by time interaction was found for IL-6 or TNF-α.", ["IL-6; TNF-alpha unchanged [between groups]"]),
    ("A significant group × time interaction was found for BDNF.", []),
    ("There was a main effect of time for IL-6.", []),
]

PARTS = [
    ("CRP was unchanged in the low-dose arm.", ["CRP unchanged [in the low-dose arm]"]),
    ("With 5 mg the drug left CRP unchanged.", ["CRP unchanged [within group; with 5 mg]"]),
    ("CRP fell at the higher dose.", ["CRP decreased [within group; at the higher dose]"]),
    (
        "CRP decreased in the high-dose group but not in the low-dose group.",
        ["CRP decreased [within group; only in the high-dose group]"],
    ),
    ("Leptin fell only in women.", ["leptin decreased [within group; only in women]"]),
    ("A reduction in leptin was found only in women.", ["leptin decreased [only in women]"]),
    ("Only women showed a reduction in leptin.", ["leptin decreased [only in women]"]),
    ("Leptin fell solely in women.", ["leptin decreased [within group; only in women]"]),
    ("BDNF rose in women only.", ["BDNF increased [within group; only in women]"]),
    (
        "BDNF increased in patients with relapses but not in those with progression.",
        ["BDNF increased [within group; only in patients]"],
    ),
    ("BDNF increased only after the second period.", []),
    ("IL-6 was lower at 4 weeks but not at 8 weeks.", ["IL-6 decreased [within group; only at 4 weeks]"]),
    (
        "IL-6 did not change at 4 weeks but fell at 12 weeks.",
        ["IL-6 unchanged [within group; at 4 weeks]", "IL-6 decreased [within group; at 12 weeks]"],
    ),
    ("IL-6 was higher at week 6.", ["IL-6 increased [within group; at week 6]"]),
    (
        "BDNF at other time points did not differ between groups.",
        ["BDNF unchanged [between groups; only at other time points]"],
    ),
    (
        "BDNF increased in the exercise group, but not in the control group.",
        ["BDNF increased [within group; in the exercise group]"],
    ),
    ("BDNF increased only in the exercise group.", ["BDNF increased [within group; only in the exercise group]"]),
    (
        "The decrease in leptin was equivalent in men and women.",
        ["leptin unchanged [between groups; in men and women]"],
    ),
    ("There was no sex difference in IL-6.", ["IL-6 unchanged [between people]"]),
    ("IL-6 did not differ between men and women.", ["IL-6 unchanged [between people]"]),
]

CONTRASTS = [
    ("All cytokines, except IL-10, decreased.", ["other cytokines decreased [within group]"]),
    ("With the exception of IL-10, no cytokine changed.", ["other cytokines unchanged [within group]"]),
    ("No cytokine except IL-6 changed.", ["other cytokines unchanged [within group]"]),
    ("Apart from a rise in BDNF, nothing changed.", []),
    ("IL-6 but not TNF-α increased.", ["IL-6 increased [within group]", "TNF-alpha unchanged [within group]"]),
    ("Training increased IL-10 but not IL-6.", ["IL-10 increased", "IL-6 unchanged"]),
    ("Training lowered IL-6 and leptin, but not TNF-α or CRP.", ["IL-6; leptin decreased", "TNF-alpha; CRP unchanged"]),
    ("Serum BDNF, but not NGF, was increased.", ["BDNF increased", "NGF unchanged"]),
    ("Not IL-6 but TNF-α increased.", ["TNF-alpha increased [within group]"]),
    ("IL-6 and TNF-α decreased by 12% and 15%, respectively.", ["IL-6; TNF-alpha decreased [within group]"]),
    ("IL-10 and IL-6 rose and fell, respectively.", []),
    ("None of the cytokines, CRP or leptin improved.", ["cytokines; CRP; leptin unchanged [within group]"]),
    ("Leptin was reduced by 20% and CRP by 15%.", ["leptin; CRP decreased"]),
    (
        "Leptin decreased by 20% and adiponectin increased by 15%.",
        ["leptin decreased [within group]", "adiponectin increased [within group]"],
    ),
    (
        "Fatigue was lowered compared with rest, and the BDNF level was raised.",
        ["BDNF increased"],
    ),
    ("The programme led significantly to reductions in CRP and leptin.", ["CRP; leptin decreased"]),
    ("We found that IL-6 decreased.", ["IL-6 decreased [within group]"]),
    ("We found cells that IL-6 increased.", []),
]

NO_EFFECT = [
    ("IL-6 was associated with fatigue.", []),
    ("The change in BDNF correlated with the increase in walking speed.", []),
    ("Increases in BDNF were associated with better memory.", []),
    ("Higher IL-6 was related to more fatigue.", []),
    ("An increase in fitness correlated with a decrease in leptin.", []),
    ("Lower BDNF predicted slower walking.", []),
    ("The patients had lower BDNF than controls at baseline.", []),
    ("At baseline, IL-6 was higher in patients than in healthy people.", []),
    ("Baseline BDNF was lower in the patients.", []),
    ("Baseline concentrations of BDNF did not differ between the groups.", []),
    ("Before training, TNF-α was elevated in patients.", []),
    ("The groups did not differ in IL-6 at study entry.", []),
    (
        "TNF-α was comparable in both arms before training and decreased in the training arm.",
        ["TNF-alpha decreased [within group; in the training arm]"],
    ),
    ("IL-6 was lower than at baseline.", ["IL-6 decreased [within group; against at baseline]"]),
    ("IL-6 did not differ at baseline or after 8 weeks.", ["IL-6 unchanged [within group]"]),
    ("In vitro, IL-6 production was reduced by irisin.", []),
    ("We hypothesised that training would reduce TNF-α.", []),
    ("The aim was to find out whether exercise reduces IL-6.", []),
    ("Exercise has been shown to increase BDNF.", []),
    ("It is known that exercise raises BDNF.", []),
    ("Non-HDL cholesterol fell.", []),
    ("Des-acyl ghrelin did not change.", []),
    ("ProBDNF fell.", []),
    ("IL-6 and TNF-α were measured before and after training.", []),
]

ACUTE = [
    ("A single bout of cycling increased BDNF.", ["BDNF increased [after one bout]"]),
    (
        "Acute exercise increased IL-6, whereas training had no effect on resting IL-6.",
        ["IL-6 increased [after one bout]", "IL-6 unchanged"],
    ),
    ("IL-6 rose during moderate exercise.", ["IL-6 increased [within group; after one bout]"]),
    (
        "After weeks of training, moderate exercise increased IL-6.",
        ["IL-6 increased [within group; after one bout]"],
    ),
    (
        "Training attenuated the rise in IL-6 after a bout of exercise.",
        ["IL-6 decreased [between groups; after one bout]"],
    ),
    (
        "Training blunted the exercise-induced increase in IL-6.",
        ["IL-6 decreased [between groups; after one bout]"],
    ),
    ("Exercise prevented the decline in BDNF.", ["BDNF increased [between groups]"]),
]

CHANCE = [
    ("There was a borderline-significant reduction of CRP.", ["CRP decreased [tendency]"]),
    ("IL-6 decreased (P = .08).", ["IL-6 decreased [within group; tendency]"]),
    ("IL-6 increased by 10% (P = 0.23).", ["IL-6 unchanged [within group]"]),
    ("IL-6 showed a trend towards a decrease (p = 0.06).", ["IL-6 decreased [within group; tendency]"]),
    ("A non-significant trend towards higher BDNF was noted.", ["BDNF unchanged"]),
    ("IL-6 fell, but this did not reach significance.", ["IL-6 unchanged [within group]"]),
    ("The fall in IL-6 approached significance.", ["IL-6 decreased [tendency]"]),
]

GROUPS = [
    ("In group 1, IL-6 fell but no difference was found in TNF-α.",
     ["IL-6 decreased [within group; in group 1]", "TNF-alpha unchanged [within group; in group 1]"]),
    ("In group 2, however, the level of IL-6 did not change.", ["IL-6 unchanged [within group; in group 2]"]),
    ("IL-6 was higher, however, in the oldest group.", ["IL-6 increased [between groups; in the oldest group]"]),
    (
        "Compared with controls, trained patients showed reduced IFN-γ.",
        ["IFN-gamma decreased [between groups; against controls; in trained patients]"],
    ),
    (
        "IL-6 increased in controls and was unchanged in the training group.",
        ["IL-6 increased [within group; in controls]", "IL-6 unchanged [in the training group]"],
    ),
    ("Group B (control) rested. IL-6 was higher in group B.",
     ["IL-6 decreased [between groups; against group B (control)]"]),
    ("Training did not change any marker of inflammation.", ["inflammatory markers unchanged"]),
    (
        "Training did not affect biomarkers of stress and low-grade inflammation.",
        ["inflammatory markers unchanged"],
    ),
]  # fmt: skip

WAYS = [
    ("Serum adiponectin following exercise significantly increased in the experimental group.",
     ["adiponectin increased [within group; in the experimental group]"]),
    ("There was a decrease from 38 to 12 pg/mL in the serum levels of IL-6.", ["IL-6 decreased"]),
    ("The training group had lower values than controls for IL-6 (3 vs 4), TNF-α and CRP.",
     ["IL-6; TNF-alpha; CRP decreased [between groups; against controls; in the training group]"]),
    ("There were minor or no modifications in TNF-α.", ["TNF-alpha unchanged"]),
    ("IL-17 levels had decreased significantly (p < 0.05), while IL-4 did not change.",
     ["IL-17 decreased [within group]", "IL-4 unchanged [within group]"]),
    ("CRP decreased in both the exercise (P=.01) and control groups (P=.02).",
     ["CRP decreased [within group; in both the exercise and control groups]"]),
    ("TNF-α was elevated at rest in MS compared with controls.",
     ["TNF-alpha increased [between people; against controls; in MS]"]),
    ("BDNF was lower in MS versus controls and did not change with training.",
     ["BDNF decreased [between people; against controls; in MS]", "BDNF unchanged [within group; in MS]"]),
    ("Those who improved had a significant increase in VEGF.", []),
    ("Cytokine analyses demonstrated no differences between groups.", ["cytokines unchanged [between groups]"]),
    ("The second group experienced thirst, dry skin and a higher level of leptin.",
     ["leptin increased [between groups; in the second group]"]),
    ("IL-6 and IL-8 assessed 1 h after the challenge were significantly decreased.", ["IL-6; IL-8 decreased"]),
    ("IL-6 and CRP were lower than baseline, and the decrease was significant for CRP.",
     ["CRP decreased [within group; against baseline]"]),
    ("There was enhanced VEGF and IL-6 removal.", []),
    ("Exercise decreased pro-inflammatory (TNF-α, IL-1β) and increased anti-inflammatory (IL-10) cytokines.",
     ["TNF-alpha; IL-1beta decreased", "IL-10 increased"]),
    ("A reduction in TNF-α but not in IL-6 was found.", ["TNF-alpha decreased", "IL-6 unchanged"]),
    ("Mean IL-6 after training was lower than that before training.",
     ["IL-6 decreased [within group; against before training]"]),
    ("After 12 weeks of training, concentrations of CRP were decreased compared with the Con group.",
     ["CRP decreased [between groups; against Con group]"]),
    ("With the drug, but not with placebo, there was a decrease in IL-8.", ["IL-8 decreased"]),
    ("The CRP changes were much lower among responders than among others.", []),
    ("The leptin reduction was greater in the diet group than in controls.",
     ["leptin decreased [between groups; against controls; in the diet group]"]),
    ("The IL-6 increase was smaller in trained patients than in others.",
     ["IL-6 decreased [between groups; against others; in trained patients]"]),
    ("IL-6 changes were not significant.", ["IL-6 unchanged [within group]"]),
    ("Training led to dose- and time-dependent decreases in plasma cortisol.", ["cortisol decreased"]),
    ("Markers of immunity (IL-12) and T cell regulation (IL-10) were elevated.", ["IL-12; IL-10 increased"]),
    ("In comparison to placebo, CRP was reduced.", ["CRP decreased [between groups; against placebo]"]),
    ("CRP and leptin did not differ either between groups or over time.", ["CRP; leptin unchanged [between groups]"]),
    ("The drug had no effects on CRP and had no benefit compared to calcium in reducing IL-6.",
     ["CRP unchanged", "IL-6 unchanged [between groups; against calcium]"]),
    ("The baseline exercise and control groups did not differ in cytokine levels.", []),
    ("The diet lowered TNF-RI.", []),
    ("A reduction in IL-6 vaginal cytokines was seen, while the active comparator did not have any effect on IL-8.",
     ["IL-6 decreased", "IL-8 unchanged [in the active comparator]"]),
    ("Down-regulation of E-selectin was seen after treatment with 150 mg of the drug.",
     ["E-selectin decreased [within group; after treatment with 150 mg]"]),
]  # fmt: skip

MORE = [
    ("Exercise with or without the supplement decreased leptin.", ["leptin decreased"]),
    ("Training had no effect on the IL-6R mRNA response to exercise.", []),
    ("No changes in cytokines occurred following the N-C, H-C, and N-T interventions.",
     ["cytokines unchanged [in the N-C, H-C, and N-T interventions]"]),
    ("No trials have examined the effects of training on irisin.", []),
    ("The drug and placebo groups did not differ in IL-6.", ["IL-6 unchanged [between groups]"]),
    ("CRP and IL-6 levels or any changes during the study were not different between the groups.",
     ["CRP; IL-6 unchanged [between groups]"]),
    ("Treatment resulted in the increase in levels of IL-10, and reduction in the levels of IL-8 and IL-6.",
     ["IL-10 increased", "IL-8; IL-6 decreased"]),
    ("Although, at the end of the study, leptin did not change in trained patients (NS), it rose in the others.",
     ["leptin unchanged [within group; in trained patients]"]),
    ("M-CSF remained higher in smokers compared with nonsmokers despite a reduction.",
     ["M-CSF increased [between people; against nonsmokers]"]),
    ("Increased irisin secretion was reversed by an antioxidant.", []),
    ("The increase in CRP was prevented by training.", ["CRP decreased [between groups]"]),
    ("The drug led to a reduction in T cells and modulation of IL-4 and IL-5.", []),
    ("IL-6 increased during the first 8 wk.", ["IL-6 increased [within group; during the first 8 wk]"]),
    ("Both diets reduced CRP in 3 weeks and returned it to basal values.",
     ["CRP decreased [only in 3 weeks]"]),
    ("The level of IL-6 remained the same.", ["IL-6 unchanged [within group]"]),
    ("CRP rose only in the placebo group.", ["CRP increased [within group; only in the placebo group]"]),
    ("Players took betaine or were in a placebo group (PG). IL-8 was greater in the PG at P3 compared to P1.",
     ["IL-8 increased [within group; against P1; in the PG (control)]"]),
    ("TNF-α fell in EG and rose in CG.",
     ["TNF-alpha decreased [within group; in EG]", "TNF-alpha increased [within group; in CG]"]),
]  # fmt: skip

TRIALS = [
    ("These data fit the concept that the drug acts by inhibition of transcription of cytokines.", []),
    ("45% of those on the drug had no decrease in CRP.", []),
    ("The drug arm showed a net CRP lowering of 32% compared with placebo.",
     ["CRP decreased [between groups; against placebo]"]),
    ("A significant IL-6 increase was observed.", ["IL-6 increased [within group]"]),
    ("No IL-6 increase was observed.", ["IL-6 unchanged [within group]"]),
    ("Training led to a marked IL-6 reduction in women.", ["IL-6 decreased [within group; in women]"]),
    ("The IL-6 increase correlated with fatigue.", []),
    ("Patients with an IL-6 increase improved less.", []),
    ("TNF-α, IL-8 and receptor-associated factor 6 decreased.", ["TNF-alpha; IL-8 decreased [within group]"]),
    ("The diet had no effect on biomarkers related to inflammation.", ["inflammatory markers unchanged"]),
    ("BDNF was lower in patients than in controls at weeks 0 and 4, but not at week 8.",
     ["BDNF decreased [between people; against controls; in patients; only at weeks 0 and 4]"]),
    ("BDNF rose after 30 minutes of bicycling.", ["BDNF increased [within group; after one bout]"]),
    ("Monocytes decreased and secretion of TNF-α by them was lowered.", []),
    ("TNF-α was reduced from 8 to 6 pg/ml in the interval and from 9 to 7 pg/ml in the control group.",
     ["TNF-alpha decreased"]),
    ("BDNF did not differ between patients with high and low fitness.", ["BDNF unchanged [between people]"]),
    ("No effect of training on acute or resting levels of IL-6 was found.", ["IL-6 unchanged"]),
    ("In the training group, secretion of TNF-α upon stimulation was reduced.",
     ["TNF-alpha decreased [in the training group]"]),
    ("TNF-α, which was elevated at baseline, normalised after training.", []),
    ("The expected decrease in TNF-α was not seen.", []),
    ("Exercise could lead to decreased TNF-α.", []),
    ("No changes were observed in the control group for IL-6.", ["IL-6 unchanged [in the control group]"]),
]  # fmt: skip

LISTS = [
    ("No differences were found in clinical response rates, CRP, or pain.", ["CRP unchanged [between groups]"]),
    ("There was no difference in lipid measurements (LDL-C).", ["LDL unchanged [between groups]"]),
    ("There was no difference in inflammatory markers: IL-6 (p = .6), MCP-1 (p = .9) and CRP.",
     ["IL-6; MCP-1; CRP unchanged [between groups]"]),
    ("Plasma cortisol and IL-6, haemodynamic changes and pain scores were comparable in the two groups.",
     ["cortisol; IL-6 unchanged [between groups; in the two groups]"]),
    ("TNF-α showed reductions, and IL-2 and IL-6 were increased.",
     ["TNF-alpha decreased [within group]", "IL-2; IL-6 increased"]),
    ("ANP did not change, and IL-6 tended to decrease.", ["IL-6 decreased [within group; tendency]"]),
    ("Recent studies demonstrated that exercise causes an increase in irisin.", []),
    ("Training caused a more than twofold increase in CRP and a reduction in IGF-1.", ["IGF-1 decreased"]),
    ("The receptor sIL-6R increased during high-dose but not during low-dose therapy.",
     ["sIL-6R increased [within group; only during high-dose]"]),
    ("Baseline characteristics showed no differences in terms of age and inflammatory markers.", []),
]  # fmt: skip

SENTENCES = [*WAYS, *MORE, *TRIALS, *LISTS, *ALIKE, *PARTS, *CONTRASTS, *NO_EFFECT, *ACUTE, *CHANCE, *GROUPS]


@pytest.mark.parametrize(("sentence", "expected"), SENTENCES, ids=[sentence[:70] for sentence, _ in SENTENCES])
def test_a_sentence_is_told_for_what_it_holds_for_or_not_at_all(sentence: str, expected: list[str]) -> None:
    assert told(sentence) == expected


def test_a_study_of_one_bout_tells_nothing_of_training() -> None:
    title = "Acute effects of cycling exercise on IL-6"
    assert told("IL-6 increased.", title=title) == ["IL-6 increased [within group; after one bout]"]
    assert told("IL-6 increased.", title="Acute and chronic exercise") == ["IL-6 increased [within group]"]


def test_a_heading_in_capitals_needs_no_colon_where_an_abbreviation_ends_the_words_behind_it() -> None:
    abstract = "METHODS Forty women drank S. boulardii. RESULTS Twenty women drank S. boulardii. IL-6 decreased."
    (spans,) = find_spans([Record(record_id="1", title="A title", abstract=abstract)])
    assert [span.section for span in spans if span.provenance == "rule:direction"] == ["results"]


def test_a_title_that_tells_whom_a_study_is_about_tells_no_result() -> None:
    assert told("Nothing.", title="The drug in patients with diabetes, elevated CRP and obesity") == []
    assert told("Nothing.", title="Elevated CRP in patients with diabetes") == ["CRP increased [in patients]"]


def test_methods_and_results_under_one_heading_tell_results() -> None:
    abstract = "BACKGROUND: IL-6 matters. METHODS AND RESULTS: Forty women trained. IL-6 decreased. CONCLUSION: Good."
    (spans,) = find_spans([Record(record_id="1", title="A title", abstract=abstract)])
    assert [span.label for span in spans if span.provenance == "rule:direction"] == ["decreased"]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("IL-6 fell only in women.", "mixed"),
        ("IL-6 fell in the high-dose group and did not change in the low-dose group.", "mixed"),
        ("IL-6 fell in the high-dose group.", "measured"),
        ("IL-6 fell only in the exercise group.", "decreased"),
        ("IL-6 fell only in the water group.", "decreased"),
        ("IL-6 fell in both groups.", "measured"),
        ("IL-6 did not change in either group.", "unchanged"),
        ("IL-6 fell only in women. IL-6 did not differ between groups.", "unchanged"),
        ("CRP was measured. IL-6 rose only in the placebo group.", "measured"),
        ("In obese mice, IL-6 was higher.", "measured"),
        ("Group 2 (controls) rested. In group 2, IL-6 rose.", "measured"),
        ("No cytokine except IL-6 changed.", "measured"),
        ("Training did not change any marker of inflammation. IL-6 was measured.", "unchanged"),
    ],
)
def test_what_holds_for_a_part_is_no_direction_of_the_study(sentence: str, expected: str) -> None:
    record = Record(record_id="1", title="A title", abstract=f"{HEAD} {sentence}")
    (study,) = evidence_table([record], find_spans([record])).studies
    assert study.direction("IL-6") == expected


def test_a_change_in_both_of_two_treatments_is_one() -> None:
    record = Record(
        record_id="1", title="A title", abstract="We trained adults on land or in water. IL-6 fell in both groups."
    )
    (study,) = evidence_table([record], find_spans([record])).studies
    assert study.direction("IL-6") == "decreased"
