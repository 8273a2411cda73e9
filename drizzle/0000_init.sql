-- The first schema of a rollcall store. docs/schema.md explains each table. Written by hand: STRICT, WITHOUT ROWID,
-- NOCASE and generated columns are beyond drizzle-kit. Only what SQLite 3.37 knows, so that any sqlite3 shell opens it.
create table settings (
  key text primary key,
  value text not null
) strict, without rowid;
--> statement-breakpoint
create table fields (
  id integer primary key autoincrement,
  object text not null check (object in ('contact', 'company')),
  alias text not null collate nocase,
  label text not null,
  type text not null,
  options text,
  is_unique integer not null default 0,
  is_indexed integer not null default 0,
  origin text not null default 'custom' check (origin in ('standard', 'kept', 'custom')),
  created_at integer not null default 0,
  unique (object, alias)
) strict;
--> statement-breakpoint
create table companies (
  id integer primary key autoincrement,
  name text not null collate nocase unique,
  email text collate nocase,
  phone text collate nocase,
  website text collate nocase,
  address1 text collate nocase,
  address2 text collate nocase,
  city text collate nocase,
  state text collate nocase,
  zipcode text collate nocase,
  country text collate nocase,
  industry text collate nocase,
  employees real,
  annual_revenue real,
  created_at integer not null,
  updated_at integer not null
) strict;
--> statement-breakpoint
create table contacts (
  id integer primary key autoincrement,
  email text collate nocase unique,
  phone text collate nocase,
  mobile text collate nocase,
  title text collate nocase,
  first_name text collate nocase,
  last_name text collate nocase,
  position text collate nocase,
  address1 text collate nocase,
  address2 text collate nocase,
  city text collate nocase,
  state text collate nocase,
  zipcode text collate nocase,
  country text collate nocase,
  website text collate nocase,
  locale text collate nocase,
  timezone text collate nocase,
  stage text collate nocase,
  owner text collate nocase,
  points real default 0,
  company_id integer references companies (id) on delete set null,
  created_at integer not null,
  updated_at integer not null,
  identified_at integer,
  last_active_at integer,
  email_domain text collate nocase generated always as (case when instr(email, '@') > 0 then substr(email, instr(email, '@') + 1) end) virtual
) strict;
--> statement-breakpoint
create index contacts_company on contacts (company_id);
--> statement-breakpoint
create table tags (
  id integer primary key autoincrement,
  name text not null collate nocase unique,
  created_at integer not null
) strict;
--> statement-breakpoint
create table contact_tags (
  contact_id integer not null references contacts (id) on delete cascade,
  tag_id integer not null references tags (id) on delete cascade,
  primary key (contact_id, tag_id)
) strict, without rowid;
--> statement-breakpoint
create index contact_tags_tag on contact_tags (tag_id, contact_id);
--> statement-breakpoint
create table events (
  id integer primary key autoincrement,
  contact_id integer not null references contacts (id) on delete cascade,
  type text not null collate nocase,
  subject text collate nocase,
  value real,
  occurred_at integer not null,
  properties text,
  external_id text unique
) strict;
--> statement-breakpoint
create index events_contact on events (contact_id, type, occurred_at);
--> statement-breakpoint
create index events_window on events (type, occurred_at, contact_id);
--> statement-breakpoint
create table suppressions (
  contact_id integer not null references contacts (id) on delete cascade,
  channel text not null collate nocase,
  reason text not null collate nocase,
  created_at integer not null,
  primary key (contact_id, channel)
) strict, without rowid;
--> statement-breakpoint
create table segments (
  id integer primary key autoincrement,
  alias text not null collate nocase unique,
  name text not null,
  kind text not null check (kind in ('static', 'dynamic')),
  description text,
  category text,
  owner text,
  filter text,
  published integer not null default 1,
  public integer not null default 0,
  preference_center integer not null default 0,
  public_name text,
  manual text not null default 'allow' check (manual in ('allow', 'forbid')),
  convert_on text,
  convert_after_inactivity text,
  convert_planned_at integer,
  created_at integer not null,
  updated_at integer not null,
  members integer not null default 0,
  anonymous integer not null default 0,
  joined_last_run integer not null default 0,
  left_last_run integer not null default 0,
  built_at integer,
  built_run integer,
  seen_epoch integer,
  bulk_epoch integer not null default 0,
  fingerprint text,
  bounds text
) strict;
--> statement-breakpoint
create table segment_versions (
  segment_id integer not null,
  version integer not null,
  name text not null,
  kind text not null,
  filter text,
  saved_at integer not null,
  saved_by text,
  primary key (segment_id, version)
) strict, without rowid;
--> statement-breakpoint
create table memberships (
  segment_id integer not null,
  contact_id integer not null,
  since integer not null,
  via text not null,
  run_id integer,
  primary key (segment_id, contact_id)
) strict, without rowid;
--> statement-breakpoint
create table pins (
  segment_id integer not null,
  contact_id integer not null,
  kind text not null check (kind in ('in', 'out')),
  via text not null,
  pinned_by text,
  reason text,
  until integer,
  created_at integer not null,
  primary key (segment_id, contact_id)
) strict, without rowid;
--> statement-breakpoint
create index pins_until on pins (until) where until is not null;
--> statement-breakpoint
create table membership_history (
  id integer primary key autoincrement,
  segment_id integer not null,
  contact_id integer not null,
  joined_at integer not null,
  left_at integer not null,
  joined_via text not null,
  left_via text not null,
  joined_run integer,
  left_run integer
) strict;
--> statement-breakpoint
create index membership_history_contact on membership_history (segment_id, contact_id);
--> statement-breakpoint
create table runs (
  id integer primary key autoincrement,
  command text not null,
  now integer not null,
  started_at integer not null,
  finished_at integer,
  status text not null default 'running' check (status in ('running', 'ok', 'partial', 'failed', 'interrupted')),
  segments integer not null default 0,
  changed integer not null default 0,
  joined integer not null default 0,
  "left" integer not null default 0,
  failed integer not null default 0,
  held integer not null default 0,
  ms integer
) strict;
--> statement-breakpoint
create table run_segments (
  run_id integer not null,
  segment_id integer not null,
  status text not null,
  mode text,
  reason text,
  joined integer not null default 0,
  "left" integer not null default 0,
  members integer not null default 0,
  ms integer not null default 0,
  error_code text,
  error_message text,
  primary key (run_id, segment_id)
) strict, without rowid;
--> statement-breakpoint
create table imports (
  id integer primary key autoincrement,
  kind text not null check (kind in ('contacts', 'companies', 'events', 'segment')),
  file text not null,
  run_id integer,
  finished_at integer not null,
  "rows" integer not null,
  inserted integer not null,
  updated integer not null,
  unchanged integer not null,
  rejected integer not null,
  segment_added integer not null default 0
) strict;
--> statement-breakpoint
create table triggers (
  id integer primary key autoincrement,
  name text not null collate nocase unique,
  definition text not null,
  published integer not null default 1,
  created_at integer not null,
  updated_at integer not null
) strict;
--> statement-breakpoint
create table audit (
  id integer primary key autoincrement,
  at integer not null,
  by text,
  action text not null,
  object text not null,
  detail text
) strict;
--> statement-breakpoint
create table erased (
  hash text primary key,
  erased_at integer not null
) strict, without rowid;
--> statement-breakpoint
create table capture (
  id integer primary key check (id = 1),
  epoch integer not null,
  schema_version integer not null,
  bulk integer not null default 0,
  timeline text not null
) strict;
--> statement-breakpoint
create table capture_kinds (
  kind text primary key,
  pruned_before integer not null
) strict, without rowid;
--> statement-breakpoint
create table contact_changes (
  epoch integer not null,
  kind text not null,
  id integer not null,
  segment_id integer not null default 0,
  primary key (epoch, kind, id, segment_id)
) strict, without rowid;
--> statement-breakpoint
insert into capture (id, epoch, schema_version, bulk, timeline) values (1, 1, 0, 0, lower(hex(randomblob(16))));
--> statement-breakpoint
insert into capture_kinds (kind, pruned_before)
values ('exists', 0), ('profile', 0), ('tags', 0), ('consent', 0), ('events', 0), ('company', 0), ('tag', 0), ('member', 0), ('pin', 0);
--> statement-breakpoint
insert into settings (key, value) values ('timezone', 'UTC'), ('week-start', 'monday'), ('keep-runs', '90');
--> statement-breakpoint
insert into fields (id, object, alias, label, type, is_unique, is_indexed, origin)
values
  (1, 'contact', 'id', 'ID', 'number', 1, 1, 'kept'),
  (2, 'contact', 'email', 'E-mail', 'email', 1, 1, 'standard'),
  (3, 'contact', 'phone', 'Phone', 'phone', 0, 0, 'standard'),
  (4, 'contact', 'mobile', 'Mobile', 'phone', 0, 0, 'standard'),
  (5, 'contact', 'title', 'Title', 'text', 0, 0, 'standard'),
  (6, 'contact', 'first_name', 'First name', 'text', 0, 0, 'standard'),
  (7, 'contact', 'last_name', 'Last name', 'text', 0, 0, 'standard'),
  (8, 'contact', 'position', 'Position', 'text', 0, 0, 'standard'),
  (9, 'contact', 'address1', 'Address line 1', 'text', 0, 0, 'standard'),
  (10, 'contact', 'address2', 'Address line 2', 'text', 0, 0, 'standard'),
  (11, 'contact', 'city', 'City', 'text', 0, 0, 'standard'),
  (12, 'contact', 'state', 'State', 'text', 0, 0, 'standard'),
  (13, 'contact', 'zipcode', 'Postal code', 'text', 0, 0, 'standard'),
  (14, 'contact', 'country', 'Country', 'text', 0, 0, 'standard'),
  (15, 'contact', 'website', 'Website', 'url', 0, 0, 'standard'),
  (16, 'contact', 'locale', 'Locale', 'text', 0, 0, 'standard'),
  (17, 'contact', 'timezone', 'Timezone', 'text', 0, 0, 'standard'),
  (18, 'contact', 'points', 'Points', 'number', 0, 0, 'standard'),
  (19, 'contact', 'stage', 'Stage', 'text', 0, 0, 'standard'),
  (20, 'contact', 'owner', 'Owner', 'text', 0, 0, 'standard'),
  (21, 'contact', 'company', 'Company', 'text', 0, 0, 'standard'),
  (22, 'contact', 'tags', 'Tags', 'tags', 0, 0, 'standard'),
  (23, 'contact', 'created_at', 'Created at', 'datetime', 0, 0, 'kept'),
  (24, 'contact', 'updated_at', 'Updated at', 'datetime', 0, 0, 'kept'),
  (25, 'contact', 'identified_at', 'Identified at', 'datetime', 0, 0, 'kept'),
  (26, 'contact', 'last_active_at', 'Last active at', 'datetime', 0, 0, 'kept'),
  (27, 'contact', 'email_domain', 'E-mail domain', 'text', 0, 0, 'kept'),
  (28, 'company', 'id', 'ID', 'number', 1, 1, 'kept'),
  (29, 'company', 'name', 'Name', 'text', 1, 1, 'standard'),
  (30, 'company', 'email', 'E-mail', 'email', 0, 0, 'standard'),
  (31, 'company', 'phone', 'Phone', 'phone', 0, 0, 'standard'),
  (32, 'company', 'website', 'Website', 'url', 0, 0, 'standard'),
  (33, 'company', 'address1', 'Address line 1', 'text', 0, 0, 'standard'),
  (34, 'company', 'address2', 'Address line 2', 'text', 0, 0, 'standard'),
  (35, 'company', 'city', 'City', 'text', 0, 0, 'standard'),
  (36, 'company', 'state', 'State', 'text', 0, 0, 'standard'),
  (37, 'company', 'zipcode', 'Postal code', 'text', 0, 0, 'standard'),
  (38, 'company', 'country', 'Country', 'text', 0, 0, 'standard'),
  (39, 'company', 'industry', 'Industry', 'text', 0, 0, 'standard'),
  (40, 'company', 'employees', 'Employees', 'number', 0, 0, 'standard'),
  (41, 'company', 'annual_revenue', 'Annual revenue', 'number', 0, 0, 'standard'),
  (42, 'company', 'created_at', 'Created at', 'datetime', 0, 0, 'kept'),
  (43, 'company', 'updated_at', 'Updated at', 'datetime', 0, 0, 'kept');
--> statement-breakpoint
-- Custom fields start at 1000, so that later versions can add standard ones.
update sqlite_sequence set seq = 999 where name = 'fields';
--> statement-breakpoint
create trigger capture_contacts_before_insert before insert on contacts begin
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'exists', contacts.id, 0 from capture, contacts where bulk = 0 and contacts."id" = new."id" on conflict do nothing;
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'exists', contacts.id, 0 from capture, contacts where bulk = 0 and contacts."email" = new."email" on conflict do nothing;
end;
--> statement-breakpoint
create trigger capture_contacts_insert after insert on contacts begin
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'exists', new.id, 0 from capture where bulk = 0 on conflict do nothing;
end;
--> statement-breakpoint
create trigger capture_contacts_before_update before update on contacts begin
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'exists', contacts.id, 0 from capture, contacts where bulk = 0 and contacts."id" = new."id" and contacts.id <> old.id on conflict do nothing;
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'exists', contacts.id, 0 from capture, contacts where bulk = 0 and contacts."email" = new."email" and contacts.id <> old.id on conflict do nothing;
end;
--> statement-breakpoint
create trigger capture_contacts_update after update on contacts begin
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'profile', old.id, 0 from capture where bulk = 0 on conflict do nothing;
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'profile', new.id, 0 from capture where bulk = 0 on conflict do nothing;
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'exists', old.id, 0 from capture where bulk = 0 and old.id <> new.id on conflict do nothing;
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'exists', new.id, 0 from capture where bulk = 0 and old.id <> new.id on conflict do nothing;
end;
--> statement-breakpoint
create trigger capture_contacts_delete after delete on contacts begin
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'exists', old.id, 0 from capture where bulk = 0 on conflict do nothing;
end;
--> statement-breakpoint
create trigger capture_companies_before_insert before insert on companies begin
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'company', companies.id, 0 from capture, companies where bulk = 0 and companies."id" = new."id" on conflict do nothing;
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'company', companies.id, 0 from capture, companies where bulk = 0 and companies."name" = new."name" on conflict do nothing;
end;
--> statement-breakpoint
create trigger capture_companies_insert after insert on companies begin
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'company', new.id, 0 from capture where bulk = 0 on conflict do nothing;
end;
--> statement-breakpoint
create trigger capture_companies_before_update before update on companies begin
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'company', companies.id, 0 from capture, companies where bulk = 0 and companies."id" = new."id" and companies.id <> old.id on conflict do nothing;
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'company', companies.id, 0 from capture, companies where bulk = 0 and companies."name" = new."name" and companies.id <> old.id on conflict do nothing;
end;
--> statement-breakpoint
create trigger capture_companies_update after update on companies begin
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'company', old.id, 0 from capture where bulk = 0 on conflict do nothing;
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'company', new.id, 0 from capture where bulk = 0 on conflict do nothing;
end;
--> statement-breakpoint
create trigger capture_companies_delete after delete on companies begin
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'company', old.id, 0 from capture where bulk = 0 on conflict do nothing;
end;
--> statement-breakpoint
create trigger capture_tags_before_insert before insert on tags begin
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'tag', tags.id, 0 from capture, tags where bulk = 0 and tags."id" = new."id" on conflict do nothing;
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'tag', tags.id, 0 from capture, tags where bulk = 0 and tags."name" = new."name" on conflict do nothing;
end;
--> statement-breakpoint
create trigger capture_tags_insert after insert on tags begin
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'tag', new.id, 0 from capture where bulk = 0 on conflict do nothing;
end;
--> statement-breakpoint
create trigger capture_tags_before_update before update on tags begin
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'tag', tags.id, 0 from capture, tags where bulk = 0 and tags."id" = new."id" and tags.id <> old.id on conflict do nothing;
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'tag', tags.id, 0 from capture, tags where bulk = 0 and tags."name" = new."name" and tags.id <> old.id on conflict do nothing;
end;
--> statement-breakpoint
create trigger capture_tags_update after update on tags begin
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'tag', old.id, 0 from capture where bulk = 0 on conflict do nothing;
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'tag', new.id, 0 from capture where bulk = 0 on conflict do nothing;
end;
--> statement-breakpoint
create trigger capture_tags_delete after delete on tags begin
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'tag', old.id, 0 from capture where bulk = 0 on conflict do nothing;
end;
--> statement-breakpoint
create trigger capture_contact_tags_insert after insert on contact_tags begin
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'tags', new.contact_id, 0 from capture where bulk = 0 on conflict do nothing;
end;
--> statement-breakpoint
create trigger capture_contact_tags_update after update on contact_tags begin
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'tags', old.contact_id, 0 from capture where bulk = 0 on conflict do nothing;
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'tags', new.contact_id, 0 from capture where bulk = 0 on conflict do nothing;
end;
--> statement-breakpoint
create trigger capture_contact_tags_delete after delete on contact_tags begin
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'tags', old.contact_id, 0 from capture where bulk = 0 on conflict do nothing;
end;
--> statement-breakpoint
create trigger capture_events_before_insert before insert on events begin
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'events', events.contact_id, 0 from capture, events where bulk = 0 and events."id" = new."id" on conflict do nothing;
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'events', events.contact_id, 0 from capture, events where bulk = 0 and events."external_id" = new."external_id" on conflict do nothing;
end;
--> statement-breakpoint
create trigger capture_events_insert after insert on events begin
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'events', new.contact_id, 0 from capture where bulk = 0 on conflict do nothing;
end;
--> statement-breakpoint
create trigger capture_events_before_update before update on events begin
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'events', events.contact_id, 0 from capture, events where bulk = 0 and events."id" = new."id" and events.id <> old.id on conflict do nothing;
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'events', events.contact_id, 0 from capture, events where bulk = 0 and events."external_id" = new."external_id" and events.id <> old.id on conflict do nothing;
end;
--> statement-breakpoint
create trigger capture_events_update after update on events begin
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'events', old.contact_id, 0 from capture where bulk = 0 on conflict do nothing;
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'events', new.contact_id, 0 from capture where bulk = 0 on conflict do nothing;
end;
--> statement-breakpoint
create trigger capture_events_delete after delete on events begin
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'events', old.contact_id, 0 from capture where bulk = 0 on conflict do nothing;
end;
--> statement-breakpoint
create trigger capture_suppressions_insert after insert on suppressions begin
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'consent', new.contact_id, 0 from capture where bulk = 0 on conflict do nothing;
end;
--> statement-breakpoint
create trigger capture_suppressions_update after update on suppressions begin
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'consent', old.contact_id, 0 from capture where bulk = 0 on conflict do nothing;
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'consent', new.contact_id, 0 from capture where bulk = 0 on conflict do nothing;
end;
--> statement-breakpoint
create trigger capture_suppressions_delete after delete on suppressions begin
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'consent', old.contact_id, 0 from capture where bulk = 0 on conflict do nothing;
end;
--> statement-breakpoint
create trigger capture_pins_insert after insert on pins begin
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'pin', new.contact_id, new.segment_id from capture where bulk = 0 on conflict do nothing;
end;
--> statement-breakpoint
create trigger capture_pins_update after update on pins begin
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'pin', old.contact_id, old.segment_id from capture where bulk = 0 on conflict do nothing;
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'pin', new.contact_id, new.segment_id from capture where bulk = 0 on conflict do nothing;
end;
--> statement-breakpoint
create trigger capture_pins_delete after delete on pins begin
  insert into contact_changes (epoch, kind, id, segment_id) select epoch, 'pin', old.contact_id, old.segment_id from capture where bulk = 0 on conflict do nothing;
end;
--> statement-breakpoint
create view segment_members as
select
  segments.alias as segment,
  memberships.contact_id,
  contacts.email,
  strftime('%Y-%m-%dT%H:%M:%SZ', memberships.since / 1000, 'unixepoch') as since,
  memberships.via,
  pins.kind as pin
from memberships
join segments on segments.id = memberships.segment_id
join contacts on contacts.id = memberships.contact_id
left join pins on pins.segment_id = memberships.segment_id and pins.contact_id = memberships.contact_id;
--> statement-breakpoint
pragma application_id = 1380928588;
--> statement-breakpoint
pragma user_version = 1;
