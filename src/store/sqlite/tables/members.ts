import { type SQL, sql } from 'drizzle-orm';
import type {
  ContactSegmentRow,
  MemberQuery,
  MembersReader,
  MembersWriter,
} from '../../members.ts';
import type { MemberRow } from '../../rows.ts';
import { idSet, type SqliteDatabase } from '../connection/database.ts';
import { addMembers, removeMembers } from '../delta/apply-proposed.ts';
import { recountMembers, sweepDeleted } from '../delta/memberships-of-contacts.ts';
import type { TemporaryTables } from '../delta/temporary-tables.ts';

/** Members change in these temporary tables, like all that is proposed. */
export function membersTable(tables: TemporaryTables): MembersWriter {
  const { db } = tables;
  return {
    ...membersReader(db),

    async add(segmentId, contactIds, cause) {
      return addMembers(tables, segmentId, contactIds, cause);
    },

    async remove(segmentId, contactIds, cause) {
      return removeMembers(tables, segmentId, contactIds, cause);
    },

    async setVia(segmentId, contactIds, via) {
      const among = contactIds === 'all' ? sql`` : sql`and contact_id in ${idSet(contactIds)}`;
      db.run(sql`
        update memberships
        set via = ${via}
        where segment_id = ${segmentId} and via <> ${via} ${among}`);
    },

    async recount(segmentId) {
      return recountMembers(db, segmentId);
    },

    async sweepDeleted() {
      return sweepDeleted(db);
    },
  };
}

function membersReader(db: SqliteDatabase): MembersReader {
  return {
    list: async (segmentId, query) => db.all<MemberRow>(listed(segmentId, query)),

    count: async (segmentId, query = {}) => db.value<number>(counted(segmentId, query)),

    async has(segmentId, contactId) {
      const found = db.get(sql`
        select 1
        from memberships
        join contacts on contacts.id = memberships.contact_id
        where memberships.segment_id = ${segmentId} and memberships.contact_id = ${contactId}`);
      return found !== undefined;
    },

    async among(segmentId, contactIds) {
      return db.pluck<number>(sql`
        select contact_id
        from memberships
        join contacts on contacts.id = memberships.contact_id
        where segment_id = ${segmentId} and contact_id in ${idSet(contactIds)}
        order by contact_id`);
    },

    segmentsOf: async (contactId) => db.all<ContactSegmentRow>(segmentsWith(contactId)),
  };
}

function listed(segmentId: number, query: MemberQuery): SQL {
  const pinned =
    query.asOf === undefined
      ? sql`pins.kind as pin, pins.until as "pinUntil"`
      : sql`null as pin, null as "pinUntil"`;
  return sql`
    select m.contact_id as "contactId", contacts.email, m.since, m.via, ${pinned}
    from ${intervals(segmentId, query)} as m
    cross join contacts on contacts.id = m.contact_id
    left join pins on pins.segment_id = ${segmentId} and pins.contact_id = m.contact_id
    where ${conditions(query)}
    order by m.contact_id
    limit ${query.limit ?? -1}`;
}

function counted(segmentId: number, query: MemberQuery): SQL {
  return sql`
    select count(*)
    from ${intervals(segmentId, query)} as m
    cross join contacts on contacts.id = m.contact_id
    where ${conditions(query)}`;
}

function segmentsWith(contactId: number): SQL {
  return sql`
    select
      segments.id as "segmentId", segments.alias, segments.name, memberships.since, memberships.via,
      pins.kind as pin, pins.until as "pinUntil"
    from contacts
    cross join segments
    left join memberships
      on memberships.segment_id = segments.id and memberships.contact_id = contacts.id
    left join pins on pins.segment_id = segments.id and pins.contact_id = contacts.id
    where contacts.id = ${contactId}
      and (memberships.contact_id is not null or pins.contact_id is not null)
    order by segments.alias`;
}

/**
 * Open memberships, or those that hold the instant `asOf`: joined at or before it, and not yet
 * left. Intervals of one contact overlap when the clock went back between them; the one that began
 * last stands for them all, as SQLite's bare columns beside max() do.
 */
function intervals(segmentId: number, { asOf, after }: MemberQuery): SQL {
  if (asOf === undefined)
    return sql`(select contact_id, since, via from memberships where segment_id = ${segmentId})`;
  const beyond = after === undefined ? sql`` : sql`and contact_id > ${after}`;
  return sql`(
    select contact_id, max(since) as since, via
    from (
      select contact_id, since, via
      from memberships
      where segment_id = ${segmentId} ${beyond} and since <= ${asOf}
      union all
      select contact_id, joined_at, joined_via
      from membership_history
      where segment_id = ${segmentId} ${beyond} and joined_at <= ${asOf} and left_at > ${asOf}
    )
    group by contact_id
  )`;
}

function conditions({ joinedSince, after }: MemberQuery): SQL {
  const parts: SQL[] = [sql`1`];
  if (joinedSince !== undefined) parts.push(sql`m.since >= ${joinedSince}`);
  if (after !== undefined) parts.push(sql`m.contact_id > ${after}`);
  return sql.join(parts, sql` and `);
}
