"""Hold the memory and time that jobs took against what their rules ask for.

Usage: python workflow/usage.py, after a run. Ends with 1 when a job took more than is asked for.
"""

import sys
from pathlib import Path

from ontogeny.workflow.usage import lines, uses


def main() -> int:
    """Print one line a rule, over all configurations."""
    told, is_over = lines(uses(Path(__file__).parents[1] / "logs"))
    sys.stdout.write("".join(f"{line}\n" for line in told))
    return int(is_over)


if __name__ == "__main__":
    sys.exit(main())
