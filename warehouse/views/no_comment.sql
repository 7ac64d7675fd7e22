-- Who declined to comment or did not deny, on what, and when.
SELECT
    speaker.name AS speaker, c.source_text, c.cue_text, c.content_text, c.no_comment, c.polarity,
    d.published_at, d.publisher, d.title, d.url, c.claim_id, c.doc_id
FROM claims AS c
JOIN documents AS d ON d.doc_id = c.doc_id
LEFT JOIN entities AS speaker ON speaker.entity_id = c.speaker_id
WHERE c.no_comment OR c.polarity IS NOT NULL
ORDER BY d.published_at DESC NULLS LAST, c.claim_id
