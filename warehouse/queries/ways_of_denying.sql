-- How are claims denied: outright, by contradiction, by a label, by not knowing, or by a counter-claim?
SELECT
    d.denial_type,
    count(*) AS denials,
    round(count(*) / sum(count(*)) OVER (), 2) AS share,
    count(d.evidence_text) AS with_evidence,
    count(DISTINCT d.speaker_id) AS speakers,
    round(avg(d.confidence), 2) AS mean_confidence
FROM denials AS d
GROUP BY d.denial_type
ORDER BY denials DESC, d.denial_type
