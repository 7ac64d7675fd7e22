-- Who accuses whom, how often, how often by a word of accusing, and what share of the accusations is denied?
-- The strongest pairs come first: an accusation by a word of accusing counts twice.
SELECT
    speaker, target, sum(accusations)::BIGINT AS accusations,
    sum(explicit_accusations)::BIGINT AS explicit_accusations, sum(denied)::BIGINT AS denied,
    round(sum(denied) / sum(accusations), 3) AS denial_rate, min(first_on) AS first_on
FROM denial_rate
WHERE speaker IS NOT NULL AND target IS NOT NULL
GROUP BY speaker_id, target_id, speaker, target
ORDER BY sum(accusations) + sum(explicit_accusations) DESC, explicit_accusations DESC, sum(denied) DESC, speaker, target, speaker_id, target_id
