import { sql } from 'drizzle-orm';
import { type CopyMade, unwatched, type Watch } from '../../backups.ts';
import { EXIT, UserError } from '../../../support/errors.ts';
import { inTurn } from '../../../support/in-turn.ts';
import type { FieldRow, FieldType } from '../../rows.ts';
import type { SqlDatabase } from '../database.ts';
import { fields } from '../schema.ts';
import { name } from '../sql-parts.ts';
import { selectRows } from '../table-rows.ts';
import { addColumn, indexColumn } from '../tables/field-columns.ts';
import type { CopySource, CopyTarget, Stored, StoredRow } from './side.ts';
import { rowConverter } from './values.ts';
import { verifyCopy } from './verify.ts';

/** What is of each store itself: its log and its version. */
const OWN = [
  ...['__drizzle_migrations', 'capture', 'capture_kinds', 'store', 'writer'],
  ...['contact_changes', 'member_changes', 'wide_changes'],
];
/** Tables that others point to by foreign keys, first. */
const POINTED_TO = ['fields', 'companies', 'contacts', 'tags', 'segments', 'triggers', 'events'];
/** What a new store has rows in, which those of the source replace. */
const FILLED_WHEN_NEW = ['settings', 'fields', 'erased_key'];
/** What of `capture` is about the life of the store, by which cursors of its moves are read. */
const LIFE = ['timeline', 'moves_from', 'history_from'].map(name);

/**
 * Copies everything that is stored into a new store, with the ids it has, all of it or nothing, and
 * compares the two. What segments have seen is left behind, so that the next update of the copy builds
 * everything in full. `UserError`: a run is under way on the source (75), the target has something in
 * it already (1), it does not take a value (65).
 */
export async function copyStore(
  source: CopySource,
  target: CopyTarget,
  watch: Watch = unwatched,
): Promise<CopyMade> {
  const lock = await source.lockRuns();
  if (lock === undefined)
    throw new UserError('LOCKED', EXIT.locked, `a run is under way on ${source.db.location}`, {
      hint: 'wait until it has ended, then try again',
    });
  try {
    return await source.reading(async () =>
      target.writing(async () => {
        await requireNew(target);
        const made = await watch('copying', async (onShare) => copyTables(source, target, onShare));
        await watch('comparing', async () => verifyCopy(source.db, target.db, made.tables));
        return made;
      }),
    );
  } finally {
    await lock.release();
  }
}

async function requireNew({ db, tables }: CopyTarget): Promise<void> {
  const filled = await inTurn(await tables(), async (table) => {
    if (OWN.includes(table) || FILLED_WHEN_NEW.includes(table)) return [];
    const row = await db.get(sql`select 1 from ${name(table)} limit 1`);
    return row === undefined ? [] : [table];
  });
  const custom = await db.get(sql`select 1 from fields where origin = 'custom' limit 1`);
  const found = [...filled.flat(), ...(custom === undefined ? [] : ['fields'])];
  // rule: copy-into-new
  if (found.length === 0) return;
  const message = `${db.location} is no new store: there is something in ${found.slice(0, 3).join(', ')}`;
  throw new UserError('NOT_EMPTY', EXIT.refused, message, {
    hint: 'name a store that does not exist yet: it is made',
  });
}

async function copyTables(
  source: CopySource,
  target: CopyTarget,
  onShare: (share: number) => void,
): Promise<CopyMade> {
  const [from, to] = [await source.tables(), await target.tables()];
  const tables = inOrder(from.filter((table) => to.includes(table) && !OWN.includes(table)));
  const counts = await inTurn(tables, async (table) => countOf(source.db, table));
  const total = Math.max(
    1,
    counts.reduce((sum, count) => sum + count, 0),
  );
  const types = await fieldTypes(source.db);
  const left = from.filter((table) => !to.includes(table) && !OWN.includes(table));
  let copied = 0;
  const counting = async function* (rows: AsyncIterable<StoredRow>): AsyncIterable<StoredRow> {
    for await (const row of rows) {
      yield row;
      if (++copied % 5_000 === 0) onShare(copied / total);
    }
  };
  for (const table of tables)
    left.push(...(await copyTable(source, target, { table, types, counting })));
  await copyLife(source.db, target.db);
  await target.setCounters(await source.counters());
  await target.db.ways.restoreCapture();
  await target.doubt();
  return {
    tables: Object.fromEntries(tables.map((table, index) => [table, counts[index] ?? 0])),
    left,
  };
}

function inOrder(tables: readonly string[]): string[] {
  const rank = (table: string): number => {
    const place = POINTED_TO.indexOf(table);
    return place === -1 ? POINTED_TO.length : place;
  };
  return [...tables].sort((one, other) => rank(one) - rank(other));
}

interface Copying {
  readonly table: string;
  readonly types: ReadonlyMap<Stored, FieldType>;
  readonly counting: (rows: AsyncIterable<StoredRow>) => AsyncIterable<StoredRow>;
}

/** Gives the columns that the target has not, which are left behind. */
async function copyTable(
  source: CopySource,
  target: CopyTarget,
  { table, types, counting }: Copying,
): Promise<string[]> {
  if (FILLED_WHEN_NEW.includes(table)) await target.db.run(sql`delete from ${name(table)}`);
  const known = await target.columnsOf(table);
  const [columns, strays] = split(await source.columnsOf(table), known);
  const convert = rowConverter(table, columns, { to: target.db.kind, types });
  const converted = async function* (): AsyncIterable<StoredRow> {
    for await (const row of source.rowsOf(table, columns)) yield convert(row);
  };
  await target.fill(table, columns, counting(converted()));
  if (table === 'fields') await addCustomFields(target.db);
  return strays.map((column) => `${table}.${column}`);
}

function split(columns: readonly string[], known: readonly string[]): [string[], string[]] {
  return [
    columns.filter((column) => known.includes(column)),
    columns.filter((column) => !known.includes(column)),
  ];
}

/** With their indexes: the tables of records are still empty. */
async function addCustomFields(db: SqlDatabase): Promise<void> {
  const custom = await selectRows(db, fields, sql`where origin = 'custom' order by id`);
  for (const row of custom) {
    const field = { ...row, type: row.type as FieldType, options: [] } satisfies Partial<FieldRow>;
    await addColumn(db, field);
    await indexColumn(db, field);
  }
}

async function fieldTypes(db: SqlDatabase): Promise<ReadonlyMap<Stored, FieldType>> {
  const rows = await selectRows(db, fields, sql`order by id`);
  return new Map(rows.map(({ id, type }) => [id, type as FieldType]));
}

async function countOf(db: SqlDatabase, table: string): Promise<number> {
  return db.value<number>(sql`select count(*) from ${name(table)}`);
}

async function copyLife(source: SqlDatabase, target: SqlDatabase): Promise<void> {
  const life = await source.row<string | number>(
    sql`select ${sql.join(LIFE, sql`, `)} from capture`,
  );
  const sets = LIFE.map((column, index) => sql`${column} = ${life[index]}`);
  await target.run(sql`update capture set ${sql.join(sets, sql`, `)}`);
}
