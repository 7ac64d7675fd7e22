-- Every claim and denial with what its reviewers say of it, and with their corrections in place of the values found.
-- verdict is accepted, rejected, corrected, disputed (reviewers differ, and the values found stand) or null.
WITH verdicts AS (
    SELECT
        statement_id, count(*) AS n_reviewers, list(reviewer ORDER BY reviewer) AS reviewers,
        CASE
            WHEN count(DISTINCT {
                'verdict': verdict, 'speaker': corrected_speaker, 'type': corrected_type,
                'targets': corrected_targets, 'claim': corrected_claim_id
            }) > 1 THEN 'disputed'
            ELSE min(verdict)
        END AS verdict,
        list(reviewer || ': ' || note ORDER BY reviewer) FILTER (note IS NOT NULL) AS notes,
        max(reviewed_at) AS reviewed_at,
        first(corrected_speaker) AS speaker, first(corrected_type) AS type, first(corrected_targets) AS targets,
        first(corrected_claim_id) AS claim_id
    FROM reviews
    GROUP BY statement_id
),
names AS (SELECT map(list(entity_id), list(name)) AS by_id FROM entities)
SELECT
    s.statement_id, s.kind, CASE v.verdict WHEN 'corrected' THEN coalesce(v.type, s.type) ELSE s.type END AS type,
    CASE
        WHEN v.verdict = 'corrected' AND v.speaker IS NOT NULL THEN coalesce(names.by_id[v.speaker], v.speaker)
        ELSE names.by_id[s.speaker_id]
    END AS speaker,
    list_transform(
        CASE WHEN v.verdict = 'corrected' AND v.targets IS NOT NULL THEN v.targets ELSE s.target_ids END,
        lambda id: coalesce(names.by_id[id], id)
    ) AS targets,
    s.source_text, s.cue_text, s.content_text,
    CASE
        WHEN v.verdict = 'corrected' AND v.claim_id IS NOT NULL THEN nullif(v.claim_id, 'none')
        ELSE l.claim_id
    END AS claim_id,
    v.verdict, v.n_reviewers, v.reviewers, v.notes, v.reviewed_at, s.confidence, s.rule, d.published_at, d.publisher,
    d.title, s.doc_id, s.published_month, s.extractor_version
FROM statements AS s
JOIN documents AS d USING (doc_id)
CROSS JOIN names
LEFT JOIN verdicts AS v USING (statement_id)
LEFT JOIN denial_links AS l ON l.denial_id = s.statement_id AND l.rank = 1
ORDER BY d.published_at NULLS LAST, s.doc_id, s.sentence, s.statement_id
