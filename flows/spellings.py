"""One word of a national language, as phones spell it: its letters plain, or as in French."""

from flows.place_names import words_of

# Reference "Languages", "Spelling and SMS encoding": without the national letters some write n for
# ny and ng, some write as in French (è, o, gn).
_BARE = str.maketrans({"ɲ": "n", "ñ": "n", "ŋ": "n", "ɣ": "g", "ʃ": "s", "ʒ": "z"})
_AS_IN_FRENCH = str.maketrans(
    {"ɛ": "è", "ɔ": "o", "ɲ": "gn", "ñ": "gn", "ŋ": "n", "ɓ": "b", "ɗ": "d", "ƴ": "y"}
)


def plain_words(text: str) -> list[str]:
    """Return the words of ``text``, folded to plain letters; numbers are no words."""
    return [word for word in words_of(text) if word.isalpha()]


def ways(text: str) -> list[str]:
    """Return lower-case ``text`` as written, folded to ASCII in two ways, and as in French."""
    bare = " ".join(plain_words(text.translate(_BARE)))
    return sorted({text, " ".join(plain_words(text)), bare, text.translate(_AS_IN_FRENCH)})
