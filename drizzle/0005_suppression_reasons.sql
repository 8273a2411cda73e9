-- rebuilds: suppressions
-- One row a contact, channel and reason: lifting an unsubscription leaves the bounce. SQLite cannot alter a key, so
-- the table is made anew under its own name (a rename would stumble over views that read it). What makes that safe,
-- and for this table alone, stands in src/store/sqlite/migrations.ts.
create temp table suppressions_before as select contact_id, channel, reason, created_at from suppressions;
--> statement-breakpoint
drop table suppressions;
--> statement-breakpoint
create table suppressions (
  contact_id integer not null references contacts (id) on delete cascade,
  channel text not null collate nocase,
  reason text not null collate nocase,
  created_at integer not null,
  primary key (contact_id, channel, reason)
) strict, without rowid;
--> statement-breakpoint
insert into suppressions (contact_id, channel, reason, created_at)
select contact_id, channel, reason, created_at from temp.suppressions_before;
--> statement-breakpoint
drop table temp.suppressions_before;
--> statement-breakpoint
-- How many contacts removals kept out of segments that an import was to put them into.
alter table imports add column held_out integer not null default 0;
