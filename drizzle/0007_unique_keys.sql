-- Values of unique columns that an index without regard to ASCII case does not find by what they compare by: letters beyond ASCII, blanks at the
-- ends. Each look-up goes through them. Those of custom fields have indexes of the same kind, made with the field.
create index "odd_contacts_email" on contacts ("email") where "email" glob '*[^ -~]*' or "email" glob ' *' or "email" glob '* ';
--> statement-breakpoint
create index "odd_companies_name" on companies ("name") where "name" glob '*[^ -~]*' or "name" glob ' *' or "name" glob '* ';
--> statement-breakpoint
create index "odd_tags_name" on tags ("name") where "name" glob '*[^ -~]*' or "name" glob ' *' or "name" glob '* ';
