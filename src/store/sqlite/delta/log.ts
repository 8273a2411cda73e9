import { type SQL, sql } from 'drizzle-orm';
import type { SqlDatabase } from '../../sql/database.ts';
import type { Log, MemberLog } from '../../sql/delta/log.ts';
import { valuesOf } from '../../sql/sql-parts.ts';

/** The log as it stands in a file: of a watermark, entries under smaller epochs were seen. */
export const LOG: Log = {
  // rule: seen-exclusive, exists-nominates
  contacts: (since) => sql`(
    select id as contact_id, aspects
    from contact_changes
    where epoch >= ${since} and kind in ('exists', 'profile', 'tags', 'consent', 'events')
  )`,

  pins: (since, segmentId) => sql`(
    select id as contact_id
    from contact_changes
    where epoch >= ${since} and kind = 'pin' and segment_id = ${segmentId}
  )`,

  members: (since, segmentIds) => sql`(
    select id as contact_id
    from member_changes
    where segment_id in (select value from ${valuesOf(segmentIds)}) and epoch >= ${since}
  )`,

  companies: (since) => changed('company', since),
  tags: (since) => changed('tag', since),

  /*
   * A contact that an INSERT OR REPLACE removed is logged as `profile`, under the same epoch as the
   * `exists` of the one that came instead.
   */
  // rule: replace-swept
  deleted: (since = '0') => sql`(
    select distinct id
    from contact_changes
    where epoch >= ${since}
      and (
        kind = 'exists'
        or kind = 'profile' and epoch in (
          select epoch from contact_changes where epoch >= ${since} and kind = 'exists'
        )
      )
      and id not in (select id from contacts)
  )`,

  written: sql`(select distinct id from contact_changes where kind in ('exists', 'profile'))`,

  unsettled: sql`(
    select distinct id
    from contact_changes
    where kind in ('exists', 'profile') and epoch >= coalesce(
      (
        select pruned_before
        from capture_kinds, capture
        where capture_kinds.kind = 'settled' and pruned_before <= capture.epoch
      ),
      0
    )
  )`,
};

function changed(kind: string, since: string): SQL {
  return sql`(select id from contact_changes where epoch >= ${since} and kind = ${kind})`;
}

export function memberLog(db: SqlDatabase): MemberLog {
  return {
    async oneByOne(moves, segmentIds) {
      await db.run(sql`
        insert into member_changes (segment_id, epoch, id)
        select segment_id, (select epoch from capture), contact_id
        from (${moves})
        where segment_id in (select value from ${valuesOf(segmentIds)})
        on conflict do nothing`);
    },

    async wholesale(segmentIds) {
      await db.run(sql`
        update segments
        set bulk_epoch = (select epoch from capture)
        where id in (select value from ${valuesOf(segmentIds)})`);
    },

    async proceed() {
      await db.run(sql`update capture set epoch = epoch + 1`);
    },
  };
}
