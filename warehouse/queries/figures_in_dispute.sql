-- For which figures do speakers give different values within one month?
-- One unit, at least two speakers, and values that do not overlap. Check that they count the same things.
SELECT
    s.published_month AS month, q.unit,
    count(DISTINCT coalesce(s.speaker_id, s.source_text)) AS speakers,
    min(q.low) AS lowest, max(q.high) AS highest,
    list({'speaker': coalesce(e.name, s.source_text), 'figure': q.text} ORDER BY q.low, q.high, q.text) AS figures
FROM (SELECT *, unnest(quantities) AS q FROM statements) AS s
LEFT JOIN entities AS e ON e.entity_id = s.speaker_id
WHERE q.unit IS NOT NULL
GROUP BY s.published_month, q.unit
HAVING speakers > 1 AND max(q.low) > min(q.high)
ORDER BY month DESC, speakers DESC, q.unit
