-- Ids lie within what every program can hold: integers beyond 2^53 - 1 come back as their neighbours from whoever reads them as doubles. Rows that
-- stand already stay as they are, and may be given other ids. Ids that are given are refused before the insert, for one that a conflict keeps from
-- being inserted would still move the counter of ids on (one that is not given shows as -1 there); those that the counter gives, after it.
create trigger bounds_contacts_before_insert before insert on contacts
when new.id not between 1 and 9007199254740991 and new.id <> -1
  or new.company_id not between 1 and 9007199254740991 begin
  select raise(abort, 'contacts: id and company_id lie between 1 and 9007199254740991 (2^53 - 1)');
end;
--> statement-breakpoint
create trigger bounds_contacts_insert after insert on contacts
when new.id not between 1 and 9007199254740991 begin
  select raise(abort, 'contacts: id lies between 1 and 9007199254740991 (2^53 - 1)');
end;
--> statement-breakpoint
create trigger bounds_contacts_update after update on contacts
when new.id <> old.id and new.id not between 1 and 9007199254740991
  or new.company_id is not old.company_id and new.company_id not between 1 and 9007199254740991 begin
  select raise(abort, 'contacts: id and company_id lie between 1 and 9007199254740991 (2^53 - 1)');
end;
--> statement-breakpoint
create trigger bounds_companies_before_insert before insert on companies
when new.id not between 1 and 9007199254740991 and new.id <> -1 begin
  select raise(abort, 'companies: id lies between 1 and 9007199254740991 (2^53 - 1)');
end;
--> statement-breakpoint
create trigger bounds_companies_insert after insert on companies
when new.id not between 1 and 9007199254740991 begin
  select raise(abort, 'companies: id lies between 1 and 9007199254740991 (2^53 - 1)');
end;
--> statement-breakpoint
create trigger bounds_companies_update after update on companies
when new.id <> old.id and new.id not between 1 and 9007199254740991 begin
  select raise(abort, 'companies: id lies between 1 and 9007199254740991 (2^53 - 1)');
end;
--> statement-breakpoint
create trigger bounds_tags_before_insert before insert on tags
when new.id not between 1 and 9007199254740991 and new.id <> -1 begin
  select raise(abort, 'tags: id lies between 1 and 9007199254740991 (2^53 - 1)');
end;
--> statement-breakpoint
create trigger bounds_tags_insert after insert on tags
when new.id not between 1 and 9007199254740991 begin
  select raise(abort, 'tags: id lies between 1 and 9007199254740991 (2^53 - 1)');
end;
--> statement-breakpoint
create trigger bounds_tags_update after update on tags
when new.id <> old.id and new.id not between 1 and 9007199254740991 begin
  select raise(abort, 'tags: id lies between 1 and 9007199254740991 (2^53 - 1)');
end;
--> statement-breakpoint
create trigger bounds_events_before_insert before insert on events
when new.id not between 1 and 9007199254740991 and new.id <> -1
  or new.contact_id not between 1 and 9007199254740991 begin
  select raise(abort, 'events: id and contact_id lie between 1 and 9007199254740991 (2^53 - 1)');
end;
--> statement-breakpoint
create trigger bounds_events_insert after insert on events
when new.id not between 1 and 9007199254740991 begin
  select raise(abort, 'events: id lies between 1 and 9007199254740991 (2^53 - 1)');
end;
--> statement-breakpoint
create trigger bounds_events_update after update on events
when new.id <> old.id and new.id not between 1 and 9007199254740991
  or new.contact_id <> old.contact_id and new.contact_id not between 1 and 9007199254740991 begin
  select raise(abort, 'events: id and contact_id lie between 1 and 9007199254740991 (2^53 - 1)');
end;
--> statement-breakpoint
create trigger bounds_contact_tags_insert after insert on contact_tags
when new.contact_id not between 1 and 9007199254740991
  or new.tag_id not between 1 and 9007199254740991 begin
  select raise(abort, 'contact_tags: contact_id and tag_id lie between 1 and 9007199254740991 (2^53 - 1)');
end;
--> statement-breakpoint
create trigger bounds_contact_tags_update after update on contact_tags
when new.contact_id <> old.contact_id and new.contact_id not between 1 and 9007199254740991
  or new.tag_id <> old.tag_id and new.tag_id not between 1 and 9007199254740991 begin
  select raise(abort, 'contact_tags: contact_id and tag_id lie between 1 and 9007199254740991 (2^53 - 1)');
end;
--> statement-breakpoint
create trigger bounds_suppressions_insert after insert on suppressions
when new.contact_id not between 1 and 9007199254740991 begin
  select raise(abort, 'suppressions: contact_id lies between 1 and 9007199254740991 (2^53 - 1)');
end;
--> statement-breakpoint
create trigger bounds_suppressions_update after update on suppressions
when new.contact_id <> old.contact_id and new.contact_id not between 1 and 9007199254740991 begin
  select raise(abort, 'suppressions: contact_id lies between 1 and 9007199254740991 (2^53 - 1)');
end;
