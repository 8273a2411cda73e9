import { serverErrorIn } from './errors.ts';
import { quotedName } from './render.ts';
import type { Session } from './session.ts';

/**
 * Moves the ids that a table gives on behind all that it has, where `error` says that it gave one that
 * was taken: SQL may write rows under ids of its own, of which the sequence knows nothing. Gives
 * whether it did.
 */
export async function passTakenIds(session: Session, error: unknown): Promise<boolean> {
  const { code, schema, table, detail = '' } = serverErrorIn(error) ?? {};
  const isOurs = table !== undefined && schema === session.place.schema;
  if (code !== '23505' || !isOurs || !detail.startsWith('Key (id)=(')) return false;
  const { rows } = await session.ask({
    text: `
      select setval(ids, greatest((select max(id) from ${quotedName(table)}), last))
      from pg_get_serial_sequence(quote_ident($1), 'id') as ids
      cross join pg_sequence_last_value(ids::regclass) as last
      where last is not null`,
    values: [table],
  });
  return rows.length > 0;
}
