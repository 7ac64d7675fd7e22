-- Which places are mentioned most, and where are they?
SELECT
    e.name AS place, e.country_code, e.latitude, e.longitude,
    count(DISTINCT m.doc_id) AS documents, count(*) AS mentions
FROM mentions AS m
JOIN entities AS e USING (entity_id)
WHERE e.latitude IS NOT NULL
GROUP BY e.entity_id, e.name, e.country_code, e.latitude, e.longitude
ORDER BY documents DESC, mentions DESC, place
