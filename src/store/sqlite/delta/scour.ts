import { transacting } from '../connection/transacting.ts';
import { sql } from 'drizzle-orm';
import type { SqliteDatabase } from '../connection/database.ts';
import { noteSchema } from './capture.ts';

/**
 * Writes the store anew, without what was deleted, and empties its log. False where a reader holds
 * the log: what was deleted can still be read there.
 */
export async function scour(db: SqliteDatabase): Promise<boolean> {
  const { raw } = db;
  const isKnown = await isSchemaKnown(db);
  raw.exec('vacuum');
  if (isKnown) await transacting(raw, async () => noteSchema(db));
  const [checkpoint] = raw.pragma('wal_checkpoint(truncate)') as { readonly busy: number }[];
  if (checkpoint?.busy !== 0) return false;
  await transacting(raw, async () => db.run(sql`update erased_key set pending = 0`));
  return true;
}

/** A vacuum counts as a change of the schema: it must not hide one of somebody else's. */
async function isSchemaKnown(db: SqliteDatabase): Promise<boolean> {
  return (
    (await db.value<number>(sql`
      select schema_version = (select schema_version from pragma_schema_version) from capture`)) ===
    1
  );
}
