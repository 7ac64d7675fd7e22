-- Who speaks for whom, in which roles?
SELECT
    speaker.name AS speaker, affiliation.name AS speaks_for,
    list(DISTINCT s.speaker_role ORDER BY s.speaker_role) FILTER (s.speaker_role IS NOT NULL) AS roles,
    count(*) AS statements,
    count(*) FILTER (s.kind = 'denial') AS denials
FROM statements AS s
JOIN entities AS speaker ON speaker.entity_id = s.speaker_id
JOIN entities AS affiliation ON affiliation.entity_id = s.speaker_affiliation_id
WHERE s.speaker_id <> s.speaker_affiliation_id
GROUP BY speaker.entity_id, speaker.name, affiliation.entity_id, affiliation.name
ORDER BY statements DESC, speaker, speaks_for
