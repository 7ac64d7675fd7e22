-- By speaker, target and month: the number of accusations, and the share that some denial answers or probably
-- answers. explicit_accusations counts those that a word of accusing reports, which are right more often; perhaps_denied
-- those that a denial only may answer. Accusations that state the same count once, in the month of the first of them
-- ('unknown' if none has a date), and are denied if one of them is, whenever it was denied.
SELECT
    speaker.name AS speaker, target.name AS target, month, count(*) AS accusations,
    count(*) FILTER (explicit) AS explicit_accusations,
    count(*) FILTER (denied) AS denied, round(count(*) FILTER (denied) / count(*), 3) AS denial_rate,
    count(*) FILTER (perhaps_denied) AS perhaps_denied,
    min(first_on) AS first_on, max(last_on) AS last_on, speaker_id, target_id
FROM (
    SELECT
        speaker_id, target_id, group_id, min(published_month) AS month, bool_or(denied) AS denied,
        bool_or(perhaps_denied) AS perhaps_denied, bool_or(explicit) AS explicit, min(published_at) AS first_on,
        max(published_at) AS last_on
    FROM (
        SELECT
            c.speaker_id, unnest(c.target_ids) AS target_id, g.group_id, c.published_month, g.published_at,
            g.group_id IN (FROM contested SELECT group_id) AS denied,
            g.group_id IN (FROM perhaps_contested SELECT group_id) AS perhaps_denied,
            coalesce(c.accusation_basis = 'cue', false) AS explicit
        FROM claims AS c
        JOIN grouped_claims AS g ON g.claim_id = c.claim_id
        WHERE c.claim_type = 'accusation'
    )
    GROUP BY ALL
)
LEFT JOIN entities AS speaker ON speaker.entity_id = speaker_id
LEFT JOIN entities AS target ON target.entity_id = target_id
GROUP BY ALL
ORDER BY accusations DESC, speaker NULLS LAST, target NULLS LAST, month, speaker_id, target_id
