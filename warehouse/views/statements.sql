-- Claims and denials under common columns: kind is claim or denial, type the claim type or denial type.
SELECT claim_id AS statement_id, 'claim' AS kind, claim_type AS type, * EXCLUDE (claim_id, claim_type)
FROM claims
UNION ALL BY NAME
SELECT denial_id AS statement_id, 'denial' AS kind, denial_type AS type, * EXCLUDE (denial_id, denial_type)
FROM denials
