"""What the page says, and that it is one document that needs no other."""

from html.parser import HTMLParser
from itertools import pairwise

import pytest

from ontogeny.figures import figures_of
from ontogeny.known_studies import STUDIES
from ontogeny.page._pictures import caption_of
from small_page import CONFIGURATION, FINDINGS, SmallPage, judged

LEVELS = ("h1", "h2", "h3", "h4", "h5")


class Parsed(HTMLParser):
    """The elements of a page with their attributes, and its text by element."""

    VOID = ("meta", "link", "img", "br")

    def __init__(self, text):
        super().__init__()
        self.elements, self.text, self._open = [], [], []
        self.feed(text)
        assert not self._open, self._open

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if data.strip() and "style" not in self._open:
            self.text.append((self._open[-1], " ".join(data.split())))

    def all(self, *tags):
        return [attributes for tag, attributes in self.elements if tag in tags]

    def values(self, name):
        return [attributes[name] for _, attributes in self.elements if name in attributes]

    def said(self, *tags):
        return [text for tag, text in self.text if tag in tags]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return SmallPage(tmp_path_factory.mktemp("page")).store()


@pytest.fixture(scope="module")
def claims():
    rows = [("open", 0.4, 0.1, 0.9, 5), ("fails", 0.2, 0.1, 0.3, 6), ("holds", 0.9, 0.8, 1.0, 7)]
    return judged(*rows, figure="seeds")


@pytest.fixture(scope="module")
def page(small, claims):
    return Parsed(small.text(claims=claims))


def test_every_link_on_the_page_has_its_target_and_every_name_is_there_once(page):
    names = page.values("id")
    links = [link[1:] for link in page.values("href") if link.startswith("#")]
    assert len(names) == len(set(names))
    assert len(set(links)) > 60
    assert set(links) <= set(names)


def test_nothing_is_fetched(page):
    sources = [*page.values("src"), *(each["href"] for each in page.all("link"))]
    assert len(sources) > 30
    assert all(source.startswith("data:") for source in sources)
    assert not page.all("script")


def test_other_links_lead_to_files_beside_the_page(small, page):
    links = [link for link in page.values("href") if not link.startswith(("#", "data:"))]
    assert len(links) == len(page.all("figure"))
    assert all((small.folder / "results/small" / link).is_file() for link in links)


def test_the_page_is_accessible(page):
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("h1")) == len(page.all("main")) == 1
    assert all(each["alt"] and int(each["width"]) > 0 for each in page.all("img"))
    assert all(each["aria-label"] for each in page.all("nav"))
    levels = [LEVELS.index(tag) for tag, _ in page.elements if tag in LEVELS]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(each.get("scope") in {"col", "row"} for each in page.all("th"))


def test_a_study_begins_with_its_finding(page):
    first = page.text.index(("p", FINDINGS["composition"]))
    assert page.said("h2")[:2] == ["Findings", "Group composition"]
    assert page.text[first - 1] == ("a", "Group composition")


def test_runs_are_in_the_order_of_the_configuration(small, page):
    titles = [subject.title for subject in small.plans["composition"].subjects("run")]
    assert len(titles) == 2
    assert [text for text in page.said("h4") if text in titles] == titles


def figures_below(page, anchor):
    """The pictures of a subject, in their order."""
    return [
        name.removeprefix(f"{anchor}.")
        for name in page.values("id")
        if name.startswith(f"{anchor}.") and not name.endswith("-large")
    ]


def test_all_figures_of_a_run_are_in_one_section_in_the_order_of_the_story(small, page):
    shown = figures_below(page, "composition.figures.adds.seed3")
    assert {"progress", "addition_progress"} <= {*shown}
    story = small.plans["composition"].study.story
    place = {name: number for number, name in enumerate(story)}
    assert shown == sorted(shown, key=lambda name: (place.get(name, len(place)), name))


def test_the_first_figure_of_the_story_is_the_picture_of_the_study(small):
    study = {**small.outline["studies"][0], "story": ["readout", "losses"]}
    other = SmallPage(small.folder)
    other.outline = {**small.outline, "studies": [study]}
    names = Parsed(other.text()).values("id")
    first = next(name for name in names if name.startswith("composition.figures."))
    assert first == "composition.figures.second.seed1.readout"
    assert names.count(first) == 1


def test_the_first_picture_says_what_it_is_of_and_its_run_leads_to_it(small, page):
    best = next(name for name in page.values("id") if name.startswith("composition.figures."))
    run = best.rpartition(".")[0]
    (of,) = {each.title for each in small.plans["composition"].subjects("run")} & {*page.said("p")}
    assert best in [link.removeprefix("#") for link in page.values("href")]
    assert run.endswith("second.seed1")
    assert "seed 1" in of


def test_a_caption_is_in_full_once_and_folded_up_afterwards(small, page):
    captions = small.outline["studies"][0]["captions"]
    shown = len(page.all("figure"))
    assert page.said("summary") == ["What is shown"] * (shown - len(captions))


def test_a_run_says_what_it_learned_and_those_without_figures_do_so_in_a_table(page):
    names = page.said("dt")
    assert names.count("Outcome") == names.count("Learned") == 2
    assert page.said("th")[:4] == ["Experiment", "Seed", "Network", "Data"]
    assert [text for text in page.said("th") if text == "second"] == ["second"]


def test_what_is_said_is_escaped(small):
    text = small.text(findings={"composition": "<script>alert(1)</script>"})
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


def test_the_same_results_give_the_same_bytes(small, claims):
    assert small.text(claims=claims) == small.text(claims=claims)


def test_claims_are_in_the_order_of_their_verdicts(page):
    shown = [text for text in page.said("p") if text.startswith("Title of ")]
    assert shown == ["Title of holds", "Title of fails", "Title of open"]
    assert [text for text in page.said("span") if "hold" in text or "decided" in text] == [
        "holds",
        "does not hold",
        "undecided",
    ]
    assert "Holds: 1, does not hold: 1, undecided: 1." in " ".join(page.said("p"))


def test_a_claim_leads_to_its_picture_if_that_is_on_the_page(small, page):
    figure = [each["href"] for each in page.all("a") if "claim" in each.get("aria-label", "")]
    assert figure == ["#composition.figures.second.seeds"] * 3
    without = Parsed(small.text(claims=judged(("holds", 0.9, 0.8, 1.0, 7), figure="unheard")))
    assert not [each for each in without.all("a") if "claim" in each.get("aria-label", "")]


def test_outcomes_of_long_runs_are_beside_verdicts_and_also_without_one(small, claims):
    rows = [("open", 0.7, 0.6, 0.8, 90), ("other", 0.2, 0.1, 0.3, 80)]
    page = Parsed(small.text(claims=claims, atlas=[judged(*rows, configuration="long")]))
    said = " ".join(text for _, text in page.text)
    assert "undecided 0.4 [0.1, 0.9] , 5 runs" in said
    assert "holds long 0.7 [0.6, 0.8] , 90 runs" in said
    assert "Title of other" in said
    assert "Not judged in this configuration." in said
    assert "does not hold long 0.2 [0.1, 0.3] , 80 runs" in said


SILENT = ("silent", *[float("nan")] * 3, 0)


def test_claims_that_no_run_measures_are_folded_up_and_lead_to_no_picture(small):
    claims = judged(SILENT, ("told", 0.9, 0.8, 1.0, 7), figure="seeds")
    page = Parsed(small.text(claims=claims))
    assert "1 claim that no run of this configuration measures" in page.said("summary")
    figures = [
        each["aria-label"] for each in page.all("a") if "claim" in each.get("aria-label", "")
    ]
    assert figures == ["Figure of the claim: Title of told"]


def test_a_verdict_whose_value_is_not_kept_says_so(small, claims):
    long = judged(SILENT, ("open", 0.7, 0.6, 0.8, 90), configuration="long")
    long = long.assign(verdict=long["verdict"].where(False, "holds"), outlook=("claim", ["", ""]))
    said = " ".join(text for _, text in Parsed(small.text(claims=claims, atlas=[long])).text)
    assert "Title of silent" in said
    assert "holds long Value not kept." in said
    assert "holds long 0.7" in said


def test_what_all_notes_say_is_said_once(small, claims):
    note = "All runs are of one kind."
    names = range(claims.sizes["claim"])
    alike = claims.assign(note=("claim", [note for _ in names]))
    assert Parsed(small.text(claims=alike)).said("p").count(note) == 1
    others = claims.assign(note=("claim", [f"{note} {name}" for name in names]))
    said = Parsed(small.text(claims=others)).said("p")
    assert [text for text in said if note in text] == [f"{note} {name}" for name in (2, 1, 0)]


def test_many_figures_are_beside_the_page_apart_from_those_of_the_first_run(small):
    page = Parsed(small.text(most_embedded=10))
    linked = [source for source in page.values("src") if not source.startswith("data:")]
    assert len(linked) > 10
    assert all(source.startswith("composition/figures/adds/seed3/") for source in linked)
    assert all((small.folder / "results/small" / source).is_file() for source in linked)
    (said,) = (text for text in page.said("p") if "beside this page" in text)
    assert f"The pictures of {len(linked)} figures are in files beside this page" in said


def test_a_configuration_without_figures_claims_and_results_has_a_page(tmp_path):
    configuration = {"composition": {**CONFIGURATION["composition"], "run_figures": "none"}}
    bare = SmallPage(tmp_path, configuration)
    for study in bare.outline["studies"]:
        for level in study["levels"]:
            level["subjects"] = []
    page = Parsed(bare.text(findings={}))
    assert not page.all("img", "figure")
    assert page.said("h2") == ["Group composition"]
    assert [text for text in page.said("th") if text in {"second", "adds"}] == [
        "second",
        "second",
        "adds",
    ]
    assert page.said("h3") == ["Runs"]


CAPTIONS = [
    pytest.param(figure, id=f"{study.name}-{level}-{figure.name}")
    for study in STUDIES
    for level in study.levels
    for figure in figures_of(study, level)
]


@pytest.mark.parametrize("figure", CAPTIONS)
def test_every_caption_can_be_shown(figure):
    heading, text = caption_of(figure.caption)
    assert heading == figure.heading
    assert heading
    assert not {"`", "*", "|"} & set(heading)
    assert text.startswith("<p>")
    assert "system-message" not in text
    assert "problematic" not in text
