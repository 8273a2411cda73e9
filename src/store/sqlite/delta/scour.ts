import { sql } from 'drizzle-orm';
import type { SqliteDatabase } from '../connection/database.ts';
import { noteSchema } from './capture.ts';

/**
 * Writes the store anew, without what was deleted, and empties its log. False where a reader holds
 * the log: what was deleted can still be read there.
 */
export function scour(db: SqliteDatabase): boolean {
  const { raw } = db;
  const isKnown = isSchemaKnown(db);
  raw.exec('vacuum');
  if (isKnown) raw.transaction(() => noteSchema(db)).immediate();
  const [checkpoint] = raw.pragma('wal_checkpoint(truncate)') as { readonly busy: number }[];
  if (checkpoint?.busy !== 0) return false;
  raw.transaction(() => db.run(sql`update erased_key set pending = 0`)).immediate();
  return true;
}

/** A vacuum counts as a change of the schema: it must not hide one of somebody else's. */
function isSchemaKnown(db: SqliteDatabase): boolean {
  return (
    db.value<number>(sql`
      select schema_version = (select schema_version from pragma_schema_version) from capture`) ===
    1
  );
}
