"""Five of the questions in ``warehouse/queries``, asked with pandas of the plain Parquet folders."""

from pathlib import Path

import pandas as pd


def by_month(warehouse: Path | str) -> pd.DataFrame:
    """How many accusations and denials are there by month?"""
    columns = ["doc_id", "published_month"]
    claims = pd.read_parquet(f"{warehouse}/claims", columns=[*columns, "claim_type"])
    denials = pd.read_parquet(f"{warehouse}/denials", columns=columns)
    claims["accusation"] = claims["claim_type"].eq("accusation")
    both = pd.concat([claims.assign(claim=True), denials.assign(denial=True)])
    both["month"] = both["published_month"].astype(str)
    return (
        both.groupby("month")
        .agg(
            documents=("doc_id", "nunique"),
            claims=("claim", "count"),
            accusations=("accusation", "sum"),
            denials=("denial", "count"),
        )
        .reset_index()
    )


def most_denials(warehouse: Path | str) -> pd.DataFrame:
    """Who denies most, and how many of their denials come with evidence?"""
    denials = pd.read_parquet(f"{warehouse}/denials")
    names = pd.read_parquet(f"{warehouse}/entities").set_index("entity_id")["name"]
    denials["denier"] = denials["speaker_id"].map(names).fillna(denials["source_text"])
    denials["who"] = denials["speaker_id"].fillna(denials["source_text"])
    counted = (
        denials.dropna(subset=["denier"])
        .groupby(["who", "denier"])
        .agg(
            denials=("denial_id", "count"),
            with_evidence=("evidence_text", "count"),
            documents=("doc_id", "nunique"),
        )
        .reset_index("denier")
    )
    counted.insert(3, "evidence_share", (counted["with_evidence"] / counted["denials"]).round(2))
    return counted.sort_values(["denials", "with_evidence", "denier"], ascending=[False, False, True])


def hedging_by_outlet(warehouse: Path | str) -> pd.DataFrame:
    """Which outlets hedge their accusations, and which assert them flatly?"""
    claims = pd.read_parquet(f"{warehouse}/claims").query("claim_type == 'accusation'")
    copies = pd.read_parquet(f"{warehouse}/near_duplicates")
    documents = pd.read_parquet(f"{warehouse}/documents", columns=["doc_id", "publisher"])
    documents = documents[~documents["doc_id"].isin(copies["doc_id"])]
    joined = claims.merge(documents, on="doc_id")
    joined["publisher"] = joined["publisher"].fillna("unknown")
    joined["flat"] = ~joined["hedged"] & joined["source_type"].eq("author")
    counted = (
        joined.groupby("publisher")
        .agg(accusations=("claim_id", "count"), hedged=("hedged", "sum"), flat_in_own_voice=("flat", "sum"))
        .reset_index()
    )
    counted["hedged_share"] = (counted["hedged"] / counted["accusations"]).round(2)
    return counted.sort_values(["accusations", "publisher"], ascending=[False, True])


def most_accused(warehouse: Path | str) -> pd.DataFrame:
    """Who is accused most, and by how many different accusers?"""
    claims = pd.read_parquet(f"{warehouse}/claims").query("claim_type == 'accusation'").explode("target_ids")
    entities = pd.read_parquet(f"{warehouse}/entities", columns=["entity_id", "name", "entity_type"])
    claims["accuser"] = claims["speaker_id"].fillna(claims["source_text"])
    return (
        claims.merge(entities.rename(columns={"name": "accused"}), left_on="target_ids", right_on="entity_id")
        .groupby(["entity_id", "accused", "entity_type"])
        .agg(
            accusations=("claim_id", "count"),
            accusers=("accuser", "nunique"),
            documents=("doc_id", "nunique"),
        )
        .reset_index(["accused", "entity_type"])
        .sort_values(["accusations", "accusers", "accused"], ascending=[False, False, True])
    )


def ways_of_denying(warehouse: Path | str) -> pd.DataFrame:
    """How are claims denied: outright, by contradiction, by a label, by not knowing, or by a counter-claim?"""
    denials = pd.read_parquet(f"{warehouse}/denials")
    counted = (
        denials.groupby("denial_type")
        .agg(
            denials=("denial_id", "count"),
            with_evidence=("evidence_text", "count"),
            speakers=("speaker_id", "nunique"),
            mean_confidence=("confidence", "mean"),
        )
        .reset_index()
        .round({"mean_confidence": 2})
    )
    counted.insert(2, "share", (counted["denials"] / len(denials)).round(2))
    return counted.sort_values(["denials", "denial_type"], ascending=[False, True])
