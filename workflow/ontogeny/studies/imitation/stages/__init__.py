"""The stages of a run, from stored datasets to datasets."""
