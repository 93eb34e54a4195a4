create table events (at timestamptz not null default now(), what text not null);
grant select on events to readers;
