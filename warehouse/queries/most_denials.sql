-- Who denies most, and how many of their denials come with evidence?
SELECT
    coalesce(e.name, d.source_text) AS denier,
    count(*) AS denials,
    count(d.evidence_text) AS with_evidence,
    round(count(d.evidence_text) / count(*), 2) AS evidence_share,
    count(DISTINCT d.doc_id) AS documents
FROM denials AS d
LEFT JOIN entities AS e ON e.entity_id = d.speaker_id
WHERE coalesce(e.name, d.source_text) IS NOT NULL
GROUP BY coalesce(d.speaker_id, d.source_text), denier
ORDER BY denials DESC, with_evidence DESC, denier
