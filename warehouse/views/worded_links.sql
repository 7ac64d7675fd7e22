-- Every link of denial_links with link_word, the words for its score: answers (75 % or more, within one article), probably
-- answers (45 % or more), or may answer; null if no row states the claim. Only the claim that a denial answers best
-- (rank 1) can be more than may answer. Percentages are rounded as they are shown.
SELECT
    *,
    CASE
        WHEN claim_id IS NULL THEN NULL
        WHEN rank > 1 OR floor(coalesce(score, 0)::DOUBLE * 100 + 0.5) < 45 THEN 'may answer'
        WHEN same_document AND floor(score::DOUBLE * 100 + 0.5) >= 75 THEN 'answers'
        ELSE 'probably answers'
    END AS link_word
FROM denial_links
