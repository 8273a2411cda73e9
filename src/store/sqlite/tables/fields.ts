import { eq, sql } from 'drizzle-orm';
import { FIELD_TYPES, type FieldRow, type FieldType, type RecordKind } from '../../rows.ts';
import type { FieldsWriter } from '../../fields.ts';
import { restoreCapture } from '../delta/capture.ts';
import { name, type SqliteDatabase } from '../connection/database.ts';
import { fields } from '../connection/schema.ts';

/** The table of each object. */
export const TABLES: Record<RecordKind, string> = { contact: 'contacts', company: 'companies' };

/** A custom field is a real column; adding one does not rewrite the table. */
export function fieldsTable(db: SqliteDatabase): FieldsWriter {
  return {
    async list() {
      return db.keptRows(fields, fields.id, toFieldRow);
    },

    async countFilled(field) {
      if (field.alias === 'tags')
        return db.value<number>(sql`select count(distinct contact_id) from contact_tags`);
      return db.value<number>(
        sql`select count(*) from ${name(TABLES[field.object])} where ${name(columnOf(field))} is not null`,
      );
    },

    async countOption(field, option) {
      const column = name(field.alias);
      const holds =
        field.type === 'multiselect'
          ? sql`instr(lower(${column}), lower(${`|${option}|`})) > 0`
          : sql`${column} = ${option}`;
      return db.value<number>(
        sql`select count(*) from ${name(TABLES[field.object])} where ${holds}`,
      );
    },

    async hasEqualValues(field) {
      const column = name(field.alias);
      return (
        db.get(
          sql`select 1 from ${name(TABLES[field.object])} where ${column} is not null group by ${column} having count(*) > 1 limit 1`,
        ) !== undefined
      );
    },

    async add(field, now) {
      db.run(
        sql`alter table ${name(TABLES[field.object])} add column ${name(field.alias)} ${sql.raw(columnDeclaration(field.type))}`,
      );
      return db.addingRow(fields, fields.id, () => {
        const added = db.orm
          .insert(fields)
          .values({
            ...field,
            options: JSON.stringify(field.options),
            origin: 'custom',
            createdAt: now,
          })
          .returning({ id: fields.id })
          .get();
        indexColumn(db, field);
        restoreCapture(db);
        return added.id;
      });
    },

    async update(field) {
      const before = db.orm.select().from(fields).where(eq(fields.id, field.id)).get();
      db.orm
        .update(fields)
        .set({
          label: field.label,
          options: JSON.stringify(field.options),
          unique: field.unique,
          indexed: field.indexed,
        })
        .where(eq(fields.id, field.id))
        .run();
      if (before?.unique !== field.unique || before.indexed !== field.indexed) {
        dropIndex(db, field);
        indexColumn(db, field);
        restoreCapture(db);
      }
    },

    async delete(field) {
      dropIndex(db, field);
      dropDateIndexes(db, field);
      db.orm.delete(fields).where(eq(fields.id, field.id)).run();
      restoreCapture(db); // first, so that no trigger names the column
      db.run(sql`alter table ${name(TABLES[field.object])} drop column ${name(field.alias)}`);
      restoreCapture(db);
    },
  };
}

/**
 * Words and lists that SQL wrote and nobody knows are read as the plainest there are; the doctor
 * names them.
 */
function toFieldRow(row: typeof fields.$inferSelect): FieldRow {
  return {
    id: row.id,
    object: row.object,
    alias: row.alias,
    label: row.label,
    type: FIELD_TYPES.find((type) => type === row.type) ?? 'text',
    options: readOptions(row.options),
    unique: row.unique,
    indexed: row.indexed,
    origin: row.origin,
  };
}

function readOptions(text: string | null): readonly string[] {
  try {
    const options: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(options)
      ? options.filter((option): option is string => typeof option === 'string')
      : [];
  } catch {
    return []; // not written by rollcall
  }
}

/** The column that a field's presence shows in. */
function columnOf(field: FieldRow): string {
  return field.object === 'contact' && field.alias === 'company' ? 'company_id' : field.alias;
}

/** How the column of a custom field is declared. */
export function columnDeclaration(type: FieldType): 'real' | 'integer' | 'text collate nocase' {
  switch (type) {
    case 'number':
      return 'real'; // NUMERIC would compare 2^53 + 1 as unequal to itself
    case 'boolean':
    case 'datetime':
      return 'integer';
    default:
      return 'text collate nocase';
  }
}

function indexName(field: Pick<FieldRow, 'object' | 'alias'>) {
  return name(`field_${field.object}_${field.alias}`);
}

function indexColumn(
  db: SqliteDatabase,
  field: Pick<FieldRow, 'object' | 'alias' | 'unique' | 'indexed'>,
): void {
  if (!field.unique && !field.indexed) return;
  db.run(
    sql`create ${field.unique ? sql`unique` : sql``} index ${indexName(field)} on ${name(TABLES[field.object])} (${name(field.alias)})`,
  );
}

function dropIndex(db: SqliteDatabase, field: FieldRow): void {
  db.run(sql`drop index if exists ${indexName(field)}`);
}

/** The indexes that updates made to find dates: a column cannot be dropped under them. */
function dropDateIndexes(db: SqliteDatabase, field: FieldRow): void {
  for (const kind of ['window', 'anniversary'])
    db.run(sql`drop index if exists ${name(`${kind}_${field.object}_${field.alias}`)}`);
}
