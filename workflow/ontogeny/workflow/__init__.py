"""What connects Snakemake and the library: the plan, adopted results, the summary."""
