-- Which outlets rely most on unnamed sources and hearsay?
SELECT
    coalesce(d.publisher, 'unknown') AS publisher,
    count(*) AS statements,
    count(*) FILTER (s.source_type = 'unnamed') AS unnamed,
    count(*) FILTER (s.source_type = 'hearsay') AS hearsay,
    round(count(*) FILTER (s.source_type IN ('unnamed', 'hearsay')) / count(*), 2) AS share
FROM statements AS s
JOIN documents AS d USING (doc_id)
ANTI JOIN near_duplicates AS n ON n.doc_id = s.doc_id
GROUP BY publisher
ORDER BY share DESC, statements DESC, publisher
