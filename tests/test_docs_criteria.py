"""docs/criteria.md says of each key of the criteria file what the code knows, and names no key that there is not."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from tiab.criteria import DESIGNS, ROLES, Concept, Criteria, Limits, Search, parse_criteria

PAGE = (Path(__file__).parents[1] / "docs" / "criteria.md").read_text(encoding="utf-8")


def test_every_key_has_its_row_and_no_other_has_one() -> None:
    keys = {field.name for kind in (Criteria, Concept, Limits, Search) for field in fields(kind)}
    keys -= {"concepts", "limits", "search", "role"}  # the tables themselves
    rows = re.findall(r"^\| (`.*?) \|", PAGE, re.MULTILINE)
    assert {key for row in rows for key in re.findall(r"`(\w+)`", row)} == keys


def test_the_roles_and_the_designs_are_all_there() -> None:
    assert all(f"[{role}]" in PAGE for role in ROLES)
    words = " ".join(PAGE.split())
    assert all(design in words for design in DESIGNS)


def test_the_example_has_every_key_and_is_read_as_it_says() -> None:
    example = PAGE.split("```toml\n")[1].split("```")[0]
    criteria = parse_criteria(example)
    assert [concept.required for concept in criteria.concepts] == [True, True, False, False]
    assert criteria.of_role("design")[0].designs == ("randomised trial", "non-randomised trial")
    assert (criteria.limits.year_from, criteria.search.until) == (1990, "2024-06-30")
    for key in set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (`.*?) \|", PAGE, re.MULTILINE)))):
        assert f"{key} = " in example
