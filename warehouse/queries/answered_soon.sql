-- Which accusations were answered within two days?
SELECT
    accuser, accused, denier, accusation, denial_type, denial, accused_on, denied_on, days_between, score,
    claim_id, denial_id
FROM exchanges
JOIN claims USING (claim_id)
WHERE claim_type = 'accusation' AND days_between BETWEEN 0 AND 2
ORDER BY days_between, denied_on DESC, score DESC, claim_id, denial_id
