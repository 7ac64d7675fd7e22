-- Which outlets print accusations without the denial that another document contains?
SELECT
    coalesce(d.publisher, 'unknown') AS publisher,
    count(DISTINCT c.claim_id) AS denied_accusations,
    count(DISTINCT c.claim_id) FILTER (l.same_document) AS with_the_denial,
    count(DISTINCT c.claim_id) - count(DISTINCT c.claim_id) FILTER (l.same_document) AS without_it
FROM claims AS c
JOIN documents AS d USING (doc_id)
JOIN worded_links AS l ON l.claim_id = c.claim_id AND l.link_word <> 'may answer'
WHERE c.claim_type = 'accusation'
GROUP BY publisher
ORDER BY without_it DESC, denied_accusations DESC, publisher
