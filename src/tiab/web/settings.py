"""Settings: what a reviewer has chosen for the pages; kept in the review's folder, as a browser forgets them."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from tiab.errors import InputError
from tiab.reading import parse_json, read_whole
from tiab.writing import write_json

__all__ = ["FILE_NAME", "Settings", "SettingsFile"]

FILE_NAME = "screen.json"
_MAX_ENTRIES, _MAX_LENGTH = 200, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a reviewer has chosen for the pages.

    Attributes:
        hide_rank: hide rank, score and explanations, which may bias the reader.
        roles_off: the roles of PICO that are not marked.
        own_terms: mark only the terms of the criteria.
        words, exclude_words: the reviewer's own words to be highlighted, for inclusion and for exclusion; a final `*`
            matches any ending.
        rule: the stopping rule whose advice is shown; "" for none.
    """

    hide_rank: bool = False
    roles_off: tuple[str, ...] = ()
    own_terms: bool = False
    words: tuple[str, ...] = ()
    exclude_words: tuple[str, ...] = ()
    rule: str = "exact test (trailing)"

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Settings:
        """The settings in `data`, which holds plain JSON types; the default for what is missing or of the wrong type.

        >>> Settings.from_dict({"hide_rank": True, "words": ["leptin", 3], "colour": "red"}).words
        ('leptin',)
        """
        default = cls()
        kept: dict[str, Any] = {}
        for name in (field.name for field in fields(cls)):
            value, model = data.get(name), getattr(default, name)
            if isinstance(model, tuple) and isinstance(value, list | tuple):
                kept[name] = _texts(value)
            elif isinstance(value, bool if isinstance(model, bool) else str):
                kept[name] = value if isinstance(value, bool) else value[:_MAX_LENGTH]
        return cls(**kept)


def _texts(values: list[Any] | tuple[Any, ...]) -> tuple[str, ...]:
    texts = (" ".join(value.split())[:_MAX_LENGTH] for value in values if isinstance(value, str))
    return tuple(dict.fromkeys(text for text in texts if text.strip("* ")))[:_MAX_ENTRIES]


class SettingsFile:
    """The settings of one reviewer in the file that all of them share."""

    def __init__(self, folder: Path, reviewer: str) -> None:
        self._path, self._reviewer = folder / FILE_NAME, reviewer
        self._lock = threading.Lock()

    def read(self) -> Settings:
        """The settings; the defaults where none can be read."""
        own = self._all().get(self._reviewer)
        return Settings.from_dict(own if isinstance(own, Mapping) else {})

    def write(self, settings: Settings) -> None:
        """Stores the settings beside those of others; an InputError where that is impossible."""
        with self._lock:
            write_json(self._path, {**self._all(), self._reviewer: asdict(settings)})

    def _all(self) -> dict[str, Any]:
        try:
            data = parse_json(read_whole(self._path))
        except (InputError, ValueError):
            return {}
        return data if isinstance(data, dict) else {}
