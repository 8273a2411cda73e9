import { sql } from 'drizzle-orm';
import { inTurn } from '../../../support/in-turn.ts';
import type { UnheededWishes } from '../../health.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { wishedFields } from '../delta/wishes.ts';
import { seek, shellCommand } from './trouble.ts';

/**
 * What stands for unique values and was not given to the contacts who have them, as another program
 * leaves it that writes it there: no trigger looks, for there may be millions. What has no key yet
 * the next command or update sees to.
 */
export async function unheededWishes(db: SqliteDatabase): Promise<UnheededWishes[]> {
  const values = await inTurn(await wishedFields(db), async ({ id, column }) => {
    const held = `contacts.${quoted(column)} = said.value`;
    const place = `value_suppressions as said cross join contacts on ${held}`;
    return unheeded(db, {
      column,
      value: 'value',
      place,
      which: `said.field_id = ${id} and said.key is not null and`,
    });
  });
  const addresses = await unheeded(db, {
    ...{ column: 'email', value: 'address', which: '' },
    place: 'address_suppressions as said cross join contacts on contacts.email = said.address',
  });
  return [addresses, ...values].filter(({ count }) => count > 0);
}

interface Place {
  readonly column: string;
  /** What the value is called there. */
  readonly value: string;
  readonly place: string;
  readonly which: string;
}

async function unheeded(
  db: SqliteDatabase,
  { column, value, place, which }: Place,
): Promise<UnheededWishes> {
  const from =
    `${place} where ${which} not exists (select 1 from suppressions as known ` +
    'where known.contact_id = contacts.id and known.channel = said.channel ' +
    'and known.reason = said.reason)';
  const trouble = await seek(db, {
    columns: sql`contacts.id, said.${sql.raw(value)}, said.channel, said.reason`,
    from: sql.raw(from),
    remedy: shellCommand(
      db,
      'insert into suppressions (contact_id, channel, reason, created_at) ' +
        `select contacts.id, said.channel, said.reason, said.created_at from ${from}`,
    ),
  });
  return { ...trouble, column };
}

function quoted(column: string): string {
  return `"${column.replaceAll('"', '""')}"`;
}
