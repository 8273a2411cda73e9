-- Who joined or left a segment that another filter reads, apart from what others write: a segment looks up those
-- whose members it reads, and goes through nothing else that a chain of segments leaves there.
-- What was recorded before is forgotten, as by every migration.
create table member_changes (
  segment_id integer not null,
  epoch integer not null,
  id integer not null,
  primary key (segment_id, epoch, id)
) strict, without rowid;
