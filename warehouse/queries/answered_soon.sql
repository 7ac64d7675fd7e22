-- Which accusations were answered within two days?
-- Accuser and denier are names where known, otherwise the words of the text, otherwise the kind of source. Denials
-- that only may answer come last.
SELECT
    coalesce(x.accuser, c.source_text, c.source_type) AS accuser, x.accused,
    coalesce(x.denier, d.source_text, d.source_type) AS denier,
    x.accusation, x.denial_type, x.denial, x.accused_on, x.denied_on, x.days_between, x.link_word, x.score,
    x.claim_id, x.denial_id
FROM exchanges AS x
JOIN claims AS c ON c.claim_id = x.claim_id
JOIN denials AS d ON d.denial_id = x.denial_id
WHERE c.claim_type = 'accusation' AND x.days_between BETWEEN 0 AND 2
ORDER BY x.link_word = 'may answer', x.days_between, x.denied_on DESC, x.score DESC, x.claim_id, x.denial_id
