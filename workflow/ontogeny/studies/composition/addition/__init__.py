"""Addition modulo an odd number: the measures of arXiv 2301.05217 and of papers that followed it.

The analysis of groups reads every network by the irreps of its group; here the group is cyclic,
and networks are read by frequency. What both measure is computed there.
"""
