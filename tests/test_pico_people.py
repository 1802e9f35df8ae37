"""Ages, sexes and arms, on invented sentences of many fields."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiab.pico import find_spans
from tiab.records import Record


def values(label: str, abstract: str) -> list[str]:
    record = Record(record_id="1", title="A title", abstract=abstract)
    (spans,) = find_spans([record])
    mine = [span for span in spans if span.label == label and span.role == "population"]
    assert all(span.provenance == f"rule:{label.replace(' ', '_')}" for span in mine)
    assert all(record.text[span.start : span.end] == span.text for span in mine)
    return [span.value for span in mine]


@pytest.mark.parametrize(
    ("abstract", "ages"),
    [
        ("The mean age was 54.2 years.", ["mean 54.2"]),
        ("Mean (SD) age was 61.5 (8.3) years.", ["mean 61.5, SD 8.3"]),
        ("Nurses (mean [SD] age, 40 [9.5] years) took part.", ["mean 40, SD 9.5"]),
        ("Thirty women (mean age 45 ± 6 years) trained.", ["mean 45, SD 6"]),
        ("Their median age was 48 (range 31-75).", ["median 48, range 31-75"]),
        ("Mean age: 45 years; range 24-51 years.", ["mean 45, range 24-51"]),
        ("Adults aged 18 to 65 years were eligible.", ["range 18-65"]),
        ("We included people aged between 40 and 74 years.", ["range 40-74"]),
        ("Women 50-79 years of age were invited.", ["range 50-79"]),
        ("Adults aged 70 years or older fell less.", ["70 or more"]),
        ("Patients ≥ 65 years were enrolled.", ["65 or more"]),
        ("Drivers younger than 25 years took more risks.", ["under 25"]),
        ("Infants aged 6-12 months were seen.", ["range 0.5-1"]),
        ("Women aged 40-49 and men aged 50-59 were screened.", ["range 40-49", "range 50-59"]),
        # no ages of people
        ("They trained for 12 weeks and were followed for 5 years.", []),
        ("The average of 30 packages was 12 MB.", []),
        ("The median age of the 97 patients is not given.", []),
        ("Modules are 3 years behind; 40% of bugs age badly.", []),
        ("A mean age of 540 years was implausible.", []),
    ],
)
def test_age(abstract: str, ages: list[str]) -> None:
    assert values("age", abstract) == ages


@pytest.mark.parametrize(
    ("abstract", "sexes"),
    [
        ("Of them, 60% were women.", ["60% female"]),
        ("The sample (N = 204; 63.7% male) rated photographs.", ["63.7% male"]),
        ("We tested 80 students (52 females, 28 males).", ["52 female, 28 male"]),
        ("There were 12 men and 9 women.", ["9 female, 12 male"]),
        ("In all, 45 (75%) of the patients were female.", ["75% female"]),
        ("Groups were alike (female sex, 41%).", ["41% female"]),
        # what happened to some of one sex, and no sex at all
        ("Fatigue fell in 30% of women.", []),
        ("We saw 63% of builds pass.", []),
        ("Yoga helped 40 women.", []),
    ],
)
def test_sex(abstract: str, sexes: list[str]) -> None:
    assert values("sex", abstract) == sexes


@pytest.mark.parametrize(
    ("abstract", "arms"),
    [
        ("Sixty adults were randomised to yoga (n=29) or usual care (n=31).", ["29", "31"]),
        ("A total of 60 adults took part: 30 practised yoga 2 times a week and 30 did not.", ["30", "30"]),
        ("We randomly assigned 90 patients to drug A (30), drug B (31) or placebo (29).", ["30", "31", "29"]),
        ("A total of 60 adults stretched. Of 12 coaches, 3 left.", []),
        ("Serum was frozen at 80 degrees for 20 days.", []),
    ],
)
def test_arms(abstract: str, arms: list[str]) -> None:
    assert values("arm size", abstract) == arms


@settings(max_examples=60)
@given(st.text(alphabet="aged men women % years 0123456789-±().,;=n≥", max_size=300))
def test_what_is_found_lies_where_it_says_in_any_text(abstract: str) -> None:
    for label in ("age", "sex", "arm size"):
        values(label, abstract)
