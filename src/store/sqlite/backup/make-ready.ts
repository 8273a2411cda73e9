import { transacting } from '../connection/transacting.ts';
import { EXIT, UserError } from '../../../support/errors.ts';
import type { CarriedSuppressions, Restored, RestoreRequest } from '../../backups.ts';
import { noteSchema } from '../delta/capture.ts';
import { SqliteSession } from '../session.ts';
import { registerFunctions } from '../connection/functions.ts';
import { beginLife, keepIdsFrom } from '../delta/life.ts';
import type Sqlite from 'better-sqlite3';
import { eraseAgain } from './erased.ts';
import { carrySuppressions } from './consent.ts';
import { REPLACED } from './shared-fields.ts';
import { writeAudit } from '../../sql/tables/audit.ts';
import { withCopy } from './copy.ts';

const ofRestore = {
  command: 'restore',
  action: 'restored',
  object: 'store',
  objectId: null,
} as const;

/** Begins another life in the file that is to be the store, and writes down who does so. */
export async function makeReady(
  file: string,
  { file: backup, now, by = null }: Pick<RestoreRequest, 'file' | 'now' | 'by'>,
): Promise<void> {
  await withCopy(file, async (copy) => {
    registerFunctions(copy);
    const db = new SqliteSession(copy);
    await transacting(copy, async () => {
      await beginLife(db);
      await noteSchema(db);
      await writeAudit(db, [{ ...ofRestore, at: now, by, detail: { file: backup } }]);
    });
  });
}

/** What came along from the store that is replaced. */
export type CarriedOver = Pick<Restored, 'erasedAgain' | 'valuesErasedAgain'> & {
  readonly suppressions: CarriedSuppressions;
};

/**
 * Carries into the file that is to be the store what must not be lost of the one that it replaces.
 * Null where that cannot be read.
 */
export async function carryOver(file: string, replaced: string): Promise<CarriedOver | null> {
  return withCopy(file, async (copy) => {
    registerFunctions(copy);
    const db = new SqliteSession(copy);
    copy.prepare(`attach ? as ${REPLACED}`).run(replaced);
    try {
      const { suppressions, erased } = await transacting(
        copy,
        async () => {
          await keepIdsFrom(db, REPLACED);
          return { suppressions: await carrySuppressions(db), erased: await eraseAgain(db) };
        },
        'begin', // an immediate one would lock, and sync, what is attached too
      );
      if (erased.isAny) scourCopy(copy);
      const { contacts: erasedAgain, values: valuesErasedAgain } = erased;
      return { suppressions, erasedAgain, valuesErasedAgain };
    } catch (error) {
      if (isOfDisk(error)) throw error;
      return null;
    }
  });
}

/** What was erased is not to come along in pages that nothing uses. */
function scourCopy(copy: Sqlite.Database): void {
  copy.pragma('secure_delete = on');
  copy.exec('vacuum');
  copy.exec('update erased_key set pending = 0');
}

/** What is wrong with our own disk is no reason to go on without suppressions. */
function isOfDisk(error: unknown): boolean {
  return error instanceof UserError && error.exit === EXIT.ioError;
}
