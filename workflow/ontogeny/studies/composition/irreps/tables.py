"""The tables of arXiv 2302.03025: runs, averages, irreps, widths."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import xarray as xr

__all__ = ["averages", "formats", "intervals", "irreps", "runs", "widths"]

COLUMNS = {
    "train_loss": "train loss",
    "test_loss": "test loss",
    "test_accuracy": "test accuracy",
    "excluded_hidden_loss": "excluded loss, hidden layer",
    "uniform_loss": "ln n",
    "restricted_hidden_loss": "restricted loss, hidden layer",
    "logit_fve_total": "logits",
    "key_left_embedding_fve": "left embedding",
    "key_right_embedding_fve": "right embedding",
    "key_unembedding_fve": "unembedding",
    "key_unembedding_chance": "chance, matrices",
    "key_hidden_fve": "hidden",
    "key_hidden_product_fve": "hidden, ρ(ab)",
    "key_hidden_product_chance": "chance, ρ(ab)",
    "squared_weights": "squared weights",
    "key_irreps": "key irreps",
    "last_step": "steps",
}
"""Measures of a run and how tables call them: losses in nat, shares of variance as fractions."""

ABOUT = ("experiment", "seed", "group", "architecture", "width", "fraction")


def runs(comparison: xr.Dataset) -> pd.DataFrame:
    """Return one row for each run, its key irreps in the order in which they were learned."""
    frame = pd.DataFrame({name: comparison[f"{name}_of_run"].values for name in ABOUT})
    frame["grokked"] = comparison["grokked"].values
    frame["learned"] = [_learned(comparison.isel(run=row)) for row in range(len(frame))]
    for name, title in COLUMNS.items():
        frame[title] = comparison[name].values
    return frame


def _learned(run: xr.Dataset) -> str:
    """Name the key irreps of a run by order; in stored order where training was not seen.

    The order is that on test pairs, or on all pairs where there are no test pairs.
    """
    order = run["learned_order"].fillna(run["all_pairs_learned_order"]).fillna(0.0).values
    key = np.flatnonzero(run["key"].values)
    names = run["irrep"].values[key[np.argsort(order[key], kind="stable")]]
    return ", ".join(map(str, names))


def averages(comparison: xr.Dataset) -> pd.DataFrame:
    """Return the mean of each measure for each group and architecture."""
    found = intervals(comparison)
    wide = found.pivot_table(
        index=["group", "architecture", "counted", "runs"],
        columns="quantity",
        values="mean",
        sort=False,
    )
    return wide.reset_index().rename_axis(columns=None)


def intervals(comparison: xr.Dataset) -> pd.DataFrame:
    """Return mean, standard deviation, median and interval of each measure, one row each."""
    rows = [
        {
            "group": str(group),
            "architecture": str(architecture),
            "counted": str(selection),
            "runs": int(comparison["runs"].sel(cell)),
            "quantity": title,
            **{
                str(statistic): float(
                    comparison[f"{name}_summary"].sel({**cell, "statistic": statistic})
                )
                for statistic in comparison["statistic"].values
            },
        }
        for group in comparison["group"].values
        for architecture in comparison["architecture"].values
        for selection in comparison["selection"].values
        for cell in [{"group": group, "architecture": architecture, "selection": selection}]
        if int(comparison["runs"].sel(cell))
        for name, title in COLUMNS.items()
    ]
    return pd.DataFrame(rows)


def irreps(comparison: xr.Dataset) -> pd.DataFrame:
    """Return how often and when each irrep is learned, of the runs that have grokked."""
    chosen = comparison[
        ["degree", "rank", "smallest_orbit", "key_count", "first_count", "mean_order",
         "median_learned_step"]
    ]  # fmt: skip
    counted = comparison["runs"].sel(selection="grokked", drop=True)
    frame = chosen.assign(runs=counted).to_dataframe().reset_index()
    frame = frame[frame["degree"].notna() & (frame["runs"] > 0) & (frame["irrep"] != "trivial")]
    order = ["group", "architecture", "irrep", "runs", *chosen.data_vars]
    frame = frame.sort_values(["group", "architecture"], kind="stable")[order]
    return frame.rename(columns=lambda name: str(name).replace("_", " ")).reset_index(drop=True)


def widths(comparison: xr.Dataset) -> pd.DataFrame:
    """Return the final test accuracies of all seeds for each width, with what was learned."""
    each = runs(comparison).sort_values(["group", "architecture", "width", "seed"])
    rows = []
    for (group, architecture, width), those in each.groupby(["group", "architecture", "width"]):
        grokked = those[those["grokked"]]
        rows.append(
            {
                "group": group,
                "architecture": architecture,
                "width": width,
                "runs": len(those),
                "grokked": len(grokked),
                "test accuracy by seed": " ".join(f"{a:.3f}" for a in those["test accuracy"]),
                "learned by those that grokked": " / ".join(grokked["learned"]),
            }
        )
    return pd.DataFrame(rows)


def formats(table: pd.DataFrame) -> dict[str, str]:
    """Return a table as CSV with all digits, and as Markdown and LaTeX with four."""
    shown = table.astype(object).where(table.notna(), None)
    writers: dict[str, Callable[[], str]] = {
        "csv": lambda: table.to_csv(index=False, lineterminator="\n"),
        "md": lambda: shown.to_markdown(index=False, floatfmt=".4g") + "\n",
        "tex": lambda: table.to_latex(index=False, float_format="%.4g", na_rep="", escape=True),
    }
    return {name: write() for name, write in writers.items()}
