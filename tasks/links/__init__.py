"""Links from a denial to the claim that it answers, within a document."""
