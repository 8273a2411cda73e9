-- What planned conversions go by: when members last joined or left, and when a segment was converted, by which run.
-- Also what a run did at its beginning, and an index for the last run of each outcome.
alter table segments add column moved_at integer;
--> statement-breakpoint
alter table segments add column converted_at integer;
--> statement-breakpoint
alter table segments add column converted_run integer;
--> statement-breakpoint
alter table runs add column ended_pins integer not null default 0;
--> statement-breakpoint
alter table runs add column converted integer not null default 0;
--> statement-breakpoint
create index runs_status on runs (command, status, id);
--> statement-breakpoint
update segments
set moved_at = (
  select max(at)
  from (
    select max(since) as at from memberships where memberships.segment_id = segments.id
    union all
    select max(left_at) from membership_history where membership_history.segment_id = segments.id
  )
);
