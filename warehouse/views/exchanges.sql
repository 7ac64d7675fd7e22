-- Who says what of whom, and who denies it when, whether it is an accusation or another claim: one row for each denial
-- with the claim that it answers best. link_word says how surely: leave out 'may answer' for those on which contested
-- relies.
SELECT
    accuser.name AS accuser, coalesce(accused.name, c.target_spans[1].text) AS accused, denier.name AS denier,
    c.content_text AS accusation, d.denial_type, d.content_text AS denial,
    coalesce(c.said_on, claimed.published_at) AS accused_on, coalesce(d.said_on, denied.published_at) AS denied_on,
    date_diff('day', accused_on, denied_on) AS days_between, l.link_word, l.score, l.same_document,
    c.claim_id, d.denial_id
FROM worded_links AS l
JOIN claims AS c ON c.claim_id = l.claim_id
JOIN denials AS d ON d.denial_id = l.denial_id
JOIN documents AS claimed ON claimed.doc_id = c.doc_id
JOIN documents AS denied ON denied.doc_id = d.doc_id
LEFT JOIN entities AS accuser ON accuser.entity_id = c.speaker_id
LEFT JOIN entities AS denier ON denier.entity_id = d.speaker_id
LEFT JOIN entities AS accused ON accused.entity_id = c.target_ids[1]
WHERE l.rank = 1
ORDER BY denied_on DESC NULLS LAST, accused_on DESC NULLS LAST, c.claim_id, d.denial_id
