-- Which claims are repeated by more than three publishers, after removing syndicated copies?
-- Claims of one group state the same, in equal words or others; see the table claim_groups. Each publisher counts once.
SELECT
    coalesce(any_value(e.name), min(m.source_text)) AS speaker,
    any_value(m.content_text) AS claim,
    count(DISTINCT g.publisher) AS publishers,
    count(DISTINCT g.doc_id) AS documents,
    min(g.published_at) AS first_on, max(g.published_at) AS last_on
FROM grouped_claims AS g
JOIN claims AS m ON m.claim_id = g.medoid_id
LEFT JOIN entities AS e ON e.entity_id = m.speaker_id
WHERE NOT g.is_copy
GROUP BY g.group_id
HAVING count(DISTINCT g.publisher) > 3
ORDER BY publishers DESC, documents DESC, claim
