"""Study designs, on invented records: which is the likeliest, what explains what away, and how it is measured."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pico_training.design_calibration import DesignExample, declared_designs, fit_designs
from tiab.assets import model_path
from tiab.cli import app
from tiab.criteria import DESIGNS, Concept, Criteria
from tiab.errors import ModelFileError
from tiab.evaluation.pico.designs import is_untouched, measure_designs, measure_trials
from tiab.features.evidence import evidence_names, evidence_row, read_coverage
from tiab.pico import find_spans
from tiab.pico.design_scores import DesignModel, design_scores
from tiab.records import Record

TRIAL, CROSSOVER = "randomised trial", "crossover trial"


def scores(title: str, abstract: str = "", *types: str, criteria: Criteria | None = None) -> dict[str, float]:
    (spans,) = find_spans([Record(record_id="1", title=title, abstract=abstract)], criteria)
    return design_scores(spans, types)


def test_fertilization_in_vitro_is_a_treatment_and_no_laboratory_study() -> None:
    assert scores("Two hormones in women undergoing in vitro fertilization")["laboratory study"] == 0.0
    assert scores("Two hormones in vitro")["laboratory study"] > 0.4


def likeliest(title: str, abstract: str = "") -> str:
    found = scores(title, abstract)
    return max(found, key=found.__getitem__)


@pytest.mark.parametrize(
    ("title", "abstract", "design"),
    [
        ("Yoga in asthma: a randomised controlled trial", "Forty adults were randomly assigned.", TRIAL),
        ("Stretching", "Patients were randomly allocated to stretching or to usual care.", TRIAL),
        ("Stretching", "We conducted a randomized, double-masked, controlled trial of stretching.", TRIAL),
        ("Yoga in asthma: a review", "We review what is known of yoga.", "review"),
        ("A case report of asthma", "We report a case of a 40-year-old woman.", "case report"),
        ("Running in rats", "Wistar rats ran on a wheel; the rats were then killed.", "animal study"),
        ("Singing lessons in bronchitis", "Thirty adults sang, and a waitlist control group did not.", TRIAL),
        ("Singing lessons: a pre-post study", "All thirty adults sang for eight weeks.", "single-arm trial"),
        ("Singing", "In a pretest-posttest design without a control group, adults sang.", "single-arm trial"),
        ("Singing lessons: a quasi-experimental study", "Two wards were compared.", "non-randomised trial"),
        ("Singing", "A quasi-experimental design with a non-equivalent control group.", "non-randomised trial"),
        ("Coffee and sleep: a crossover study", "Each adult drank both, with a washout period.", CROSSOVER),
        ("Coffee and sleep", "Adults drank both in a counterbalanced cross-over design.", CROSSOVER),
    ],
)
def test_the_likeliest_design(title: str, abstract: str, design: str) -> None:
    assert likeliest(title, abstract) == design


@pytest.mark.parametrize(
    ("title", "abstract", "design"),
    [
        (
            "Nurses and yoga: a qualitative study",
            "This study, by interviews, was nested within a Randomized Controlled Trial (RCT) of yoga.",
            "qualitative study",
        ),
        (
            "Planning yoga",
            "Focus group discussions were held to prepare for a definitive randomised controlled trial.",
            "qualitative study",
        ),
        ("Lenses", "Cross-sectional images of ex vivo lenses were taken in vitro.", "laboratory study"),
        ("Correction: Yoga in gout", "Correction for 'Yoga in gout' by A. Author.", "letter"),
        ("Gout as a target", "Gout remains a problem worldwide [...].", "letter"),
        ("Gout of the jaw in two children", "We describe a child with gout. The patient was treated.", "case report"),
    ],
)
def test_a_trial_that_is_only_named_and_short_reports(title: str, abstract: str, design: str) -> None:
    assert likeliest(title, abstract) == design


def test_a_letter_may_report_a_trial() -> None:
    words = ("Yoga in gout: a randomised controlled trial", "Forty adults were randomly assigned to yoga or a diet.")
    found = scores(*words, "Letter")
    assert min(found[TRIAL], found["letter"]) > 0.35
    assert scores("Yoga in gout", "", "Letter")["letter"] > 0.9


def test_scores_add_up_to_at_most_one() -> None:
    texts = [
        ("", ""),
        ("A review and a case report of a randomised crossover trial in rats", "A cohort study; a survey in vitro."),
        ("A randomised trial", "Patients were randomly assigned. A cross-sectional survey and interviews followed."),
    ]
    for title, abstract in texts:
        found = scores(title, abstract, "Review", "Case Reports")
        assert set(found) == set(DESIGNS)
        assert all(0 <= score <= 1 for score in found.values())
        assert sum(found.values()) <= 1.001


def test_a_record_that_says_nothing_is_hardly_anything() -> None:
    assert sum(scores("Yoga").values()) < 0.5
    assert max(scores("Yoga").values()) < 0.05


@pytest.mark.parametrize(
    "also",
    [
        "Sleep was told in a questionnaire, and compared before and after the course.",
        "The drug was given open label in this pilot study.",
        "Gene expression was measured by RT-PCR, and proteins by western blot.",
        "The control group got usual care; odds ratios and hazard ratios were computed.",
        "They were followed for a year, and some were interviewed.",
        "These results agree with a meta-analysis. Systematic reviews should include them.",
        "Prior work showed the same in mice.",
    ],
)
def test_a_certain_trial_explains_away_what_else_it_holds(also: str) -> None:
    found = scores("Naps at work: a randomised controlled trial", f"Nurses were randomly assigned to naps. {also}")
    assert found[TRIAL] > 0.6
    assert max(score for design, score in found.items() if design != TRIAL) < 0.4


def test_a_randomised_crossover_trial_is_both() -> None:
    found = scores("Coffee and sleep: a randomised crossover trial", "Adults drank both in random order.")
    assert found[TRIAL] > 0.5 > found[CROSSOVER] > 0.3


@pytest.mark.parametrize(
    "abstract",
    [
        "BACKGROUND: Randomised trials have shown that naps help. METHODS: Nurses slept. RESULTS: They were well.",
        "BACKGROUND: Cohort studies and case-control studies link naps to rest. METHODS: Nurses slept.",
        "BACKGROUND: Rats that nap learn better. METHODS: We asked nurses to nap. RESULTS: They did.",
        "Systematic reviews of naps are many. We measured the naps of nurses.",
        "AIM: To estimate the prevalence of naps. METHODS: Nurses slept. RESULTS: They did.",
        "We measured the naps of nurses. CONCLUSIONS: A randomised controlled trial could follow.",
    ],
)
def test_background_and_aims_are_no_methods(abstract: str) -> None:
    assert max(scores("Naps of nurses", abstract).values()) < 0.4


@pytest.mark.parametrize(
    ("title", "abstract"),
    [
        ("Sugar and weight", "Forty male Wistar rats were randomly assigned to sugar or water, double blind."),
        ("Sugar in rats: a randomised controlled trial", "Rats were randomised to sugar or placebo."),
        ("A crossover study of sugar in beagle dogs", "Eight dogs got both in random order."),
    ],
)
def test_animals_are_animals_whatever_else(title: str, abstract: str) -> None:
    found = scores(title, abstract)
    assert found["animal study"] > 0.5
    assert found[TRIAL] + found[CROSSOVER] < 0.4


@pytest.mark.parametrize(
    "abstract",
    [
        "Patients were randomly assigned to training and validation cohorts.",
        "Patients were randomly divided (7:3) into a training cohort and a validation cohort.",
        "The images were randomized into training and test sets.",
        "Cases were matched to controls in a 1:1 ratio.",
    ],
)
def test_a_split_of_the_data_is_no_trial(abstract: str) -> None:
    assert scores("A score that predicts falls", abstract)[TRIAL] < 0.2


@pytest.mark.parametrize(
    ("title", "abstract"),
    [
        ("Waking up: a review of 50,000 anesthetics", "All were given in one hospital."),
        ("A review of 312 consecutive fractures", "The charts were read by two surgeons."),
        ("Falls on the ward", "A chart review of all falls was done."),
        ("Falls on the ward: a retrospective review of medical records", "All falls of one year."),
        ("Memories of school", "Pictures were drawn from the vantage perspective of the child."),
        ("Nurses' perspectives on naps", "Nurses told what they think."),
        ("Code review by students", "Students read code."),
        ("Naps", "The study was approved by the institutional review board. This is an open access article."),
    ],
)
def test_what_only_sounds_like_a_review(title: str, abstract: str) -> None:
    found = scores(title, abstract)
    assert found["review"] < 0.3
    assert found["systematic review"] < 0.3


def test_a_review_of_studies_is_one() -> None:
    assert likeliest("A review of 45 randomised trials of naps", "We review the trials.") in (
        "review", "systematic review",
    )  # fmt: skip


def criteria_of(role: str, *terms: str) -> Criteria:
    return Criteria(title="", concepts=(Concept(role=role, name="it", terms=terms),))


@pytest.mark.parametrize(
    ("role", "term", "title", "design"),
    [
        ("outcome", "state of the art review", "A state of the art review", "review"),
        ("population", "birth cohort", "Naps in a birth cohort", "cohort study"),
        ("intervention", "focus groups", "Focus groups at school", "qualitative study"),
    ],
)
def test_a_cue_in_the_reviews_own_terms_does_not_count(role: str, term: str, title: str, design: str) -> None:
    assert scores(title)[design] > 0.5
    assert scores(title, criteria=criteria_of(role, term))[design] < 0.1
    assert scores(title, criteria=criteria_of("design", term))[design] > 0.5  # which does name the design


def test_a_publication_type_tells_most() -> None:
    bare, typed = scores("Yoga in asthma"), scores("Yoga in asthma", "", "Randomized Controlled Trial")
    assert typed[TRIAL] > 0.9 > bare[TRIAL]
    assert scores("Yoga", "Adults were randomly assigned.", "Review")["review"] > 0.6
    reviewed = scores("Yoga: a systematic review", "We searched PubMed.", "Review")
    assert reviewed["systematic review"] > 0.5  # indexers give the type to systematic reviews, too


def test_ranker_and_card_read_the_same_score() -> None:
    record = Record(record_id="1", title="Naps: a randomised crossover trial", abstract="We searched PubMed.")
    criteria = Criteria(title="", concepts=(
        Concept(role="design", name="trials", terms=(), designs=(TRIAL, CROSSOVER), against_designs=("review",)),
    ))  # fmt: skip
    (spans,) = find_spans([record], criteria)
    found = design_scores(spans)
    row = dict(zip(evidence_names(criteria), evidence_row(record, spans, criteria), strict=True))
    assert {design: row[f"design: {design}"] for design in DESIGNS} == found
    (coverage,) = read_coverage(record, spans, criteria)
    assert coverage.eligible == pytest.approx(found[TRIAL] + found[CROSSOVER])
    assert coverage.met


@pytest.mark.parametrize("wanted", [TRIAL, CROSSOVER])
def test_a_randomised_crossover_trial_meets_either_design(wanted: str) -> None:
    record = Record(record_id="1", title="Coffee: a randomised crossover trial", abstract="Adults drank both.")
    criteria = Criteria(title="", concepts=(Concept(role="design", name="trials", terms=(), designs=(wanted,)),))
    (spans,) = find_spans([record], criteria)
    assert read_coverage(record, spans, criteria)[0].met


def examples() -> list[DesignExample]:
    """Of records with little evidence one of five is a trial, of those with more four of five are."""
    return [
        DesignExample({TRIAL: evidence}, frozenset({TRIAL if number % 5 < most else "review"}), "made up")
        for evidence, most in ((0.2, 1), (3.0, 4))
        for number in range(100)
    ]


def test_fitted_scores_follow_the_truth() -> None:
    model = fit_designs(examples())
    little, much = model.scores({TRIAL: 0.2}), model.scores({TRIAL: 3.0})
    assert little[TRIAL] < 0.35
    assert 0.7 < much[TRIAL] < 0.9
    assert sum(much.values()) < 1


def test_the_model_comes_back_from_disk(tmp_path: Path) -> None:
    model = fit_designs(examples())
    model.to_disk(tmp_path / "design.json")
    assert DesignModel.from_disk(tmp_path / "design.json") == model


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": "other", "weights": {}}', '{"weights": {"a": [1]}}'])
def test_a_foreign_file_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "design.json").write_text(content)
    with pytest.raises(ModelFileError, match=r"design\.json.*calibrate_design"):
        DesignModel.from_disk(tmp_path / "design.json")


def test_the_kept_model_has_a_card() -> None:
    assert "calibrate_design.py" in model_path("pico-design.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("title", "design"),
    [
        ("Naps: study protocol for a randomised trial", "protocol"),
        ("Naps: a retrospective single-centre study", "cohort study"),
        ("Naps in rats", "animal study"),
        ("Naps", ""),
    ],
)
def test_designs_that_titles_name(title: str, design: str) -> None:
    assert declared_designs(title) == design


PUBMED = """<PubmedArticleSet>{}</PubmedArticleSet>"""
ARTICLE = """<PubmedArticle><MedlineCitation><PMID>{}</PMID><Article><Journal/><ArticleTitle>{}</ArticleTitle>
<Abstract><AbstractText>{}</AbstractText></Abstract><PublicationTypeList><PublicationType>{}</PublicationType>
</PublicationTypeList></Article></MedlineCitation></PubmedArticle>"""


def pubmed_file(path: Path) -> Path:
    rows = [
        (1, "Naps: a review", "We review naps.", "Review"),
        (3, "Naps: a systematic review", "We searched PubMed.", "Review"),
        (5, "Naps", "Nurses slept.", "Review"),
        (7, "A case report of naps", "We report a case.", "Journal Article"),
        (2, "Naps: a review", "We review naps.", "Review"),
    ]
    path.write_text(PUBMED.format("".join(ARTICLE.format(*row) for row in rows)))
    return path


def test_designs_are_measured_on_records_that_nothing_was_fitted_to(tmp_path: Path) -> None:
    result = measure_designs(pubmed_file(tmp_path / "pubmed.xml"))
    assert (result.articles, result.left_out, result.typed) == (4, 1, 3)
    review = result.among_typed["review"]
    assert (review.of, review.said, review.right) == (3, 2, 2)  # indexers give "Review" to systematic reviews, too
    assert review.f1 == pytest.approx(0.8)
    assert sum(each.said for each in result.reliability) == 2  # of the typed ones, those that are called something
    assert result.reliability[-1].right == 1.0
    assert result.calibration_error < 0.2
    assert measure_designs(tmp_path / "pubmed.xml", include_trained=True).articles == 5


def test_trials_are_measured_by_what_else_they_are_taken_for(tmp_path: Path) -> None:
    texts = {
        f"id{number}": [["TITLE", title], ["Methods", abstract]]
        for number, (title, abstract) in enumerate(
            [("Naps: a randomised trial", "Nurses were randomly assigned."), ("A case report", "Not randomised.")] * 6
            + [("Naps", "Nurses slept.")]
        )
    }
    path = tmp_path / "trials.json.gz"
    path.write_bytes(gzip.compress(json.dumps(texts).encode()))
    untouched = sum(is_untouched(Record(record_id=f"id{number}")) for number in range(12))
    result = measure_trials(path)
    assert (result.articles, result.left_out) == (untouched, 12 - untouched)
    everything = measure_trials(path, include_trained=True)
    assert (everything.recall, everything.another_design, everything.each) == (0.5, 0.5, {"case report": 6})


def test_randomised_studies_of_animals_are_counted_beside_those_of_people(tmp_path: Path) -> None:
    title = "Fluids in bleeding dogs: a randomised study in dogs"
    path = tmp_path / "trials.json.gz"
    texts = {"PMC2815285": [["TITLE", title]], "PMC1": [["TITLE", "Naps: a randomised trial in nurses"]]}
    path.write_bytes(gzip.compress(json.dumps(texts).encode()))
    result = measure_trials(path, include_trained=True)
    assert (result.articles, result.recall, result.rivals) == (1, 1.0, 0)
    assert (result.animals, result.animals_found) == (1, 1)


@pytest.mark.parametrize(
    ("title", "abstract"),
    [
        ("Yoga", "Pain is common. Adults took part for six months, with randomization to yoga or to stretching."),
        (
            "Rising doses",
            "Acid is reduced by pills. In two randomized, double-blind studies, men took pills. We measured acid.",
        ),
    ],
)
def test_a_trial_says_so_by_a_noun_or_of_two_studies(title: str, abstract: str) -> None:
    assert scores(title, abstract)[TRIAL] > 0.5


def test_evaluate_prints_designs_and_trials(tmp_path: Path) -> None:
    args = ["pico", "--evaluate", "--designs", str(pubmed_file(tmp_path / "pubmed.xml"))]
    assert "macro F1" in CliRunner().invoke(app, args).stdout
    found = json.loads(CliRunner().invoke(app, [*args, "--json"]).stdout)
    assert found["designs"]["among_typed"]["review"]["of"] == 3


@pytest.mark.parametrize("content", [b"", b"{}", gzip.compress(b"[]", mtime=0), gzip.compress(b'{"a": 1}', mtime=0)])
def test_a_file_that_holds_no_trials_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "trials.json.gz").write_bytes(content)
    result = CliRunner().invoke(app, ["pico", "--evaluate", "--trials", str(tmp_path / "trials.json.gz")])
    assert result.exit_code == 2
    assert "abstracts by section" in " ".join(result.output.split())


RIS = """TY  - JOUR
TI  - Yoga for fatigue in adults with asthma: a randomised controlled trial
AB  - Fatigue is common. Sixty adults (mean age 54 ± 8 years, 78% women) were randomly assigned to yoga (n=29) or usual
  care (n=31) for 12 weeks. Fatigue severity fell (P = 0.01).
ER  -
"""


def test_json_gives_offsets_and_designs(tmp_path: Path) -> None:
    (tmp_path / "one.ris").write_text(RIS)
    result = CliRunner().invoke(app, ["pico", str(tmp_path / "one.ris"), "--json"])
    (found,) = json.loads(result.stdout)
    assert found["designs"][TRIAL] > 0.9
    assert all(found["text"][span["start"] : span["end"]] == span["text"] for span in found["spans"])
    assert {span["provenance"].split(":")[0] for span in found["spans"]} == {"rule", "model"}
    assert {"age", "sex", "arm size", "sample size", "duration"} <= {span["label"] for span in found["spans"]}


def test_the_card_says_what_was_found_and_who_says_so(tmp_path: Path) -> None:
    (tmp_path / "one.ris").write_text(RIS)
    lines = CliRunner().invoke(app, ["pico", str(tmp_path / "one.ris")], env={"COLUMNS": "120"}).stdout.splitlines()
    card = [" ".join(line.split()) for line in lines]
    assert "age mean 54, SD 8 years rule" in card
    assert "groups 29 and 31 rule" in card
    assert "dose 12 weeks rule" in card
    assert any(line.startswith("design randomised trial (9") for line in card)
    assert any(line.startswith("population ") and line.endswith("model") for line in card)
