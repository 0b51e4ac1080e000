"""Stages: from stored datasets to datasets."""
