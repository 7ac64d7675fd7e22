-- Every denial with the claim that it answers best and link_word, which says how surely, with both speakers and where and when each was published.
SELECT
    d.denial_id, denier.name AS denier, d.source_text AS denier_text, d.denial_type, d.cue_text,
    d.content_text AS denial_text, l.link_word, l.score, l.method, l.claim_id, claimant.name AS claimant,
    c.source_text AS claimant_text, c.claim_type, coalesce(c.content_text, l.implicit_claim_text) AS claim_text,
    l.same_document, d.doc_id, denied.publisher, denied.published_at, denied.url, denied.title,
    c.doc_id AS claim_doc_id, claimed.publisher AS claim_publisher, claimed.published_at AS claim_published_at
FROM denials AS d
LEFT JOIN worded_links AS l ON l.denial_id = d.denial_id AND l.rank = 1
LEFT JOIN claims AS c ON c.claim_id = l.claim_id
LEFT JOIN entities AS denier ON denier.entity_id = d.speaker_id
LEFT JOIN entities AS claimant ON claimant.entity_id = c.speaker_id
LEFT JOIN documents AS denied ON denied.doc_id = d.doc_id
LEFT JOIN documents AS claimed ON claimed.doc_id = c.doc_id
