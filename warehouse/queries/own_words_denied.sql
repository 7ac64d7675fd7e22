-- Who denies what they are themselves reported to have said?
SELECT
    x.claimant AS speaker, x.claim_text, x.claimed_on, x.claim_publisher, x.denial_type, x.denial_text,
    x.denied_on, x.denial_publisher, x.link_word, x.score, x.claim_id, x.denial_id
FROM contested AS x
JOIN claims AS c USING (claim_id)
JOIN denials AS d ON d.denial_id = x.denial_id
WHERE c.speaker_id = d.speaker_id
ORDER BY x.score DESC, x.claim_id, x.denial_id
