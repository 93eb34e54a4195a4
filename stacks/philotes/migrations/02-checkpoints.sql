-- How far the worker has read each source: it goes on from here after a restart.
create table philotes.checkpoints (
    source_id uuid primary key references philotes.sources (id) on delete cascade,
    lsn pg_lsn not null,
    committed_at timestamptz not null default now()
);
