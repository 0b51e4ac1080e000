"""The groups of comments whose files do not say which of them a comment names."""

__all__ = ["GROUPS"]

GROUPS: dict[str, tuple[str, ...]] = {
    "women": ("woman", "women", "girl", "girls", "female", "females"),
    "men": ("man", "men", "boy", "boys", "male", "males"),
    "black": ("black", "blacks", "african american", "african americans"),
    "white": ("white", "whites"),
    "asian": ("asian", "asians", "chinese", "japanese", "korean"),
    "latino": ("latino", "latinos", "latina", "latinas", "hispanic", "hispanics", "mexican"),
    "gay": ("gay", "gays", "homosexual", "homosexuals"),
    "lesbian": ("lesbian", "lesbians"),
    "bisexual": ("bisexual", "bisexuals"),
    "trans": ("trans", "transgender"),
    "muslim": ("muslim", "muslims", "islam"),
    "jewish": ("jew", "jews", "jewish"),
    "christian": ("christian", "christians"),
    "catholic": ("catholic", "catholics"),
    "hindu": ("hindu", "hindus"),
    "buddhist": ("buddhist", "buddhists"),
    "atheist": ("atheist", "atheists"),
    "old": ("old", "older", "elderly"),
    "young": ("young", "younger", "teenage"),
    "disabled": ("disabled", "disability", "disabilities", "paralyzed", "wheelchair"),
    "deaf": ("deaf",),
    "blind": ("blind",),
    "immigrants": ("immigrant", "immigrants", "refugee", "refugees", "migrant", "migrants"),
}
"""By group its terms, neutral ones alone, each a word or several words."""
