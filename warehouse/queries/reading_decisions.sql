-- What was decided about each document: its language, whether it was extracted, and what it is a copy of?
SELECT
    d.source_uri, d.language, round(d.language_score::DOUBLE, 2) AS language_score,
    CASE
        WHEN d.n_tokens = 0 THEN 'stored, not extracted: not English'
        WHEN d.layout = 'broken' THEN 'extracted, nothing found: its words look broken'
        WHEN n.duplicate_of IS NOT NULL THEN 'extracted; a near-copy'
        ELSE 'extracted'
    END AS decision,
    first.source_uri AS copy_of, d.n_chars, count(s.statement_id) AS statements, d.doc_id
FROM documents AS d
LEFT JOIN near_duplicates AS n ON n.doc_id = d.doc_id
LEFT JOIN documents AS first ON first.doc_id = n.duplicate_of
LEFT JOIN statements AS s ON s.doc_id = d.doc_id
GROUP BY ALL
ORDER BY d.source_uri, d.doc_id
