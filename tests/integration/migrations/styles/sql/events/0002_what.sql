-- no transaction
create index concurrently events_what on events (what);
