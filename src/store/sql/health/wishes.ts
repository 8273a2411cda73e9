import { type SQL, sql } from 'drizzle-orm';
import { inTurn } from '../../../support/in-turn.ts';
import type { UnheededWishes } from '../../health.ts';
import type { FieldType } from '../../rows.ts';
import type { SqlDatabase } from '../database.ts';
import { name } from '../sql-parts.ts';
import { sameText, spelled, THEN_JOIN } from '../words.ts';
import { wishedFields } from '../delta/wishes.ts';
import { seek, shellCommand } from './trouble.ts';

/**
 * What stands for unique values and was not given to the contacts who have them, as another program
 * leaves it that writes it there: no trigger looks, for there may be millions. What has no key yet
 * the next command or update sees to.
 */
export async function unheededWishes(db: SqlDatabase): Promise<UnheededWishes[]> {
  const values = await inTurn(await wishedFields(db), async ({ id, column, type }) =>
    unheeded(db, {
      ...{ column, type, table: 'value_suppressions', value: 'value' },
      which: sql`said.field_id = ${id} and said.key is not null and`,
    }),
  );
  const addresses = await unheeded(db, {
    ...{ column: 'email', type: 'email', table: 'address_suppressions', value: 'address' },
    which: sql``,
  });
  return [addresses, ...values].filter(({ count }) => count > 0);
}

interface Place {
  readonly column: string;
  readonly type: FieldType;
  readonly table: string;
  /** What the value is called there. */
  readonly value: string;
  readonly which: SQL;
}

async function unheeded(
  db: SqlDatabase,
  { column, type, table, value, which }: Place,
): Promise<UnheededWishes> {
  const said = sql`said.${name(value)}`;
  const from = sql`${name(table)} as said ${THEN_JOIN} contacts on ${hasValue({ column, type }, said)} where ${which} not exists (select 1 from suppressions as known where known.contact_id = contacts.id and ${sameText(sql`known.channel`, sql`said.channel`)} and ${sameText(sql`known.reason`, sql`said.reason`)})`;
  const trouble = await seek(db, {
    columns: sql`contacts.id, ${said}, said.channel, said.reason`,
    from,
    remedy: shellCommand(
      db,
      sql`insert into suppressions (contact_id, channel, reason, created_at) select contacts.id, said.channel, said.reason, said.created_at from ${from}`,
    ),
  });
  return { ...trouble, column };
}

/** What stands for values is text in PostgreSQL, whatever their type. */
function hasValue({ column, type }: Pick<Place, 'column' | 'type'>, said: SQL): SQL {
  const held = sql`contacts.${name(column)}`;
  const text = type === 'number' ? sql`number_text(${held})` : sql`lower(${held}::text)`;
  return spelled(sql`${held} = ${said}`, sql`${text} = lower(${said})`);
}
