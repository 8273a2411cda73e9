import { eq, sql } from 'drizzle-orm';
import type { ImportApplier, RejectReason, StagedReject } from '../../staging.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { applyEvents } from './events.ts';
import { applyRecords } from './records.ts';
import { imports } from '../connection/schema.ts';
import { SqliteStage } from './staging.ts';

/**
 * A stage is applied by a few statements over all of its rows; each row's `outcome` says how it
 * fared.
 */
export function importsTable(db: SqliteDatabase): ImportApplier {
  return {
    async apply(stage, options) {
      const staged = presumeOurs(stage);
      if (staged.shape.kind === 'events') applyEvents(db, staged, staged.shape, options);
      else applyRecords(db, staged, staged.shape, options);
      return report(db, staged);
    },

    rejects: async (stage, page) => listRejects(db, presumeOurs(stage), page),
    contactIds: async (stage, query) => contactIds(db, presumeOurs(stage), query),

    async record(row) {
      return db.orm.insert(imports).values(row).returning({ id: imports.id }).get().id;
    },

    async recordJoined(id, joined) {
      db.orm.update(imports).set(joined).where(eq(imports.id, id)).run();
    },
  };
}

function listRejects(
  db: SqliteDatabase,
  { rejects }: SqliteStage,
  { after, limit }: Parameters<ImportApplier['rejects']>[1],
): StagedReject[] {
  const rows = db.all<{ line: number; reason: string }>(sql`
    select line, reason
    from ${rejects}
    where line > ${after}
    order by line
    limit ${limit}`);
  return rows.map(({ line, reason }) => ({ line, reason: toReason(reason) }));
}

function contactIds(
  db: SqliteDatabase,
  stage: SqliteStage,
  { segmentId, after = 0, limit }: Parameters<ImportApplier['contactIds']>[1],
): number[] {
  const { shape, found, segments } = stage;
  const id = shape.kind === 'events' ? sql`contact_id` : sql`record_id`;
  const asking =
    segmentId === undefined
      ? sql``
      : sql`and stage_row in (select stage_row from ${segments} where segment_id = ${segmentId})`;
  return db.pluck<number>(sql`
    select distinct ${id}
    from ${found} as s
    where outcome <> 'rejected' and ${id} > ${after} ${asking}
    order by ${id}
    limit ${limit}`);
}

function report(db: SqliteDatabase, staged: SqliteStage) {
  const counts = new Map(
    db
      .all<{ outcome: string; n: number }>(
        sql`select outcome, count(*) as n from ${staged.found} group by outcome`,
      )
      .map((row) => [row.outcome, row.n]),
  );
  const rejected = db.value<number>(sql`select count(*) from ${staged.rejects}`);
  const [inserted = 0, updated = 0, unchanged = 0] = ['inserted', 'updated', 'unchanged'].map(
    (outcome) => counts.get(outcome),
  );
  return {
    inserted,
    updated,
    unchanged,
    rejected,
    merged: staged.added - inserted - updated - unchanged - rejected,
  };
}

/** Reasons stand in the temporary table as `kind` or `kind:column`. */
function toReason(text: string): RejectReason {
  const [kind, column = ''] = text.split(':', 2);
  switch (kind) {
    case 'duplicateKey':
    case 'unknownRecord':
    case 'existingRecord':
    case 'unknownContact':
      return { kind };
    case 'uniqueTaken':
      return { kind, column };
    default:
      throw new Error(`unknown reason ${text}`);
  }
}

function presumeOurs(stage: unknown): SqliteStage {
  if (!(stage instanceof SqliteStage)) throw new Error('a stage of another store');
  return stage;
}
