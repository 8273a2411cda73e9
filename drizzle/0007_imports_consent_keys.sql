-- rebuilds: imports
-- What an import was told and what it made, so that it can be shown, and taken back as long as runs are kept; imports of
-- before have nothing kept. The table is made anew for another kind, of lists of addresses.
create temp table imports_before as
select
  id, kind, file, run_id, finished_at, "rows", inserted, updated, unchanged, rejected, segment_added, held_out
from imports;
--> statement-breakpoint
drop table imports;
--> statement-breakpoint
create table imports (
  id integer primary key autoincrement,
  kind text not null check (kind in ('contacts', 'companies', 'events', 'segment', 'suppressions')),
  file text not null,
  run_id integer,
  finished_at integer not null,
  "rows" integer not null,
  inserted integer not null,
  updated integer not null,
  unchanged integer not null,
  rejected integer not null,
  segment_added integer not null default 0,
  held_out integer not null default 0,
  merged integer not null default 0,
  "left" integer not null default 0,
  imported_by text,
  hash text,
  options text not null default '{}',
  kept_since integer,
  undone_at integer
) strict;
--> statement-breakpoint
insert into imports (
  id, kind, file, run_id, finished_at, "rows", inserted, updated, unchanged, rejected, segment_added, held_out
)
select
  id, kind, file, run_id, finished_at, "rows", inserted, updated, unchanged, rejected, segment_added, held_out
from temp.imports_before
order by id;
--> statement-breakpoint
drop table temp.imports_before;
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
--> statement-breakpoint
-- In which channels nobody must be reached at an e-mail address, and why, whether a contact has it or not. What is
-- written for a contact is written for its address too, and a contact that gets an address gets what stands for it, also
-- where another program writes. Only "where not exists": the conflict clause of whoever fires a trigger overrides its own.
create table address_suppressions (
  address text not null collate nocase,
  channel text not null collate nocase,
  reason text not null collate nocase,
  created_at integer not null,
  primary key (address, channel, reason)
) strict, without rowid;
--> statement-breakpoint
-- Those that compare by more than their ASCII letters, as odd_contacts_email below.
create index odd_address_suppressions on address_suppressions (address)
where address glob '*[^ -~]*' or address glob ' *' or address glob '* ';
--> statement-breakpoint
insert into address_suppressions (address, channel, reason, created_at)
select contacts.email, suppressions.channel, suppressions.reason, suppressions.created_at
from suppressions
join contacts on contacts.id = suppressions.contact_id
where contacts.email is not null
order by 1, 2, 3;
--> statement-breakpoint
create trigger suppressed_address_insert after insert on suppressions
begin
  insert into address_suppressions (address, channel, reason, created_at)
  select contacts.email, new.channel, new.reason, new.created_at
  from contacts
  where contacts.id = new.contact_id and contacts.email is not null
    and not exists (
      select 1
      from address_suppressions as known
      where known.address = contacts.email and known.channel = new.channel and known.reason = new.reason
    );
end;
--> statement-breakpoint
-- A contact that is deleted is gone by now: what stands for its address stays.
create trigger suppressed_address_delete after delete on suppressions
begin
  delete from address_suppressions
  where address = (select email from contacts where id = old.contact_id)
    and channel = old.channel and reason = old.reason;
end;
--> statement-breakpoint
create trigger suppressed_address_update after update on suppressions
begin
  delete from address_suppressions
  where address = (select email from contacts where id = old.contact_id)
    and channel = old.channel and reason = old.reason;
  insert into address_suppressions (address, channel, reason, created_at)
  select contacts.email, new.channel, new.reason, new.created_at
  from contacts
  where contacts.id = new.contact_id and contacts.email is not null
    and not exists (
      select 1
      from address_suppressions as known
      where known.address = contacts.email and known.channel = new.channel and known.reason = new.reason
    );
end;
--> statement-breakpoint
create trigger suppressed_contact_insert after insert on contacts
when exists (select 1 from address_suppressions where address = new.email)
begin
  insert into suppressions (contact_id, channel, reason, created_at)
  select new.id, channel, reason, created_at
  from address_suppressions
  where address = new.email
    and not exists (
      select 1
      from suppressions as known
      where known.contact_id = new.id and known.channel = address_suppressions.channel
        and known.reason = address_suppressions.reason
    );
end;
--> statement-breakpoint
-- A bounce is the address's own: who changes address leaves it behind. Everything else goes along, and is written for the
-- new address too; and what stands for that comes to the contact.
create trigger suppressed_contact_update after update of email on contacts
when new.email is not old.email and (
  exists (select 1 from suppressions where contact_id = new.id)
  or exists (select 1 from address_suppressions where address = new.email)
)
begin
  delete from suppressions
  where contact_id = new.id and channel = 'email' and reason = 'bounced'
    and not exists (
      select 1
      from address_suppressions as known
      where known.address = new.email and known.channel = 'email' and known.reason = 'bounced'
    );
  insert into address_suppressions (address, channel, reason, created_at)
  select new.email, channel, reason, created_at
  from suppressions
  where contact_id = new.id and new.email is not null
    and not exists (
      select 1
      from address_suppressions as known
      where known.address = new.email and known.channel = suppressions.channel
        and known.reason = suppressions.reason
    );
  insert into suppressions (contact_id, channel, reason, created_at)
  select new.id, channel, reason, created_at
  from address_suppressions
  where address = new.email
    and not exists (
      select 1
      from suppressions as known
      where known.contact_id = new.id and known.channel = address_suppressions.channel
        and known.reason = address_suppressions.reason
    );
end;
--> statement-breakpoint
-- Values of unique columns that an index without regard to ASCII case does not find by what they compare by: letters beyond ASCII, blanks at the
-- ends. Each look-up goes through them. Those of custom fields have indexes of the same kind, made with the field.
create index "odd_contacts_email" on contacts ("email") where "email" glob '*[^ -~]*' or "email" glob ' *' or "email" glob '* ';
--> statement-breakpoint
create index "odd_companies_name" on companies ("name") where "name" glob '*[^ -~]*' or "name" glob ' *' or "name" glob '* ';
--> statement-breakpoint
create index "odd_tags_name" on tags ("name") where "name" glob '*[^ -~]*' or "name" glob ' *' or "name" glob '* ';
