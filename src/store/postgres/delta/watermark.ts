import { type SQL, sql } from 'drizzle-orm';

/*
 * A number that a writer counts up, or reads from a row, would lose changes: a transaction may begin
 * before a build and commit after it. So entries of the log have the id of their transaction, and a
 * watermark is the oldest transaction that the build's snapshot may not have seen. All below it had
 * ended and is seen; all else is at it or above, whenever it commits. Docs: docs/delta.md.
 *
 * The transaction that builds has one id for all it does. It counts marks (`rollcall.mark`), so that
 * what a build has seen of its own transaction is told from what came later in it.
 */

/** As text `xmin:own:mark`. */
export interface Watermark {
  /** The oldest transaction that may not have been seen. */
  readonly xmin: bigint;
  /** The transaction that read it, 0 while it had written nothing. */
  readonly own: bigint;
  /** Entries of `own` under lower marks were seen. */
  readonly mark: number;
}

/** The watermark of now, as SQL: of a transaction of one snapshot, or of the statement. */
export const WATERMARK = sql`concat_ws(
  ':',
  pg_snapshot_xmin(pg_current_snapshot()),
  coalesce(pg_current_xact_id_if_assigned()::text, '0'),
  ${currentMark()}
)`;

/** The mark of this transaction. A setting that was local to another one is empty, not null. */
function currentMark(): SQL {
  return sql`coalesce(nullif(current_setting('rollcall.mark', true), ''), '0')`;
}

/** Raises the mark: what this transaction logs from now on is after all watermarks it gave. */
export const RAISE_MARK = sql`
  select set_config('rollcall.mark', (${currentMark()}::int + 1)::text, true)`;

/**
 * Whether a row of the log, known as `row`, is since a watermark: a text, or SQL for one. Null where
 * that is null.
 */
export function isSince(since: string | SQL, row: string): SQL {
  const [xid, mark] = [sql.raw(`${row}.xid`), sql.raw(`${row}.mark`)];
  const [xmin, own, ownMark] = typeof since === 'string' ? partsOf(since) : splitParts(since);
  // rule: since-xmin, since-own
  return sql`(
    ${xid} >= ${xmin}::xid8
    and not (${xid} = ${own}::xid8 and ${mark} < ${ownMark}::int)
  )`;
}

function partsOf(text: string): readonly [SQL, SQL, SQL] {
  const { xmin, own, mark } = parseWatermark(text);
  return [sql`${String(xmin)}`, sql`${String(own)}`, sql`${mark}`];
}

function splitParts(since: SQL): readonly [SQL, SQL, SQL] {
  const part = (at: number): SQL => sql`split_part(${since}, ':', ${sql.raw(String(at))})`;
  return [part(1), part(2), part(3)];
}

export function parseWatermark(text: string): Watermark {
  const [xmin = '', own = '', mark = ''] = text.split(':');
  return { xmin: BigInt(xmin), own: BigInt(own), mark: Number(mark) };
}

/** Whether a row of the log is since a watermark. */
export function isSeenLater(
  row: { readonly xid: bigint; readonly mark: number },
  since: Watermark,
): boolean {
  return row.xid >= since.xmin && !(row.xid === since.own && row.mark < since.mark);
}
