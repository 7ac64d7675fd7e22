"""Five of the questions in ``warehouse/queries``, asked with polars of the plain Parquet folders."""

from pathlib import Path

import polars as pl


def scan(warehouse: Path | str, table: str) -> pl.LazyFrame:
    """Return a table; polars reads only the columns and months that a question needs."""
    return pl.scan_parquet(
        f"{warehouse}/{table}/**/*.parquet", hive_partitioning=True, try_parse_hive_dates=False
    )


def by_month(warehouse: Path | str) -> pl.DataFrame:
    """How many accusations and denials are there by month?"""
    columns = ["doc_id", pl.col("published_month").alias("month")]
    claims = scan(warehouse, "claims").select(*columns, pl.col("claim_type").alias("kind"))
    denials = scan(warehouse, "denials").select(*columns, pl.lit("denial").alias("kind"))
    kind = pl.col("kind")
    return (
        pl.concat([claims, denials])
        .group_by("month")
        .agg(
            pl.col("doc_id").n_unique().alias("documents"),
            (kind != "denial").sum().alias("claims"),
            (kind == "accusation").sum().alias("accusations"),
            (kind == "denial").sum().alias("denials"),
        )
        .sort("month")
        .collect()
    )


def most_denials(warehouse: Path | str) -> pl.DataFrame:
    """Who denies most, and how many of their denials come with evidence?"""
    names = scan(warehouse, "entities").select("name", speaker_id="entity_id")
    evidence = pl.col("evidence_text").count()
    return (
        scan(warehouse, "denials")
        .join(names, on="speaker_id", how="left")
        .with_columns(denier=pl.coalesce("name", "source_text"), who=pl.coalesce("speaker_id", "source_text"))
        .drop_nulls("denier")
        .group_by("who", "denier")
        .agg(
            pl.len().alias("denials"),
            evidence.alias("with_evidence"),
            (evidence / pl.len()).round(2).alias("evidence_share"),
            pl.col("doc_id").n_unique().alias("documents"),
        )
        .drop("who")
        .sort(["denials", "with_evidence", "denier"], descending=[True, True, False])
        .collect()
    )


def hedging_by_outlet(warehouse: Path | str) -> pl.DataFrame:
    """Which outlets hedge their accusations, and which assert them flatly?"""
    copies = scan(warehouse, "near_duplicates")
    documents = scan(warehouse, "documents").join(copies, on="doc_id", how="anti")
    hedged = pl.col("hedged").sum()
    return (
        scan(warehouse, "claims")
        .filter(pl.col("claim_type") == "accusation")
        .join(documents.select("doc_id", pl.col("publisher").fill_null("unknown")), on="doc_id")
        .group_by("publisher")
        .agg(
            pl.len().alias("accusations"),
            hedged.alias("hedged"),
            (~pl.col("hedged") & (pl.col("source_type") == "author")).sum().alias("flat_in_own_voice"),
            (hedged / pl.len()).round(2).alias("hedged_share"),
        )
        .sort(["accusations", "publisher"], descending=[True, False])
        .collect()
    )


def most_accused(warehouse: Path | str) -> pl.DataFrame:
    """Who is accused most, and by how many different accusers?"""
    entities = scan(warehouse, "entities").select("entity_type", accused="name", target_ids="entity_id")
    accusers = pl.coalesce("speaker_id", "source_text").drop_nulls().n_unique()
    return (
        scan(warehouse, "claims")
        .filter(pl.col("claim_type") == "accusation")
        .explode("target_ids")
        .join(entities, on="target_ids")
        .group_by("target_ids", "accused", "entity_type")
        .agg(
            pl.len().alias("accusations"),
            accusers.alias("accusers"),
            pl.col("doc_id").n_unique().alias("documents"),
        )
        .drop("target_ids")
        .sort(["accusations", "accusers", "accused"], descending=[True, True, False])
        .collect()
    )


def ways_of_denying(warehouse: Path | str) -> pl.DataFrame:
    """How are claims denied: outright, by contradiction, by a label, by not knowing, or by a counter-claim?"""
    return (
        scan(warehouse, "denials")
        .group_by("denial_type")
        .agg(
            pl.len().alias("denials"),
            pl.col("evidence_text").count().alias("with_evidence"),
            pl.col("speaker_id").drop_nulls().n_unique().alias("speakers"),
            pl.col("confidence").mean().cast(pl.Float64).round(2).alias("mean_confidence"),
        )
        .with_columns((pl.col("denials") / pl.col("denials").sum()).round(2).alias("share"))
        .select("denial_type", "denials", "share", "with_evidence", "speakers", "mean_confidence")
        .sort(["denials", "denial_type"], descending=[True, False])
        .collect()
    )
