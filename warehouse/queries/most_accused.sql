-- Who is accused most, and by how many different accusers?
SELECT
    e.name AS accused, e.entity_type,
    count(*) AS accusations,
    count(DISTINCT coalesce(c.speaker_id, c.source_text)) AS accusers,
    count(DISTINCT c.doc_id) AS documents
FROM (SELECT *, unnest(target_ids) AS target_id FROM claims WHERE claim_type = 'accusation') AS c
JOIN entities AS e ON e.entity_id = c.target_id
GROUP BY e.entity_id, e.name, e.entity_type
ORDER BY accusations DESC, accusers DESC, accused
