"""Identify the language of a text."""

from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

SAMPLE_CHARS = 2000
"""characters that are read; more are slower and do not change the answer"""
MIN_LANGUAGE_SCORE = 0.5


@cache
def load_language_identifier() -> LanguageIdentifier:
    """Return py3langid's identifier with normalised probabilities; loading takes 0.9 s, once per process."""
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def identify_language(text: str) -> tuple[str, float]:
    """Return the ISO 639-1 code of a text and its probability, or ``("und", 0.0)`` if it is uncertain.

    Source: py3langid (Lui and Baldwin 2012, "langid.py").
    """
    language, score = load_language_identifier().classify(text[:SAMPLE_CHARS])
    if language == "zxx" or score < MIN_LANGUAGE_SCORE:
        return "und", 0.0
    return language, round(float(score), 4)
