-- In which channels nobody must be reached who has this value of a unique field, and why, whether a contact has it or not:
-- what address_suppressions is for e-mail addresses. Its triggers are made with each unique field. The key is what the
-- value compares by, which no trigger can tell: null until rollcall has seen the row and given it to who has such a value.
create table value_suppressions (
  field_id integer not null references fields (id) on delete cascade,
  value any not null collate nocase,
  channel text not null collate nocase,
  reason text not null collate nocase,
  created_at integer not null,
  key any collate nocase,
  primary key (field_id, value, channel, reason)
) strict, without rowid;
--> statement-breakpoint
create index value_suppressions_key on value_suppressions (field_id, key);
--> statement-breakpoint
-- Values of unique fields, e-mail addresses too, that a contact had before: changed since, or of others who were merged
-- into it. Whoever is erased is erased under these too.
create table former_values (
  contact_id integer not null references contacts (id) on delete cascade,
  field_id integer not null references fields (id) on delete cascade,
  value any not null collate nocase,
  changed_at integer not null,
  primary key (contact_id, field_id, value)
) strict, without rowid;
--> statement-breakpoint
-- Who was merged into whom: what was told of the one is told of a person who is now the other.
create table merged_contacts (
  contact_id integer primary key,
  merged_into integer not null references contacts (id) on delete cascade
) strict;
--> statement-breakpoint
create index merged_contacts_into on merged_contacts (merged_into);
