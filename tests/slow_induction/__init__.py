"""Every measure of the study of induction heads, slowly, as docs/induction.md defines it.

Nothing here is imported from the project, and nothing is fast: forward passes go from query to
query, weights are whole (V, V) and (d, d) matrices, envelopes are made of chords. All numbers are
float64.

``corpora``, what is known of tokens; ``network``, the forward pass with its interventions;
``checkpoints``, what `evaluation.nc` holds; ``one_run``, what `analysis.nc` holds; ``all_runs``,
what `comparison.nc` holds.
"""
