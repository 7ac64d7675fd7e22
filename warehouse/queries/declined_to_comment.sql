-- Who declined to comment, or did not deny, and on what?
SELECT
    coalesce(speaker, source_text) AS speaker, cue_text, content_text,
    CASE WHEN no_comment THEN 'no comment' ELSE polarity END AS answer, published_at, publisher, claim_id
FROM no_comment
ORDER BY published_at DESC NULLS LAST, claim_id
