-- Every denied claim with each denial that answers or probably answers it, newest denial first. Claims with one group_id
-- state the same, so that count(DISTINCT group_id) counts different claims, however many articles state them.
SELECT * FROM possible_denials
WHERE link_word <> 'may answer'
ORDER BY denied_on DESC NULLS LAST, claim_id, score DESC, denial_id
