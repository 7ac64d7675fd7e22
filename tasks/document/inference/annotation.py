"""Annotate Docs with the components of a spaCy pipeline, faster than the pipeline does and with the same output."""

from collections.abc import Iterator, Sequence
from typing import Any

from spacy.language import Language
from spacy.pipeline import DependencyParser, EntityRecognizer
from spacy.tokens import Doc
from thinc.api import Model

from tasks.document.inference.embedding_cache import cache_embedding
from tasks.document.inference.entity_transitions import is_supported, recognise_entities
from tasks.document.inference.window_encoder import fuse_window_layers

MAX_PACK_TOKENS = 3_000
"""Tokens that go through a network at once; more save no time and take 50 MB per thousand."""
TRANSITION_COMPONENTS = (DependencyParser, EntityRecognizer)


def optimise_encoders(nlp: Language) -> None:
    """Replace the embedding and the convolutions of every encoder that is built like spaCy's own by faster layers."""
    for name in nlp.pipe_names:
        model = getattr(nlp.get_pipe(name), "model", None)
        for node in model.walk() if isinstance(model, Model) else ():
            if node.has_ref("embed") and node.has_ref("encode") and len(node.layers) == 2:
                embed, encode = node.layers
                node.layers[:] = [cache_embedding(embed) or embed, fuse_window_layers(encode) or encode]


def annotate_docs(docs: Sequence[Doc], nlp: Language) -> None:
    """Annotate tokenized Docs in place with every component of a pipeline."""
    for pack in _pack_docs(docs):
        for name in nlp.pipe_names:
            component: Any = nlp.get_pipe(name)
            if isinstance(component, EntityRecognizer) and is_supported(component):
                recognise_entities(component, pack)
            elif isinstance(component, TRANSITION_COMPONENTS) and component.cfg["beam_width"] == 1:
                _run_transitions_in_lockstep(component, pack)
            else:
                list(component.pipe(pack, batch_size=len(pack)))


def _pack_docs(docs: Sequence[Doc]) -> Iterator[list[Doc]]:
    """Yield the Docs, sorted by length, in lists of up to :data:`MAX_PACK_TOKENS`."""
    pack: list[Doc] = []
    tokens = 0
    for doc in sorted(docs, key=len):
        if pack and tokens + len(doc) > MAX_PACK_TOKENS:
            yield pack
            pack, tokens = [], 0
        pack.append(doc)
        tokens += len(doc)
    if pack:
        yield pack


def _run_transitions_in_lockstep(parser: Any, docs: list[Doc]) -> None:
    """Annotate Docs with a transition-based parser or recogniser, by greedy search."""
    states = parser.moves.init_batch(docs)
    active = [state for state in states if not state.is_final()]
    if active:
        step = parser.model.predict(docs)
        while active:
            active = parser.transition_states(active, step.predict(active))
    parser.set_annotations(docs, states)
