-- moves: memberships to joined, membership_history to joined_history
-- Every membership, and every end of one, points to its cause: one row for what made members of one segment join or
-- leave together. What was there by `since`, `via` and run becomes causes; views give the old columns under the old names.
create table cause_words (
  id integer primary key autoincrement,
  word text not null unique
) strict;
--> statement-breakpoint
create table causes (
  id integer primary key autoincrement,
  segment_id integer not null,
  at integer not null,
  via text not null,
  name integer,
  "by" integer,
  reason integer,
  run_id integer,
  import_id integer,
  version integer,
  joined integer not null default 0,
  "left" integer not null default 0,
  open integer not null default 0,
  uses integer not null default 0
) strict;
--> statement-breakpoint
create table joined (
  segment_id integer not null,
  contact_id integer not null,
  cause_id integer not null,
  primary key (segment_id, contact_id)
) strict, without rowid;
--> statement-breakpoint
create table joined_history (
  id integer primary key autoincrement,
  segment_id integer not null,
  contact_id integer not null,
  joined_cause integer not null,
  left_cause integer not null
) strict;
--> statement-breakpoint
alter table pins add column cause_id integer;
--> statement-breakpoint
-- The causes of what stands, in the order of time. Who joined or left by a decision that stands as a pin did so by whom
-- and why the pin says: such a membership begins with its pin or later, through what the pin says, and others whom
-- somebody pinned were members before.
create temp table caused (
  id integer primary key,
  segment_id integer not null,
  at integer not null,
  via text not null,
  run_id integer,
  pinned_by text,
  reason text
);
--> statement-breakpoint
create temp table joined_by_pin as
select pins.segment_id, pins.contact_id, since as at, pins.via, run_id, pinned_by, reason
from pins
cross join memberships
  on memberships.segment_id = pins.segment_id and memberships.contact_id = pins.contact_id
where pins.kind = 'in' and memberships.via = pins.via and since >= created_at
  and (pinned_by is not null or reason is not null);
--> statement-breakpoint
create temp table left_by_pin as
select past.id as history_id, pins.segment_id, left_at as at, pins.via, left_run as run_id, pinned_by, reason
from pins
cross join membership_history as past
  on past.segment_id = pins.segment_id and past.contact_id = pins.contact_id
where pins.kind = 'out' and left_via = pins.via and left_at = created_at
  and (pinned_by is not null or reason is not null);
--> statement-breakpoint
insert into temp.caused (segment_id, at, via, run_id, pinned_by, reason)
select distinct segment_id, at, via, run_id, pinned_by, reason
from (
  select segment_id, since as at, via, run_id, null as pinned_by, null as reason from memberships
  union all
  select segment_id, joined_at, joined_via, joined_run, null, null from membership_history
  union all
  select segment_id, left_at, left_via, left_run, null, null from membership_history
  union all
  select segment_id, created_at, via, null, pinned_by, reason from pins
  union all
  select segment_id, at, via, run_id, pinned_by, reason from temp.joined_by_pin
  union all
  select segment_id, at, via, run_id, pinned_by, reason from temp.left_by_pin
)
order by at, segment_id, via, run_id, pinned_by, reason;
--> statement-breakpoint
create index temp.caused_key on caused (segment_id, at, via, run_id, pinned_by, reason);
--> statement-breakpoint
insert into cause_words (word)
select pinned_by from pins where pinned_by is not null
union
select reason from pins where reason is not null;
--> statement-breakpoint
insert into joined (segment_id, contact_id, cause_id)
select memberships.segment_id, memberships.contact_id, caused.id
from memberships
cross join temp.caused
  on caused.segment_id = memberships.segment_id and caused.at = memberships.since
  and caused.via = memberships.via and caused.run_id is memberships.run_id
  and caused.pinned_by is null and caused.reason is null
order by memberships.segment_id, memberships.contact_id;
--> statement-breakpoint
update joined
set cause_id = caused.id
from temp.joined_by_pin as decided
cross join temp.caused
  on caused.segment_id = decided.segment_id and caused.at = decided.at
  and caused.via = decided.via and caused.run_id is decided.run_id
  and caused.pinned_by is decided.pinned_by and caused.reason is decided.reason
where joined.segment_id = decided.segment_id and joined.contact_id = decided.contact_id;
--> statement-breakpoint
insert into joined_history (id, segment_id, contact_id, joined_cause, left_cause)
select past.id, past.segment_id, past.contact_id, began.id, ended.id
from membership_history as past
cross join temp.caused as began
  on began.segment_id = past.segment_id and began.at = past.joined_at
  and began.via = past.joined_via and began.run_id is past.joined_run
  and began.pinned_by is null and began.reason is null
cross join temp.caused as ended
  on ended.segment_id = past.segment_id and ended.at = past.left_at
  and ended.via = past.left_via and ended.run_id is past.left_run
  and ended.pinned_by is null and ended.reason is null
order by past.id;
--> statement-breakpoint
update joined_history
set left_cause = caused.id
from temp.left_by_pin as decided
cross join temp.caused
  on caused.segment_id = decided.segment_id and caused.at = decided.at
  and caused.via = decided.via and caused.run_id is decided.run_id
  and caused.pinned_by is decided.pinned_by and caused.reason is decided.reason
where joined_history.id = decided.history_id;
--> statement-breakpoint
update pins
set cause_id = (
  select caused.id
  from temp.caused
  where caused.segment_id = pins.segment_id and caused.at = pins.created_at
    and caused.via = pins.via and caused.run_id is null
    and caused.pinned_by is pins.pinned_by and caused.reason is pins.reason
);
--> statement-breakpoint
create temp table counted (
  id integer primary key,
  joined integer not null,
  "left" integer not null,
  open integer not null,
  uses integer not null
);
--> statement-breakpoint
insert into temp.counted (id, joined, "left", open, uses)
select cause_id, count(*), 0, count(*), count(*)
from joined
group by cause_id;
--> statement-breakpoint
insert into temp.counted (id, joined, "left", open, uses)
select id, sum(joined), sum("left"), 0, sum(uses)
from (
  select joined_cause as id, count(*) as joined, 0 as "left", count(*) as uses
  from joined_history
  group by joined_cause
  union all
  select left_cause, 0, count(*), count(*) from joined_history group by left_cause
  union all
  select cause_id, 0, 0, count(*) from pins group by cause_id
)
where 1
group by id
on conflict (id) do update set
  joined = counted.joined + excluded.joined,
  "left" = excluded."left",
  uses = counted.uses + excluded.uses;
--> statement-breakpoint
insert into causes (id, segment_id, at, via, "by", reason, run_id, version, joined, "left", open, uses)
select
  caused.id, segment_id, at, via,
  (select cause_words.id from cause_words where word = pinned_by),
  (select cause_words.id from cause_words where word = caused.reason),
  run_id,
  (
    select max(version)
    from segment_versions
    where segment_versions.segment_id = caused.segment_id and saved_at <= at
  ),
  counted.joined, counted."left", counted.open, counted.uses
from temp.counted
cross join temp.caused on caused.id = counted.id
order by caused.id;
--> statement-breakpoint
drop table temp.caused;
--> statement-breakpoint
drop table temp.counted;
--> statement-breakpoint
drop table temp.joined_by_pin;
--> statement-breakpoint
drop table temp.left_by_pin;
--> statement-breakpoint
create index causes_at on causes (at, segment_id);
--> statement-breakpoint
create index causes_unused on causes (id) where uses = 0;
--> statement-breakpoint
create index joined_history_contact on joined_history (segment_id, contact_id);
--> statement-breakpoint
-- The names of history rows that are gone stay unused.
update sqlite_sequence
set seq = max(seq, (select seq from sqlite_sequence where name = 'membership_history'))
where name = 'joined_history' and exists (select 1 from sqlite_sequence where name = 'membership_history');
--> statement-breakpoint
drop view segment_members;
--> statement-breakpoint
drop table memberships;
--> statement-breakpoint
drop table membership_history;
--> statement-breakpoint
-- Other programs write pins too.
create trigger count_pins_insert after insert on pins when new.cause_id is not null begin
  update causes set uses = uses + 1 where id = new.cause_id;
end;
--> statement-breakpoint
create trigger count_pins_update after update on pins when old.cause_id is not new.cause_id begin
  update causes set uses = uses - 1 where id = old.cause_id;
  update causes set uses = uses + 1 where id = new.cause_id;
end;
--> statement-breakpoint
create trigger count_pins_delete after delete on pins when old.cause_id is not null begin
  update causes set uses = uses - 1 where id = old.cause_id;
end;
--> statement-breakpoint
-- By left joins: a cause that is lost hides nobody.
create view memberships as
select joined.segment_id, joined.contact_id, causes.at as since, causes.via, causes.run_id
from joined
left join causes on causes.id = joined.cause_id;
--> statement-breakpoint
-- A clock that went back between the two ends leaves no interval that ends before it begins.
create view membership_history as
select
  past.id,
  past.segment_id,
  past.contact_id,
  began.at as joined_at,
  max(coalesce(began.at, ended.at), ended.at) as left_at,
  began.via as joined_via,
  ended.via as left_via,
  began.run_id as joined_run,
  ended.run_id as left_run
from joined_history as past
left join causes as began on began.id = past.joined_cause
left join causes as ended on ended.id = past.left_cause;
--> statement-breakpoint
create view segment_members as
select
  segments.alias as segment,
  joined.contact_id,
  contacts.email,
  strftime('%Y-%m-%dT%H:%M:%SZ', causes.at / 1000, 'unixepoch') as since,
  causes.via,
  pins.kind as pin,
  pins.via as pin_via
from joined
join segments on segments.id = joined.segment_id
join contacts on contacts.id = joined.contact_id
left join causes on causes.id = joined.cause_id
left join pins on pins.segment_id = joined.segment_id and pins.contact_id = joined.contact_id;
--> statement-breakpoint
create view segment_causes as
select
  causes.id,
  segments.alias as segment,
  strftime('%Y-%m-%dT%H:%M:%SZ', causes.at / 1000, 'unixepoch') as at,
  causes.via,
  names.word as name,
  authors.word as "by",
  reasons.word as reason,
  causes.run_id,
  causes.import_id,
  causes.version,
  causes.joined,
  causes."left",
  causes.open
from causes
left join segments on segments.id = causes.segment_id
left join cause_words as names on names.id = causes.name
left join cause_words as authors on authors.id = causes."by"
left join cause_words as reasons on reasons.id = causes.reason;
--> statement-breakpoint
-- Who joined or left a segment that another filter reads, apart from what others write: a segment looks up those
-- whose members it reads, and goes through nothing else that a chain of segments leaves there.
create table member_changes (
  segment_id integer not null,
  epoch integer not null,
  id integer not null,
  primary key (segment_id, epoch, id)
) strict, without rowid;
