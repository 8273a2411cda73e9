-- What an import was told and what it made, so that it can be shown, and taken back as long as runs are kept. Imports of
-- before have nothing kept.
alter table imports add column merged integer not null default 0;
--> statement-breakpoint
alter table imports add column "left" integer not null default 0;
--> statement-breakpoint
alter table imports add column imported_by text;
--> statement-breakpoint
alter table imports add column hash text;
--> statement-breakpoint
alter table imports add column options text not null default '{}';
--> statement-breakpoint
alter table imports add column kept_since integer;
--> statement-breakpoint
alter table imports add column undone_at integer;
--> statement-breakpoint
-- The ids that it gave, as ranges: while it writes nobody else does.
create table import_ids (
  import_id integer not null,
  kind text not null,
  first_id integer not null,
  last_id integer not null,
  primary key (import_id, kind)
) strict, without rowid;
--> statement-breakpoint
-- Tags that it gave (is_added) and took.
create table import_tags (
  contact_id integer not null references contacts (id) on delete cascade,
  import_id integer not null,
  tag_id integer not null,
  is_added integer not null,
  primary key (contact_id, import_id, tag_id)
) strict, without rowid;
--> statement-breakpoint
-- The removals that it overrode, as they stood.
create table import_pins (
  contact_id integer not null references contacts (id) on delete cascade,
  segment_id integer not null,
  import_id integer not null,
  until integer,
  via text not null,
  pinned_by text,
  reason text,
  created_at integer not null,
  cause_id integer,
  primary key (contact_id, segment_id, import_id)
) strict, without rowid;
