"""The page of a configuration: what its runs show, in one file that opens without a network.

`outline` says while the workflow is planned what is on the page, from the plans alone. `contents`
fills it with what is stored: the words of runs, pictures, verdicts, and the outcomes of long runs.
`template` writes it with the template beside it. Planning imports the first alone.
"""
