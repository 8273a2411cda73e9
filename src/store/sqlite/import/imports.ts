import { sql } from 'drizzle-orm';
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

    async rejects(stage, { after, limit }) {
      const rejects = db.all<{ line: number; reason: string }>(
        sql`select line, reason from ${presumeOurs(stage).rejects} where line > ${after} order by line limit ${limit}`,
      );
      return rejects.map(({ line, reason }): StagedReject => ({ line, reason: toReason(reason) }));
    },

    async contactIds(stage, { segmentId, after = 0, limit }) {
      const staged = presumeOurs(stage);
      const id = staged.shape.kind === 'events' ? sql`contact_id` : sql`record_id`;
      return db.pluck<number>(sql`
        select distinct ${id}
        from ${staged.rows} as s
        where outcome <> 'rejected' and ${id} > ${after}
          ${segmentId === undefined ? sql`` : sql`and stage_row in (select stage_row from ${staged.segments} where segment_id = ${segmentId})`}
        order by ${id}
        limit ${limit}`);
    },

    async record(row) {
      return db.orm.insert(imports).values(row).returning({ id: imports.id }).get().id;
    },
  };
}

function report(db: SqliteDatabase, staged: SqliteStage) {
  const counts = new Map(
    db
      .all<{ outcome: string; n: number }>(
        sql`select outcome, count(*) as n from ${staged.rows} group by outcome`,
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
