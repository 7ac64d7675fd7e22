-- How many days does each speaker take to deny a claim?
SELECT
    denier,
    count(*) AS denials,
    median(days_between) AS median_days,
    max(days_between) AS longest,
    count(*) FILTER (same_document) AS in_the_same_document
FROM exchanges
WHERE denier IS NOT NULL AND link_word <> 'may answer' AND days_between >= 0
GROUP BY denier
ORDER BY denials DESC, denier
