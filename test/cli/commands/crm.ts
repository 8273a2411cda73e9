import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { namingStore } from '../../../src/cli/output/command-lines.ts';
import { makeWorld, NOW, type Ran, type World } from '../../helpers/run.ts';
import { runShared } from '../../helpers/shared-process.ts';

/** A world with the store `crm.db`, which every command gets. */
export interface Crm {
  readonly world: World;
  readonly run: (...args: string[]) => Ran;
  /** With these lines on standard input. */
  readonly runWithInput: (input: string, ...args: string[]) => Ran;
  readonly ok: (...args: string[]) => string;
  readonly json: (...args: string[]) => unknown;
  /** On a terminal where this is typed. */
  readonly runOnTerminal: (typed: string, ...args: string[]) => Ran;
}

/** An empty store's file, once there is one: making it anew takes longer than most commands. */
let emptyStore: Buffer | undefined;

function putEmptyStore(world: World): void {
  const path = join(world.folder, 'crm.db');
  if (emptyStore === undefined) {
    world.ok('init', '--db', 'crm.db');
    emptyStore = readFileSync(path);
  } else {
    writeFileSync(path, emptyStore, { mode: 0o600 });
  }
}

export function makeCrm(): Crm {
  const world = makeWorld('shared');
  putEmptyStore(world);
  const here = (args: string[]): string[] => [...args, '--db', 'crm.db'];
  return {
    world,
    run: (...args) => world.run(...here(args)),
    runWithInput: (input, ...args) => world.runWith({ input }, ...here(args)),
    ok: (...args) => world.ok(...here(args)),
    json: (...args) => world.json(...here(args)),
    runOnTerminal: (typed, ...args) =>
      runShared({
        folder: world.folder,
        args: ['--now', NOW, ...here(args)],
        input: typed,
        env: { NO_COLOR: '1' },
        columns: 200,
      }),
  };
}

/** Command lines in hints are about the store of the test, which expectations leave out. */
function named(text: string): string {
  return namingStore(text, { location: 'crm.db', isDefault: false });
}

/** What a command that did all of it looks like. */
export function done(stdout: string, stderr = ''): Ran {
  return { status: 0, stdout, stderr: named(stderr) };
}

/** What a refused command looks like: nothing on stdout, an error and what to do next. */
export function refused(status: number, message: string, hint?: string): Ran {
  return {
    status,
    stdout: '',
    stderr: `error: ${message}\n${hint === undefined ? '' : `hint: ${named(hint)}\n`}`,
  };
}
