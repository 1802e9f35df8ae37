"""The models that tiab carries, built anew from the data they were learned from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pico_training.pio_training import MarkedWords, kept_vectors, read_marked, train_pio
from pico_training.role_training import train_roles
from pico_training.word_texts import read_texts
from pico_training.word_vectors import learn_vectors, word_hashes
from tiab.evaluation.pico.role_sets import RoleArticle, is_held_out, label_sentences, read_role_articles, title_hash
from tiab.evaluation.pico.span_sets import read_ebm_nlp, read_pico_corpus
from tiab.pico.learned.pio_model import PioModel
from tiab.pico.learned.roles import RoleModel
from tiab.pico.learned.vectors import Vectors

__all__ = ["build_roles", "build_spans", "build_vectors", "cross_validate", "marked_sets", "role_articles"]

Say = Callable[[str], object]
"""Called with a line that says how far the work is."""

FOLDS = 5


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


def marked_sets(shared: Path, roles: RoleModel) -> tuple[list[MarkedWords], list[MarkedWords]]:
    """EBM-NLP's abstracts and PICO-Corpus's, without those that EBM-NLP has, too."""
    ebm_nlp = list(read_marked(read_ebm_nlp(shared / "pico" / "ebm-nlp-dev.txt.gz"), roles))
    known = {title_hash(item.article.record.title) for item in ebm_nlp}
    corpus = read_pico_corpus(shared / "pico" / "pico-corpus.tar.gz")
    return ebm_nlp, list(read_marked((a for a in corpus if title_hash(a.record.title) not in known), roles))


def build_vectors(shared: Path, say: Say = print) -> Vectors:
    """Word vectors and groups from the unlabelled abstracts."""
    texts = list(word_hashes(read_texts(shared)))
    say(f"{len(texts)} abstracts, {sum(map(len, texts)) / 1e6:.1f} million words")
    learned = learn_vectors(texts)
    say(f"vectors of {len(learned.words)} words")
    return kept_vectors(learned, texts)


def build_spans(shared: Path, roles: RoleModel, say: Say = print) -> PioModel:
    """The model of participants, interventions and outcomes, learned from all marked abstracts."""
    vectors = build_vectors(shared, say)
    ebm_nlp, corpus = marked_sets(shared, roles)
    say(f"{len(ebm_nlp)} abstracts of EBM-NLP, {len(corpus)} of PICO-Corpus")
    return train_pio(ebm_nlp, vectors, beside=corpus)


def cross_validate(
    examples: Sequence[MarkedWords], beside: Sequence[MarkedWords], vectors: Vectors
) -> Iterator[tuple[list[MarkedWords], list[NDArray[np.int64]]]]:
    """For each fifth of the articles, chosen by the hash of their titles: (they, their words' predicted labels)."""
    fold = [title_hash(item.article.record.title) // 256 % FOLDS for item in examples]
    for number in range(FOLDS):
        model = train_pio([e for e, f in zip(examples, fold, strict=True) if f != number], vectors, beside=beside)
        unseen = [e for e, f in zip(examples, fold, strict=True) if f == number]
        yield unseen, [model.decide(model.predict(item.context)) for item in unseen]
