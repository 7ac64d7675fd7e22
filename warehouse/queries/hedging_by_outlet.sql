-- Which outlets hedge their accusations, and which assert them flatly?
SELECT
    coalesce(d.publisher, 'unknown') AS publisher,
    count(*) AS accusations,
    count(*) FILTER (c.hedged) AS hedged,
    count(*) FILTER (NOT c.hedged AND c.source_type = 'author') AS flat_in_own_voice,
    round(count(*) FILTER (c.hedged) / count(*), 2) AS hedged_share
FROM claims AS c
JOIN documents AS d USING (doc_id)
ANTI JOIN near_duplicates AS n ON n.doc_id = c.doc_id
WHERE c.claim_type = 'accusation'
GROUP BY publisher
ORDER BY accusations DESC, publisher
