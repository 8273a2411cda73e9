import { userInfo } from 'node:os';
import type { Store } from '../store/index.ts';
import { parseRfc3339 } from '../support/clock.ts';
import { confirm } from './confirm.ts';
import type { GlobalOptions } from './global-options.ts';
import type { InStream, Io, Stores } from './io.ts';
import { type Output, requireNotOutput } from './other-file.ts';
import type { Format } from './output/formats.ts';
import { type Work, withProgress } from './progress.ts';
import { type StorePlace, storePlace } from './store-path.ts';

/** What a command may know and use, apart from its own arguments. */
export interface Context {
  readonly place: StorePlace;
  readonly stores: Stores;
  /** The one clock of this run, epoch milliseconds. */
  readonly now: number;
  /** It was asked for with `--now`; else it is the system's, read when the run lock was held if the command takes it. */
  readonly isNowGiven: boolean;
  /** Who does this, for records; null when the system does not say. */
  readonly by: string | null;
  readonly format: Format;
  readonly quiet: boolean;
  /** 0 to 3. */
  readonly verbosity: number;
  /** To be called by who reads it: opening it takes 2 ms. */
  readonly stdin: () => InStream;
  /** For each file that the command reads, or writes of its own: `UserError` (2) when `-o` names the same. */
  readonly requireNotOutput: (file: string, name: string) => void;
  /** Goes on when the user agrees. `UserError`: declined (1); nobody to ask and no --yes (2). */
  readonly confirm: (question: string) => Promise<void>;
  /** Shows that work goes on, on a terminal; `report` changes the text. Off one, only does the work. */
  readonly progress: <T>(label: string, work: Work<T>) => Promise<T>;
}

export interface StoreContext extends Context {
  readonly store: Store;
}

/** What was read off the command line, and the clock. */
export interface Circumstances {
  readonly globals: GlobalOptions;
  readonly format: Format;
  readonly output: Output;
  readonly now: number;
}

export function makeContext(io: Io, stores: Stores, { globals, format, output, now }: Circumstances): Context {
  const apart = (input: string | number | undefined, name: string): void => requireNotOutput(output, input, name);
  return {
    place: storePlace(globals.db, io.env),
    stores,
    now,
    isNowGiven: globals.now !== undefined,
    by: userName(io.env),
    format,
    quiet: globals.quiet,
    verbosity: globals.verbosity,
    stdin: () => {
      apart(io.stdin.fd, 'standard input');
      return io.stdin;
    },
    requireNotOutput: apart,
    confirm: async (question) => confirm(question, io, globals),
    progress: async (label, work) => withProgress(label, work, { stream: io.stderr, quiet: globals.quiet }),
  };
}

/** The instant that `--now` names, in the zone of the store where it has no offset (UTC without a store); undefined without it. */
export async function givenClock(now: string | undefined, store: Store | undefined): Promise<number | undefined> {
  if (now === undefined) return undefined;
  const instant = parseRfc3339(now);
  if (instant !== undefined) return instant;
  const { readInstant } = await import('../support/instant.ts'); // calendars are loaded by those who need them
  return readInstant('--now', now, store === undefined ? 'UTC' : (await store.read(async (tx) => tx.settings.get())).timezone);
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
