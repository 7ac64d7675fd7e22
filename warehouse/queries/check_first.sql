-- Which rows should a person check first?
-- The least certain denials and accusations, with the position of their content in the text.
SELECT
    s.kind, s.type, round(s.confidence::DOUBLE, 2) AS confidence, s.rule, s.source_text, s.cue_text, s.content_text,
    d.source_uri, s.content_spans[1].start AS content_start, s.statement_id
FROM statements AS s
JOIN documents AS d USING (doc_id)
WHERE s.kind = 'denial' OR s.type = 'accusation'
ORDER BY s.confidence, s.statement_id
LIMIT 50
