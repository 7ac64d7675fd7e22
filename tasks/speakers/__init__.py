"""Who speaks and who is meant: speakers, roles, affiliations, targets and addressees."""
