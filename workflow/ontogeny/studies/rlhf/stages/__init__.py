<<<<<<< HEAD
"""Stages: from stored datasets to datasets."""
=======
"""Stages of the study: from stored datasets to datasets."""
>>>>>>> realpairs
