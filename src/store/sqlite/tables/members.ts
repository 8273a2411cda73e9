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
import { pruneCauses, recountCauses } from '../delta/causes.ts';
import { causesById } from './causes.ts';
import type { TemporaryTables } from '../delta/temporary-tables.ts';

/** Members change in these temporary tables, like all that is proposed. */
export function membersTable(tables: TemporaryTables): MembersWriter {
  const { db } = tables;
  return {
    ...membersReader(db),

    async add(segmentId, contacts, cause) {
      return addMembers(tables, segmentId, contacts, cause);
    },

    async remove(segmentId, contacts, cause) {
      return removeMembers(tables, segmentId, contacts, cause);
    },

    async recount(segmentId) {
      return recountMembers(db, segmentId);
    },

    recountCauses: async (segmentIds) => recountCauses(db, segmentIds),
    pruneCauses: async () => pruneCauses(db),

    async sweepDeleted(deleting) {
      return sweepDeleted(db, deleting);
    },
  };
}

function membersReader(db: SqliteDatabase): MembersReader {
  return {
    list: async (segmentId, query) => list(db, segmentId, query),

    count: async (segmentId, query = {}) => db.value<number>(counted(segmentId, query)),

    async has(segmentId, contactId) {
      const found = db.get(sql`
        select 1
        from joined
        join contacts on contacts.id = joined.contact_id
        where joined.segment_id = ${segmentId} and joined.contact_id = ${contactId}`);
      return found !== undefined;
    },

    async among(segmentId, contactIds) {
      return db.pluck<number>(sql`
        select contact_id
        from joined
        join contacts on contacts.id = joined.contact_id
        where segment_id = ${segmentId} and contact_id in ${idSet(contactIds)}
        order by contact_id`);
    },

    segmentsOf: async (contactId) => segmentsWith(db, contactId),
  };
}

/** A membership as it is read, its causes by their ids. */
type Listed = Omit<MemberRow, 'joined' | 'left'> & {
  readonly joinedCause: number;
  readonly leftCause: number | null;
};

function list(db: SqliteDatabase, segmentId: number, query: MemberQuery): MemberRow[] {
  const rows = db.all<Listed>(listed(segmentId, query));
  const causes = causesById(
    db,
    rows.flatMap(({ joinedCause, leftCause }) => [joinedCause, leftCause]),
  );
  return rows.map(({ joinedCause, leftCause, ...row }) => ({
    ...row,
    joined: causes.get(joinedCause) ?? null,
    left: (leftCause === null ? undefined : causes.get(leftCause)) ?? null,
  }));
}

const PIN_BESIDE = sql`
  pins.kind as pin, pins.via as "pinVia", pins.pinned_by as "pinBy", pins.reason as "pinReason",
  pins.until as "pinUntil"`;

function listed(segmentId: number, query: MemberQuery): SQL {
  const pinned =
    query.asOf === undefined
      ? PIN_BESIDE
      : sql`null as pin, null as "pinVia", null as "pinBy", null as "pinReason", null as "pinUntil"`;
  return sql`
    select
      m.contact_id as "contactId", contacts.email, m.since, m.via, m.joined_cause as "joinedCause",
      m.left_at as "leftAt", m.left_cause as "leftCause", ${pinned}
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

type Within = Omit<ContactSegmentRow, 'joined' | 'isMember'> & {
  readonly joinedCause: number | null;
};

function segmentsWith(db: SqliteDatabase, contactId: number): ContactSegmentRow[] {
  const rows = db.all<Within>(sql`
    select
      segments.id as "segmentId", segments.alias, segments.name, causes.at as since, causes.via,
      joined.cause_id as "joinedCause", ${PIN_BESIDE}
    from contacts
    cross join segments
    left join joined on joined.segment_id = segments.id and joined.contact_id = contacts.id
    left join causes on causes.id = joined.cause_id
    left join pins on pins.segment_id = segments.id and pins.contact_id = contacts.id
    where contacts.id = ${contactId}
      and (joined.contact_id is not null or pins.contact_id is not null)
    order by segments.alias`);
  const causes = causesById(
    db,
    rows.map(({ joinedCause }) => joinedCause),
  );
  return rows.map(({ joinedCause, ...row }) => ({
    ...row,
    isMember: joinedCause !== null,
    joined: (joinedCause === null ? undefined : causes.get(joinedCause)) ?? null,
  }));
}

/**
 * Open memberships, or those that hold the instant `asOf`: joined at or before it, and not yet
 * left. Intervals of one contact overlap when the clock went back between them; the one that began
 * last stands for them all, as SQLite's bare columns beside max() do. Who stands by a lost cause
 * has joined at a time that nobody knows, and is listed as of any.
 */
function intervals(segmentId: number, { asOf, after }: MemberQuery): SQL {
  const open = sql`
      select
        contact_id, causes.at as since, causes.via, cause_id as joined_cause,
        null as left_at, null as left_cause
      from joined
      left join causes on causes.id = joined.cause_id
      where joined.segment_id = ${segmentId}`;
  if (asOf === undefined) return sql`(${open})`;
  const beyond = after === undefined ? sql`` : sql`and contact_id > ${after}`;
  return sql`(
    select contact_id, max(since) as since, via, joined_cause, left_at, left_cause
    from (
      ${open} ${beyond} and coalesce(causes.at, ${asOf}) <= ${asOf}
      union all
      select contact_id, began.at, began.via, joined_cause, max(began.at, ended.at), left_cause
      from joined_history
      cross join causes as began on began.id = joined_cause
      cross join causes as ended on ended.id = left_cause
      where joined_history.segment_id = ${segmentId} ${beyond}
        and began.at <= ${asOf} and ended.at > ${asOf}
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
