"""Keep the verdicts of a finished configuration as `atlas/<configuration>.nc`.

Usage: python workflow/keep.py results/<configuration>
"""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from ontogeny.outcomes import MEASURED, kept, made_on
from ontogeny.storage import read, seal, write

ATLAS = Path(__file__).parents[1] / "atlas"


def keep(results: Path, atlas: Path = ATLAS) -> Path:
    """Copy the verdicts of a configuration with where they come from, and return the new file.

    Parameters
    ----------
    results, atlas : Path
        The results of the configuration, all made, and the folder of what is kept.
    """
    judged = read(results / "claims.nc")
    date = datetime.fromtimestamp((results / "claims.nc").stat().st_mtime, UTC).date()
    files = (results / "configuration.txt").read_text(encoding="utf-8").strip().replace(",", "")
    about = {
        "configuration": results.name,
        "command": f"snakemake --configfile {files}",
        "date": date.isoformat(),
        "version": judged.attrs["ontogeny_version"],
        "source": MEASURED,
        "number_of_runs": sum(1 for _ in results.glob("*/*/seed*")),
        "code_sha256": judged.attrs["code_sha256"],
        "inputs": judged.attrs["inputs"],
        **made_on(_machines(results)),
    }
    path = atlas / f"{results.name}.nc"
    write(kept(judged, about), path, identity=seal(results / "claims.nc").identity)
    return path


def _machines(results: Path) -> Iterator[dict[str, str]]:
    for path in results.rglob(".made_on/*.json"):
        yield json.loads(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.stdout.write(f"{keep(Path(sys.argv[1]))}\n")
