-- How many accusations and denials are there by month?
SELECT
    published_month AS month,
    count(DISTINCT doc_id) AS documents,
    count(*) FILTER (kind = 'claim') AS claims,
    count(*) FILTER (type = 'accusation') AS accusations,
    count(*) FILTER (kind = 'denial') AS denials
FROM statements
GROUP BY month
ORDER BY month
