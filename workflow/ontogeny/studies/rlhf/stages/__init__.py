"""From stored datasets to datasets."""
