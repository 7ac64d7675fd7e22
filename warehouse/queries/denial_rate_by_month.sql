-- What share of the accusations of each month is denied, and what share perhaps?
-- Accusations that state the same count once, in the month of the first of them, also if they have several targets or
-- none. Denied means that a denial answers or probably answers one of them, whenever it was published.
SELECT
    month, count(*) AS accusations, count(*) FILTER (denied) AS denied,
    round(count(*) FILTER (denied) / count(*), 3) AS denial_rate,
    count(*) FILTER (perhaps_denied) AS perhaps_denied,
    round(count(*) FILTER (perhaps_denied) / count(*), 3) AS perhaps_rate
FROM (
    SELECT
        min(c.published_month) AS month, g.group_id IN (FROM contested SELECT group_id) AS denied,
        g.group_id IN (FROM perhaps_contested SELECT group_id) AS perhaps_denied
    FROM claims AS c
    JOIN grouped_claims AS g USING (claim_id)
    WHERE c.claim_type = 'accusation'
    GROUP BY g.group_id
)
GROUP BY month
ORDER BY month
