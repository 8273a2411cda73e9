import { type SQL, sql } from 'drizzle-orm';
import type { ContactSegmentRow, MemberQuery, MembersWriter } from '../../members.ts';
import type { MemberRow } from '../../rows.ts';
import { countCandidates, fillCandidates, fillFurther } from '../delta/candidates.ts';
import { idSet, type SqliteDatabase } from '../connection/database.ts';
import { layOutCandidates } from '../delta/propose-candidates.ts';
import { addMembers, applyDifferences, removeMembers } from '../delta/apply-proposed.ts';
import {
  clearMoves,
  contactsOf,
  countLaidOut,
  cutLaidOut,
  dropLaidOut,
} from '../delta/proposed.ts';
import { layOut, layOutGone, layOutScan } from '../delta/propose.ts';
import { recountMembers, sweepDeleted } from '../delta/memberships-of-contacts.ts';

export function membersTable(db: SqliteDatabase): MembersWriter {
  return {
    async list(segmentId, query) {
      return db.all<MemberRow>(sql`
        select m.contact_id as "contactId", contacts.email, m.since, m.via, ${query.asOf === undefined ? sql`pins.kind as pin, pins.until as "pinUntil"` : sql`null as pin, null as "pinUntil"`}
        from ${intervals(segmentId, query)} as m
        cross join contacts on contacts.id = m.contact_id
        left join pins on pins.segment_id = ${segmentId} and pins.contact_id = m.contact_id
        where ${conditions(query)}
        order by m.contact_id
        limit ${query.limit ?? -1}`);
    },

    async count(segmentId, query = {}) {
      return db.value<number>(sql`
        select count(*)
        from ${intervals(segmentId, query)} as m
        cross join contacts on contacts.id = m.contact_id
        where ${conditions(query)}`);
    },

    async has(segmentId, contactId) {
      return (
        db.get(sql`
        select 1
        from memberships
        join contacts on contacts.id = memberships.contact_id
        where memberships.segment_id = ${segmentId} and memberships.contact_id = ${contactId}`) !==
        undefined
      );
    },

    async among(segmentId, contactIds) {
      return db.pluck<number>(sql`
        select contact_id
        from memberships
        join contacts on contacts.id = memberships.contact_id
        where segment_id = ${segmentId} and contact_id in ${idSet(contactIds)}
        order by contact_id`);
    },

    async segmentsOf(contactId) {
      return db.all<ContactSegmentRow>(sql`
        select segments.id as "segmentId", segments.alias, segments.name, memberships.since, memberships.via, pins.kind as pin, pins.until as "pinUntil"
        from contacts
        cross join segments
        left join memberships on memberships.segment_id = segments.id and memberships.contact_id = contacts.id
        left join pins on pins.segment_id = segments.id and pins.contact_id = contacts.id
        where contacts.id = ${contactId} and (memberships.contact_id is not null or pins.contact_id is not null)
        order by segments.alias`);
    },

    async add(segmentId, contactIds, cause) {
      return addMembers(db, segmentId, contactIds, cause);
    },

    async remove(segmentId, contactIds, cause) {
      return removeMembers(db, segmentId, contactIds, cause);
    },

    async clearLaidOut() {
      clearMoves(db);
    },

    async layOut(segmentId, match, { batch } = {}) {
      return layOut(db, segmentId, match, batch);
    },

    async layOutCandidates(builds, { further = false, batch } = {}) {
      layOutCandidates(db, builds, further ? 'further' : 'candidates', batch);
    },

    async countLaidOut() {
      return countLaidOut(db);
    },

    async layOutGone(segmentId) {
      return layOutGone(db, segmentId);
    },

    async layOutScan(_scan, segmentId, probe) {
      return layOutScan(db, segmentId, probe);
    },

    async laidOut(segmentId, part, { after, limit }) {
      return db.pluck<number>(sql`
        select contact_id
        from ${contactsOf(db, segmentId, part)}
        where ${after === undefined ? sql`1` : sql`contact_id > ${after}`}
        order by contact_id
        limit ${limit ?? -1}`);
    },

    async cutLaidOut(segmentId, limit) {
      cutLaidOut(db, segmentId, limit);
    },

    async dropLaidOut(segmentId) {
      dropLaidOut(db, segmentId);
    },

    async applyLaidOut(cause) {
      return applyDifferences(db, cause);
    },

    async findCandidates(query, limit) {
      return fillCandidates(db, query, limit);
    },

    async countCandidates(reads) {
      return countCandidates(db, reads);
    },

    async findFurther(slices, reads, limit) {
      return fillFurther(db, slices, reads, limit);
    },

    async setVia(segmentId, contactIds, via) {
      db.run(sql`
        update memberships
        set via = ${via}
        where segment_id = ${segmentId} and via <> ${via} ${contactIds === 'all' ? sql`` : sql`and contact_id in ${idSet(contactIds)}`}`);
    },

    async recount(segmentId) {
      return recountMembers(db, segmentId);
    },

    async sweepDeleted() {
      return sweepDeleted(db);
    },
  };
}

/**
 * Open memberships, or those that hold the instant `asOf`: joined at or before it, and not yet
 * left. Intervals of one contact overlap when the clock went back between them; the one that began
 * last stands for them all, as SQLite's bare columns beside max() do.
 */
function intervals(segmentId: number, { asOf, after }: MemberQuery): SQL {
  if (asOf === undefined)
    return sql`(select contact_id, since, via from memberships where segment_id = ${segmentId})`;
  const further = after === undefined ? sql`` : sql`and contact_id > ${after}`;
  return sql`(
    select contact_id, max(since) as since, via
    from (
      select contact_id, since, via
      from memberships
      where segment_id = ${segmentId} ${further} and since <= ${asOf}
      union all
      select contact_id, joined_at, joined_via
      from membership_history
      where segment_id = ${segmentId} ${further} and joined_at <= ${asOf} and left_at > ${asOf}
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
