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
        ("Participants averaged 37.9 (± 10.7) years of age.", ["mean 37.9, SD 10.7"]),
        (
            "Fifteen nurses (mean(SD) 29(8) years) and fifteen clerks (33(10) years) rested.",
            ["mean 29, SD 8", "mean 33, SD 10"],
        ),
        ("The sample was 68 adults (74.2 ± 5.7 years) from one town.", ["mean 74.2, SD 5.7"]),
        ("Controls (n = 15, 32.2 ± 10.2 years, 75 ± 9 kg) walked.", ["mean 32.2, SD 10.2"]),
        ("The median [IQR] age was 75.0 [69.7-81.1] years.", ["median 75"]),
        ("There were 42 patients, 52.9 years median age, 51 smokers.", ["median 52.9"]),
        ("They had a mean age of 28.7 years old (SD = 9.2).", ["mean 28.7, SD 9.2"]),
        ("In 20 subjects (12 women, 23.7 ± 2 years), gait was filmed.", ["mean 23.7, SD 2"]),
        ("A total of 2250 adults aged 35.3 (SD 13.6) answered.", ["mean 35.3, SD 13.6"]),
        ("Students (Mage = 21.3, SD = 2.1) took part.", ["mean 21.3, SD 2.1"]),
        ("Infants (mean age 9 months [SD 3 months]) crawled.", ["mean 0.8, SD 0.2"]),
        ("Age averaged 41 ± 14 years.", ["mean 41, SD 14"]),
        ("They were on average, 58 years old.", ["mean 58"]),
        ("Teenagers (N = 82: 13.7 ± 1.2 y, half of them tall) ate less.", ["mean 13.7, SD 1.2"]),
        ("Ten chess players (14.7+/-0.5 years; rating 2000) played.", ["mean 14.7, SD 0.5"]),
        (
            "The yoga (n=14; 58.9±7.4 years) group met a control group (57.2 ± 2.2 years).",
            ["mean 58.9, SD 7.4", "mean 57.2, SD 2.2"],
        ),
        ("Women older than 65 years (n = 28; 68.5 ± 2.9) walked.", ["65 or more", "mean 68.5, SD 2.9"]),
        ("Mean age at walking onset was 19.2 months.", []),
        ("The mean follow-up for all patients was 17.7 ± 7.1 months.", []),
        # no ages of people
        ("Children with pain at ages 7 and 9 were seen.", []),
        ("Gestational age ranged from 24 to 34 weeks.", []),
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
        ("Nurses (mean age, 60 years; 109 [61%] women) took part.", ["61% female, 109 female"]),
        ("Of 90 adults, 40 were men and 50 were women.", ["50 female, 40 male"]),
        ("Of 40 nurses, 22 were women.", ["22 female"]),
        ("Women accounted for 62% of participants.", ["62% female"]),
        ("The proportion of men was 31.5%.", ["31.5% male"]),
        ("Twelve young men and eleven older women ran.", ["11 female, 12 male"]),
        ("We saw 1,204 men and 2,113 women.", ["2113 female, 1204 male"]),
        ("Ten volunteers (25 ± 4 years, 4 females, all runners) slept.", ["4 female"]),
        ("PATIENTS: Nineteen healthy male outpatients.", ["19 male"]),
        ("A trial was undertaken in female gymnasts.", ["female"]),
        ("The respondents were 90% female and lived alone.", ["90% female"]),
        ("About 60% (n = 114) were female, 40% (n = 78) had a test.", ["60% female"]),
        ("Adults (N=164; 104 men) aged 56 were included.", ["104 male"]),
        ("In a sample of 2,293 patients (median age, 81 years; women, 46%), falls were counted.", ["46% female"]),
        ("We studied 37 patients (age 64 ± 12 years; 32:5 male:female).", ["5 female, 32 male"]),
        ("Twenty-four patients (F:M 18:6) were treated.", ["18 female, 6 male"]),
        ("Twenty patients (15 f, 5 m) were seen.", ["15 female, 5 male"]),
        ("The 566 forms (269 from males, 297 from females) were read.", ["297 female, 269 male"]),
        ("Twenty-four women and fourteen men volunteered.", ["24 female, 14 male"]),
        # everybody of one sex, in words
        ("Ten female patients with gout cycled.", ["10 female"]),
        ("Forty women with fibromyalgia took part.", ["40 female"]),
        ("We enrolled 34 pregnant women.", ["34 female"]),
        ("Eighteen sedentary male volunteers were assigned to fish oil or olive oil.", ["18 male"]),
        ("POPULATION: Sexually active women aged 18 or more. METHODS: Clinics were randomised.", ["female"]),
        ("All participants were women.", ["female"]),
        ("Participants (N = 25, all female) trained.", ["female"]),
        # both sexes, and a variable
        ("Women and men were invited; 40 women fell.", []),
        ("RESULTS: Male gender (67.7% vs. 52.7%) raised the risk.", []),
        ("Fourteen age-matched healthy men were included for comparison.", []),
        ("RESULTS: Female sex raised the risk.", []),
        ("RESULTS: Falls were more frequent in women.", []),
        # what happened to some of one sex, and no sex at all
        ("Fatigue fell in 30% of women.", []),
        ("We saw 63% of builds pass.", []),
        ("Yoga helped 40 women.", []),
        ("It was positive in 12/30 (40 %) women.", []),
        ("We enrolled 80 women; 76 women (95%) completed the study.", ["80 female"]),
        ("We studied 50 adults, with the withdrawal of 4 men (13%) and 6 women (5%).", []),
        ("METHODS: Patients of either sex with gout. Pregnant women will be excluded.", []),
        ("Yoga was tried by couples, and the women slept better.", []),
        ("In 20 subjects (12 women, 23.7 ± 2 years), gait was filmed.", ["12 female"]),
        ("METHODS: Pain was reported by mothers.", []),
        ("Sleep was measured in 17 people (7:10 men/women; age: 43 ± 10 years).", ["10 female, 7 male"]),
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
        ("Thirty-two men were divided into two groups (n= 16 each).", ["16"]),
        ("Fifty men were divided into five groups. Each group (n=10) rested or cycled.", ["10"]),
        ("We assigned 71 patients to group A and 285 to group B; 35·5% (29·7-41·7) fell.", ["71", "285"]),
        ("Patients were randomised into two groups (n = 25 each).", ["25"]),
        ("There were four groups of 50 persons each, 200 adults in all.", ["50"]),
        ("We recruited 128 adults (MCI=50, CU=78).", ["50", "78"]),
        ("In all, 266 people (144 experimental, 122 controls) finished.", ["144", "122"]),
        (
            "In all, 148 adults were randomised, three were excluded, leaving 145 for analysis: 74 in the yoga group "
            "and 71 in the control group.",
            ["74", "71"],
        ),
        ("We studied 26 patients with gout and 26 healthy subjects.", ["26", "26"]),
        ("The groups were small (yoga n=08, control n=09).", ["8", "9"]),
        ("We saw 61 adults. The test was positive in 35 adults, 22 with high and 13 with low levels.", []),
        (
            "We saw 41 adults. Nineteen adults in the yoga group danced. Twenty-two adults in the other group sat.",
            ["19", "22"],
        ),
        ("Of 90 adults, some got yoga (n = 30) or a diet (n = 31). Controls (n = 29) rested.", ["30", "31", "29"]),
        ("The yoga group consisted of 50 adults, while the diet group consisted of 52 adults.", ["50", "52"]),
        (
            "Twelve patients in Group 1 ran, and another twelve patients in Group 2 sat. Ten patients each in both "
            "groups were available.",
            ["12", "12"],
        ),
        # women and men, the lost, shares and single numbers are no arms
        ("Six hundred rabbits were divided into groups (5 cages per group, 40 rabbits per cage): control or diet.", []),
        ("We saw 41 adults. Nineteen women sat in a group. Twenty-two men sat in a group.", []),
        ("Group A consisted of three men and 13 women, and group B consisted of 14 men.", []),
        ("Women (n = 20) and men (n = 12) trained.", []),
        ("Forty adults joined; some were lost (n = 6) or excluded (n = 4).", []),
        ("Of 193 people, 60% (n = 114) smoked and 40% (n = 78) drank.", []),
        ("This was a cohort of cyclists (n = 330).", []),
        ("Recurrence was seen in 8 of 51 eyes and 6 of 45 eyes in the control group.", []),
        ("Most preferred visits (n= 417, 44.7%) to calls (n= 362, 38.8%) in the control group.", []),
        ("In 288 nurses, fever (n=27), cough (n=19) and rash (n=54) were rare.", []),
        ("We saw 121 adults (mean age 31 years [SD 10·9], 112 [93%] male) with grids (4 × 4 mm) in both groups.", []),
        ("iDFS was 42% (95% CI, 30 to 53) versus 49% (95% CI, 39 to 59) in the control group.", []),
        ("AUC rose from 742 to 859 in both groups.", []),
        ("Serum was frozen at 80 degrees for 20 days.", []),
        ("Among 188 adults with gout, stiffness was worse compared with 94 adults with gallstones.", ["188", "94"]),
        (
            "A total of 170 patients were compared with 622 patients with stents and 604 patients with balloons.",
            ["170", "622", "604"],
        ),
        ("Of 300 patients, compared with 100 patients at home, 200 patients in hospital fell.", ["100", "200"]),
        (
            "Pain came back in 4 (12%) of 34 adults in the yoga group and 17 (45%) of 38 adults in the walking group.",
            ["34", "38"],
        ),
        ("Of the 30 women, there were 15(50%) in each of the two groups.", ["15"]),
        ("Sera came from subjects randomized to two groups (n = 3/group).", ["3"]),
        (
            "There were 34 second-graders who came (intervention group) and 15 pupils who did not (control group).",
            ["34", "15"],
        ),
    ],
)
def test_arms(abstract: str, arms: list[str]) -> None:
    assert values("arm size", abstract) == arms


@pytest.mark.parametrize(
    ("abstract", "details"),
    [
        ("Adults aged 18 to 65 years were eligible. The mean age was 44 years.", ["eligibility", ""]),
        ("Inclusion criteria: age 60 years or older. Participants were 71.2 ± 4 years old.", ["eligibility", ""]),
        ("We saw 257 men aged 60-69 years.", [""]),
    ],
)
def test_ages_of_those_who_could_take_part_are_told_from_those_who_did(abstract: str, details: list[str]) -> None:
    (spans,) = find_spans([Record(record_id="1", title="A title", abstract=abstract)])
    assert [span.detail for span in spans if span.label == "age"] == details


def test_sex_is_told_by_the_title_where_the_abstract_is_silent() -> None:
    abstract = "METHODS: Thirty participants were randomised. RESULTS: Leakage fell."
    (spans,) = find_spans(
        [Record(record_id="1", title="Training for women with overactive bladder", abstract=abstract)]
    )
    assert [(s.value, s.text, s.field) for s in spans if s.label == "sex"] == [("female", "women", "title")]


@settings(max_examples=60)
@given(st.text(alphabet="aged men women % years 0123456789-±().,;=n≥", max_size=300))
def test_what_is_found_lies_where_it_says_in_any_text(abstract: str) -> None:
    for label in ("age", "sex", "arm size"):
        values(label, abstract)
