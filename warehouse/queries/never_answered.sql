-- Which accusations were never answered, the oldest first?
-- Never answered means that no denial in this warehouse answers or may answer it, or another claim that states the same. Accusations
-- that state the same are listed once, the earliest of them. Undated accusations come last.
SELECT
    coalesce(accuser.name, c.source_text, c.source_type) AS accuser,
    list_transform(c.target_ids, lambda id: coalesce(names.by_id[id], id)) AS accused,
    c.content_text AS accusation, coalesce(c.said_on, d.published_at) AS accused_on, d.publisher, c.claim_id
FROM claims AS c
JOIN documents AS d USING (doc_id)
ANTI JOIN near_duplicates AS n ON n.doc_id = c.doc_id
JOIN grouped_claims AS g ON g.claim_id = c.claim_id
CROSS JOIN (SELECT map(list(entity_id), list(name)) AS by_id FROM entities) AS names
LEFT JOIN entities AS accuser ON accuser.entity_id = c.speaker_id
WHERE c.claim_type = 'accusation' AND g.group_id NOT IN (SELECT group_id FROM possible_denials)
QUALIFY row_number() OVER (PARTITION BY g.group_id ORDER BY accused_on NULLS LAST, c.claim_id) = 1
ORDER BY accused_on NULLS LAST, c.claim_id
