"""Faster inference with the components of a spaCy pipeline, with the same output.

Five optimisations, none of which changes what the model computes:

- matrix products use numpy's BLAS, which has kernels for more processors than spaCy's BLIS
  (:mod:`~tasks.document.inference.matrix_products`);
- a word's embedding does not depend on its neighbours, so it is computed once and cached
  (:mod:`~tasks.document.inference.embedding_cache`);
- convolutions pass through buffers that stay in the processor's cache
  (:mod:`~tasks.document.inference.window_encoder`);
- the recogniser scores all tokens at once, and continues only the entities that begin
  (:mod:`~tasks.document.inference.entity_transitions`);
- the parser applies one transition at a time to many paragraphs of similar length while holding the GIL; spaCy's own
  loop releases and takes it several times per transition (:mod:`~tasks.document.inference.annotation`).
"""

from tasks.document.inference.annotation import annotate_docs, optimise_encoders

__all__ = ["annotate_docs", "optimise_encoders"]
