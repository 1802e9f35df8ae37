"""Settings: how a reviewer wants the page; kept in the review's folder, as a browser forgets with each new port."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from tiab.errors import InputError
from tiab.labels import EXCLUSION_REASONS
from tiab.reading import parse_json, read_whole
from tiab.writing import write_json

__all__ = ["FILE_NAME", "Settings", "SettingsFile"]

FILE_NAME = "screen.json"
_MOST, _LONGEST = 200, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a reviewer wants the page.

    Attributes:
        hide_rank: keep rank and score from the reader, who may be led by them.
        roles_off: the roles of PICO that are not marked.
        words: the reviewer's own words to be highlighted; a final `*` truncates.
        reasons: why records are excluded, for the keys 1 to 9.
        rule: the stopping rule whose advice is shown; "" for none.
    """

    hide_rank: bool = False
    roles_off: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    reasons: tuple[str, ...] = EXCLUSION_REASONS
    rule: str = "exact test (trailing)"

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Settings:
        """The settings in plain JSON types; what is none of them, or of the wrong type, is as usual.

        >>> Settings.from_dict({"hide_rank": True, "words": ["leptin", 3], "colour": "red"}).words
        ('leptin',)
        """
        usual = cls()
        kept: dict[str, Any] = {}
        for name in (field.name for field in fields(cls)):
            value, model = data.get(name), getattr(usual, name)
            if isinstance(model, tuple) and isinstance(value, list | tuple):
                kept[name] = _texts(value)
            elif isinstance(value, bool if isinstance(model, bool) else str):
                kept[name] = value if isinstance(value, bool) else value[:_LONGEST]
        kept["reasons"] = (kept.get("reasons") or usual.reasons)[:9]
        return cls(**kept)


def _texts(values: list[Any] | tuple[Any, ...]) -> tuple[str, ...]:
    texts = (" ".join(value.split())[:_LONGEST] for value in values if isinstance(value, str))
    return tuple(dict.fromkeys(text for text in texts if text.strip("* ")))[:_MOST]


class SettingsFile:
    """The settings of one reviewer in the file that all of them share."""

    def __init__(self, folder: Path, reviewer: str) -> None:
        self._path, self._reviewer = folder / FILE_NAME, reviewer
        self._lock = threading.Lock()

    def read(self) -> Settings:
        """The settings; the usual ones where there are none that can be understood."""
        said = self._all().get(self._reviewer)
        return Settings.from_dict(said if isinstance(said, Mapping) else {})

    def write(self, settings: Settings) -> None:
        """Stores the settings beside those of others; an InputError where that is impossible."""
        with self._lock:
            write_json(self._path, {**self._all(), self._reviewer: asdict(settings)})

    def _all(self) -> dict[str, Any]:
        try:
            said = parse_json(read_whole(self._path))
        except (InputError, ValueError):
            return {}
        return said if isinstance(said, dict) else {}
