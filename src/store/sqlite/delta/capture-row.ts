import { type SQL, sql } from 'drizzle-orm';
import { inTurn } from '../../../support/in-turn.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { valuesOf } from '../../sql/sql-parts.ts';

/** The kinds of changes that are logged. */
export const KINDS: readonly string[] = [
  'exists',
  'profile',
  'tags',
  'consent',
  'events',
  'company',
  'tag',
  'member',
  'pin',
];

/** What is logged by triggers, and what by the builds of segments. */
export const LOGS: readonly SQL[] = [sql`contact_changes`, sql`member_changes`];

/** Far beyond what counting up reaches, and far below what no longer counts. */
const LAST_EPOCH = 2 ** 52;
const isEpoch = (column: string) => sql.raw(`${column} between 0 and ${LAST_EPOCH}`);

/**
 * Whether the one row is there, with an epoch that can be counted up: triggers log nothing without
 * it.
 */
export async function isRowSound(db: SqliteDatabase): Promise<boolean> {
  return (
    (await db.value<number>(
      sql`select count(*) = 1 and max(id = 1 and ${isEpoch('epoch')}) from capture`,
    )) === 1
  );
}

/** Whether all that the log is read with is there, and can be counted with. */
export async function isCaptureSound(db: SqliteDatabase): Promise<boolean> {
  return (
    (await isRowSound(db)) &&
    (await db.value<number>(sql`
      select
        (
          select count(*) = ${KINDS.length} and min(${isEpoch('pruned_before')})
          from capture_kinds
          where kind in (select value from ${valuesOf(KINDS)})
        )
        and not exists (
          select 1
          from segments
          where not (${isEpoch('bulk_epoch')} and ${isEpoch('coalesce(seen_epoch, 0)')})
        )`)) === 1
  );
}

/**
 * Puts back what somebody deleted or made unreadable with SQL. The new epoch is later than all that
 * anybody has seen, and the schema counts as unknown: so every build is a full one. It is another
 * life of the store then, with a timeline of its own.
 */
export async function mendCapture(db: SqliteDatabase): Promise<void> {
  if (await isCaptureSound(db)) return;
  await db.run(sql`update segments set seen_epoch = null where not ${isEpoch('seen_epoch')}`);
  await db.run(sql`update segments set bulk_epoch = 0 where not ${isEpoch('bulk_epoch')}`);
  await db.run(sql`update triggers set seen_epoch = null`);
  for (const log of LOGS) await db.run(sql`delete from ${log} where not ${isEpoch('epoch')}`);
  const epoch = (await latestEpoch(db)) + 1;
  const historyFrom = await db.value<number>(
    sql`select coalesce(max(history_from), 0) from capture`,
  );
  await db.run(sql`delete from capture`);
  await db.run(sql`
    insert into capture (id, epoch, schema_version, bulk, timeline, history_from)
    values (1, ${epoch}, -1, 0, lower(hex(randomblob(16))), ${historyFrom})`);
  await db.run(sql`delete from capture_kinds`);
  await db.run(sql`
    insert into capture_kinds (kind, pruned_before)
    select value, ${epoch} from ${valuesOf(KINDS)}`);
}

/** The last that anybody has seen or logged under; 0 where nobody has. */
async function latestEpoch(db: SqliteDatabase): Promise<number> {
  const seen = [
    sql`select max(seen_epoch) from segments`,
    sql`select max(bulk_epoch) from segments`,
    ...LOGS.map((log) => sql`select max(epoch) from ${log}`),
    sql`select epoch from capture where ${isEpoch('epoch')}`,
  ];
  return Math.max(
    ...(await inTurn(seen, async (query) => (await db.pluck<number | null>(query))[0] ?? 0)),
  );
}
