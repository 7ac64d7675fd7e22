-- Every claim with its group: the claims that state the same have one group_id and one medoid_id, the claim that
-- represents them. A claim that nothing repeats is a group of its own. is_copy: its article repeats another article.
SELECT
    c.claim_id, coalesce(g.group_id, c.claim_id) AS group_id, coalesce(g.medoid_id, c.claim_id) AS medoid_id,
    g.score, g.method, c.doc_id, d.publisher, d.published_at, n.doc_id IS NOT NULL AS is_copy
FROM claims AS c
JOIN documents AS d ON d.doc_id = c.doc_id
LEFT JOIN near_duplicates AS n ON n.doc_id = c.doc_id
LEFT JOIN claim_groups AS g ON g.claim_id = c.claim_id
