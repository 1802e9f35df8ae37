from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import load, save

from tiab.assets import corpus_path, model_path
from tiab.errors import InputError, ModelFileError
from tiab.formats import read_records
from tiab.ranking.model_file import read_model, write_model
from tiab.ranking.rank import RankingModel, rank, train
from tiab.records import Record

POOL = [
    Record(record_id="1", title="Yoga for low back pain", abstract="We randomised 40 adults."),
    Record(record_id="2", title="Tax law", abstract="A history of the Hanseatic League."),
    Record(record_id="3", title="Pilates for back pain", abstract="Thirty adults trained."),
]


@pytest.fixture(scope="module")
def model() -> RankingModel:
    return train(POOL, labels={"1": 1, "2": 0})


@pytest.fixture
def kept(model: RankingModel, tmp_path: Path) -> Path:
    path = tmp_path / "model.safetensors"
    write_model(path, model)
    return path


def test_a_model_comes_back_as_it_was(model: RankingModel, kept: Path, tmp_path: Path) -> None:
    back = read_model(kept)
    assert rank(POOL, model=back).scores == pytest.approx(rank(POOL, model=model).scores, abs=0)
    assert (back.n_included, back.n_excluded, back.data_hash, back.seed) == (1, 1, model.data_hash, 0)
    write_model(tmp_path / "again", back)
    assert (tmp_path / "again").read_bytes() == kept.read_bytes()


def test_a_pool_without_words_makes_a_model_too(tmp_path: Path) -> None:
    write_model(tmp_path / "m", train([Record(record_id="1"), Record(record_id="2")], labels={"1": 1, "2": 0}))
    assert len(rank(POOL, model=read_model(tmp_path / "m")).order) == 3


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.data())
def test_one_altered_byte_anywhere_is_noticed(kept: Path, data: st.DataObject) -> None:
    whole = kept.read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    altered = bytearray(whole)
    altered[place] ^= 1 << data.draw(st.integers(0, 7))
    path = kept.with_name("altered")
    path.write_bytes(altered)
    with pytest.raises(ModelFileError, match="altered"):
        read_model(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(data=st.data())
def test_a_truncated_file_is_noticed(kept: Path, data: st.DataObject) -> None:
    whole = kept.read_bytes()
    path = kept.with_name("cut")
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    with pytest.raises(ModelFileError, match="not a model that tiab wrote"):
        read_model(path)


def test_foreign_files_are_refused(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.safetensors"
    foreign.write_bytes(save({"weight": np.zeros(3, dtype=np.float32)}))
    (tmp_path / "pickle").write_bytes(b"\x80\x04\x95\x10\x00\x00\x00cos\nsystem\n")
    for path in (foreign, tmp_path / "pickle", tmp_path / "missing", tmp_path):
        with pytest.raises(ModelFileError, match=path.name):
            read_model(path)


def rewritten(kept: Path, tensors: dict[str, Any], header: object) -> None:
    """Alters what a model file says, with a digest that fits."""
    data = kept.read_bytes()
    length = int.from_bytes(data[:8], "little")
    text = json.loads(data[8 : 8 + length])["__metadata__"]["tiab"][64:]
    if header is not None:
        text = header if isinstance(header, str) else json.dumps({**json.loads(text), **dict(header)})  # type: ignore[call-overload]
    whole = load(data) | tensors
    digest = hashlib.sha256(text.encode())
    for name in sorted(whole):
        digest.update(name.encode() + whole[name].tobytes())
    kept.write_bytes(save(whole, metadata={"tiab": digest.hexdigest() + text}))


@pytest.mark.parametrize("weight", [1e308, -1e308, np.inf, np.nan, 1e10])
@pytest.mark.parametrize("name", ["coef", "intercept", "idf"])
def test_weights_that_nothing_can_be_ranked_by_are_refused(kept: Path, name: str, weight: float) -> None:
    values = load(kept.read_bytes())[name].copy()
    with np.errstate(over="ignore"):
        values[0] = weight
    rewritten(kept, {name: values}, None)
    with pytest.raises(ModelFileError, match="cannot be used"):
        read_model(kept)


@pytest.mark.parametrize(
    "header",
    [
        "[" * 200_000, "[]", "9" * 5000, {"criteria": 5}, {"criteria": {"concepts": 5}}, {"n_included": 1e999},
        {"n_included": "9" * 5000}, {"seed": [1]}, {"evidence": 5}, {"version": [1]},
        {"criteria": {"title": 5, "question": "", "concepts": [], "limits": {}, "search": {}}},
        {"criteria": {"title": "", "question": "", "concepts": [], "limits": {"year_from": 1e999}, "search": {}}},
        {"criteria": {"title": "", "question": "", "limits": {}, "search": {}, "concepts":
            [{"role": "design", "name": "x", "terms": [1]}]}},
        {"criteria": {"title": "", "question": "", "limits": {}, "search": {}, "concepts":
            [{"role": "design", "name": "x", "terms": ["a"], "weight": 1e308}]}},
    ],
)  # fmt: skip
def test_headers_that_tiab_does_not_write_are_refused(kept: Path, header: object) -> None:
    rewritten(kept, {}, header)
    with pytest.raises(ModelFileError, match="cannot be used"):
        read_model(kept)


def test_numbers_that_are_not_in_rows_are_refused(kept: Path) -> None:
    tensors = load(kept.read_bytes())
    for changed in ({"coef": tensors["coef"].reshape(1, -1)}, {"intercept": np.zeros(0)}, {"intercept": np.zeros(2)}):
        path = kept.with_name("changed")
        path.write_bytes(kept.read_bytes())
        rewritten(path, changed, None)
        with pytest.raises(ModelFileError, match="cannot be used"):
            read_model(path)


def test_the_kept_model_of_the_founding_review_ranks_the_update() -> None:
    model = read_model(model_path())
    assert (model.n_included, model.n_excluded) == (12, 103)
    assert len(rank(read_records(corpus_path() / "update.csv"), model=model).order) == 11


def test_an_asset_that_is_not_there_is_named() -> None:
    with pytest.raises(InputError, match="no 'other' among its models"):
        model_path("other")
