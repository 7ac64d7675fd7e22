-- Which denials answer a claim that no document here states?
SELECT
    coalesce(e.name, d.source_text) AS denier, d.denial_type, l.implicit_claim_text, doc.published_at,
    doc.publisher, d.denial_id
FROM denials AS d
JOIN documents AS doc USING (doc_id)
LEFT JOIN denial_links AS l ON l.denial_id = d.denial_id AND l.rank = 1
LEFT JOIN entities AS e ON e.entity_id = d.speaker_id
WHERE l.claim_id IS NULL
ORDER BY doc.published_at DESC NULLS LAST, d.denial_id
