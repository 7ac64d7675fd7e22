-- One version of every table for DuckDB, without Counterclaim:
--   SET VARIABLE warehouse = 'warehouse/data';
--   .read warehouse/pin.sql
-- The views show the version that was newest when this file was read, until it is read again. Its files are kept
-- while it is among the newest three versions, or as many as COUNTERCLAIM_KEEP_VERSIONS tells the writers.
SET VARIABLE pin = (
    SELECT max(parse_path(file)[-2]) FROM glob(getvariable('warehouse') || '/_snapshots/v*/.pin')
);

CREATE OR REPLACE TEMP MACRO pinned(name) AS
    getvariable('warehouse') || '/_snapshots/' || getvariable('pin') || '/' || name || '/**/*.parquet';

CREATE OR REPLACE TEMP VIEW documents AS FROM read_parquet(pinned('documents'));
CREATE OR REPLACE TEMP VIEW mentions AS FROM read_parquet(pinned('mentions'));
CREATE OR REPLACE TEMP VIEW entities AS FROM read_parquet(pinned('entities'));
CREATE OR REPLACE TEMP VIEW claims AS FROM read_parquet(pinned('claims'));
CREATE OR REPLACE TEMP VIEW denials AS FROM read_parquet(pinned('denials'));
CREATE OR REPLACE TEMP VIEW denial_links AS FROM read_parquet(pinned('denial_links'));
CREATE OR REPLACE TEMP VIEW near_duplicates AS FROM read_parquet(pinned('near_duplicates'));
CREATE OR REPLACE TEMP VIEW claim_groups AS FROM read_parquet(pinned('claim_groups'));
CREATE OR REPLACE TEMP VIEW reviews AS FROM read_parquet(pinned('reviews'));
CREATE OR REPLACE TEMP VIEW rejects AS FROM read_parquet(pinned('rejects'));
CREATE OR REPLACE TEMP VIEW runs AS FROM read_parquet(pinned('runs'));
