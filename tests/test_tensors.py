"""Learned weights as a file: what was written comes back, and what was not is refused."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from tiab.assets import model_path
from tiab.errors import ModelFileError
from tiab.ranking.model_file import read_model, write_model
from tiab.tensors import TensorFormat, read_tensors, write_tensors

FORM = TensorFormat(dtypes={"a": "float32", "b": "int8"}, largest=1 << 20, hint="Train again.")
TENSORS = {"b": np.arange(6, dtype=np.int8).reshape(2, 3), "a": np.array([0.5, -1], dtype=np.float32)}


def sealed(header: str, *, shapes: bool) -> str:
    """A header behind its digest, with the shapes in it or, as tiab 0.1.0 did it for ranking models, without."""
    digest = hashlib.sha256(header.encode())
    for name in sorted(TENSORS):
        label = f"{name} {TENSORS[name].shape} " if shapes else name
        digest.update(label.encode() + TENSORS[name].tobytes())
    return digest.hexdigest() + header


def test_tensors_and_header_come_back_and_equal_input_gives_equal_bytes(tmp_path: Path) -> None:
    write_tensors(tmp_path / "one", {"x": 1, "a": "µ"}, TENSORS)
    write_tensors(tmp_path / "two", {"a": "µ", "x": 1}, dict(reversed(TENSORS.items())))
    tensors, header = read_tensors(tmp_path / "one", FORM)
    assert header == {"x": 1, "a": "µ"}
    assert {name: values.tolist() for name, values in tensors.items()} == {
        name: values.tolist() for name, values in TENSORS.items()
    }
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("shapes", [True, False])
def test_both_digests_of_version_0_1_0_are_accepted(tmp_path: Path, *, shapes: bool) -> None:
    (tmp_path / "m").write_bytes(save(TENSORS, metadata={"tiab": sealed(json.dumps({"x": 1}), shapes=shapes)}))
    assert read_tensors(tmp_path / "m", FORM)[1] == {"x": 1}


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        (None, "not a model that tiab wrote"),
        ({"tiab": "0" * 64 + "{}"}, "altered"),
        ({"tiab": sealed("[1]", shapes=True)}, "cannot be used"),
        ({"tiab": sealed("[" * 100_000, shapes=True)}, "cannot be used"),
    ],
)
def test_what_tiab_did_not_write_is_refused(tmp_path: Path, metadata: dict[str, str] | None, said: str) -> None:
    (tmp_path / "m").write_bytes(save(TENSORS, metadata=metadata))
    with pytest.raises(ModelFileError, match=f"m: .*{said}.*Train again"):
        read_tensors(tmp_path / "m", FORM)


def test_other_tensors_and_too_large_a_file_are_refused(tmp_path: Path) -> None:
    write_tensors(tmp_path / "m", {}, {"a": TENSORS["a"]})
    with pytest.raises(ModelFileError, match="does not hold"):
        read_tensors(tmp_path / "m", FORM)
    write_tensors(tmp_path / "m", {}, {**TENSORS, "a": np.zeros(1 << 19, dtype=np.float32)})
    with pytest.raises(ModelFileError, match="more than 1 MB"):
        read_tensors(tmp_path / "m", FORM)


def test_the_kept_ranking_model_is_what_is_written_again(tmp_path: Path) -> None:
    write_model(tmp_path / "again", read_model(model_path()))
    assert (tmp_path / "again").read_bytes() == model_path().read_bytes()
