-- Enough of a schema for /api/v1/sources to answer: databases that changes are read from.
-- To deploy a release of Philotes, put the files of its deployments/docker/init-scripts here instead.
create schema philotes;

create table philotes.sources (
    id uuid primary key default gen_random_uuid(),
    name text not null unique,
    host text not null,
    port integer not null check (port between 1 and 65535),
    database_name text not null,
    username text not null,
    slot_name text unique,       -- one reader per replication slot
    created_at timestamptz not null default now()
);
