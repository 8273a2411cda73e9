import { planField } from '../../../src/contact/field-rules.ts';
import type { FieldRow, FieldType, RecordKind } from '../../../src/store/index.ts';
import { restoreCapture } from '../../../src/store/sqlite/delta/capture.ts';
import { connect } from '../../../src/store/sqlite/connection/connect.ts';
import { transacting } from '../../../src/store/sqlite/connection/transacting.ts';
import { SqliteSession } from '../../../src/store/sqlite/session.ts';
import { render } from '../../../src/store/sql/render.ts';
import { columnDeclaration, TABLES } from '../../../src/store/sql/tables/field-columns.ts';
import { openStore } from '../../../src/store/sqlite/open.ts';
import { UserError } from '../../../src/support/errors.ts';

export interface Dressed {
  readonly object: RecordKind;
  readonly alias: string;
}

/**
 * How the fields are made. With a value in every row, whoever reads the column instead of what was
 * meant gets something else.
 */
export interface Fabric {
  readonly type: FieldType;
  readonly unique?: boolean;
  /** As SQL. */
  readonly value?: string;
}

export const TEXTILE: Fabric = { type: 'text', value: "'nay'" };

/**
 * Gives the store a field of each of these names, for contacts and for companies, as
 * `fields:create` does, but all at once.
 */
export async function dress(path: string, names: Iterable<string>, fabric: Fabric): Promise<void> {
  await makeColumns(path, (await choose(path, names, fabric)).made, fabric);
}

interface Choice {
  /** Those that `fields:create` makes; others are there already. */
  readonly made: Dressed[];
  /** The names that it refuses for what they are. */
  readonly refused: string[];
}

export async function choose(
  path: string,
  names: Iterable<string>,
  fabric: Fabric,
): Promise<Choice> {
  const standing = await fieldsOf(path);
  const made: Dressed[] = [];
  const refused = new Set<string>();
  for (const object of ['contact', 'company'] as const) {
    for (const alias of names) {
      const verdict = judge(object, alias, fabric, standing);
      if (verdict === undefined) made.push({ object, alias });
      else if (verdict.exit === 2) refused.add(alias);
    }
  }
  return { made, refused: [...refused].sort() };
}

async function fieldsOf(path: string): Promise<readonly FieldRow[]> {
  const store = await openStore(path);
  try {
    return await store.read(async (tx) => tx.fields.list());
  } finally {
    await store.close();
  }
}

function judge(
  object: RecordKind,
  alias: string,
  { type, unique = false }: Fabric,
  standing: readonly FieldRow[],
): UserError | undefined {
  try {
    planField({ object, alias, type, unique }, standing);
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

async function makeColumns(
  path: string,
  fields: readonly Dressed[],
  { type, value, unique = false }: Fabric,
): Promise<void> {
  const raw = connect(path);
  try {
    const insert = raw.prepare(
      'insert into fields (object, alias, label, type, is_unique, created_at) values (?, ?, ?, ?, ?, 0)',
    );
    await transacting(raw, async () => {
      for (const { object, alias } of fields) {
        const kept = value === undefined ? '' : ` default ${value}`;
        const declaration = `"${alias}" ${render(columnDeclaration(type)).sql}${kept}`;
        raw.exec(`alter table ${TABLES[object]} add column ${declaration}`);
        if (unique)
          raw.exec(
            `create unique index "field_${object}_${alias}" on ${TABLES[object]} ("${alias}")`,
          );
        insert.run(object, alias, alias, type, unique ? 1 : 0);
      }
      await restoreCapture(new SqliteSession(raw));
    });
  } finally {
    raw.close();
  }
}
