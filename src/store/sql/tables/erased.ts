import { type SQL, sql } from 'drizzle-orm';
import { inTurn, someInTurn } from '../../../support/in-turn.ts';
import type { ErasedWriter, UniqueValue } from '../../erasing.ts';
import type { SqlDatabase } from '../database.ts';
import { erasedSince, isAnybodyErased } from '../delta/erased.ts';
import { knownValues } from './erase-values.ts';
import { hasWishes } from './erase-wishes.ts';
import { isInAudit } from './erase-audit.ts';
import { keyOf, uniqueColumn } from './unique-columns.ts';

export function erasedTable(db: SqlDatabase): ErasedWriter {
  return {
    async since(values) {
      if (values.length === 0 || !(await isAnybodyErased(db))) return values.map(() => null);
      return inTurn(values, async (value) =>
        db.value<number | null>(
          sql`select ${erasedSince(value.column, await keyOfValue(db, value))}`,
        ),
      );
    },

    async isPending() {
      return (
        (await db.value<number>(
          sql`select exists (select 1 from erased_key where pending = 1)`,
        )) === 1
      );
    },

    isSpokenOf: async (value) =>
      someInTurn(
        await knownValues(db, [value]),
        async (known) => (await hasWishes(db, known)) || (await isInAudit(db, known)),
      ),

    async readmit(values) {
      for (const value of values)
        await db.run(sql`
          delete from erased
          where hash in (
            select person_hash(key, ${value.column}, ${await keyOfValue(db, value)}) from erased_key
          )`);
    },
  };
}

async function keyOfValue(db: SqlDatabase, { column, value }: UniqueValue): Promise<SQL> {
  return keyOf(await uniqueColumn(db, 'contacts', column), sql`${value}`);
}
