-- One row for each statement, for people to read: names instead of ids, and what a denial answers.
WITH names AS (SELECT map(list(entity_id), list(name)) AS by_id FROM entities)
SELECT
    s.kind, s.type, speaker.name AS speaker, s.source_text, s.speaker_role, affiliation.name AS speaks_for, s.cue_text,
    s.content_text, list_filter(list_transform(s.target_ids, lambda id: names.by_id[id]), lambda n: n IS NOT NULL) AS targets,
    list_transform(s.target_spans, lambda t: t.text) AS accused_as_written,
    list_filter(list_transform(s.victim_ids, lambda id: names.by_id[id]), lambda n: n IS NOT NULL) AS victims,
    s.accusation_basis,
    s.said_on, d.published_at, d.publisher, d.title, d.url, s.manner, s.negated, s.hedged, s.evidence_text,
    s.event_start, s.event_end, round(s.confidence::DOUBLE, 3) AS confidence,
    coalesce(c.content_text, l.implicit_claim_text) AS answers, claimant.name AS answers_whom,
    round(l.score::DOUBLE, 3) AS answer_score, l.claim_id AS answers_id, s.statement_id, s.doc_id, d.source_uri,
    s.content_spans[1].start AS content_start, s.content_spans[-1].end AS content_end
FROM statements AS s
JOIN documents AS d ON d.doc_id = s.doc_id
CROSS JOIN names
LEFT JOIN entities AS speaker ON speaker.entity_id = s.speaker_id
LEFT JOIN entities AS affiliation ON affiliation.entity_id = s.speaker_affiliation_id
LEFT JOIN denial_links AS l ON l.denial_id = s.statement_id AND l.rank = 1
LEFT JOIN claims AS c ON c.claim_id = l.claim_id
LEFT JOIN entities AS claimant ON claimant.entity_id = c.speaker_id
ORDER BY d.published_at NULLS LAST, s.doc_id, s.sentence, s.statement_id
