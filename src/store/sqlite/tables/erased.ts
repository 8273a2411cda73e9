import { type SQL, sql } from 'drizzle-orm';
import type { ErasedWriter, UniqueValue } from '../../erasing.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { erasedSince, isAnybodyErased, registerHash } from '../delta/erased.ts';
import { knownValues } from './erase-values.ts';
import { hasWishes } from './erase-wishes.ts';
import { isInAudit } from './erase-words.ts';
import { keyOf, uniqueColumn } from './unique-columns.ts';

export function erasedTable(db: SqliteDatabase): ErasedWriter {
  return {
    async since(values) {
      if (values.length === 0 || !isAnybodyErased(db)) return values.map(() => null);
      return values.map((value) =>
        db.value<number | null>(sql`select ${erasedSince(value.column, keyOfValue(db, value))}`),
      );
    },

    async isPending() {
      return (
        db.value<number>(sql`select exists (select 1 from erased_key where pending = 1)`) === 1
      );
    },

    isSpokenOf: async (value) =>
      knownValues(db, [value]).some((known) => hasWishes(db, known) || isInAudit(db, known)),

    async readmit(values) {
      registerHash(db);
      for (const value of values)
        db.run(sql`
          delete from erased
          where hash in (
            select person_hash(key, ${value.column}, ${keyOfValue(db, value)}) from erased_key
          )`);
    },
  };
}

function keyOfValue(db: SqliteDatabase, { column, value }: UniqueValue): SQL {
  return keyOf(uniqueColumn(db, 'contacts', column), sql`${value}`);
}
