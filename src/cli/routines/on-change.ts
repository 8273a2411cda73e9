import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { findUntold, keepTold, type Untold } from '../../segment/hook.ts';
import type { Store } from '../../store/index.ts';
import { EXIT, UserError } from '../../support/errors.ts';
import { counted } from '../../support/text.ts';
import type { StoreContext } from '../context.ts';
import type { Hook } from '../options/update-options.ts';
import type { MessageResult } from '../output/result.ts';
import { cursorLine, linesOf } from './changes.ts';

interface Telling {
  readonly told: number;
  readonly failure: string | undefined;
  /** What is wrong is not the command, and whether it is told the same again hangs on that. */
  readonly isOurs?: boolean;
}

/**
 * Tells a command what changed since it was told last, whoever changed it, and adds to the result of
 * an update how that went. What the command failed on comes again the next time.
 */
export async function thenTell(
  context: StoreContext,
  hook: Hook,
  result: MessageResult,
): Promise<MessageResult> {
  const { told, failure, isOurs = false } = await tell(context, hook).catch(asFailure);
  const then = isOurs ? '' : '; the same changes come again next time';
  const note = told === 0 || failure !== undefined ? [] : [`${counted(told, 'change')} told`];
  return {
    ...result,
    data: { ...result.data, on_change: { told, failure: failure ?? null } },
    notes: [...(result.notes ?? []), ...note],
    ...(failure === undefined
      ? {}
      : {
          warnings: [...(result.warnings ?? []), `the command of --on-change ${failure}${then}`],
          exit: EXIT.partial,
        }),
  };
}

/** The update is done, and is reported whatever becomes of the telling. */
function asFailure(error: unknown): Telling {
  if (!(error instanceof UserError)) throw error;
  return { told: 0, failure: `was told nothing: ${inWords(error)}`, isOurs: true };
}

function inWords({ message, hint }: UserError): string {
  return hint === undefined ? message : `${message} (${hint})`;
}

async function tell({ store }: StoreContext, hook: Hook): Promise<Telling> {
  const { command, since, ifLocked } = hook;
  const lock = await store.lockHook(command, ifLocked.kind === 'wait' ? ifLocked.ms : 0);
  if (lock === undefined)
    return {
      told: 0,
      failure: ifLocked.kind === 'skip' ? undefined : 'is still at work for another update',
    };
  try {
    const untold = await findUntold(store, command, since);
    if (untold === undefined) return { told: 0, failure: undefined };
    const telling = await run(command, untold);
    return telling.failure === undefined ? await kept(store, hook, untold, telling) : telling;
  } finally {
    await lock.release();
  }
}

/** Notes how far the command was told; what it did then is done, even where that cannot be noted. */
async function kept(
  store: Store,
  { command }: Hook,
  { end }: Untold,
  telling: Telling,
): Promise<Telling> {
  try {
    await keepTold(store, command, end);
    return telling;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const failure = `was told everything, but that it was cannot be kept: ${inWords(error)}`;
    return { ...telling, failure, isOurs: true };
  }
}

type Child = ChildProcessByStdio<Writable, null, null>;

/** What it prints goes where ours goes that is no result: to standard error. */
async function run(command: string, { pages, end }: Untold): Promise<Telling> {
  const child = spawn(command, { shell: true, stdio: ['pipe', 2, 2] }) as Child;
  const ended = endOf(child);
  let told = 0;
  let trouble: string | undefined;
  try {
    for await (const page of pages) {
      if (!(await isTaken(child.stdin, [...linesOf(page)].join('')))) break;
      told += page.moves.length;
    }
    await isTaken(child.stdin, cursorLine(end));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    trouble = `was told ${counted(told, 'change')} and no more: ${inWords(error)}`;
  } finally {
    child.stdin.end();
  }
  const failure = await ended;
  return trouble === undefined ? { told, failure } : { told, failure: trouble, isOurs: true };
}

/** Writes at the pace of the reader. False if it reads no more, which is for the command to judge. */
async function isTaken(stdin: Writable, text: string): Promise<boolean> {
  return new Promise((resolve) => {
    stdin.write(text, (error) => resolve(error === null || error === undefined));
  });
}

/** How a command failed; undefined where it did not. */
async function endOf(child: Child): Promise<string | undefined> {
  child.stdin.on('error', () => undefined); // each write tells its own
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    if (code === 0) return undefined;
    return signal === null ? `ended with ${String(code)}` : `was stopped by ${signal}`;
  } catch (error) {
    return `could not be started: ${(error as Error).message}`;
  }
}
