-- Every claim with each denial that answers or may answer it, and link_word, which says how surely; newest denial first.
-- The view contested has those that at least probably answer it. Claims with one group_id state the same.
SELECT
    c.claim_id, claimant.name AS claimant, c.source_text AS claimant_text, c.claim_type, c.content_text AS claim_text,
    claimed.published_at AS claimed_on, claimed.publisher AS claim_publisher,
    d.denial_id, denier.name AS denier, d.source_text AS denier_text, d.denial_type, d.content_text AS denial_text,
    denied.published_at AS denied_on, denied.publisher AS denial_publisher, l.link_word, l.score, l.rank,
    l.same_document, g.group_id, g.medoid_id
FROM worded_links AS l
JOIN claims AS c ON c.claim_id = l.claim_id
JOIN grouped_claims AS g ON g.claim_id = c.claim_id
JOIN denials AS d ON d.denial_id = l.denial_id
JOIN documents AS claimed ON claimed.doc_id = c.doc_id
JOIN documents AS denied ON denied.doc_id = d.doc_id
LEFT JOIN entities AS claimant ON claimant.entity_id = c.speaker_id
LEFT JOIN entities AS denier ON denier.entity_id = d.speaker_id
ORDER BY denied_on DESC NULLS LAST, c.claim_id, l.score DESC, d.denial_id
