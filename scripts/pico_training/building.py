"""The models that tiab carries, built anew from the data they were learned from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from pico_training.network_training import Trained
from pico_training.pio_training import (
    MarkedSet,
    MarkedWords,
    Prediction,
    kept_vectors,
    learn_base,
    read_marked,
    train_pio,
)
from pico_training.role_training import train_roles
from pico_training.trial_sets import article_key, read_evidence_map, read_participants, read_section_specific
from pico_training.word_texts import read_texts
from pico_training.word_vectors import learn_vectors, word_hashes
from tiab.evaluation.pico.role_sets import RoleArticle, is_held_out, label_sentences, read_role_articles, title_hash
from tiab.evaluation.pico.span_sets import MarkedArticle, read_ebm_nlp, read_pico_corpus
from tiab.pico.learned.pio_model import PioModel
from tiab.pico.learned.roles import RoleModel
from tiab.pico.learned.vectors import Vectors
from tiab.records import Record

__all__ = [
    "FOLDS",
    "build_roles",
    "build_spans",
    "build_vectors",
    "cross_validate",
    "expert_set",
    "fold_of",
    "marked_sets",
    "role_articles",
]

Say = Callable[[str], object]
"""Called with a line that says how far the work is."""

FOLDS = 5

TESTED = ("expert", "crowd")
"""The sets that cross-validation measures on."""


def role_articles(shared: Path) -> list[RoleArticle]:
    """The structured abstracts of PubMed and of Evidence Inference, each article once.

    Raises:
        InputError: a file is missing or cannot be read.
    """
    files = (shared / "pubmed" / "pubmed21n1298.xml.gz", shared / "pico" / "evidence-inference-abstracts.json.gz")
    once = {title_hash(article.title): article for path in reversed(files) for article in read_role_articles(path)}
    return list(once.values())


def build_roles(shared: Path) -> RoleModel:
    """The model of the roles of sentences, learned from four fifths of the articles."""
    taught = (article for article in role_articles(shared) if not is_held_out(article.title))
    return train_roles(list(label_sentences(taught)))


def expert_set(shared: Path, roles: RoleModel) -> list[MarkedWords]:
    """The abstracts that experts marked, comparators apart from interventions.

    Raises:
        InputError: the file is missing or cannot be read.
    """
    return list(read_marked(read_section_specific(shared / "pico" / "section-specific.jsonl.gz"), roles))


def marked_sets(shared: Path, roles: RoleModel) -> dict[str, MarkedSet]:
    """All marked abstracts, each article once for each style of marking.

    Raises:
        InputError: a file is missing or cannot be read.
    """
    folder = shared / "pico"
    crowd = read_ebm_nlp(folder / "ebm-nlp-dev.txt.gz")
    known = {article_key(article.record) for article in crowd}
    participants = read_participants(folder / "ebm-participants.jsonl.gz")

    def words(articles: Iterable[MarkedArticle]) -> list[MarkedWords]:
        return list(read_marked(articles, roles))

    return {
        "expert": MarkedSet(expert_set(shared, roles), "expert"),
        "crowd": MarkedSet(words(crowd), "crowd"),
        "participants": MarkedSet(
            words(a for a in participants if article_key(a.record) not in known), "crowd", part=0.25,
            participants_only=True,
        ),
        "map": MarkedSet(words(read_evidence_map(folder / "evidence-map.jsonl.gz")), "map"),
        "corpus": MarkedSet(words(read_pico_corpus(folder / "pico-corpus.tar.gz")), "corpus"),
    }  # fmt: skip


def build_vectors(shared: Path, say: Say = print) -> Vectors:
    """Word vectors from the unlabelled abstracts."""
    texts = list(word_hashes(read_texts(shared)))
    say(f"{len(texts)} abstracts, {sum(len(words) for words, _ in texts) / 1e6:.1f} million words")
    learned = learn_vectors([words for words, _ in texts])
    say(f"vectors of {len(learned.words)} words")
    return kept_vectors(learned, texts)


def build_spans(shared: Path, roles: RoleModel, say: Say = print) -> PioModel:
    """The model of participants, interventions, comparators and outcomes, learned from all marked abstracts."""
    vectors = build_vectors(shared, say)
    sets = marked_sets(shared, roles)
    say(", ".join(f"{len(one.items)} abstracts marked for {name}" for name, one in sets.items()))
    base = _base(sets, vectors)
    records = [item.article.record for one in sets.values() for item in one.items]
    return train_pio(_last(sets), vectors, base, trained_on=records)


def cross_validate(
    sets: Mapping[str, MarkedSet], vectors: Vectors, folds: Iterable[int] = range(FOLDS)
) -> Iterator[dict[str, list[Prediction]]]:
    """For each fold of the tested sets: set -> its articles with predictions of a model that saw them in no set."""
    base = _base(sets, vectors)
    for number in folds:
        unseen = {
            name: [item for item in sets[name].items if fold_of(item.article.record) == number] for name in TESTED
        }
        known = {article_key(item.article.record) for items in unseen.values() for item in items}
        taught = {name: _without(one, known) for name, one in sets.items()}
        model = train_pio(_last(taught), vectors, base)
        yield {
            name: [(item, model.label(item.context, item.article.record.text)) for item in items]
            for name, items in unseen.items()
        }


def _base(sets: Mapping[str, MarkedSet], vectors: Vectors) -> Trained:
    """What is learned first: from no article of the tested sets, so that all folds begin from the same."""
    known = {article_key(item.article.record) for name in TESTED for item in sets[name].items}
    return learn_base([_without(one, known) for name, one in sets.items() if name not in TESTED], vectors)


def _last(sets: Mapping[str, MarkedSet]) -> list[MarkedSet]:
    """What is learned last: the tested sets, and a part of the participants that are marked alike."""
    return [*(sets[name] for name in TESTED), replace(sets["participants"], part=0.1)]


def _without(one: MarkedSet, known: Collection[str]) -> MarkedSet:
    return replace(one, items=[item for item in one.items if article_key(item.article.record) not in known])


def fold_of(record: Record) -> int:
    """The fold in which nothing that is learned knows a record, from 0; the same in every set."""
    digest = hashlib.sha256(article_key(record).encode()).digest()
    return int.from_bytes(digest[:4], "little") % FOLDS
