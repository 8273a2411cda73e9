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
-- Values of unique fields, e-mail addresses too, that a contact had before: changed since, by whomever, or of others who
-- were merged into it. changed_at is the contact's updated_at of then. Whoever is erased is erased under these too.
create table former_values (
  contact_id integer not null references contacts (id) on delete cascade,
  field_id integer not null references fields (id) on delete cascade,
  value any not null collate nocase,
  changed_at integer not null,
  primary key (contact_id, field_id, value)
) strict, without rowid;
--> statement-breakpoint
-- Who was merged into whom: what was told of the one is told of a person who is now the other. Who was merged into one
-- that was merged itself stands here as merged into the last. created_at is that of the contact that is gone, by which a
-- restored store knows it again; null where it is not known.
create table merged_contacts (
  contact_id integer primary key,
  created_at integer,
  merged_into integer not null references contacts (id) on delete cascade
) strict;
--> statement-breakpoint
create index merged_contacts_into on merged_contacts (merged_into);
--> statement-breakpoint
-- Of merges before this version there is what the audit says.
insert into merged_contacts (contact_id, merged_into)
with recursive
  told (loser, winner) as materialized (
    select named.value, audit.object_id
    from audit
    cross join json_each(iif(json_valid(audit.detail), audit.detail, '{}'), '$.contact_ids') as named
    where audit.action = 'merged' and audit.object = 'contact' and typeof(named.value) = 'integer'
  ),
  chain (loser, winner) as (
    select loser, winner from told
    union
    select chain.loser, told.winner from chain join told on told.loser = chain.winner
  )
select chain.loser, min(chain.winner)
from chain
join contacts on contacts.id = chain.winner
where chain.loser not in (select id from contacts)
group by chain.loser;
