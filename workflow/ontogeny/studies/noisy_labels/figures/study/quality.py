"""What the noise must be like for each strategy to win.

Of the corpus with the most settings. A column of panels for each share of the harmless comments
with a group that the rater learned from (the less it kept, the more biased it is), over the
accuracy at which it was stopped; in the last column the share of clean comments differs, with the
rater of the main setting. Top and middle: by how much AUC and mean |negative AEG| exceed those of
naive training, on test comments, paired within seeds, with intervals of 95 %. `clean` is cut off
where it lies far below the others. Bottom: the share of seeds in which a recipe has the highest AUC
of the nine.
"""
