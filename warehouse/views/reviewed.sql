-- Every claim and denial with what its reviewers say of it, and with their corrections in place of the values found.
-- verdict is accepted, rejected, corrected, disputed (reviewers differ, and the values found stand) or null. speaker_id
-- and each of target_ids are null where no entity, or more than one, has the name that a reviewer gave. reviewed_kind and
-- reviewed_type say what the row is by its reviewers: those of an accepted or corrected row, and of a rejected one that
-- is really a denial, or really a claim, the other kind and its type; null if it is neither, disputed or not reviewed.
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
    SELECT key, min(entity_id) AS entity_id FROM called GROUP BY key HAVING count(DISTINCT entity_id) = 1
),
applied AS (
    SELECT
        s.*, d.published_at, d.publisher, d.title, v.verdict, v.n_reviewers, v.reviewers, v.notes, v.reviewed_at,
        CASE WHEN v.verdict = 'corrected' THEN coalesce(v.type, s.type) ELSE s.type END AS applied_type,
        CASE
            WHEN v.verdict IN ('accepted', 'corrected') THEN s.kind
            WHEN v.verdict = 'rejected' AND v.type IS NOT NULL THEN if(s.kind = 'claim', 'denial', 'claim')
        END AS reviewed_kind,
        CASE
            WHEN v.verdict IN ('accepted', 'corrected') THEN coalesce(v.type, s.type)
            WHEN v.verdict = 'rejected' THEN v.type
        END AS reviewed_type,
        CASE
            WHEN v.verdict = 'corrected' AND v.speaker IS NOT NULL THEN nullif(v.speaker, 'none')
            ELSE s.speaker_id
        END AS given_speaker,
        CASE WHEN v.verdict = 'corrected' AND v.targets IS NOT NULL THEN v.targets ELSE s.target_ids END AS given_targets,
        CASE
            WHEN v.verdict = 'corrected' AND v.claim_id IS NOT NULL THEN nullif(v.claim_id, 'none')
            ELSE l.claim_id
        END AS claim_id
    FROM statements AS s
    JOIN documents AS d USING (doc_id)
    LEFT JOIN verdicts AS v USING (statement_id)
    LEFT JOIN denial_links AS l ON l.denial_id = s.statement_id AND l.rank = 1
),
-- Whoever is given, as the id of an entity or as a name, with the entity that this is: the found ones are kept as they are.
people AS (
    SELECT statement_id, 0 AS place, given_speaker AS given, given_speaker IS NOT DISTINCT FROM speaker_id AS is_found
    FROM applied WHERE given_speaker IS NOT NULL
    UNION ALL
    SELECT statement_id, place, given_targets[place], list_contains(target_ids, given_targets[place])
    FROM (SELECT statement_id, given_targets, target_ids, unnest(range(1, len(given_targets) + 1)) AS place FROM applied)
),
resolved AS (
    SELECT
        p.statement_id, p.place,
        CASE WHEN p.is_found OR own.entity_id IS NOT NULL THEN p.given ELSE ids.entity_id END AS entity_id,
        coalesce(own.name, called.name, CASE WHEN p.place > 0 OR NOT p.is_found THEN p.given END) AS name
    FROM people AS p
    LEFT JOIN entities AS own ON own.entity_id = p.given
    LEFT JOIN ids ON ids.key = lower(p.given)
    LEFT JOIN entities AS called ON called.entity_id = ids.entity_id AND NOT p.is_found
),
targets AS (
    SELECT statement_id, list(name ORDER BY place) AS names, list(entity_id ORDER BY place) AS ids
    FROM resolved WHERE place > 0 GROUP BY statement_id
)
SELECT
    a.statement_id, a.kind, a.applied_type AS type, speaker.name AS speaker,
    coalesce(targets.names, []) AS targets, a.source_text, a.cue_text, a.content_text, a.claim_id, a.verdict,
    a.n_reviewers, a.reviewers, a.notes, a.reviewed_at, a.confidence, a.rule, a.published_at, a.publisher, a.title,
    a.doc_id, a.published_month, a.extractor_version, speaker.entity_id AS speaker_id,
    coalesce(targets.ids, []) AS target_ids, a.reviewed_kind, a.reviewed_type
FROM applied AS a
LEFT JOIN resolved AS speaker ON speaker.statement_id = a.statement_id AND speaker.place = 0
LEFT JOIN targets ON targets.statement_id = a.statement_id
ORDER BY a.published_at NULLS LAST, a.doc_id, a.sentence, a.statement_id
