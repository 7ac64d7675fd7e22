-- Every claim that is only perhaps denied, with each denial that may answer it: no denial answers or probably answers it,
-- or another claim that states the same. Most of these links are wrong: read both sentences.
SELECT * FROM possible_denials
WHERE group_id NOT IN (SELECT group_id FROM contested)
ORDER BY denied_on DESC NULLS LAST, claim_id, score DESC, denial_id
