-- Which claims are repeated by more than three publishers, after removing syndicated copies?
-- Claims are the same if speaker and words are, case and punctuation aside. Paraphrases count as different claims.
SELECT
    coalesce(any_value(e.name), min(c.source_text)) AS speaker,
    min(c.content_text) AS claim,
    count(DISTINCT d.publisher) AS publishers,
    count(DISTINCT d.doc_id) AS documents,
    min(d.published_at) AS first_on, max(d.published_at) AS last_on
FROM claims AS c
JOIN documents AS d USING (doc_id)
ANTI JOIN near_duplicates AS n ON n.doc_id = c.doc_id
LEFT JOIN entities AS e ON e.entity_id = c.speaker_id
GROUP BY
    coalesce(c.speaker_id, lower(c.source_text)),
    trim(regexp_replace(lower(c.content_text), '[^\p{L}\p{N}]+', ' ', 'g'))
HAVING count(DISTINCT d.publisher) > 3
ORDER BY publishers DESC, documents DESC, claim
