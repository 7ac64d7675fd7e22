"""Denials are joined to the claims they answer."""
