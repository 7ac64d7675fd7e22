-- Every claim that is stated more than once, in the words of its medoid. Each publisher counts once;
-- denials are those that answer or probably answer it; copies are articles
-- that repeat another article, and independent_publishers those that printed another one than a copy.
SELECT
    speaker.name AS speaker, m.source_text AS speaker_text, m.claim_type, m.content_text AS claim_text, r.*,
    (
        SELECT count(DISTINCT l.denial_id) FROM worded_links AS l JOIN grouped_claims AS x ON x.claim_id = l.claim_id
        WHERE x.group_id = r.group_id AND l.link_word <> 'may answer'
    ) AS denials
FROM (
    SELECT
        group_id, medoid_id, count(*) AS n_claims, count(DISTINCT doc_id) AS n_documents,
        count(DISTINCT doc_id) FILTER (is_copy) AS n_copies, count(DISTINCT publisher) AS publishers,
        count(DISTINCT publisher) FILTER (NOT is_copy) AS independent_publishers,
        min(published_at) AS first_on, max(published_at) AS last_on
    FROM grouped_claims GROUP BY group_id, medoid_id HAVING count(*) > 1
) AS r
JOIN claims AS m ON m.claim_id = r.medoid_id
LEFT JOIN entities AS speaker ON speaker.entity_id = m.speaker_id
ORDER BY r.independent_publishers DESC, r.n_documents DESC, r.group_id
