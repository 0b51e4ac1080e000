"""What computes is in the digest of code, and what is specified computes nothing in a job."""

import ast
import inspect
from importlib import import_module
from pathlib import Path

import pytest

from ontogeny import provenance
from ontogeny.config import Section
from ontogeny.known_studies import STUDIES

WORKFLOW = Path(__file__).parents[1] / "workflow"
SCRIPTS = {
    path.relative_to(WORKFLOW / "scripts").with_suffix("").as_posix(): path
    for path in (WORKFLOW / "scripts").rglob("*.py")
}
FIGURES = sorted((WORKFLOW / "ontogeny" / "studies").rglob("figures/*/[!_]*.py"))
SPECIFIED = frozenset().union(*(study.outside_code() for study in STUDIES))
ARCHITECTURES = [
    path.stem
    for path in (WORKFLOW / "ontogeny/studies/composition/networks/architectures").glob("[!_]*.py")
]

TRAINER = "training: _loop _parameters _rates _schedule _device"
COMPOSED = "studies.composition.networks: build pairs"
READ = "studies.composition.networks: build pairs reading"
DECODER = "networks: decoder minibatches objective"
CORPORA = "studies.induction.corpora: _classes _markov _phrases _text"
TEXTS = "texts: division library windows"
IRREPS = (
    READ,
    "studies.composition.irreps: stages datasets",
    "studies.composition.irreps.analysis: ablations components evidence frame losses means neurons "
    "nulls order phases recovery shares",
)
ADDITION = (
    READ,
    "studies.composition.addition: stages algorithms attention followups forward interventions "
    "key_losses keys measures milestones neuron_waves reading readout split_losses waves",
)
PREDICTION = (
    COMPOSED,
    "studies.composition.irreps: datasets",
    "studies.composition.irreps.analysis: frame neurons",
    "studies.composition.prediction: stage algebra flow followed functions gradient reading scores "
    "scoring waves",
)
INDUCTION = (
    DECODER,
    "studies.induction: stages datasets findings head_kinds",
    "studies.induction.analysis: attribution circuits evaluation heads knock_outs losses phase "
    "probes",
)
PARITY = "studies.surprise.worlds: parity"
MIXTURE = "studies.surprise.worlds: mixture problems"
SCALING = "scaling: _abruptness _broken _curves _forecasts _laws _offset _shapes _solver"
RANKING = "ranking: _aucs _comments _gaps _noise _rates _summaries"
VECTORS = "studies.noisy_labels.corpora: comments generated vectors"
READER = "studies.noisy_labels.networks: examples forward labellers losses reader runs text_maximum"
GOLD = "studies.rlhf.worlds: gold"
ENUMERATED = "studies.rlhf.worlds: chains corpora enumerated gold"
SCORES = ("networks: arrays", "studies.rlhf.stages: read score")
LEARNED = (
    TRAINER,
    DECODER,
    "networks: arrays measures",
    "studies.rlhf: iterations shares",
    "studies.rlhf.networks: ppo preferring runs shapes",
    "studies.rlhf.stages: read train",
)
COMPUTES = {
    "all_claims": ["ontogeny: claims"],
    "claims": ["ontogeny: claims estimates"],
    "figures": ["plotting: _style"],
    "given": [],
    "own_measures": ["ontogeny: own_measures"],
    "page": ["ontogeny: wording", "page: contents _claims _runs", "notebook: _opening"],
    "composition/addition_analysis": ADDITION,
    "composition/addition_comparison": ["studies.composition.addition: comparison milestones"],
    "composition/analysis": IRREPS,
    "composition/comparison": [
        "ontogeny: estimates",
        "studies.composition.irreps.comparison: _cells _curves _groups _irreps _join _measures",
    ],
    "composition/group": [
        "groups: _families _generators _products _table",
        "studies.composition.catalogue: given parsed_generators parsed_tables tables",
    ],
    "composition/irreps": [
        "groups: _structure",
        "representations: _alternating _cyclic _dicyclic _dihedral _numerical _product _symmetric",
        "studies.composition.catalogue: irreps",
    ],
    "composition/prediction": PREDICTION,
    "composition/predictions": [
        "studies.composition.prediction: orders pairs predictions probabilities scoring settings",
    ],
    "composition/read_weights": [
        COMPOSED,
        "ontogeny: weights",
        "studies.composition.networks: foreign",
    ],
    "composition/sweep": ["joins: sweep"],
    "composition/tables": ["studies.composition.irreps: tables"],
    "composition/train": [TRAINER, COMPOSED, "studies.composition.networks: loss runs"],
    "imitation/class": [
        "studies.imitation: texts",
        "studies.imitation.stages: classes reading",
        "studies.imitation.analysis: kinds model_class",
    ],
    "imitation/comparison": ["studies.imitation: comparison"],
    "imitation/enumerate": [
        "studies.imitation.stages: exact reading",
        "studies.imitation.analysis: enumeration laws learners model_class",
    ],
    "imitation/simulate": [
        "studies.imitation.stages: simulations reading",
        "studies.imitation.analysis: learners model_class simulation",
    ],
    "induction/analysis": INDUCTION,
    "induction/comparison": [
        "studies.induction: head_kinds",
        "studies.induction.analysis: paths phase",
        "studies.induction.comparison: _curves _measured _runs",
    ],
    "induction/corpus": [CORPORA, TEXTS, "studies.induction: sources"],
    "induction/evaluation": INDUCTION,
    "induction/read_weights": [
        DECODER,
        "networks: measures",
        "ontogeny: weights",
        "studies.induction: foreign foreign_runs layouts runs",
    ],
    "induction/train": [
        TRAINER,
        DECODER,
        CORPORA,
        "texts: division windows",
        "studies.induction: runs sources",
    ],
    "noisy_labels/comparison": [
        RANKING,
        "ontogeny: estimates",
        "joins: pairs rows",
        "studies.noisy_labels: least settings",
        "studies.noisy_labels.comparison: measures noise raters runs settings stopped texts votes",
    ],
    "noisy_labels/corpus": [
        VECTORS,
        "ontogeny: csv_rows",
        "studies.noisy_labels.corpora: cells civil cleaning division files given probes terms "
        "vocabulary votes",
    ],
    "noisy_labels/generated_corpus": [VECTORS, "studies.noisy_labels.corpora: clauses"],
    "noisy_labels/rate": [TRAINER, READER, "studies.noisy_labels.stages: rate"],
    "noisy_labels/score": [
        "studies.noisy_labels.networks: forward labellers",
        "studies.noisy_labels.stages: score",
    ],
    "noisy_labels/train": [
        TRAINER,
        READER,
        "studies.noisy_labels.networks: transition",
        "studies.noisy_labels.stages: train",
    ],
    "noisy_labels/vote": ["studies.noisy_labels.stages: vote"],
    "rlhf/best_of": [
        *SCORES,
        ENUMERATED,
        "preferences: _arrays _best_of",
        "studies.rlhf.stages: best_of judging policies",
    ],
    "rlhf/calibrate": [
        *SCORES,
        "preferences: _arrays _comparisons",
        "studies.rlhf.stages: calibrate",
    ],
    "rlhf/compare": [*SCORES, GOLD, "studies.rlhf.stages: compare"],
    "rlhf/comparison": [
        "ontogeny: estimates",
        "joins: rows",
        "preferences: _arrays _fits _ratings",
        "studies.rlhf.comparison: bounds courses fits left_out online preferences runs samples "
        "scaling swaps",
    ],
    "rlhf/detect": [
        "networks: arrays",
        ENUMERATED,
        "preferences: _activations _arrays",
        "ranking: _aucs",
        "studies.rlhf.stages: detect policies read",
    ],
    "rlhf/evaluate": [
        *SCORES,
        ENUMERATED,
        "preferences: _arrays _frontier",
        "studies.rlhf.stages: evaluate exact judging parts policies sampled",
    ],
    "rlhf/measure_preference": [
        *SCORES,
        "preferences: _arrays _comparisons",
        "studies.rlhf.stages: measure_preference parts",
    ],
    "rlhf/pairs": [
        "ontogeny: estimates",
        "studies.rlhf.pairs: features model protocol",
        "studies.rlhf.stages: real_pairs",
    ],
    "rlhf/pairs_world": [
        "ontogeny: json_records",
        "studies.rlhf.pairs: features reading",
        "studies.rlhf.stages: pairs_world",
    ],
    "rlhf/prefer": LEARNED,
    "rlhf/probe": [*SCORES, GOLD, "studies.rlhf.stages: compare probe"],
    "rlhf/start": LEARNED,
    "rlhf/train": [*LEARNED, GOLD],
    "rlhf/world": [
        "networks: arrays",
        "studies.rlhf.stages: world",
        ENUMERATED,
        "studies.rlhf.worlds: sequences",
    ],
    "surprise/mixture_evaluation": [
        DECODER,
        MIXTURE,
        "studies.surprise.measures: answers chance recorded",
        "studies.surprise.networks: on_mixture reading",
        "studies.surprise.stages: mixture_evaluation",
    ],
    "surprise/mixture_scaling": [
        SCALING,
        "scaling: _lead _metric",
        "studies.surprise: families laws",
        "studies.surprise.stages: mixture_abilities mixture_scaling",
    ],
    "surprise/mixture_train": [
        TRAINER,
        DECODER,
        MIXTURE,
        "studies.surprise.networks: on_mixture runs",
    ],
    "surprise/mixture_world": [
        MIXTURE,
        "texts: division library windows",
        "studies.surprise.stages: mixture_world",
    ],
    "surprise/open_ended": [
        DECODER,
        MIXTURE,
        "studies.surprise.measures: answers chance open_ended recorded",
        "studies.surprise.networks: on_mixture reading",
        "studies.surprise.stages: open_ended",
        "studies.surprise.worlds: probes statements",
    ],
    "surprise/parity_evaluation": [
        PARITY,
        "studies.surprise.measures: parity_scores",
        "studies.surprise.stages: parity_evaluation parity_world",
    ],
    "surprise/parity_scaling": [
        SCALING,
        "ontogeny: estimates",
        "studies.surprise: families laws",
        "studies.surprise.stages: parity_abilities parity_scaling",
    ],
    "surprise/parity_train": [
        TRAINER,
        PARITY,
        "studies.surprise.networks: on_parity parity_network runs",
    ],
    "surprise/parity_world": [PARITY, "studies.surprise.stages: parity_world"],
    "surprise/published_scaling": [
        SCALING,
        "scaling: _joint _metric",
        "studies.surprise.published: analysis dataset families models reading tables",
        "studies.surprise.stages: published_scaling",
    ],
    "surprise/published_world": [
        "studies.surprise.published: dataset models reading tables",
        "studies.surprise.stages: published_world",
    ],
}
"""The modules that make the numbers of each script, by the package that they are in.

They are written down and not found by the imports, so that a module that is declared to be plumbing
or specified and is not is seen here.
"""


def named(lines):
    """Yield the names of modules in lines of a package and modules in it."""
    for line in lines:
        package, _, modules = line.partition(": ")
        package = package if package == "ontogeny" else f"ontogeny.{package}"
        yield from (f"{package}.{module}" for module in modules.split())


def covered(path, also=()):
    return provenance._covered(path, SPECIFIED, also)


def test_every_script_says_what_computes():
    assert set(COMPUTES) == set(SCRIPTS)


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_what_makes_the_numbers_of_a_script_is_in_its_code(name):
    assert set(named(COMPUTES[name])) - set(covered(SCRIPTS[name])) == set()


@pytest.mark.parametrize("study", [s for s in STUDIES if s.snapshots], ids=lambda s: s.name)
def test_what_gives_checkpoints_to_measures_of_ones_own_is_in_their_code(study):
    found = covered(SCRIPTS["own_measures"], [study.snapshots])
    wanted = {"composition": [READ], "induction": [DECODER, "studies.induction: runs"]}
    assert study.snapshots in found
    assert set(named(wanted.get(study.name, []))) <= set(found)


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_the_architecture_of_a_job_is_in_its_code(kind):
    module = f"ontogeny.studies.composition.networks.architectures.{kind}"
    assert module in covered(SCRIPTS["composition/train"], [module])


@pytest.mark.parametrize("path", FIGURES, ids=str)
def test_how_figures_look_is_in_their_code(path):
    assert "ontogeny.plotting._style" in covered(path)


@pytest.mark.parametrize("module", ["training._rates", "networks.decoder"])
def test_a_computing_module_that_is_called_plumbing_is_seen(monkeypatch, module):
    wrong = (*provenance.PLUMBING, f"ontogeny.{module}")
    monkeypatch.setattr(provenance, "PLUMBING", wrong)
    lacking = set(named(COMPUTES["induction/train"])) - set(covered(SCRIPTS["induction/train"]))
    assert lacking == {f"ontogeny.{module}"}


# Modules that are specified: jobs validate their sections and read the fields, and call nothing.


READS_CONFIGURATION = {WORKFLOW / "ontogeny/studies/composition/catalogue/given.py"}
"""What takes sections there is called before any job, and the job is given plain values."""


def jobs():
    """Every file whose code is in some digest, and that no job shares with the configuration."""
    starts = [*SCRIPTS.values(), *FIGURES]
    modules = {module for path in starts for module in covered(path)}
    return sorted({*starts, *map(provenance._module_path, modules)} - READS_CONFIGURATION)


def specified_imports(tree):
    """Yield what a file imports from modules that are specified, except labels.

    Labels describe numbers and do not make them, so jobs do call their functions.
    """
    modules = {name for name in SPECIFIED if not name.endswith(".labels")}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in {*modules, TRAINING}:
            yield from (getattr(import_module(node.module), alias.name) for alias in node.names)
        names = imported_names(node)
        assert not names & modules, f"{names} whole: what is used of it cannot be told"


TRAINING = "ontogeny.config.training"
"""What the sections of studies derive from."""


def imported_names(node):
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names}
    if isinstance(node, ast.ImportFrom):
        return {f"{node.module}.{alias.name}" for alias in node.names}
    return set()


def sections(base=Section):
    return {base}.union(*map(sections, base.__subclasses__()))


def computed_by_sections():
    """The names of the methods and properties that sections of studies define."""
    return {
        name
        for section in sections()
        if section.__module__ in {*SPECIFIED, TRAINING}
        for name, value in vars(section).items()
        if name[0] != "_" and (inspect.isroutine(value) or isinstance(value, property))
    }


def calls_of_specified(text):
    """What a file uses of specified modules beside sections, their fields, and constants."""
    tree = ast.parse(text)
    found = [*specified_imports(tree)]
    functions = {value.__name__ for value in found if inspect.isfunction(value)}
    read = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return functions | (read & computed_by_sections() if found else set())


@pytest.mark.parametrize("path", jobs(), ids=str)
def test_jobs_compute_nothing_with_modules_that_are_specified(path):
    assert calls_of_specified(path.read_text()) == set()


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("from ontogeny.studies.composition.facts import is_cyclic", {"is_cyclic"}),
        (
            "from ontogeny.studies.composition.config import Experiment\n"
            "def f(experiment: Experiment):\n    return experiment.has_steps",
            {"has_steps"},
        ),
        (
            "from ontogeny.studies.composition.config import Training\n"
            "def f(spec):\n    return Training.model_validate(spec).schedule.steps",
            set(),
        ),
    ],
)
def test_a_use_of_modules_that_are_specified_is_seen(text, used):
    assert calls_of_specified(text) == used
