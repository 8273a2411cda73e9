import { sql } from 'drizzle-orm';
import { THEN_JOIN } from '../words.ts';
import type { ImportsWriter } from '../../imports.ts';
import type { ApplyOptions, RejectReason, StagedReject } from '../../staging.ts';
import type { SqlDatabase } from '../database.ts';
import { idSet } from '../sql-parts.ts';
import { imports } from '../schema.ts';
import { insertRow, updateRows } from '../table-rows.ts';
import { keyOf } from '../tables/unique-columns.ts';
import { applyEvents } from './events.ts';
import { holderOf, layOutOddKeys } from './find.ts';
import { keepingIds } from './made-ids.ts';
import { importsReader } from './record.ts';
import { applyRecords } from './records.ts';
import { isOfRecords } from './stage-shape.ts';
import { SqlStage } from './staging.ts';
import { applySuppressions } from './suppressions.ts';
import {
  deleteUntouched,
  findUntouched,
  forgetImports,
  forgetRemovals,
  keepRemovals,
  restoreRemovals,
  revertTags,
} from './undo.ts';
import { undoInDeleted } from './undo-deleted.ts';

/**
 * A stage is applied by a few statements over all of its rows; each row's `outcome` says how it
 * fared.
 */
export function importsTable(db: SqlDatabase): ImportsWriter {
  return {
    ...importsReader(db),

    async begin(row) {
      const values = { ...row, ...NO_FIGURES };
      return insertRow(db, imports, values);
    },

    async finish(id, figures) {
      await updateRows(db, imports, figures, sql`id = ${id}`);
    },

    async apply(stage, options) {
      const staged = presumeOurs(stage);
      await keepingIds(db, options.importId, async () => applyStaged(db, staged, options));
      return report(db, staged);
    },

    rejects: async (stage, page) => listRejects(db, presumeOurs(stage), page),
    contactIds: async (stage, query) => contactIds(db, presumeOurs(stage), query),
    holders: async (stage) => holdersOfRefused(db, presumeOurs(stage)),
    strays: async (stage, segmentId, staying, page) =>
      strays(db, presumeOurs(stage), { ...page, segmentId, staying }),
    keepRemovals: async (id, segmentId, contacts) =>
      keepRemovals(db, id, segmentId, idSet(contacts)),
    forgetRemovals: async (segmentId, contacts) => forgetRemovals(db, segmentId, idSet(contacts)),
    findUntouched: async (id) => findUntouched(db, id),
    deleteUntouched: async (deleting) => deleteUntouched(db, deleting),
    revertTags: async (id) => revertTags(db, id),
    restoreRemovals: async (id) => restoreRemovals(db, id),

    undoInDeleted: async (id, undoing) => undoInDeleted(db, id, undoing),

    async markUndone(id, now) {
      await updateRows(db, imports, { undoneAt: now }, sql`id = ${id}`);
    },

    forget: async (keptBefore) => forgetImports(db, keptBefore),
  };
}

const NO_FIGURES = { rows: 0, inserted: 0, updated: 0, unchanged: 0, rejected: 0 };

async function applyStaged(
  db: SqlDatabase,
  staged: SqlStage,
  options: ApplyOptions,
): Promise<void> {
  const { shape } = staged;
  await staged.begin();
  if (shape.kind === 'events') await applyEvents(db, staged, shape, options);
  else if (shape.kind === 'suppressions') await applySuppressions(db, staged, options);
  else await applyRecords(db, staged, shape, options);
}

async function listRejects(
  db: SqlDatabase,
  { rejects }: SqlStage,
  { after, limit }: Parameters<ImportsWriter['rejects']>[1],
): Promise<StagedReject[]> {
  const rows = await db.all<{ line: number; reason: string }>(sql`
    select line, reason
    from ${rejects}
    where line > ${after}
    order by line
    limit ${limit}`);
  return rows.map(({ line, reason }) => ({ line, reason: toReason(reason) }));
}

async function contactIds(
  db: SqlDatabase,
  stage: SqlStage,
  { segmentId, after = 0, limit }: Parameters<ImportsWriter['contactIds']>[1],
): Promise<number[]> {
  const { shape, found, segments } = stage;
  const id = shape.kind === 'events' ? sql`contact_id` : sql`record_id`;
  const asking =
    segmentId === undefined
      ? sql``
      : sql`and stage_row in (select stage_row from ${segments} where segment_id = ${segmentId})`;
  if (shape.kind !== 'events') await stage.index('found', sql`record_id`);
  return db.pluck<number>(sql`
    select distinct ${id}
    from ${found} as s
    where outcome <> 'rejected' and ${id} > ${after} ${asking}
    order by ${id}
    limit ${limit}`);
}

/** Such a row may be about any of those who have a value of it. */
async function holdersOfRefused(db: SqlDatabase, stage: SqlStage): Promise<number[]> {
  const { shape, found, rows } = stage;
  if (!isOfRecords(shape)) return [];
  await layOutOddKeys(db, stage);
  const held = stage.uniques.flatMap((column, place) => {
    const at = shape.columns.indexOf(column.column);
    if (at < 0) return [];
    return sql`
      select ${holderOf(stage, place, keyOf(column, stage.cells.value(at)))} as holder
      from ${found} as f
      ${THEN_JOIN} ${rows} as s on s.stage_row = f.stage_row
      where f.outcome = 'rejected' and f.record_id is null and ${stage.cells.isFilled(at)}`;
  });
  if (held.length === 0) return [];
  return db.pluck<number>(sql`
    select distinct holder
    from (${sql.join(held, sql` union all `)}) as held
    where holder is not null
    order by holder`);
}

interface Strays {
  readonly segmentId: number;
  readonly staying: readonly number[];
  readonly after: number;
  readonly limit: number;
}

async function strays(db: SqlDatabase, stage: SqlStage, which: Strays): Promise<number[]> {
  await stage.index('found', sql`record_id`);
  const { segmentId, staying, after, limit } = which;
  return db.pluck<number>(sql`
    select contact_id
    from joined
    where segment_id = ${segmentId} and contact_id > ${after}
      and not exists (select 1 from ${stage.found} as f where f.record_id = joined.contact_id)
      and contact_id not in ${idSet(staying)}
    order by contact_id
    limit ${limit}`);
}

async function report(db: SqlDatabase, staged: SqlStage) {
  const { companiesUpdated, consentKept, suppressed, lifted, leftOut } = staged.figures;
  const [inserted = 0, updated = 0, unchanged = 0] = await db.row<number>(sql`
    select ${sql.join(
      ['inserted', 'updated', 'unchanged'].map(
        (outcome) => sql`count(*) filter (where outcome = ${outcome})`,
      ),
      sql`, `,
    )}
    from ${staged.found}`);
  const rejected = await db.value<number>(sql`select count(*) from ${staged.rejects}`);
  return {
    inserted,
    updated,
    unchanged,
    rejected,
    ...(staged.companyFields === undefined ? {} : { companiesUpdated }),
    consentKept,
    consent: { suppressed, lifted },
    merged: staged.added - inserted - updated - unchanged - rejected - leftOut,
    ...(leftOut === 0 ? {} : { leftOut }),
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
    case 'noCompany':
    case 'companyTwice':
      return { kind, column };
    default:
      throw new Error(`unknown reason ${text}`);
  }
}

function presumeOurs(stage: unknown): SqlStage {
  if (!(stage instanceof SqlStage)) throw new Error('a stage of another store');
  return stage;
}
