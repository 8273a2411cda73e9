-- What of a contact a change is about, as bits (src/store/sqlite/aspects.ts): updates look at a segment again only where something changed
-- that it reads. What was recorded before is forgotten, as by every migration.
alter table contact_changes add column aspects integer not null default 0;
