"""Participants, interventions and outcomes: what is found in invented records, and what training promises."""

from __future__ import annotations

import gzip
import json
import tarfile
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file
from typer.testing import CliRunner

from pico_training.network_training import _unstacked
from pico_training.pio_training import MarkedSet, MarkedWords, kept_vectors, learn_base, read_marked, score, train_pio
from pico_training.trial_sets import article_key, read_evidence_map, read_participants, read_section_specific
from pico_training.word_vectors import learn_vectors, word_hashes
from tiab.assets import model_path
from tiab.cli import app
from tiab.errors import EvaluationError, InputError, ModelFileError
from tiab.evaluation.pico.evaluate import measure_spans
from tiab.evaluation.pico.measures import count_overlaps, count_spans, count_tokens
from tiab.evaluation.pico.numbers import measure_numbers
from tiab.evaluation.pico.sentence_sets import read_nicta
from tiab.evaluation.pico.span_sets import MarkedArticle, as_interventions, read_ebm_nlp, read_pico_corpus, tokens_of
from tiab.pico import Span, find_spans, make_pipeline
from tiab.pico.learned.crf import Chains, CrfWeights, Posterior, posterior
from tiab.pico.learned.network import STEPS, stacked
from tiab.pico.learned.phrases import PhraseSettings, phrase_labels, runs_of, tidied
from tiab.pico.learned.pio_model import PioModel
from tiab.pico.learned.roles import RoleModel
from tiab.pico.learned.vectors import Vectors
from tiab.pico.learned.weights import write_weights
from tiab.pico.learned.words import read_words
from tiab.records import Record

TITLE = "Yoga for fatigue in adults with asthma: a randomised controlled trial"
ABSTRACT = (
    "Fatigue is common in asthma. Forty adults with moderate asthma were randomly assigned to hatha yoga or to usual "
    "care for 12 weeks. The primary outcome was fatigue severity. "
    "Fatigue severity and quality of life improved in the yoga group (P = 0.01)."
)
MARKED = (
    (("Yoga", "I-INT"), ("in", "O"), ("asthma", "I-PAR"), (".", "O")),
    (("Forty", "I-PAR"), ("adults", "I-PAR"), ("with", "I-PAR"), ("asthma", "I-PAR"), ("had", "O"), ("yoga", "I-INT")),
    ((".", "O"), ("Their", "O"), ("fatigue", "I-OUT"), ("fell", "O"), ("(", "O"), ("P", "O"), ("=", "O")),
    (("0.01", "O"), (")", "O"), (".", "O")),
)

CROWD = ("crowd", "crowd")
UNTIDY = """Effect|O of|O the|I-INT yoga|I-INT (|I-INT hatha|I-INT )|O ,|O on|O (|I-OUT mild|I-OUT pain|I-OUT in|I-OUT
the|I-OUT )|O elderly|O .|O"""


def ebm_file(path: Path, *swaps: tuple[str, str]) -> Path:
    """A file of EBM-NLP's format with one invented article for each swap of words."""
    lines = []
    for number, (old, new) in enumerate((("", ""), *swaps), start=1):
        lines += [f"-DOCSTART- ({number})", ""]
        lines += [f"{new if token == old else token} NN O {label}" for row in MARKED for token, label in row]
        lines += ["", ""]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def roles() -> RoleModel:
    return RoleModel.from_disk(model_path("pico-roles.safetensors"))


@pytest.fixture(scope="module")
def examples(roles: RoleModel, tmp_path_factory: pytest.TempPathFactory) -> list[MarkedWords]:
    path = tmp_path_factory.mktemp("ebm") / "marked.txt"
    swaps = [("asthma", word) for word in ("gout", "migraine", "eczema", "stroke", "angina")]
    return list(read_marked(read_ebm_nlp(ebm_file(path, *swaps)), roles))


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    texts = [f"Adults with {w} had yoga and fatigue fell. They had {w} and slept." for w in "abcdefgh"] * 3
    found = list(word_hashes(texts))
    return kept_vectors(learn_vectors([words for words, _ in found], size=4), found, common=5)


def tiny(examples: list[MarkedWords], vectors: Vectors) -> PioModel:
    base = learn_base([MarkedSet(examples[:2], "corpus")], vectors, hidden=8, epochs=2)
    sets = [MarkedSet(examples, "crowd"), MarkedSet(examples, "crowd", participants_only=True)]
    return train_pio(sets, vectors, base, styles=CROWD, hidden=8, epochs=60, rate=5e-3)


def model_spans(title: str, abstract: str = "") -> list[Span]:
    record = Record(record_id="1", title=title, abstract=abstract)
    (spans,) = find_spans([record], learned=True)
    assert all(record.text[span.start : span.end] == span.text for span in spans)
    return [span for span in spans if span.provenance == "model:pio"]


@pytest.mark.parametrize(
    ("role", "words"),
    [
        ("population", ["adults with moderate asthma"]),
        ("intervention", ["hatha yoga"]),
        ("comparator", ["usual care"]),
        ("outcome", ["fatigue severity"]),
    ],
)
def test_what_no_list_names_is_found(role: str, words: list[str]) -> None:
    said = " | ".join(span.text.casefold() for span in model_spans(TITLE, ABSTRACT) if span.role == role)
    assert all(word in said for word in words)


def test_spans_say_where_they_come_from_and_how_sure_they_are() -> None:
    spans = model_spans(TITLE, ABSTRACT)
    assert {span.label for span in spans} == {"participants", "interventions", "comparators", "outcomes"}
    assert all(0 < span.weight <= 1 for span in spans)
    assert not any(span.text.endswith((".", ",", " ")) for span in spans)
    assert len({span.field for span in spans}) == 2


@pytest.mark.parametrize("text", ["", " ", "…", "(", "a" * 3000, "\n\n\n", ". . .", "🙂 ☃", "1 2 3 4 5 6 7 8 9"])
def test_no_record_is_too_odd(text: str) -> None:
    model_spans(text, text)


@settings(max_examples=40)
@given(st.text(max_size=200), st.text(max_size=400))
def test_spans_lie_where_they_say_in_any_text(title: str, abstract: str) -> None:
    model_spans(title, abstract)


def test_the_same_examples_give_the_same_bytes(examples: list[MarkedWords], vectors: Vectors, tmp_path: Path) -> None:
    for name in ("one", "two"):
        tiny(examples, vectors).to_disk(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_word_vectors_are_the_same_each_time() -> None:
    texts = list(word_hashes([f"Adults with {w} had yoga. Some {w} fell." for w in "abcdefgh"] * 3))
    one, two = (learn_vectors([words for words, _ in texts], size=3) for _ in range(2))
    assert np.array_equal(one.near, two.near)
    assert np.array_equal(one.far, two.far)


def test_words_of_few_articles_are_not_kept() -> None:
    texts = list(word_hashes(["common words stand here"] * 5 + ["a secret name"] * 4))
    assert len(learn_vectors([words for words, _ in texts], size=2).words) == 4


def test_what_was_learned_is_found_again_after_a_trip_to_disk(
    examples: list[MarkedWords], vectors: Vectors, tmp_path: Path
) -> None:
    tiny(examples, vectors).to_disk(tmp_path / "model")
    model = PioModel.from_disk(tmp_path / "model")
    found = score([(item, model.label(item.context, item.article.record.text)) for item in examples])
    assert all(scores.mean > 0.9 for scores in (found.tidy_spans, found.overlaps))


@pytest.mark.parametrize("damage", ["cut", "flipped", "foreign", "missing", "other kind"])
def test_a_damaged_model_is_refused(examples: list[MarkedWords], vectors: Vectors, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "model"
    train_pio([MarkedSet(examples, "crowd")], vectors, styles=CROWD, hidden=4, epochs=1).to_disk(path)
    data = path.read_bytes()
    if damage == "cut":
        path.write_bytes(data[:-7])
    elif damage == "flipped":
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    elif damage == "foreign":
        path.write_text("RIS")
    elif damage == "missing":
        path.unlink()
    else:
        path.write_bytes(model_path("pico-roles.safetensors").read_bytes())
    with pytest.raises(ModelFileError, match=r"model.*(train_pico|[Rr]einstall)"):
        PioModel.from_disk(path)


def test_an_unknown_word_is_read_like_those_that_end_like_it() -> None:
    texts = [f"Adults had {w}mumab and slept. They had {w}olol." for w in "abcdefgh"] * 5
    found = list(word_hashes(texts))
    vectors = kept_vectors(learn_vectors([words for words, _ in found], size=4), found, common=5)
    (words, endings), (_, others) = word_hashes(["zumab", "qqq"])
    known = vectors.look_up(np.append(words, words), np.append(endings, others))
    assert not known.known.any()
    like, unlike = vectors.at(known.places)
    assert np.abs(like).max() > 0
    assert not unlike.any()


def test_phrases_are_right_at_both_ends_where_words_alone_would_break_them() -> None:
    rng = np.random.default_rng(2)
    weights = CrfWeights(np.zeros((0, 2)), rng.normal(size=(2, 2)), rng.normal(size=2), rng.normal(size=2))
    scores = rng.normal(size=(5, 2))
    found = posterior(scores, Chains.of([3, 2]), weights)
    paths = [_likelihood(path, scores[:3], weights) for path in np.ndindex(2, 2, 2)]
    exact = sum(chance for path, chance in zip(np.ndindex(2, 2, 2), paths, strict=True) if path == (0, 1, 1)) / sum(
        paths
    )
    begins, stops = found.begins(), found.stops([3, 2])
    assert np.isclose(begins[1, 1] * found.stays[2, 1] * stops[2, 1], exact)
    broken = posterior(np.array([[0.0, 1.0], [0.4, 0.0], [0.0, 1.0]]), Chains.of([3]), _sticky(1.0))
    assert phrase_labels(broken, np.array([3]), PhraseSettings(gain=1.0, whole=4.0, least=0.0)).tolist() == [1, 1, 1]


@pytest.mark.parametrize("seed", range(30))
def test_no_other_phrases_are_worth_more(seed: int) -> None:
    rng, lengths, gains = np.random.default_rng(seed), np.array([4, 2]), PhraseSettings()
    chain = CrfWeights(np.zeros((0, 3)), rng.normal(size=(3, 3)), rng.normal(size=3), rng.normal(size=3))
    found = posterior(rng.normal(size=(6, 3)) * 2, Chains.of(lengths), chain)
    best = max(_worth(np.array(labels), found, lengths, gains) for labels in product(range(3), repeat=6))
    assert np.isclose(_worth(phrase_labels(found, lengths, gains), found, lengths, gains), best)


def _worth(labels: np.ndarray, found: Posterior, lengths: np.ndarray, gains: PhraseSettings) -> float:
    """What the phrases of these labels are worth together; none begins or ends where that is less likely than .15."""
    begins, stops, total = found.begins(), found.stops(lengths), 0.0
    for first, end, label in runs_of(labels, lengths):
        start, stop = begins[first, label], stops[end - 1, label]
        if min(start, found.chances[end - 1, label] * stop) <= 0.15:
            return -np.inf
        chances = found.chances[first:end]
        whole = start * found.stays[first + 1 : end, label].prod() * stop
        total += (gains.gain * chances[:, label] - chances[:, 0]).sum() + gains.whole * (whole - gains.least)
    return float(total)


def test_records_read_together_are_read_as_each_alone() -> None:
    records = [Record(record_id=str(n), title=TITLE[n:], abstract=ABSTRACT[: 40 * n]) for n in range(20)]
    records.insert(3, Record(record_id="empty"))
    together = find_spans(records, learned=True)
    assert together == [spans for record in records for spans in find_spans([record], learned=True)]


def _likelihood(path: tuple[int, ...], scores: np.ndarray, weights: CrfWeights) -> float:
    total = sum(scores[i, label] for i, label in enumerate(path)) + weights.first[path[0]] + weights.last[path[-1]]
    return float(np.exp(total + sum(weights.transitions[a, b] for a, b in pairwise(path))))


def _sticky(much: float) -> CrfWeights:
    return CrfWeights(np.zeros((0, 2)), np.eye(2) * much, np.zeros(2), np.zeros(2))


def test_no_phrase_runs_across_sentences() -> None:
    found = posterior(np.tile([0.0, 9.0], (4, 1)), Chains.of([2, 2]), _sticky(1.0))
    assert found.stays[2, 1] == 0
    assert phrase_labels(found, np.array([2, 2]), PhraseSettings()).tolist() == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("cut", "whole"),
    [
        ("Levels of IL-«6 and TNF-»alpha fell.", "IL-6 and TNF-alpha"),
        ("Serum «GAS»5 rose.", "GAS5"),
        ("The «in-hospital mortality and follow»-up.", "in-hospital mortality and follow-up"),
        ("They gained in «terms of quality of life».", "quality of life"),
        ("A «total of 40 adults with gout who» agreed took part.", "40 adults with gout"),
        ("Half, 53«% of women with gout given their» wish, left.", "women with gout"),
        ("Better «disease-free survival (DFS», 57.7%) was seen.", "disease-free survival"),
        ("We measured «six domains (language», memory).", "six domains"),
        ("Aims were («2) strength and (3) balance».", "strength and (3) balance"),
        ("They had «weekly yoga [hatha]) versus» rest.", "weekly yoga [hatha]"),
        ("Some had a sham («(placebo)»).", "placebo"),
        ("Adults had «asthma (mild»).", "asthma (mild)"),
        ("Some took «vitamin A» daily.", "vitamin A"),
        ("We read «retinal findings prior» to it.", "retinal findings"),
        ("It fell «between the» two.", ""),
    ],
)
def test_phrases_end_where_words_and_brackets_do(cut: str, whole: str) -> None:
    text, start, end = cut.replace("«", "").replace("»", ""), cut.index("«"), cut.index("»") - 1
    words = read_words(make_pipeline(numbers=False)(text))
    labels = ((words.starts >= start) & (words.starts < end)).astype(np.int64)
    kept = np.flatnonzero(tidied(labels, text, words))
    assert (text[words.starts[kept[0]] : words.ends[kept[-1]]] if len(kept) else "") == whole


def test_a_word_of_two_phrases_belongs_to_the_one_that_it_ends_in() -> None:
    text = "Patient-derived cultures in women-only groups"
    words = read_words(make_pipeline(numbers=False)(text))
    said = [text[a:b] for a, b in zip(words.starts, words.ends, strict=True)]
    given = {"Patient": 1, "Patient-": 1, "derived": 2, "cultures": 2, "women": 1, "women-": 1, "only": 1}
    found = tidied(np.array([given.get(word, 0) for word in said]), text, words)
    phrases = [(text[words.starts[a] : words.ends[b - 1]], label) for a, b, label in runs_of(found, words.lengths)]
    assert phrases == [("Patient-derived cultures", 2), ("women-only", 1)]


def test_keywords_hold_no_phrases() -> None:
    record = Record(
        record_id="1", title=TITLE, abstract=ABSTRACT, keywords=("adults with asthma", "hatha yoga", "fatigue")
    )
    (spans,) = find_spans([record], learned=True)
    assert {span.field for span in spans if span.provenance == "model:pio"} == {"title", "abstract"}


@pytest.mark.parametrize("settings", [{}, {"gain": 1.0, "whole": 1.0, "least": None, "share": 0.5}])
def test_a_model_with_settings_of_another_version_is_refused(tmp_path: Path, settings: dict[str, object]) -> None:
    kept = model_path("pico-pio.safetensors")
    tensors = load_file(kept)
    write_weights(tmp_path / "model", "spans", tensors, settings)
    with pytest.raises(ModelFileError, match=r"settings.*train_pico"):
        PioModel.from_disk(tmp_path / "model")


@pytest.mark.parametrize("steps", STEPS)
def test_gradients_go_back_the_way_that_values_came(steps: tuple[int, ...]) -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=(9, 2)).astype(np.float32)
    slopes = rng.normal(size=(9, 2 * len(steps))).astype(np.float32)
    np.testing.assert_allclose(
        (stacked(values, steps) * slopes).sum(), (values * _unstacked(slopes, steps)).sum(), rtol=1e-3
    )


def test_ebm_nlp_is_read_as_an_author_would_have_written_it(tmp_path: Path) -> None:
    (article,) = read_ebm_nlp(ebm_file(tmp_path / "marked.txt"))
    assert article.record.title == "Yoga in asthma."
    assert article.record.abstract == "Forty adults with asthma had yoga. Their fatigue fell (P = 0.01)."
    text = article.record.text
    said = [text[a:b] for a, b in zip(article.starts, article.ends, strict=True)]
    assert said == [token for row in MARKED for token, _ in row]
    packed = tmp_path / "marked.txt.gz"
    packed.write_bytes(gzip.compress((tmp_path / "marked.txt").read_bytes()))
    assert read_ebm_nlp(packed)[0].record == article.record


@pytest.mark.parametrize("content", ["", "###1\nwhatever\tYoga .\n", "###1\nYoga"])
def test_sentences_with_odd_labels_are_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "odd.txt").write_text(content)
    with pytest.raises(InputError, match=r"odd\.txt"):
        read_nicta(tmp_path / "odd.txt")


@pytest.mark.parametrize("content", ["Yoga NN O I-XYZ", "", "Yoga"])
def test_a_file_of_another_format_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "odd.txt").write_text(f"-DOCSTART- (1)\n\n{content}\n" if content else "")
    with pytest.raises(InputError, match=r"odd\.txt"):
        read_ebm_nlp(tmp_path / "odd.txt")


def test_labels_of_words_come_back_to_the_tokens_they_came_from(examples: list[MarkedWords]) -> None:
    for item in examples:
        assert np.array_equal(tokens_of(item.article, item.context.words.starts, item.labels), item.article.labels)


def brat_folder(folder: Path) -> Path:
    text = "Yoga in asthma. A total of 40 adults aged 18-65 years were randomised to yoga (n=19) or usual care (n=21)."
    marks = (
        ("total-participants", "40"), ("intervention", "Yoga"), ("age", "18-65 years"),
        ("intervention-participants", "19"), ("control-participants", "21"),
    )  # fmt: skip
    places = [(number, kind, text.index(words), words) for number, (kind, words) in enumerate(marks, start=1)]
    (folder / "1.txt").write_text(text)
    (folder / "1.ann").write_text("".join(f"T{n}\t{k} {at} {at + len(w)}\t{w}\n" for n, k, at, w in places))
    return folder


def test_brat_files_are_read_from_a_folder_and_from_a_tar_file(tmp_path: Path) -> None:
    folder = brat_folder(tmp_path)
    with tarfile.open(tmp_path / "corpus.tar.gz", "w:gz") as archive:
        for name in ("1.txt", "1.ann"):
            archive.add(folder / name, f"corpus/{name}")
    for path in (folder, tmp_path / "corpus.tar.gz"):
        (article,) = read_pico_corpus(path)
        assert (article.marked("total-participants"), int(article.labels[0])) == (["40"], 2)
        found = measure_numbers(path)
        assert found.totals == found.arms == found.ages == found.trials == (1, 1)
        assert found.arms_said == (2, 2)


def test_f1_counts_tokens_and_whole_spans() -> None:
    truth, said = np.array([1, 1, 0, 2, 2]), np.array([1, 0, 0, 2, 2])
    assert count_tokens(truth, said).tolist() == [[1, 1, 2], [2, 2, 2], [0, 0, 0]]
    assert count_spans(truth, said).tolist() == [[0, 1, 1], [1, 1, 1], [0, 0, 0]]
    assert count_overlaps(truth, said).tolist() == [[1, 1, 1], [1, 1, 1], [0, 0, 0]]


def test_one_long_span_is_not_right_twice() -> None:
    truth, said = np.array([3, 3, 3, 3, 3]), np.array([3, 0, 3, 0, 3])
    assert count_overlaps(truth, said)[2].tolist() == [1, 3, 1]


def test_evaluation_measures_invented_sets(tmp_path: Path) -> None:
    ebm = ebm_file(tmp_path / "ebm.txt", ("asthma", "gout"))
    roles = tmp_path / "roles.json"
    sections = [["TITLE", "Of invented yoga"], ["ABSTRACT.METHODS", "We randomised 40 adults."]]
    roles.write_text(json.dumps({"1": [*sections, ["ABSTRACT.RESULTS", "Fatigue fell (P < 0.05)."]]}))
    folder = tmp_path / "brat"
    folder.mkdir()
    brat_folder(folder)
    nicta = tmp_path / "nicta.txt"
    nicta.write_text("###1\npopulation\tWe enrolled forty adults with asthma .\noutcome\tFatigue severity fell .\n"
                     "intervention\tThey practised hatha yoga .\nother\tMore follows .\n")  # fmt: skip
    options = ["--ebm-nlp", str(ebm), "--pico-corpus", str(folder), "--roles", str(roles), "--nicta", str(nicta)]
    result = CliRunner().invoke(app, ["pico", "--evaluate", *options, "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["roles"]["sentences"] == 2
    assert found["ebm_nlp"]["articles"] == 2
    assert 0 <= found["ebm_nlp"]["token_f1"]["low"] <= found["ebm_nlp"]["token_f1"]["mean"] <= 1
    assert found["pico_corpus"]["totals"] == {"right": 1, "of": 1, "share": 1.0}
    assert found["nicta"] == {"articles": 1, "sentences": 4, "auc": found["nicta"]["auc"]}
    assert found["nicta"]["auc"]["population"] > 0.5
    shown = CliRunner().invoke(app, ["pico", "--evaluate", *options])
    assert "token F1" in shown.stdout
    assert "abstracts a second" in shown.stdout
    assert "ages: every number is given" in shown.stdout


def test_evaluation_without_a_set_says_what_to_give() -> None:
    result = CliRunner().invoke(app, ["pico", "--evaluate"])
    assert result.exit_code != 0
    assert CliRunner().invoke(app, ["pico"]).exit_code == 2


@pytest.mark.shared
def test_articles_that_were_learned_from_are_not_measured_on(shared: Path) -> None:
    with pytest.raises(EvaluationError, match="cross-validate"):
        measure_spans(shared / "pico" / "ebm-nlp-dev.txt.gz")


@pytest.mark.shared
def test_a_small_training_finds_elements_in_articles_never_seen(shared: Path, roles: RoleModel) -> None:
    articles = read_ebm_nlp(shared / "pico" / "ebm-nlp-dev.txt.gz")
    items = list(read_marked(articles[:220], roles))
    kept = PioModel.from_disk(model_path("pico-pio.safetensors")).vectors
    model = train_pio([MarkedSet(items[:180], "crowd")], kept, styles=CROWD, hidden=16, epochs=9, rate=4e-3)
    assert (
        score([(item, model.label(item.context, item.article.record.text)) for item in items[180:]]).tokens.mean > 0.40
    )


def test_marks_are_tidied_before_they_are_learned_from(roles: RoleModel, tmp_path: Path) -> None:
    lines = [pair.replace("|", " NN O ") for pair in UNTIDY.split()]
    path = tmp_path / "marked.txt"
    path.write_text("\n".join(["-DOCSTART- (1)", "", *lines]))
    (item,) = read_marked(read_ebm_nlp(path), roles)
    text = item.article.record.text
    words = [text[a:b] for a, b in zip(item.context.words.starts, item.context.words.ends, strict=True)]
    assert [w for w, label in zip(words, item.labels, strict=True) if label == 2] == ["yoga", "(", "hatha", ")"]
    assert [w for w, label in zip(words, item.labels, strict=True) if label == 3] == ["mild", "pain"]


def test_sets_of_trials_are_read_as_authors_wrote_them(tmp_path: Path, roles: RoleModel) -> None:
    path = tmp_path / "set.jsonl"
    title = [["Title", "O"], [":", "O"], ["Low", "B-I"], ["-", "I-I"], ["dose", "I-I"], ["yoga", "I-I"], [".", "O"]]
    methods = [["METHODS", "O"], [":", "O"], ["Yoga", "B-I"], ["or", "O"], ["", "O"], ["rest", "B-C"], ["(", "O"],
               ["3", "O"], [".", "O"], ["5", "O"], ["h", "O"], [")", "O"], [".", "O"]]  # fmt: skip
    path.write_text(json.dumps({"part": "x", "sentences": [title, methods]}) + "\n")
    (article,) = read_section_specific(path)
    assert (article.record.title, article.record.abstract) == ("Low-dose yoga.", "METHODS: Yoga or rest (3.5 h).")
    text = article.record.text
    marked = [text[a:b] for a, b, m in zip(article.starts, article.ends, article.labels, strict=True) if m == 4]
    assert marked == ["rest"]
    (item,) = read_marked([article], roles)
    assert score([(item, item.labels)]).tokens.elements == (0.0, 1.0, 0.0, 1.0)
    assert score([(item, as_interventions(item.labels))]).tokens.elements[3] == 0.0
    told = "Yoga , pain , rest , sleep in adults . Forty adults had low - grade pain . They slept ."
    at = told.index("low")
    path.write_text(
        json.dumps({"id": "1", "text": told, "spans": [["T1", "Outcome", at, at + 16], ["T2", "Count", 0, 4]]})
    )
    (article,) = read_evidence_map(path)
    assert article.record.abstract == "Forty adults had low-grade pain. They slept."
    said = [article.record.text[a:b] for a, b, m in zip(article.starts, article.ends, article.labels, strict=True) if m]
    assert said == ["low", "-", "grade", "pain"]
    path.write_text(json.dumps({"pmid": "1", "text": "Yoga.\n\nForty  adults.", "participants": [[7, 20]]}))
    (article,) = read_participants(path)
    assert article.record.text == "Yoga.\nForty adults."
    assert article.labels.tolist() == [0, 0, 1, 1, 0]
    assert article_key(article.record) == "yogafortyadults"


@pytest.mark.parametrize("content", ["{", "[1]", "3"])
def test_sets_in_another_form_are_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "odd.jsonl").write_text(content)
    with pytest.raises(InputError, match=r"odd\.jsonl"):
        read_participants(tmp_path / "odd.jsonl")


def test_a_token_in_which_no_word_begins_has_the_label_of_the_word_around_it() -> None:
    record = Record(record_id="1", title="follow-up here")
    article = MarkedArticle(record, np.array([0, 6, 7, 10]), np.array([6, 7, 9, 14]), np.array([3, 3, 3, 0]))
    assert tokens_of(article, np.array([0, 7, 10]), np.array([3, 3, 0])).tolist() == [3, 3, 3, 0]
    assert tokens_of(article, np.array([0, 7, 10]), np.array([0, 3, 3])).tolist() == [0, 0, 3, 3]
