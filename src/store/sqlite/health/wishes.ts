import { sql } from 'drizzle-orm';
import type { Trouble } from '../../health.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { seek, shellCommand } from './trouble.ts';

const UNHEEDED =
  'from address_suppressions as said cross join contacts on contacts.email = said.address ' +
  'where not exists (select 1 from suppressions as known where known.contact_id = contacts.id ' +
  'and known.channel = said.channel and known.reason = said.reason)';

/**
 * What stands for addresses and was not given to the contacts who have them, as another program
 * leaves it that writes it there: no trigger looks, for there may be millions.
 */
export function unheededWishes(db: SqliteDatabase): Trouble {
  return seek(db, {
    columns: sql`contacts.id, said.address, said.channel, said.reason`,
    from: sql.raw(UNHEEDED.slice('from '.length)),
    remedy: shellCommand(
      db,
      'insert into suppressions (contact_id, channel, reason, created_at) ' +
        `select contacts.id, said.channel, said.reason, said.created_at ${UNHEEDED}`,
    ),
  });
}
