import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { findUntold, keepTold, type Untold } from '../../segment/hook.ts';
import { EXIT, UserError } from '../../support/errors.ts';
import { counted } from '../../support/text.ts';
import type { StoreContext } from '../context.ts';
import type { Hook } from '../options/update-options.ts';
import type { MessageResult } from '../output/result.ts';
import { cursorLine, linesOf } from './changes.ts';

interface Telling {
  readonly told: number;
  readonly failure: string | undefined;
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
  const { told, failure } = await tell(context, hook).catch(asFailure);
  const note = told === 0 || failure !== undefined ? [] : [`${counted(told, 'change')} told`];
  return {
    ...result,
    data: { ...result.data, on_change: { told, failure: failure ?? null } },
    notes: [...(result.notes ?? []), ...note],
    ...(failure === undefined
      ? {}
      : {
          warnings: [
            ...(result.warnings ?? []),
            `the command of --on-change ${failure}; the same changes come again next time`,
          ],
          exit: EXIT.partial,
        }),
  };
}

/** The update is done, and is reported whatever becomes of the telling. */
function asFailure(error: unknown): Telling {
  if (!(error instanceof UserError)) throw error;
  const hint = error.hint === undefined ? '' : ` (${error.hint})`;
  return { told: 0, failure: `was told nothing: ${error.message}${hint}` };
}

async function tell({ store, now }: StoreContext, hook: Hook): Promise<Telling> {
  const { command, since, ifLocked } = hook;
  const lock = await store.lockHook(command, ifLocked.kind === 'wait' ? ifLocked.ms : 0);
  if (lock === undefined)
    return {
      told: 0,
      failure: ifLocked.kind === 'skip' ? undefined : 'is still at work for another update',
    };
  try {
    const untold = await findUntold(store, command, since, now);
    if (untold === undefined) return { told: 0, failure: undefined };
    const telling = await run(command, untold);
    if (telling.failure === undefined) await keepTold(store, command, untold.end, now);
    return telling;
  } finally {
    await lock.release();
  }
}

type Child = ChildProcessByStdio<Writable, null, null>;

/** What it prints goes where ours goes that is no result: to standard error. */
async function run(command: string, { pages, end }: Untold): Promise<Telling> {
  const child = spawn(command, { shell: true, stdio: ['pipe', 2, 2] }) as Child;
  const ended = endOf(child);
  let told = 0;
  try {
    for await (const page of pages) {
      if (!(await isTaken(child.stdin, [...linesOf(page)].join('')))) break;
      told += page.moves.length;
    }
    await isTaken(child.stdin, cursorLine(end));
  } finally {
    child.stdin.end();
  }
  return { told, failure: await ended };
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
