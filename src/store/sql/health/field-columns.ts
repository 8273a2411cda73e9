import { type SQL, sql } from 'drizzle-orm';
import { inTurn } from '../../../support/in-turn.ts';
import type { FieldTrouble } from '../../health.ts';
import type { FieldRow, FieldType, RecordKind } from '../../rows.ts';
import type { SqlDatabase } from '../database.ts';
import { name } from '../sql-parts.ts';
import { columnDeclaration, oddIndexOf, TABLES } from '../tables/field-columns.ts';
import type { Column, OwnHealth } from './own-health.ts';
import { shellCommand } from './trouble.ts';

/** Columns that are no fields, and fields that are no column of their own. */
const NO_FIELDS = ['company_id'];
const NO_COLUMNS = ['company', 'tags'];

/** Fields without their column or index, and columns that no field names. */
export async function fieldTroubles(
  db: SqlDatabase,
  fields: readonly FieldRow[],
  own: OwnHealth,
): Promise<FieldTrouble[]> {
  return (
    await inTurn(['contact', 'company'] as const, async (object) => {
      const ofObject = fields.filter((field) => field.object === object);
      return troublesOf(db, ofObject, { object, own });
    })
  ).flat();
}

async function troublesOf(
  db: SqlDatabase,
  fields: readonly FieldRow[],
  { object, own }: { readonly object: RecordKind; readonly own: OwnHealth },
): Promise<FieldTrouble[]> {
  const columns = await own.columnsOf(TABLES[object]);
  const known = new Set(fields.map((field) => field.alias.toLowerCase()));
  const strays = columns.filter(
    ({ name }) => !known.has(name.toLowerCase()) && !NO_FIELDS.includes(name),
  );
  const troubles = (
    await inTurn(
      fields.filter(({ alias }) => object === 'company' || !NO_COLUMNS.includes(alias)),
      async (field) => troubleOf(db, field, { columns, strays, own }),
    )
  ).flat();
  const renamed = troubles.map((trouble) => trouble.renamed);
  const unknown = strays.filter(({ name }) => !renamed.includes(name));
  return [...troubles, ...unknown.map(({ name }) => withoutField(db, object, name))];
}

function withoutField(db: SqlDatabase, object: RecordKind, column: string): FieldTrouble {
  const statement = `alter table ${TABLES[object]} drop column ${quoted(column)}`;
  return { object, alias: column, problem: 'noField', remedy: shellCommand(db, statement) };
}

interface Columns {
  readonly columns: readonly Column[];
  /** Those that no field names. */
  readonly strays: readonly Column[];
  readonly own: OwnHealth;
}

async function troubleOf(
  db: SqlDatabase,
  field: FieldRow,
  { columns, strays, own }: Columns,
): Promise<FieldTrouble[]> {
  const { object, alias, type, origin, unique } = field;
  const table = TABLES[object];
  const column = columns.find(({ name }) => name.toLowerCase() === alias.toLowerCase());
  if (column === undefined) return [withoutColumn(db, field, { strays, own })];
  const trouble = (problem: FieldTrouble['problem'], statement: string | SQL): FieldTrouble[] => [
    { object, alias, problem, remedy: shellCommand(db, statement) },
  ];
  if (origin === 'custom' && !own.holds(column, type)) {
    const fitting = await typeFor(db, table, { column, own });
    return trouble('wrongType', `update fields set type = '${fitting}' where id = ${field.id}`);
  }
  const index = `${unique ? 'unique ' : ''}index "field_${object}_${alias}"`;
  if (!(await hasItsIndex(field, own)))
    return trouble('noIndex', `create ${index} on ${table} ("${alias}")`);
  const odd = oddIndexOf(field);
  return odd === undefined ||
    isDeclaredUnique(field) ||
    (await own.hasIndex(table, odd.name, false))
    ? []
    : trouble('noIndex', odd.statement);
}

/** A column of its type that no field names seems to be the field's, under another name. */
function withoutColumn(
  db: SqlDatabase,
  { object, alias, type }: FieldRow,
  { strays, own }: Pick<Columns, 'strays' | 'own'>,
): FieldTrouble {
  const renamed = strays.find((stray) => own.holds(stray, type))?.name;
  const change =
    renamed === undefined
      ? sql`add column ${name(alias)} ${columnDeclaration(type)}`
      : sql`rename column ${name(renamed)} to ${name(alias)}`;
  const remedy = shellCommand(db, sql`alter table ${sql.raw(TABLES[object])} ${change}`);
  return { object, alias, problem: 'noColumn', renamed, remedy };
}

/** A type of field whose values such a column holds. */
async function typeFor(
  db: SqlDatabase,
  table: string,
  { column, own }: { readonly column: Column; readonly own: OwnHealth },
): Promise<FieldType> {
  if (own.holds(column, 'number')) return 'number';
  if (!own.holds(column, 'boolean') && !own.holds(column, 'datetime')) return 'text';
  const isOther = sql`${name(column.name)} not in (0, 1)`;
  return (await db.get(sql`select 1 from ${name(table)} where ${isOther} limit 1`)) === undefined
    ? 'boolean'
    : 'datetime';
}

/** Some are unique by the declaration of their table: the checks of the schema look at that. */
function isDeclaredUnique({ object, alias }: FieldRow): boolean {
  return alias === 'id' || alias === (object === 'contact' ? 'email' : 'name');
}

async function hasItsIndex(field: FieldRow, own: OwnHealth): Promise<boolean> {
  const { object, alias, unique, indexed } = field;
  if ((!unique && !indexed) || isDeclaredUnique(field)) return true;
  return own.hasIndex(TABLES[object], `field_${object}_${alias}`, unique);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
