import { readClock } from '../support/clock.ts';
import { EXIT, type ExitCode, UserError } from '../support/errors.ts';
import { regularFileIdOf } from '../support/file-place.ts';
import type { WriteInstant } from '../support/local-instant.ts';
import { audited, type RunLock, type Store } from '../store/index.ts';
import { type Context, givenClock, makeContext, type StoreContext } from './context.ts';
import type { LockPolicy } from './options/lock-policy.ts';
import { type BoundCommand, type Command, readAll } from './define-command.ts';
import {
  GLOBAL_OPTIONS,
  type GlobalOptions,
  checkFormat,
  mergeFormat,
} from './options/global-options.ts';
import { storeInstants } from './output/instants.ts';
import type { Io, Stores } from './io.ts';
import { outputOf, streamNamed } from './other-file.ts';
import type { CommandResult } from './output/result.ts';
import { withFileBeside } from './output/file-beside.ts';
import { type Target, fileTarget, streamTarget } from './output/target.ts';
import { sayNotes, showResult } from './show-result.ts';
import type { Parsed } from './parser.ts';
import { requireNoSecret, type StorePlace, storePlace } from './store-path.ts';

/** A command line that calls a command. */
type Given = Extract<Parsed, { kind: 'call' }>;

/**
 * Runs a command: reads its values, opens its output and its store, takes the run lock, renders
 * what it found, and closes all of it again. The output is opened first, so that a place that
 * cannot be written is known before anything is done.
 */
export async function runCommand(
  command: Command,
  { given, globals: typed }: Given,
  io: Io,
  stores: Stores,
): Promise<ExitCode> {
  const globals = readGlobals(typed);
  const format = globals.format ?? command.defaultFormat;
  checkFormat(command.name, format, command.formats);
  const bound = command.bind(given);
  const place = storePlace(globals.db, io.env);
  // rule: no-secret-in-argv
  requireNoSecret(globals.db);
  await requireOutputApart(globals.output, { place, io, stores, usesStore: command.usesStore });
  const output = outputOf(globals.output);
  let target = await openTarget(globals.output, io);
  try {
    const { found, notes } = await withStore(command, place, stores, async (store) => {
      const given = await givenClock(globals.now, store);
      const isSeen = target.stream?.isTTY === true;
      const contextOf = (): Context =>
        makeContext(io, stores, { globals, format, output, isSeen, now: given ?? readClock() });
      const { found, context } = await runLocked(command.name, bound, contextOf, store);
      if (found.beside !== undefined) target = await withFileBeside(target, found.beside);
      const notes = await showResult(found, command, context, { io, globals, target, store });
      return { found, notes };
    });
    await target.commit();
    if (!target.closed) await sayNotes(notes, io);
    return found.exit ?? EXIT.done;
  } finally {
    await target.discard();
  }
}

/** `--format` and `--json` settle one value together. */
function readGlobals(typed: Given['globals']): GlobalOptions {
  return {
    ...readAll(GLOBAL_OPTIONS, { ...typed, format: [] }),
    format: mergeFormat({ format: typed['format'] ?? [], json: typed['json'] ?? [] }),
  };
}

interface Whereabouts {
  readonly place: StorePlace;
  readonly io: Io;
  readonly stores: Stores;
  readonly usesStore: boolean;
}

/**
 * What a command says never takes the place of the store, nor is it written into it. `UserError`
 * (2).
 */
async function requireOutputApart(path: string | undefined, where: Whereabouts): Promise<void> {
  const { place, io, stores, usesStore } = where;
  const stream = streamNamed(path);
  const { fd } = io.stdout;
  if (path !== undefined && stream === undefined) {
    await stores.requireOtherFile(place.path, path, '-o');
  } else if (
    usesStore &&
    stream === 'output' &&
    fd !== undefined &&
    regularFileIdOf(fd) !== undefined
  ) {
    await stores.requireOtherFile(place.path, fd, 'standard output');
  }
}

async function openTarget(path: string | undefined, io: Io): Promise<Target> {
  const stream = streamNamed(path);
  if (path === undefined || stream === 'output') return streamTarget(io.stdout, 'standard output');
  return stream === 'error' ? streamTarget(io.stderr, 'standard error') : fileTarget(path);
}

async function withStore<T>(
  command: Command,
  place: StorePlace,
  stores: Stores,
  work: (store: Store | undefined) => Promise<T>,
): Promise<T> {
  if (!command.usesStore) return work(undefined);
  const store = await stores.open(place.path);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

interface Ran {
  readonly found: CommandResult;
  readonly context: Context;
}

/**
 * The context, and with it the clock, is made when the lock is held: a run that had to wait is as
 * of its beginning.
 */
async function runLocked(
  command: string,
  bound: BoundCommand,
  contextOf: () => Context,
  store: Store | undefined,
): Promise<Ran> {
  const run = async (): Promise<Ran> => {
    const context = contextOf();
    const instants = async (): Promise<WriteInstant> => storeInstants(store);
    // rule: dated-when-writing
    const at = context.isNowGiven ? context.now : undefined;
    const act = { at, by: context.by, command };
    const forCommand: Context | StoreContext =
      store === undefined ? context : { ...context, store: audited(store, act), instants };
    return { context: forCommand, found: await bound.run(forCommand) };
  };
  if (store === undefined || bound.lock === undefined) return afterwards(bound, await run());
  const lock = await takeLock(store, bound.lock);
  if (lock === undefined) return skipped(bound, contextOf());
  let ran: Ran;
  try {
    ran = await run();
  } finally {
    await lock.release();
  }
  return afterwards(bound, ran);
}

async function afterwards(bound: BoundCommand, { context, found }: Ran): Promise<Ran> {
  return { context, found: await bound.afterwards(context, found) };
}

function skipped({ skippedData }: BoundCommand, context: Context): Ran {
  return {
    context,
    found: {
      kind: 'message',
      text: 'skipped: another run is at work on this store',
      data: { ...skippedData?.(context.now), skipped: true },
    },
  };
}

/**
 * The run lock, or undefined when it is held and the policy is to skip. `UserError` LOCKED (75).
 */
async function takeLock(store: Store, policy: LockPolicy): Promise<RunLock | undefined> {
  const lock = await store.lockRuns(policy.kind === 'wait' ? policy.ms : 0);
  if (lock !== undefined || policy.kind === 'skip') return lock;
  throw new UserError('LOCKED', EXIT.locked, `another run is at work on ${store.location}`, {
    hint: 'try again when it is done',
  });
}
