import { userInfo } from 'node:os';
import { timeContext } from '../contact/time-context.ts';
import type { Action } from '../segment/action.ts';
import type { Store, WriteTx } from '../store/index.ts';
import { readClock } from '../support/clock.ts';
import { parseRfc3339 } from '../support/instant.ts';
import type { WriteInstant } from '../support/local-instant.ts';
import { confirm, mayAsk } from './confirm.ts';
import type { GlobalOptions } from './options/global-options.ts';
import type { InStream, Io, Stores } from './io.ts';
import { type Naming, namingStore } from './output/command-lines.ts';
import { isJson } from './output/formats.ts';
import { streamTarget } from './output/target.ts';
import { type Output, requireNotOutput } from './other-file.ts';
import type { Format } from './output/formats.ts';
import { type Work, withProgress } from './progress.ts';
import { type StorePlace, storePlace } from './store-path.ts';

/** What a command may know and use, apart from its own arguments. */
export interface Context {
  readonly place: StorePlace;
  readonly stores: Stores;
  /**
   * When the command began to read, epoch milliseconds. What it writes has the instant of its
   * transaction, `tx.now`: it may have waited since for its input, for an answer or for a lock.
   */
  readonly now: number;
  /**
   * It was asked for with `--now`, and then that of transactions too; else it is the system's, read
   * when the run lock was held if the command takes it.
   */
  readonly isNowGiven: boolean;
  /** Who does this, for records; null when the system does not say. */
  readonly by: string | null;
  readonly format: Format;
  /** Results go to a terminal. */
  readonly isSeen: boolean;
  /** Results go to a stream of the process, not to a file of `-o`. */
  readonly outputIsStream: boolean;
  readonly quiet: boolean;
  /** 0 to 3. */
  readonly verbosity: number;
  /** To be called by who reads it: opening it takes 2 ms. */
  readonly stdin: () => InStream;
  /**
   * For each file that the command reads, or writes of its own: `UserError` (2) when `-o` names the
   * same.
   */
  readonly requireNotOutput: (file: string, name: string) => void;
  /**
   * A text with the store named in its command lines. What people are told and hints are named
   * anyway; this is for command lines in data.
   */
  readonly naming: Naming;
  /** Says something on stderr before the work is done, for people; not with --quiet. */
  readonly announce: (text: string) => Promise<void>;
  /** Whether `confirm` has somebody to ask, and no answer yet. */
  readonly canAsk: () => boolean;
  /**
   * Goes on when the user agrees, who is told what to know about it. `UserError`: declined (1);
   * nobody to ask and no --yes (2).
   */
  readonly confirm: (question: string, about?: readonly string[]) => Promise<void>;
  /**
   * Shows that work goes on, on a terminal; `report` changes the text. Off one, only does the work.
   */
  readonly progress: <T>(label: string, work: Work<T>) => Promise<T>;
}

export interface StoreContext extends Context {
  readonly store: Store;
  /** How people read instants: in the zone of the store. Not to be called within a transaction. */
  readonly instants: () => Promise<WriteInstant>;
}

/** What was read off the command line, and the clock. */
export interface Circumstances extends Pick<Context, 'format' | 'isSeen' | 'now'> {
  readonly globals: GlobalOptions;
  readonly output: Output;
}

/** Who acts, and when, in a transaction that writes. */
export function actionIn({ now }: WriteTx, { by }: Pick<Context, 'by'>): Action {
  return { now, by };
}

export function makeContext(
  io: Io,
  stores: Stores,
  { globals, output, ...settled }: Circumstances,
): Context {
  const apart = (input: string | number | undefined, name: string): void =>
    requireNotOutput(output, input, name);
  const place = storePlace(globals.db, io.env);
  const naming: Naming = (text) => namingStore(text, place);
  return {
    place,
    naming,
    stores,
    ...settled,
    outputIsStream: output.path === undefined,
    isNowGiven: globals.now !== undefined,
    by: userName(io.env),
    quiet: globals.quiet,
    verbosity: globals.verbosity,
    stdin: () => {
      apart(io.stdin.fd, 'standard input');
      return io.stdin;
    },
    requireNotOutput: apart,
    announce: async (text) => {
      if (globals.quiet || isJson(settled.format)) return;
      const target = streamTarget(io.stderr, 'standard error');
      await target.write(`${naming(text)}\n`);
      await target.commit();
    },
    canAsk: () => mayAsk(io, globals),
    confirm: async (question, about = []) => confirm(question, io, { ...globals, about }),
    progress: async (label, work) =>
      withProgress(label, work, {
        stream: io.stderr,
        quiet: globals.quiet,
        env: io.env,
        colour: globals.colour,
      }),
  };
}

/**
 * The instant that `--now` names, by the system's clock and the store's calendar (UTC without one);
 * undefined without it.
 */
export async function givenClock(
  now: string | undefined,
  store: Store | undefined,
): Promise<number | undefined> {
  if (now === undefined) return undefined;
  const instant = parseRfc3339(now);
  if (instant !== undefined) return instant;
  // calendars are loaded by those who need them
  const { readInstant } = await import('../contact/read-instant.ts');
  const clock = readClock();
  const without = { now: clock, zone: 'UTC', weekStart: 'monday' } as const;
  const time =
    store === undefined ? without : await store.read(async (tx) => timeContext(tx, clock));
  return readInstant('--now', now, time);
}

function userName(env: Io['env']): string | null {
  const named = env['USER'] ?? env['LOGNAME'] ?? '';
  if (named !== '') return named;
  try {
    return userInfo().username;
  } catch {
    return null; // a user id without a name, as in some containers
  }
}
