-- Who reports what others say, in statements within statements?
SELECT
    coalesce(teller.name, outside.source_text, outside.source_type) AS teller, outside.cue_text AS tells,
    coalesce(told.name, inside.source_text, inside.source_type) AS of_whom, inside.kind, inside.type, inside.content_text,
    inside.doc_id, inside.statement_id
FROM statements AS inside
JOIN statements AS outside ON outside.statement_id = inside.parent_id
LEFT JOIN entities AS teller ON teller.entity_id = outside.speaker_id
LEFT JOIN entities AS told ON told.entity_id = inside.speaker_id
WHERE inside.speaker_id IS DISTINCT FROM outside.speaker_id
ORDER BY inside.doc_id, inside.sentence, inside.statement_id
