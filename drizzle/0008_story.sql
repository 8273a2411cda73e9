-- What a segment was beside its filter, and why it was changed. Of versions before this one nobody knows the attributes
-- any more, the latest apart.
alter table segment_versions add column note text;
--> statement-breakpoint
alter table segment_versions add column attributes text;
--> statement-breakpoint
update segment_versions
set attributes = (
  select json_object(
    'alias', alias,
    'description', description,
    'category', category,
    'owner', owner,
    'published', json(iif(published, 'true', 'false')),
    'public', json(iif(public, 'true', 'false')),
    'preferenceCenter', json(iif(preference_center, 'true', 'false')),
    'publicName', public_name,
    'manual', manual
  )
  from segments
  where segments.id = segment_versions.segment_id
)
where version = (
  select max(version) from segment_versions as latest where latest.segment_id = segment_versions.segment_id
);
--> statement-breakpoint
-- Intervals of memberships that nothing else keeps: their contact is gone, or their segment was deleted.
create table deleted_history (
  id integer primary key autoincrement,
  segment_id integer not null,
  contact_id integer not null,
  joined_cause integer not null,
  left_cause integer not null,
  inherited integer not null default 0
) strict;
--> statement-breakpoint
create index deleted_history_contact on deleted_history (segment_id, contact_id);
--> statement-breakpoint
-- Segments that were deleted, as they were, until they are purged. Their causes and versions stay where they are.
create table deleted_segments (
  id integer primary key,
  alias text not null collate nocase,
  name text not null,
  kind text not null,
  description text,
  category text,
  owner text,
  filter text,
  published integer not null,
  public integer not null,
  preference_center integer not null,
  public_name text,
  manual text not null,
  convert_on text,
  convert_after_inactivity text,
  convert_planned_at integer,
  created_at integer not null,
  updated_at integer not null,
  members integer not null,
  anonymous integer not null,
  joined_last_run integer not null,
  left_last_run integer not null,
  built_at integer,
  built_run integer,
  seen_epoch integer,
  bulk_epoch integer not null,
  fingerprint text,
  bounds text,
  moved_at integer,
  converted_at integer,
  converted_run integer,
  deleted_at integer not null,
  deleted_by text,
  deleted_cause integer not null
) strict;
--> statement-breakpoint
create table deleted_joined (
  segment_id integer not null,
  contact_id integer not null,
  cause_id integer not null,
  primary key (segment_id, contact_id)
) strict, without rowid;
--> statement-breakpoint
create table deleted_pins (
  segment_id integer not null,
  contact_id integer not null,
  kind text not null,
  via text not null,
  pinned_by text,
  reason text,
  until integer,
  created_at integer not null,
  cause_id integer,
  primary key (segment_id, contact_id)
) strict, without rowid;
--> statement-breakpoint
-- Who joined or left by a cause, where those were few. Where as many stand here as the cause counts, they are all;
-- others are found by going through the segment.
create table moved (
  cause_id integer not null,
  contact_id integer not null,
  primary key (cause_id, contact_id)
) strict, without rowid;
--> statement-breakpoint
-- The cause behind which all joins and leaves are still kept.
alter table capture add column moves_from integer not null default 0;
--> statement-breakpoint
-- What puts contacts into segments and takes them out by itself: when what happens, which segments, and how that is told,
-- in its definition. Of events and causes up to the marks it takes no notice. What was logged before the epoch that it
-- has seen it has been asked about; null where everybody has to be looked at.
alter table triggers add column made_by text;
--> statement-breakpoint
alter table triggers add column event_mark integer not null default 0;
--> statement-breakpoint
alter table triggers add column cause_mark integer not null default 0;
--> statement-breakpoint
alter table triggers add column seen_epoch integer;
--> statement-breakpoint
alter table triggers add column error text;
--> statement-breakpoint
-- The events that a trigger has fired for. The event stands first: when it goes, it is looked for here.
create table trigger_fired (
  trigger_id integer not null references triggers (id) on delete cascade,
  event_id integer not null,
  primary key (event_id, trigger_id)
) strict, without rowid;
--> statement-breakpoint
create trigger events_fired_deleted after delete on events
begin
  delete from trigger_fired where event_id = old.id;
end;
--> statement-breakpoint
-- Who has as many points as a trigger waits for.
create table trigger_above (
  trigger_id integer not null references triggers (id) on delete cascade,
  contact_id integer not null,
  primary key (trigger_id, contact_id)
) strict, without rowid;
--> statement-breakpoint
-- Up to where each command of --on-change has been told what changed.
create table change_hooks (
  command text primary key,
  cursor text not null,
  told_at integer not null
) strict, without rowid;
--> statement-breakpoint
-- By which command it was done, and to which row of what its object names.
alter table audit add column command text;
--> statement-breakpoint
alter table audit add column object_id integer;
--> statement-breakpoint
-- 1: a time in which somebody was a member as another contact, one that was merged into this one. Whoever lists members as
-- of a day finds it; those who read joins and leaves one after the other do not. -1: the same of the contact that is gone,
-- the other way round.
alter table joined_history add column inherited integer not null default 0;
--> statement-breakpoint
-- What the hashes of erased people are made with; there from the first on. A restored store has the key of either life.
-- What was erased may still be read in the file while it is pending.
create table erased_key (
  id integer primary key,
  key blob not null unique,
  pending integer not null default 0
) strict;
--> statement-breakpoint
insert into erased_key (id, key) values (1, randomblob(32));
--> statement-breakpoint
-- When a segment was deleted and brought back: all members of that moment left or joined then.
create index causes_whole on causes (segment_id) where via in ('segment-deleted', 'segment-restored');
--> statement-breakpoint
-- From when on (epoch ms) all joins and leaves are kept.
alter table capture add column history_from integer not null default 0;
--> statement-breakpoint
-- Contacts that were deleted before this version took their intervals along: what is counted by cause is what is kept.
create temp table kept_moves (
  id integer primary key,
  joined integer not null,
  "left" integer not null
);
--> statement-breakpoint
insert into temp.kept_moves (id, joined, "left")
select cause_id, count(*), 0
from joined
group by cause_id;
--> statement-breakpoint
insert into temp.kept_moves (id, joined, "left")
select id, sum(joined), sum("left")
from (
  select joined_cause as id, 1 as joined, 0 as "left" from joined_history
  union all
  select left_cause, 0, 1 from joined_history
)
where 1
group by id
on conflict (id) do update set joined = kept_moves.joined + excluded.joined, "left" = excluded."left";
--> statement-breakpoint
update causes
set
  joined = coalesce((select kept_moves.joined from temp.kept_moves where kept_moves.id = causes.id), 0),
  "left" = coalesce((select kept_moves."left" from temp.kept_moves where kept_moves.id = causes.id), 0);
--> statement-breakpoint
drop table temp.kept_moves;
