-- Who accuses whom, how often, and what share of the accusations is denied?
SELECT speaker, target, accusations, denied, denial_rate, first_on
FROM denial_rate
WHERE speaker IS NOT NULL AND target IS NOT NULL
ORDER BY accusations DESC, denied DESC, speaker, target
