-- Which claims of the newest month are contested most, and by whom?
-- A denial counts for the claim that it answers best (rank 1). Unknown speakers are shown as written.
WITH newest AS (
    -- The newest month with a contested claim, so that the answer does not depend on the current date.
    SELECT max(date_trunc('month', claimed_on)) AS month FROM contested WHERE rank = 1
)
SELECT
    coalesce(claimant, claimant_text, source_type) AS claimant, claim_type, claim_text, claimed_on,
    count(DISTINCT denial_id) AS denials,
    count(DISTINCT denial_publisher) AS denial_publishers,
    list(DISTINCT coalesce(denier, denier_text) ORDER BY coalesce(denier, denier_text))
        FILTER (coalesce(denier, denier_text) IS NOT NULL) AS deniers,
    claim_id
FROM contested JOIN (SELECT claim_id, source_type FROM claims) USING (claim_id)
WHERE rank = 1 AND date_trunc('month', claimed_on) IS NOT DISTINCT FROM (SELECT month FROM newest)
GROUP BY ALL
ORDER BY denials DESC, denial_publishers DESC, claimed_on, claim_id
