-- How often does one country accuse another, and what share of it does the accused country deny?
-- Denied means that a denial of that country answers or probably answers it.
WITH country AS (
    SELECT entity_id, country_code FROM entities WHERE country_code IS NOT NULL
),
accusations AS (
    SELECT DISTINCT c.claim_id, by_whom.country_code AS accuser, accused.country_code AS accused
    FROM claims AS c, unnest(c.target_ids) AS t(target_id)
    JOIN country AS accused ON accused.entity_id = t.target_id
    LEFT JOIN country AS speaker ON speaker.entity_id = c.speaker_id
    LEFT JOIN country AS office ON office.entity_id = c.speaker_affiliation_id
    LEFT JOIN country AS by_whom ON by_whom.entity_id = coalesce(office.entity_id, speaker.entity_id)
    WHERE c.claim_type = 'accusation'
),
denials_of AS (
    SELECT DISTINCT l.claim_id, coalesce(office.country_code, speaker.country_code) AS denier
    FROM worded_links AS l
    JOIN denials AS d ON d.denial_id = l.denial_id
    LEFT JOIN country AS speaker ON speaker.entity_id = d.speaker_id
    LEFT JOIN country AS office ON office.entity_id = d.speaker_affiliation_id
    WHERE l.link_word <> 'may answer'
)
SELECT
    accuser, accused, count(*) AS accusations,
    count(*) FILTER (EXISTS (FROM denials_of AS d WHERE d.claim_id = a.claim_id AND d.denier = a.accused)) AS denied,
    round(denied / accusations, 3) AS denial_rate
FROM accusations AS a
GROUP BY accuser, accused
ORDER BY accusations DESC, accuser NULLS LAST, accused
