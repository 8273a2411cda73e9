import { realpathSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type Sqlite from 'better-sqlite3';
import { cannotCreate } from '../../../support/cannot-write.ts';
import { EXIT, UserError } from '../../../support/errors.ts';
import { flushFolderOf } from '../../../support/flush.ts';
import { counted } from '../../../support/text.ts';
import type { CarriedSuppressions, Restored, RestoreRequest, Watch } from '../../backups.ts';
import { unwatched } from '../../backups.ts';
import { SqliteSession } from '../session.ts';
import { createBeside, makeDraft } from '../file/draft.ts';
import { openDatabase } from '../file/driver.ts';
import { translateSqliteError } from '../connection/errors.ts';
import { requireFree, stamp } from '../file/kept-file.ts';
import { lifeOf } from '../delta/life.ts';
import { takeRunLock } from '../file/lock.ts';
import { placeUnderLock } from '../file/place-file.ts';
import { copyStore, withCopy } from './copy.ts';
import { countContacts } from './examine.ts';
import { fetchBackup, type Incoming, requireBackup } from './incoming.ts';
import { carryOver, makeReady } from './make-ready.ts';
import { overwrite } from './overwrite.ts';
import { exchangeFiles, openPresent, type Present } from './present.ts';

/**
 * Puts a backup in the place of the store at `path`, under the run lock. What is to stand there is
 * made ready and verified beside it; then it is written into the store in one transaction, so that
 * whoever has it open goes on with what was restored, or, where the store is damaged or missing,
 * put in its place. The store that was there is kept. `UserError`: no such backup (66), an unusable
 * one (65, 69), a file of the store (2); not agreed to (1, 2); a run under way, another writer
 * (75); no room (74); no permission (77).
 */
export async function restoreStore(path: string, request: RestoreRequest): Promise<Restored> {
  const real = placeOf(path);
  requireBackup(request.file, path, real);
  try {
    const lock = takeRunLock(real, 0);
    if (lock === undefined) throw lockedByRun(path);
    try {
      const restored = await new Restore(path, real, request).run();
      await lock.releaseWith(await recordOf(real));
      return restored;
    } finally {
      await lock.release(); // what it remembers of the store that was not replaced stays
    }
  } catch (error) {
    throw error instanceof UserError
      ? error
      : cannotCreate(real, translateSqliteError(error, path));
  }
}

function lockedByRun(path: string): UserError {
  const hint = 'wait until it has ended, then try again';
  return new UserError('LOCKED', EXIT.locked, `a run is under way on ${path}`, { hint });
}

/** Through links, also where nothing stands yet. */
function placeOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const folder = dirname(resolve(path));
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) {
      return join(realpathSync(folder), basename(path));
    }
    const hint = 'make it, or name another place with --db';
    throw new UserError('NO_FOLDER', EXIT.noOutput, `the folder ${folder} does not exist`, {
      hint,
    });
  }
}

/** For the lock to remember. */
async function recordOf(real: string): ReturnType<typeof lifeOf> {
  try {
    const raw = openDatabase(real, { fileMustExist: true });
    try {
      return await lifeOf(new SqliteSession(raw));
    } finally {
      raw.close();
    }
  } catch {
    return undefined;
  }
}

/** The steps of one restore, each of which leaves what can be left by kill -9. */
class Restore {
  readonly #path: string;
  readonly #real: string;
  readonly #request: RestoreRequest;
  readonly #watch: Watch;
  readonly #kept: string;

  constructor(path: string, real: string, request: RestoreRequest) {
    this.#path = path;
    this.#real = real;
    this.#request = request;
    this.#watch = request.watch ?? unwatched;
    this.#kept = `${real}.before-restore-${stamp(request.now)}`;
  }

  async run(): Promise<Restored> {
    requireFree(this.#kept);
    const draft = makeDraft(this.#real);
    try {
      createBeside(draft.path, this.#real, { asOpen: true });
      return await this.#replaceWith(draft.path);
    } finally {
      draft.remove();
    }
  }

  async #replaceWith(file: string): Promise<Restored> {
    const { file: backup, confirm } = this.#request;
    const incoming = await this.#watch('reading the backup', async (onShare) =>
      fetchBackup(backup, file, onShare),
    );
    const present = openPresent(this.#real, this.#path);
    try {
      await confirm(this.#question(present, incoming));
      const replaced =
        present.kind === 'open'
          ? await this.#writeInto(present.raw, file)
          : await this.#exchange(present, file);
      const restored = { ...incoming, ...replaced };
      return { ...restored, contacts: incoming.contacts - restored.erasedAgain };
    } finally {
      if (present.kind === 'open') present.raw.close();
    }
  }

  #question(present: Present, { contacts }: Incoming): string {
    const backup = `${this.#request.file} (${counted(contacts, 'contact')})`;
    switch (present.kind) {
      case 'missing':
        return `there is no store at ${this.#path}: make one of ${backup}?`;
      case 'damaged': {
        const first = 'programs that have it open must be stopped first';
        const damaged = `the store ${this.#path} is damaged (${present.why}) and can only be exchanged: ${first}.`;
        return `${damaged} Put ${backup} in its place?`;
      }
      case 'open':
        return `replace the store ${this.#path} (${contactsIn(present.raw)}) with ${backup}?`;
    }
  }

  /**
   * Again from the start where somebody wrote to the store after it was copied: nothing that was
   * acknowledged may be in neither file.
   */
  async #writeInto(raw: Sqlite.Database, file: string): Promise<Replaced> {
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
      const seen = dataVersion(raw);
      await this.#watch('keeping the present store', async (onShare) => this.#keep(raw, onShare));
      let isDone = false;
      try {
        const carried = await this.#carryOver(file);
        await makeReady(file, this.#request);
        const isUnchanged = (): boolean => dataVersion(raw) === seen;
        isDone = await this.#watch('writing', async (onShare) =>
          overwrite(raw, { file, isUnchanged, onShare }),
        );
        if (isDone) return { ...carried, kept: this.#kept, isReplaced: false };
      } finally {
        if (!isDone) rmSync(this.#kept, { force: true });
      }
    }
    const hint = 'stop what writes to it, then try again';
    throw new UserError('LOCKED', EXIT.locked, `the store ${this.#path} is busy`, { hint });
  }

  /** Under its name before anything is written over it. */
  async #keep(raw: Sqlite.Database, onShare: (share: number) => void): Promise<void> {
    const draft = makeDraft(this.#kept);
    try {
      createBeside(draft.path, this.#real, { asOpen: true });
      await copyStore(raw, draft.path, onShare);
      await withCopy(draft.path, () => undefined);
      if (!placeUnderLock(draft.path, this.#kept)) requireFree(this.#kept);
      flushFolderOf(this.#kept);
    } finally {
      draft.remove();
    }
  }

  async #carryOver(file: string): Promise<Carried> {
    const carried = await carryOver(file, this.#kept);
    if (carried !== null) return carried;
    await this.#request.confirm(UNREADABLE);
    return { suppressions: null, ...NOBODY_ERASED };
  }

  async #exchange(present: Present, file: string): Promise<Replaced> {
    const isThere = present.kind !== 'missing';
    if (isThere) await this.#request.confirm(UNREADABLE);
    await makeReady(file, this.#request);
    exchangeFiles(file, this.#real, this.#kept);
    return {
      suppressions: isThere ? null : NOBODY,
      ...NOBODY_ERASED,
      kept: isThere ? this.#kept : null,
      isReplaced: true,
    };
  }
}

type Carried = Pick<Restored, 'suppressions' | 'erasedAgain' | 'valuesErasedAgain'>;
type Replaced = Carried & Pick<Restored, 'kept' | 'isReplaced'>;

const MOST_ATTEMPTS = 5;
const NOBODY: CarriedSuppressions = { carried: 0, unplaced: 0, fieldless: [] };
const NOBODY_ERASED = { erasedAgain: 0, valuesErasedAgain: 0 };
const UNREADABLE =
  'the suppressions of the present store cannot be read: who must not be written to is known as of the backup only. ' +
  'Go on without them?';

function dataVersion(raw: Sqlite.Database): unknown {
  return raw.pragma('data_version', { simple: true });
}

function contactsIn(raw: Sqlite.Database): string {
  try {
    return counted(countContacts(raw), 'contact');
  } catch {
    return 'its contacts cannot be read';
  }
}
