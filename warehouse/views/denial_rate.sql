-- By speaker and target: the number of accusations, and the share that some denial answers best.
SELECT
    speaker.name AS speaker, target.name AS target, count(*) AS accusations,
    count(*) FILTER (denied) AS denied, round(count(*) FILTER (denied) / count(*), 3) AS denial_rate,
    min(published_at) AS first_on, max(published_at) AS last_on, speaker_id, target_id
FROM (
    SELECT
        c.speaker_id, unnest(c.target_ids) AS target_id, d.published_at,
        EXISTS (FROM denial_links AS l WHERE l.claim_id = c.claim_id AND l.rank = 1) AS denied
    FROM claims AS c
    JOIN documents AS d ON d.doc_id = c.doc_id
    WHERE c.claim_type = 'accusation'
)
LEFT JOIN entities AS speaker ON speaker.entity_id = speaker_id
LEFT JOIN entities AS target ON target.entity_id = target_id
GROUP BY ALL
ORDER BY accusations DESC, speaker NULLS LAST, target NULLS LAST, speaker_id, target_id
