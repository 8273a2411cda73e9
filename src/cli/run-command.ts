import { readClock } from '../support/clock.ts';
import { EXIT, type ExitCode, UserError } from '../support/errors.ts';
import { regularFileIdOf } from '../support/file-place.ts';
import type { WriteInstant } from '../support/local-instant.ts';
import type { RunLock, Store } from '../store/index.ts';
import { type Context, givenClock, makeContext, type StoreContext } from './context.ts';
import type { LockPolicy } from './options/lock-policy.ts';
import { type BoundCommand, type Command, readAll } from './define-command.ts';
import {
  GLOBAL_OPTIONS,
  type GlobalOptions,
  checkFormat,
  mergeFormat,
} from './options/global-options.ts';
import { storeInstants, toTheSecond, withAge } from './output/instants.ts';
import type { Io, Stores } from './io.ts';
import { outputOf, streamNamed } from './other-file.ts';
import { loadStyles, wantsColour } from './output/colour.ts';
import { type Format, isJson } from './output/formats.ts';
import { render } from './output/render.ts';
import type { CommandResult } from './output/result.ts';
import { type Target, fileTarget, streamTarget } from './output/target.ts';
import { messageLines, terminalWidth } from './output/terminal.ts';
import { visible, visibleJson } from './output/visible.ts';
import type { Parsed } from './parser.ts';
import { type StorePlace, storePlace } from './store-path.ts';

/**
 * Runs a command: reads its values, opens its output and its store, takes the run lock, renders
 * what it found, and closes all of it again. The output is opened first, so that a place that
 * cannot be written is known before anything is done.
 */
export async function runCommand(
  command: Command,
  { given, globals: typed }: Extract<Parsed, { kind: 'call' }>,
  io: Io,
  stores: Stores,
): Promise<ExitCode> {
  const globals: GlobalOptions = {
    ...readAll(GLOBAL_OPTIONS, { ...typed, format: [] }),
    format: mergeFormat({ format: typed['format'] ?? [], json: typed['json'] ?? [] }),
  };
  const format = globals.format ?? command.defaultFormat;
  checkFormat(command.name, format, command.formats);
  const bound = command.bind(given);
  const place = storePlace(globals.db, io.env);
  await requireOutputApart(globals.output, { place, io, stores, usesStore: command.usesStore });
  const output = outputOf(globals.output);
  const target = await openTarget(globals.output, io);
  try {
    const result = await withStore(command, place, stores, async (store) => {
      const given = await givenClock(globals.now, store);
      const isSeen = target.stream?.isTTY === true;
      const contextOf = (): Context =>
        makeContext(io, stores, { globals, format, output, isSeen, now: given ?? readClock() });
      const { found, context } = await runLocked(bound, contextOf, store);
      await show(found, command, context, { io, globals, target, store });
      return found;
    });
    await target.commit();
    return result.exit ?? EXIT.done;
  } finally {
    await target.discard();
  }
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
  bound: BoundCommand,
  contextOf: () => Context,
  store: Store | undefined,
): Promise<Ran> {
  const run = async (): Promise<Ran> => {
    const context = contextOf();
    const instants = async (): Promise<WriteInstant> => storeInstants(store);
    const forCommand: Context | StoreContext =
      store === undefined ? context : { ...context, store, instants };
    return { context, found: await bound.run(forCommand) };
  };
  if (store === undefined || bound.lock === undefined) return run();
  const lock = await takeLock(store, bound.lock);
  if (lock === undefined) return skipped(bound, contextOf());
  try {
    return await run();
  } finally {
    await lock.release();
  }
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

interface Surroundings {
  readonly io: Io;
  readonly globals: GlobalOptions;
  readonly target: Target;
  readonly store: Store | undefined;
}

async function show(
  result: CommandResult,
  command: Command,
  context: Context,
  surroundings: Surroundings,
): Promise<void> {
  const { format, quiet, verbosity, place, now } = context;
  const { io, globals, target, store } = surroundings;
  const say = sayTo(io.stderr);
  if (verbosity > 0 && command.usesStore && !isJson(format))
    await say([`store: ${visible(place.path)}`]);
  const styles = await loadStyles(wantsColour(globals.colour, target.stream, io.env));
  const note = async (text: string): Promise<void> => {
    await target.flush(); // what was asked for stands first, where both go to one place
    await say(await messageLines(visible(text), terminalWidth(io.stderr)));
  };
  const instants = async (): Promise<[WriteInstant, ...WriteInstant[]]> => {
    const write = await storeInstants(store);
    return verbosity > 0
      ? [withAge(write, now), write, toTheSecond(write)]
      : [write, toTheSecond(write)];
  };
  const more =
    'fields' in command.options ? '--fields chooses, --json shows all' : '--json shows all';
  const width = terminalWidth(target.stream);
  await render(result, {
    format,
    schema: schemaOf(command),
    target,
    styles,
    width,
    instants,
    more,
    quiet,
    note,
  });
  await target.flush();
  for (const line of quiet || isJson(format) ? [] : (result.notes ?? [])) await note(line);
  await showWarnings(result.warnings ?? [], format, say, surroundings);
}

type Say = (lines: readonly string[]) => Promise<void>;

/** What is said is handed on at once. */
function sayTo(stream: Io['stderr']): Say {
  const target = streamTarget(stream, 'standard error');
  return async (lines) => {
    await target.write(`${lines.join('\n')}\n`);
    await target.commit();
  };
}

async function showWarnings(
  warnings: readonly string[],
  format: Format,
  say: Say,
  { io, globals }: Surroundings,
): Promise<void> {
  const styles = await loadStyles(
    wantsColour(globals.colour, io.stderr, io.env) && warnings.length > 0,
  );
  const width = terminalWidth(io.stderr);
  for (const warning of warnings) {
    if (isJson(format)) await say([visibleJson(JSON.stringify({ warning: { message: warning } }))]);
    else
      await say(
        await messageLines(visible(warning), width, { word: 'warning:', style: styles.warning }),
      );
  }
}

/** `segments:list` → `rollcall/segments.list/1` */
function schemaOf(command: Command): string {
  return `rollcall/${command.name.replaceAll(':', '.')}/1`;
}
