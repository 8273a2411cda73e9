import { type SQL, sql } from 'drizzle-orm';
import { caseless, greater, jsonList, THEN_JOIN } from '../words.ts';
import type {
  ContactSegmentRow,
  InOne,
  MemberOrder,
  MemberQuery,
  MembersReader,
  MembersWriter,
} from '../../members.ts';
import type { Page } from '../../query.ts';
import type { MemberRow } from '../../rows.ts';
import type { SqlDatabase } from '../database.ts';
import { idSet, name, valuesOf, upTo } from '../sql-parts.ts';
import { type IntervalQuery, intervals, lastOfPage, wasDeleted } from './intervals.ts';
import { idsInOrder } from './in-order.ts';
import { columnExpression, WITH_COMPANY } from './record-columns.ts';
import { countReach } from './suppressions.ts';
import { addMembers, removeMembers } from '../delta/apply-proposed.ts';
import { recountMembers, sweepDeleted } from '../delta/memberships-of-contacts.ts';
import { pruneCauses, recountCauses } from '../delta/cause-uses.ts';
import { nameOfCause } from '../delta/causes.ts';
import { causesById } from './causes.ts';
import { deleteLost } from './lost-segments.ts';
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
      await deleteLost(db, deleting);
      return sweepDeleted(db, deleting);
    },
  };
}

function membersReader(db: SqlDatabase): MembersReader {
  return {
    list: async (segmentId, query) => list(db, segmentId, query),

    count: async (segmentId, query = {}) => count(db, segmentId, query),
    order: async (segmentId, query, order) => inOrder(db, segmentId, query, order),
    reach: async (segmentId, channel) => countReach(db, segmentId, channel),

    ids: async (segmentId, page) => idsOf(db, segmentId, page),
    inOneOf: async (segmentIds, page) => inOneOf(db, segmentIds, page),

    async has(segmentId, contactId) {
      const found = await db.get(sql`
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

async function list(db: SqlDatabase, segmentId: number, query: MemberQuery): Promise<MemberRow[]> {
  if (await wasDeleted(db, segmentId, query.asOf)) return [];
  const upTo = await lastOfPage(db, segmentId, query);
  const rows = await db.all<Listed>(await listed(db, segmentId, { ...query, upTo }));
  const causes = await causesById(
    db,
    rows.flatMap(({ joinedCause, leftCause }) => [joinedCause, leftCause]),
  );
  return rows.map(({ joinedCause, leftCause, ...row }) => ({
    ...row,
    joined: causes.get(joinedCause) ?? null,
    left: (leftCause === null ? undefined : causes.get(leftCause)) ?? null,
  }));
}

async function count(db: SqlDatabase, segmentId: number, query: MemberQuery): Promise<number> {
  if (await wasDeleted(db, segmentId, query.asOf)) return 0;
  return db.value<number>(sql`
    select count(*)
    from ${await intervals(db, segmentId, query)} as m
    ${contactsOf(query)}`);
}

async function inOrder(
  db: SqlDatabase,
  segmentId: number,
  query: MemberQuery,
  { by, descends }: MemberOrder,
): Promise<number[]> {
  if (await wasDeleted(db, segmentId, query.asOf)) return [];
  const value =
    typeof by === 'string' ? sql`m.${name(by)}` : columnExpression(by.column, 'contacts');
  const rows = sql`
    select m.contact_id as id, ${value} as rank
    from ${await intervals(db, segmentId, query)} as m
    ${contactsOf(query)}
    ${WITH_COMPANY}`;
  return idsInOrder(db, rows, { descends }, query.limit);
}

async function idsOf(
  db: SqlDatabase,
  segmentId: number,
  { after = 0, limit }: Page,
): Promise<number[]> {
  const ids = await db.value<string>(sql`
    select ${jsonList(sql`contact_id`)}
    from (
      select contact_id
      from joined
      where segment_id = ${segmentId} and contact_id > ${after}
        -- to look at each contact would take longer than all else
        and contact_id not in ${db.ways.log.deleted()}
      order by contact_id
      ${upTo(limit)}
    ) as members`);
  return JSON.parse(ids) as number[];
}

/** Merged in the order of contacts, so that a page costs what stands in it. */
async function inOneOf(
  db: SqlDatabase,
  segmentIds: readonly number[],
  { after = 0, limit }: Page,
): Promise<InOne[]> {
  const parts = segmentIds.map((id) => {
    const others = valuesOf(segmentIds.filter((other) => other !== id));
    return sql`
      select joined.contact_id as "contactId", contacts.email, ${id} as "segmentId"
      from joined
      ${THEN_JOIN} contacts on contacts.id = joined.contact_id
      where joined.segment_id = ${id} and joined.contact_id > ${after}
        and not exists (
          select 1
          from ${others} as other
          ${THEN_JOIN} joined as elsewhere
            on elsewhere.segment_id = other.value and elsewhere.contact_id = joined.contact_id
        )`;
  });
  return db.all<InOne>(sql`${sql.join(parts, sql` union all `)} order by 1 ${upTo(limit)}`);
}

/** Who is no contact any more was a member, and is none. */
function contactsOf({ asOf, leftSince }: MemberQuery): SQL {
  return asOf === undefined && leftSince === undefined
    ? sql`${THEN_JOIN} contacts as c on c.id = m.contact_id`
    : sql`left join contacts as c on c.id = m.contact_id and m.is_gone = 0`;
}

const PIN_BESIDE = sql`
  pins.kind as pin, pins.via as "pinVia", ${nameOfCause(sql`pins.cause_id`)} as "pinName",
  pins.pinned_by as "pinBy", pins.reason as "pinReason", pins.until as "pinUntil"`;

const NO_PIN_BESIDE = sql`
  null as pin, null as "pinVia", null as "pinName", null as "pinBy", null as "pinReason",
  null as "pinUntil"`;

async function listed(db: SqlDatabase, segmentId: number, query: IntervalQuery): Promise<SQL> {
  const pinned =
    query.asOf === undefined && query.leftSince === undefined ? PIN_BESIDE : NO_PIN_BESIDE;
  return sql`
    select
      m.contact_id as "contactId", c.email, m.since, m.via, m.joined_cause as "joinedCause",
      m.left_at as "leftAt", m.left_cause as "leftCause", ${pinned}
    from ${await intervals(db, segmentId, query)} as m
    ${contactsOf(query)}
    left join pins on pins.segment_id = ${segmentId} and pins.contact_id = m.contact_id
    order by m.contact_id
    ${upTo(query.limit)}`;
}

type Within = Omit<ContactSegmentRow, 'joined' | 'isMember'> & {
  readonly joinedCause: number | null;
  readonly isMember: 0 | 1;
};

/** What made a contact join, or brought its segment back since: see `intervals.ts`. */
const JOINED_BY = greater(
  sql`joined.cause_id`,
  sql`coalesce((
    select max(whole.id)
    from causes as whole
    where whole.segment_id = segments.id and whole.via = 'segment-restored'
      and whole.via in ('segment-deleted', 'segment-restored')
  ), 0)`,
);

async function segmentsWith(db: SqlDatabase, contactId: number): Promise<ContactSegmentRow[]> {
  const rows = await db.all<Within>(sql`
    select
      segments.id as "segmentId", segments.alias, segments.name, causes.at as since, causes.via,
      causes.id as "joinedCause", joined.contact_id is not null as "isMember", ${PIN_BESIDE}
    from contacts
    cross join segments
    left join joined on joined.segment_id = segments.id and joined.contact_id = contacts.id
    left join causes on causes.id = ${JOINED_BY}
    left join pins on pins.segment_id = segments.id and pins.contact_id = contacts.id
    where contacts.id = ${contactId}
      and (joined.contact_id is not null or pins.contact_id is not null)
    order by ${caseless(sql`segments.alias`)}`);
  const causes = await causesById(
    db,
    rows.map(({ joinedCause }) => joinedCause),
  );
  return rows.map(({ joinedCause, isMember, ...row }) => ({
    ...row,
    isMember: isMember === 1,
    joined: (joinedCause === null ? undefined : causes.get(joinedCause)) ?? null,
  }));
}
