"""Which language a text is in."""

from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

SAMPLE = 2000
"""characters that are looked at: more does not change the answer, and costs"""
MIN_SCORE = 0.5


@cache
def identifier() -> LanguageIdentifier:
    """Return py3langid's model with probabilities, loaded once a process (0.9 s)."""
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def identify_language(text: str) -> tuple[str, float]:
    """Return the ISO 639-1 code of a text and its probability, or ``("und", 0.0)`` where it cannot be told.

    Source: py3langid (Lui and Baldwin 2012, "langid.py").
    """
    language, score = identifier().classify(text[:SAMPLE])
    if language == "zxx" or score < MIN_SCORE:
        return "und", 0.0
    return language, round(float(score), 4)
