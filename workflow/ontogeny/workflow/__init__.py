"""What stands between Snakemake and the library: the plan, adopted results, the summary."""
