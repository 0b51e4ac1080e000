"""Stages of the study: from stored datasets to datasets."""
