"""Strategies as each database prints or exports them, and as people paste them; none is a real one."""

from __future__ import annotations

import pytest

from tiab.criteria import Limits, parse_criteria
from tiab.criteria.dialects import plain_lines
from tiab.criteria.strategy import is_strategy, read_strategy
from tiab.drafting import draft

YOGA, PAIN = {"yoga", "tai chi"}, {"low back pain", "backache*"}
WRITTEN = {
    "Embase.com": """\
#1 'low back pain'/exp OR backache*:ti,ab,kw
#2 'yoga'/exp OR 'tai chi':ti,ab
#3 #1 AND #2
#4 #3 AND [english]/lim AND [2000-2020]/py
#5 #4 AND ([article]/lim OR [review]/lim)
""",
    "Scopus": (
        '( TITLE-ABS-KEY ( "low back pain" OR backache* ) AND TITLE-ABS-KEY ( yoga OR "tai chi" ) ) AND ( LIMIT-TO ('
        ' DOCTYPE , "ar" ) ) AND ( LIMIT-TO ( LANGUAGE , "English" ) ) AND PUBYEAR > 1999 AND PUBYEAR < 2021'
    ),
    "ProQuest": (
        'noft("low back pain" OR backache*) AND ti,ab(yoga OR "tai chi") AND la.exact("English")'
        " AND pd(20000101-20201231)"
    ),
    "CINAHL": """\
S1 (MH "Low Back Pain+") OR TI backache* OR AB backache*
S2 (MM "Yoga") OR TI "tai chi" OR AB "tai chi"
S3 S1 AND S2
S4 S3 Limiters - Published Date: 20000101-20201231; English Language
""",
    "EBSCO's history": (
        "#\tQuery\tLimiters/Expanders\tLast Run Via\tResults\n"
        "S3\tS1 AND S2\tLimiters - Published Date: 20000101-20201231; English\tInterface - EBSCOhost\t1,234\n"
        'S2\tyoga OR "tai chi"\tSearch modes - Boolean/Phrase\tInterface - EBSCOhost\t5,222\n'
        'S1\t"low back pain" OR backache*\tSearch modes - Boolean/Phrase\tInterface - EBSCOhost\t44,111\n'
    ),
    "Web of Science": """\
# 3 #2 AND #1 Refined by: LANGUAGES: (ENGLISH) Timespan=2000-2020
# 2 TS=(yoga OR "tai chi")
# 1 TS=("low back pain" OR backache*)
""",
    "Ovid with hits": """\
Database: Ovid MEDLINE(R) ALL <1946 to March 01, 2021>
--------------------------------------------
1     Low Back Pain/ (23456)
2     backache$.ti,ab. (789)
3     1 or 2 (24000)
4     Yoga/ (2345)
5     tai chi.ti,ab. (4567)
6     4 or 5 (5678)
7     3 and 6 (234)
8     limit 7 to (english language and yr="2000 - 2020") (210)
""",
    "Cochrane with hits": """\
ID\tSearch\tHits
#1\tMeSH descriptor: [Low Back Pain] explode all trees\t1300
#2\tbackache*:ti,ab,kw (Word variations have been searched)\t400
#3\t#1 or #2\t1,500
#4\t(yoga or "tai chi"):ti,ab,kw\t3000
#5\t#3 and #4 with Publication Year from 2000 to 2020, in Trials\t100
""",
    "PubMed": (
        '("low back pain"[MeSH Terms] OR backache*[tiab]) AND ("yoga"[tiab] OR "tai chi"[tiab]) AND english[lang] AND'
        ' ("2000/01/01"[PDat] : "2020/12/31"[PDat])'
    ),
    "PubMed's history": (
        "Search number,Query,Sort By,Filters,Search Details,Results,Time\n"
        '3,#1 AND #2,,,x,45,10:00:00\n2,"yoga[tiab] OR ""tai chi""[tiab]",,,x,6000,09:59:00\n'
        '1,"""low back pain""[mesh] OR backache*[tiab]",,,x,200000,09:58:00\n'
    ),
    "a word processor": "“low back pain”[tiab] OR backache*[tiab]\r\nAND\r\nyoga[tiab] OR ‘tai chi’[tiab]\r\n",
    "rich text": (
        r"{\rtf1\ansi{\fonttbl{\f0 Arial;}}\f0\fs24 1 Low Back Pain/\par 2 backache*.tw.\par 3 1 or 2\par 4 yoga.tw."
        r"\par 5 tai chi.tw.\par 6 4 or 5\par 7 3 and 6\par }"
    ),
    "LILACS": '(mh:"Low Back Pain" OR tw:backache*) AND (mh:yoga OR tw:"tai chi") AND (db:("LILACS"))',
    "ClinicalTrials.gov": (
        "(low back pain OR backache*) AND AREA[InterventionName](yoga OR tai chi) AND AREA[StudyType] Interventional"
    ),
    "ClinicalTrials.gov's form": "Condition: low back pain OR backache*\nIntervention: yoga OR tai chi",
    "a range before its operator": (
        "1. Low Back Pain/\n2. backache$.tw.\n3. 1 – 2/OR\n4. (yoga or tai chi).tw.\n5. 3 AND 4"
    ),
    "two databases": """\
MEDLINE (Ovid)
1 Low Back Pain/
2 yoga.tw.
3 1 and 2

Embase (Ovid)
1 low back pain/ or backache*.tw.
2 yoga/ or tai chi.tw.
3 1 and 2
""",
    "a strategy that was cut off": "1 Low Back Pain/\n2 backache*.tw.\n3 1 or 2\n4 (yoga or tai chi).tw.",
}
LIMITED = {
    *("Embase.com", "Scopus", "ProQuest", "CINAHL", "EBSCO's history", "Web of Science", "Ovid with hits"),
    *("Cochrane with hits", "PubMed"),
}


@pytest.mark.parametrize("database", WRITTEN)
def test_the_same_search_gives_the_same_concepts_whichever_database_it_was_written_for(database: str) -> None:
    text = WRITTEN[database]
    assert is_strategy(text)
    made = draft(text)
    found = [{term.text.casefold() for term in concept.terms} for concept in made.concepts]
    assert len(found) == 2
    assert PAIN in found
    assert YOGA in found
    assert parse_criteria(made.to_toml()) == made.criteria


@pytest.mark.parametrize("database", sorted(LIMITED))
def test_the_limits_of_each_database_are_limits(database: str) -> None:
    limits = draft(WRITTEN[database]).limits
    assert (limits.year_from, limits.year_to) == (2000, 2020)
    assert limits.languages == (() if database == "Cochrane with hits" else ("english",))


def test_no_limit_is_read_where_none_is_set() -> None:
    assert draft(WRITTEN["PubMed's history"]).limits == draft(WRITTEN["rich text"]).limits == Limits()


def test_proximity_of_scopus_and_truncation_up_to_some_letters() -> None:
    (first, second) = read_strategy('TITLE-ABS-KEY("back" W/3 "pain") AND TITLE-ABS-KEY(walk*2)').blocks
    assert [term.text for term in first.terms] == ["back pain"]
    assert [term.text for term in second.terms] == ["walk*"]


def test_headings_in_quotes_hold_operators_brackets_and_subheadings() -> None:
    text = (
        '1 exp "Hypnotics and Sedatives"/ or exp "Power (Psychology)"/\n'
        "2 Fractures, Bone/di, ra [Diagnosis, Radiography]\n3 1 and 2"
    )
    assert [[term.text for term in block.terms] for block in read_strategy(text).blocks] == [
        ["Hypnotics and Sedatives", "Power"],
        ["Bone Fractures"],
    ]


def test_a_number_at_the_end_of_a_search_is_no_hit() -> None:
    text = "1 vitamin B 12\n2 interleukin 6\n3 1 or 2\n4 gout\n5 3 and 4"
    assert [line.text for line in plain_lines(text)] == text.splitlines()


def test_humans_alone_are_a_limit_of_species() -> None:
    made = draft('(gout[tiab] OR tophi[tiab]) AND yoga[tiab] AND "humans"[MeSH Terms]')
    assert made.limits.species == ("human",)
    assert len(made.concepts) == 2


def test_proximity_in_any_order_is_also_turned_where_that_makes_a_phrase() -> None:
    (first,) = read_strategy("((injur* or wound) adj3 (thoracic or chest*)).ti,ab.").blocks
    assert [term.text for term in first.terms][-1] == "thoracic injur*"
    (ordered,) = read_strategy("(injur* next thoracic):ti,ab").blocks
    assert [term.text for term in ordered.terms] == ["injur* thoracic"]


def test_strategies_in_texts_of_their_own_are_one_list_of_concepts() -> None:
    made = draft("1 gout.tw.\n2 yoga.tw.\n3 1 and 2", "(gout[tiab] OR tophi[tiab]) AND (yoga[tiab] OR asana*[tiab])")
    found = [{term.text for term in concept.terms} for concept in made.concepts]
    assert found == [{"gout", "tophi"}, {"yoga", "asana*"}]
