import { type Act, Notes } from './audit-notes.ts';
import {
  fieldsNoting,
  segmentsNoting,
  settingsNoting,
  triggersNoting,
} from './audited-definitions.ts';
import {
  contactsNoting,
  importsNoting,
  membersNoting,
  pinsNoting,
  suppressionsNoting,
} from './audited-people.ts';
import type { Store } from './store.ts';
import type { WriteTx } from './transaction.ts';

/*
 * Whatever a command does to definitions, decisions, consent or people goes through what its write
 * transaction offers for that. Here, and nowhere else, that is noted, and written down as the
 * transaction ends: what was done is kept with the note of it, or neither.
 */

/** Who acts; `at` is the instant of all that is done, where it is not that of each transaction. */
type Acting = Pick<Act, 'by' | 'command'> & { readonly at?: number | undefined };

/** The store, where every write transaction leaves a note of what was done in it. */
export function audited(store: Store, { at, ...who }: Acting): Store {
  return {
    location: store.location,
    read: async (work) => store.read(work),
    write: async (work) =>
      store.write(async (tx) => {
        const notes = new Notes();
        const now = at ?? tx.now;
        const result = await work(noting(tx, now, notes));
        const entries = notes.entries({ ...who, at: now });
        if (entries.length > 0) await tx.audit.write(entries);
        return result;
      }),
    stage: async (shape) => store.stage(shape),
    prepare: async (places) => store.prepare(places),
    scans: async (run) => store.scans(run),
    lockRuns: async (waitMs) => store.lockRuns(waitMs),
    lockHook: async (command, waitMs) => store.lockHook(command, waitMs),
    isRunLocked: async () => store.isRunLocked(),
    requireOtherFile: async (output, what) => store.requireOtherFile(output, what),
    size: async () => store.size(),
    scour: async () => store.scour(),
    close: async () => store.close(),
  };
}

/** The transaction, with what changes definitions, decisions, consent and people noted. */
function noting(tx: WriteTx, now: number, notes: Notes): WriteTx {
  const parts: { [Part in keyof WriteTx]?: () => WriteTx[Part] } = {
    now: () => now,
    segments: () => segmentsNoting(tx, notes),
    fields: () => fieldsNoting(tx, notes),
    settings: () => settingsNoting(tx, notes),
    pins: () => pinsNoting(tx, notes),
    members: () => membersNoting(tx, notes),
    contacts: () => contactsNoting(tx, notes),
    suppressions: () => suppressionsNoting(tx, notes),
    imports: () => importsNoting(tx, notes),
    triggers: () => triggersNoting(tx, notes),
    nested: () => async (work) =>
      notes.unlessTakenBack(async () =>
        tx.nested(async (inner) => work(noting(inner, now, notes))),
      ),
  };
  const made = new Map<string, unknown>();
  const once = (name: string, make: () => unknown) => (): unknown => {
    if (!made.has(name)) made.set(name, make());
    return made.get(name);
  };
  return Object.create(
    tx,
    Object.fromEntries(
      Object.entries(parts).map(([name, make]) => [name, { get: once(name, make) }]),
    ),
  ) as WriteTx;
}
