-- Every claim and denial with what its reviewers say of it, and with their corrections in place of the values found.
-- verdict is accepted, rejected, corrected, disputed (reviewers differ, and the values found stand) or null. speaker_id
-- and each of target_ids are null where no entity, or more than one, has the name that a reviewer gave.
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
names AS (SELECT map(list(entity_id), list(name)) AS by_id FROM entities),
given AS (
    SELECT DISTINCT lower(name) AS key
    FROM (SELECT corrected_speaker AS name FROM reviews UNION ALL SELECT unnest(corrected_targets) FROM reviews)
),
-- A corrected name is that of an entity if one entity alone has it or, if none has it, one alone has it as an alias.
called AS (
    SELECT key, entity_id
    FROM (
        SELECT lower(name) AS key, entity_id, 1 AS rank FROM entities
        UNION ALL SELECT lower(unnest(aliases)), entity_id, 2 FROM entities
    ) SEMI JOIN given USING (key)
    QUALIFY rank = min(rank) OVER (PARTITION BY key)
),
ids AS (
    SELECT map(list(key), list(entity_id)) AS by_name
    FROM (SELECT key, min(entity_id) AS entity_id FROM called GROUP BY key HAVING count(DISTINCT entity_id) = 1)
),
applied AS (
    SELECT
        s.*, d.published_at, d.publisher, d.title, v.verdict, v.n_reviewers, v.reviewers, v.notes, v.reviewed_at,
        CASE WHEN v.verdict = 'corrected' THEN coalesce(v.type, s.type) ELSE s.type END AS reviewed_type,
        CASE
            WHEN v.verdict = 'corrected' AND v.speaker IS NOT NULL THEN nullif(v.speaker, 'none')
            ELSE s.speaker_id
        END AS given_speaker,
        CASE WHEN v.verdict = 'corrected' AND v.targets IS NOT NULL THEN v.targets ELSE s.target_ids END AS given_targets,
        CASE
            WHEN v.verdict = 'corrected' AND v.claim_id IS NOT NULL THEN nullif(v.claim_id, 'none')
            ELSE l.claim_id
        END AS claim_id,
        CASE
            WHEN given_speaker = s.speaker_id OR names.by_id[given_speaker] IS NOT NULL THEN given_speaker
            ELSE ids.by_name[lower(given_speaker)]
        END AS reviewed_speaker_id,
        list_transform(
            given_targets,
            lambda id: CASE
                WHEN list_contains(s.target_ids, id) OR names.by_id[id] IS NOT NULL THEN id ELSE ids.by_name[lower(id)]
            END
        ) AS reviewed_target_ids
    FROM statements AS s
    JOIN documents AS d USING (doc_id)
    CROSS JOIN names
    CROSS JOIN ids
    LEFT JOIN verdicts AS v USING (statement_id)
    LEFT JOIN denial_links AS l ON l.denial_id = s.statement_id AND l.rank = 1
)
SELECT
    statement_id, kind, reviewed_type AS type,
    CASE
        WHEN given_speaker = a.speaker_id THEN names.by_id[given_speaker]
        ELSE coalesce(names.by_id[reviewed_speaker_id], given_speaker)
    END AS speaker,
    list_transform(
        given_targets, lambda id, i: coalesce(names.by_id[reviewed_target_ids[i]], id)
    ) AS targets,
    source_text, cue_text, content_text, claim_id, verdict, n_reviewers, reviewers, notes, reviewed_at, confidence, rule,
    published_at, publisher, title, doc_id, published_month, extractor_version, reviewed_speaker_id AS speaker_id,
    reviewed_target_ids AS target_ids
FROM applied AS a
CROSS JOIN names
ORDER BY published_at NULLS LAST, doc_id, sentence, statement_id
