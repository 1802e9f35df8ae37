"""Roles of sentences: what they are, where they come from, and what a damaged model says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pico_training.role_training import train_roles
from tiab.errors import ModelFileError
from tiab.evaluation.pico.evaluate import predict_roles
from tiab.evaluation.pico.role_sets import RoleArticle, is_held_out, label_sentences, read_role_articles
from tiab.pico import Span, find_spans
from tiab.pico.learned.crf import Chains, CrfWeights, fit_crf, marginals
from tiab.pico.learned.roles import ROLE_LABELS, RoleModel
from tiab.records import Record

ABSTRACT = (
    "Fatigue is common in asthma. Little is known about yoga. We aimed to find out whether yoga lessens fatigue. "
    "Forty adults were randomly assigned to yoga or to a waiting list for 12 weeks. "
    "Fatigue was measured with a questionnaire at baseline and at 12 weeks. "
    "Fatigue fell by 4.1 points in the yoga group (P = 0.01). There was no difference in lung function (P = 0.6). "
    "In conclusion, yoga may lessen fatigue. Larger trials are needed."
)
ROLES = ["background"] * 3 + ["methods"] * 2 + ["results"] * 2 + ["conclusions"] * 2


def role_spans(abstract: str, title: str = "Yoga for fatigue in asthma") -> list[Span]:
    record = Record(record_id="1", title=title, abstract=abstract, keywords=("yoga",))
    (spans,) = find_spans([record], numbers=False, learned=True)
    assert all(record.text[span.start : span.end] == span.text for span in spans)
    return [span for span in spans if span.role == "sentence"]


def test_each_sentence_of_an_abstract_has_a_role() -> None:
    spans = role_spans(ABSTRACT)
    assert [span.label for span in spans] == ROLES
    assert {span.provenance for span in spans} == {"model:roles"}
    assert all(0.25 <= span.weight <= 1 for span in spans)
    assert " ".join(span.text for span in spans) == ABSTRACT


def test_a_heading_is_believed() -> None:
    spans = role_spans("METHODS: Yoga may lessen fatigue.\nRESULTS: Forty adults were randomised.")
    assert [span.label for span in spans if span.text.startswith(("METHODS: Y", "RESULTS: F"))] == [
        "methods",
        "results",
    ]
    assert {span.provenance for span in spans} == {"rule:section_heading"}


@pytest.mark.parametrize("abstract", ["", " ", "…", "Short.", "\n\n", "a" * 5000])
def test_no_abstract_is_too_odd(abstract: str) -> None:
    assert len(role_spans(abstract)) <= 1


def test_without_being_asked_nothing_learned_runs() -> None:
    (spans,) = find_spans([Record(record_id="1", title="Yoga", abstract=ABSTRACT)])
    assert not [span for span in spans if span.provenance.startswith("model:")]


def invented() -> list[RoleArticle]:
    told = (
        (0, "Little is known of {}. The aim was to study {}."),
        (1, "We randomised adults with {}. They trained."),
        (2, "The {} group improved (P < 0.05). Nobody with {} left."),
        (3, "Training helps in {}. More trials of {} are needed."),
    )
    words = ("asthma", "gout", "migraine", "eczema", "stroke")
    return [RoleArticle(word, f"Of {word}", tuple((r, t.replace("{}", word)) for r, t in told)) for word in words]


def test_the_same_examples_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        train_roles(list(label_sentences(invented())), bits=10, iterations=20).to_disk(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_what_was_learned_is_told_again_after_a_trip_to_disk(tmp_path: Path) -> None:
    examples = list(label_sentences(invented()))
    train_roles(examples, bits=10, iterations=40).to_disk(tmp_path / "model")
    right, said, _ = predict_roles(RoleModel.from_disk(tmp_path / "model"), examples)
    assert [list(r) for r in right] == [list(s) for s in said]


@pytest.mark.parametrize("damage", ["cut", "flipped", "foreign", "missing", "other kind"])
def test_a_damaged_model_is_refused(tmp_path: Path, root: Path, damage: str) -> None:
    path = tmp_path / "model"
    train_roles(list(label_sentences(invented())), bits=8, iterations=5).to_disk(path)
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
        path.write_bytes((root / "models" / "exercise-ms-cytokines.safetensors").read_bytes())
    with pytest.raises(ModelFileError, match=r"model.*(train_pico|[Rr]einstall)"):
        RoleModel.from_disk(path)


def test_marginals_are_those_of_all_paths() -> None:
    rng = np.random.default_rng(3)
    emissions = rng.normal(size=(3, 2)) * 5
    weights = CrfWeights(np.zeros((0, 2)), rng.normal(size=(2, 2)), rng.normal(size=2), rng.normal(size=2))
    wanted = np.zeros((3, 2))
    for path in np.ndindex(2, 2, 2):
        score = sum(emissions[i, label] for i, label in enumerate(path))
        score += weights.first[path[0]] + weights.last[path[2]]
        score += weights.transitions[path[0], path[1]] + weights.transitions[path[1], path[2]]
        for i, label in enumerate(path):
            wanted[i, label] += np.exp(score)
    wanted /= wanted.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(marginals(emissions, Chains.of([3]), weights), wanted)


def test_chains_of_any_lengths_do_not_touch_each_other() -> None:
    rng = np.random.default_rng(4)
    weights = CrfWeights(np.zeros((0, 3)), rng.normal(size=(3, 3)), rng.normal(size=3), rng.normal(size=3))
    emissions = rng.normal(size=(7, 3))
    together = marginals(emissions, Chains.of([2, 0, 4, 1]), weights)
    apart = [marginals(emissions[a:b], Chains.of([b - a]), weights) for a, b in ((0, 2), (2, 6), (6, 7))]
    np.testing.assert_allclose(together, np.concatenate(apart))


def test_training_finds_what_follows_what() -> None:
    from scipy.sparse import csr_array

    matrix = csr_array(np.ones((12, 1)))
    labels = np.array([0, 1, 0, 1] * 3)
    weights = fit_crf(matrix, labels, Chains.of([4, 4, 4]), n_labels=2, l2=0.01)
    found = marginals(np.asarray(matrix @ weights.features), Chains.of([4, 4, 4]), weights)
    assert list(found.argmax(axis=1)) == list(labels)


def test_an_article_is_held_out_whatever_its_spelling() -> None:
    titles = [f"Study {i} of yoga" for i in range(500)]
    assert 60 < sum(map(is_held_out, titles)) < 140
    assert all(is_held_out(title) == is_held_out(title.upper() + ".") for title in titles)


@pytest.mark.shared
def test_roles_of_articles_never_seen(shared: Path) -> None:
    articles = read_role_articles(shared / "pico" / "evidence-inference-abstracts.json.gz")
    examples = list(label_sentences(article for article in articles if is_held_out(article.title)))[:300]
    from tiab.assets import model_path

    right, said, _ = predict_roles(RoleModel.from_disk(model_path("pico-roles.safetensors")), examples)
    truth, told = np.concatenate(right), np.concatenate(said)
    assert (truth == told).mean() > 0.91
    assert set(told) == set(range(len(ROLE_LABELS)))
