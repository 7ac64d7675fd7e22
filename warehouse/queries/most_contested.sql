-- Which claims of the newest month are contested most, and by whom?
-- A denial counts for the claim that it answers or probably answers. Claims that state the same are one claim, shown in the
-- words of the earliest that is denied. Unknown speakers are shown as written.
WITH newest AS (
    -- The newest month with a contested claim, so that the answer does not depend on the current date.
    SELECT max(date_trunc('month', claimed_on)) AS month FROM contested
),
of_month AS (
    SELECT x.*, row_number() OVER (PARTITION BY group_id ORDER BY claimed_on NULLS LAST, claim_id) AS place
    FROM contested AS x
    WHERE date_trunc('month', claimed_on) IS NOT DISTINCT FROM (SELECT month FROM newest)
)
SELECT
    coalesce(first.claimant, first.claimant_text, c.source_type) AS claimant, first.claim_type, first.claim_text,
    first.claimed_on, count(DISTINCT x.denial_id) AS denials,
    count(DISTINCT x.denial_publisher) AS denial_publishers,
    list(DISTINCT coalesce(x.denier, x.denier_text) ORDER BY coalesce(x.denier, x.denier_text))
        FILTER (coalesce(x.denier, x.denier_text) IS NOT NULL) AS deniers,
    first.claim_id
FROM of_month AS x
JOIN of_month AS first ON first.group_id = x.group_id AND first.place = 1
JOIN claims AS c ON c.claim_id = first.claim_id
GROUP BY ALL
ORDER BY denials DESC, denial_publishers DESC, first.claimed_on, first.claim_id
