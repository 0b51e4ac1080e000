"""What all tests share."""

import os
from pathlib import Path

from hypothesis import HealthCheck, settings

# No time limits, which a busy machine exceeds, and the same examples in every run.
settings.register_profile(
    "steady",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steady")

# One thread: the suite runs beside others, and thread counts change the last bits.
os.environ.setdefault("OMP_NUM_THREADS", "1")

WORKFLOW = Path(__file__).parent / "workflow"


def pytest_collection_modifyitems(config, items):
    """Begin with the files that run the workflow, or one process has the last of them to itself."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: WORKFLOW not in item.path.parents)
