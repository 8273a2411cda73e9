import { type SQL, sql } from 'drizzle-orm';
import type { ScanJob } from '../../scans.ts';
import { render, type Rendered } from '../render.ts';
import { Gathering } from './gather.ts';

/*
 * Several conditions are evaluated in one pass over the contacts: its pages are read, and its rows taken apart, once for all of them. What
 * matches is packed: for each condition a column of JSON arrays, one for each part of the contacts, in key order. An array is written and
 * read in a quarter of the time of a table of the same contacts, and takes eight bytes a contact.
 */

/** The contacts of a pass in parts, so that no array becomes long. In `temp`, of the connection that scans. */
export const PARTS = `
  create temp table if not exists parts (low integer primary key, high integer not null);
  delete from temp.parts;
  insert into temp.parts (low, high)
  with recursive
    span (first, last, size) as (select min(id), max(id), max(50000, (max(id) - min(id)) / 1000 + 1) from contacts),
    part (low) as (select first from span where first is not null union all select low + size from part, span where low + size <= last)
  select low, low + size - 1 from part, span`;

/** The table of the side file: a row for each part, a column for each segment. */
export function packedTable(segmentIds: readonly number[]): string {
  return `create table side.matching (low integer primary key, ${segmentIds.map((id) => `${columnOf(id)} blob not null`).join(', ')}) strict`;
}

/** What fills it, one statement after the other. */
export interface Pass {
  readonly segmentIds: readonly number[];
  /** The tables that have to be made for it, in `temp`, and what fills those. */
  readonly gathered: readonly string[];
  readonly gather: readonly Rendered[];
  readonly pack: Rendered;
}

export function planPass(jobs: readonly ScanJob[]): Pass {
  const gathering = new Gathering();
  const conditions = jobs.map(({ match }) => gathering.replaceIn(match));
  const pack = render(packMatching(conditions, gathering.joins()));
  return { segmentIds: jobs.map(({ segmentId }) => segmentId), gathered: gathering.tables(), gather: gathering.statements(), pack };
}

/** Contacts that match, with whether they are anonymous in the lowest bit. */
function packMatching(conditions: readonly SQL[], joins: readonly SQL[]): SQL {
  const packed = conditions.map((condition) => sql`jsonb_group_array(c.id << 1 | (c.identified_at is null)) filter (where ${condition})`);
  return sql`
    insert into side.matching
    select parts.low, ${sql.join(packed, sql`, `)}
    from temp.parts
    cross join contacts as c not indexed on c.id between parts.low and parts.high
    ${sql.join([...joins], sql` `)}
    group by parts.low`;
}

/** The same unpacked, from a side file that is attached as `scan`: `contact_id` and `anonymous`, in key order. */
export function unpacked(segmentId: number): SQL {
  return sql`(select value >> 1 as contact_id, value & 1 as anonymous from scan.matching cross join json_each(${sql.raw(columnOf(segmentId))}))`;
}

export function countPacked(segmentId: number): SQL {
  return sql`select coalesce(sum(json_array_length(${sql.raw(columnOf(segmentId))})), 0) from scan.matching`;
}

function columnOf(segmentId: number): string {
  return `segment_${segmentId}`;
}
