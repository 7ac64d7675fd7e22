-- Which outlets rely most on unnamed sources and hearsay?
SELECT
    coalesce(d.publisher, 'unknown') AS publisher,
    count(*) AS statements,
    count(*) FILTER (s.source_type = 'unnamed') AS unnamed,
    count(*) FILTER (s.source_type = 'hearsay') AS hearsay,
    round(count(*) FILTER (s.source_type IN ('unnamed', 'hearsay')) / count(*), 2) AS share
FROM statements AS s
JOIN documents AS d USING (doc_id)
WHERE d.duplicate_of IS NULL
GROUP BY publisher
ORDER BY share DESC, statements DESC, publisher
