"""What is known before a document is read: the language model and everything that is read from ``seeds/``.

Nothing else reads ``seeds/``: the functions of a package that load its tables are called here, and its rules take the
tables as arguments.
"""

import gc
from dataclasses import dataclass

from tasks.attribution.cue_lexicon import CueLexicon, load_cue_lexicon, read_irregular_forms
from tasks.corpus.claims.claim_pairs import SameClaimRules, load_same_claim_rules
from tasks.corpus.cross_document_links import CrossLinkRules, load_cross_link_rules
from tasks.denials.claim_types import ClaimTypeRules, load_claim_type_rules
from tasks.denials.denial_lexicon import DenialLexicon, load_denial_lexicon
from tasks.document.parser import DEFAULT_MODEL, ParsingPipeline, load_pipeline
from tasks.entities.reference_loader import ReferenceTables, load_reference_tables
from tasks.expressions.unit_tables import UnitTables, load_unit_tables
from tasks.links.link_knowledge import LinkKnowledge, load_link_knowledge
from tasks.version import compute_extractor_version


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The model and the tables under ``seeds/``, loaded once per process."""

    nlp: ParsingPipeline
    cue_lexicon: CueLexicon
    denial_lexicon: DenialLexicon
    claim_type_rules: ClaimTypeRules
    reference: ReferenceTables
    link_knowledge: LinkKnowledge
    unit_tables: UnitTables
    version: str
    """the extractor version, which covers the model and the tables"""


def load_knowledge(model: str = DEFAULT_MODEL) -> Knowledge:
    """Return the knowledge that extraction needs; takes seconds, so call it once per process.

    Raises:
        ModelError: the model is not installed or not usable.
        ReferenceTableError: a reference table or one of the user's tables is malformed.
    """
    irregular = read_irregular_forms()
    cues, denial_lexicon, reference = (
        load_cue_lexicon(),
        load_denial_lexicon(irregular),
        load_reference_tables(),
    )
    knowledge = Knowledge(
        nlp=load_pipeline(model),
        cue_lexicon=cues,
        denial_lexicon=denial_lexicon,
        claim_type_rules=load_claim_type_rules(cues, denial_lexicon),
        reference=reference,
        link_knowledge=load_link_knowledge(denial_lexicon, reference),
        unit_tables=load_unit_tables(),
        version=compute_extractor_version(model),
    )
    # The knowledge lives as long as the process. Frozen, the garbage collector neither traverses it again nor writes
    # to the memory pages that forked workers share.
    gc.freeze()
    return knowledge


@dataclass(frozen=True, slots=True)
class CorpusKnowledge:
    """The tables under ``seeds/`` that the steps over all documents use; they need no model."""

    reference: ReferenceTables
    cross_link_rules: CrossLinkRules
    same_claim_rules: SameClaimRules


def load_corpus_knowledge() -> CorpusKnowledge:
    """Return the knowledge that the steps over all documents need.

    Raises:
        ReferenceTableError: a reference table or one of the user's tables is malformed.
    """
    return CorpusKnowledge(
        reference=load_reference_tables(),
        cross_link_rules=load_cross_link_rules(),
        same_claim_rules=load_same_claim_rules(),
    )
