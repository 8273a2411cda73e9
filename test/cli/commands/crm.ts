import { main } from '../../../src/main.ts';
import { makeWorld, NOW, type Ran, type World } from '../../helpers/run.ts';
import { fakeIo } from '../../helpers/streams.ts';

/** A world with the store `crm.db`, which every command gets. */
export interface Crm {
  readonly world: World;
  readonly run: (...args: string[]) => Ran;
  /** With these lines on standard input. */
  readonly runWithInput: (input: string, ...args: string[]) => Ran;
  readonly ok: (...args: string[]) => string;
  readonly json: (...args: string[]) => unknown;
  /** In process, on a terminal where this is typed. */
  readonly runOnTerminal: (typed: string, ...args: string[]) => Promise<Ran>;
}

export function makeCrm(): Crm {
  const world = makeWorld();
  world.ok('init', '--db', 'crm.db');
  const here = (args: string[]): string[] => [...args, '--db', 'crm.db'];
  return {
    world,
    run: (...args) => world.run(...here(args)),
    runWithInput: (input, ...args) => world.runWith({ input }, ...here(args)),
    ok: (...args) => world.ok(...here(args)),
    json: (...args) => world.json(...here(args)),
    async runOnTerminal(typed, ...args) {
      const { io, stdout, stderr } = fakeIo({ columns: 200, input: typed, env: { NO_COLOR: '1' } });
      const status = await main(['--now', NOW, ...args, '--db', `${world.folder}/crm.db`], io);
      return { status, stdout: stdout(), stderr: stderr() };
    },
  };
}

/** What a command that did all of it looks like. */
export function done(stdout: string, stderr = ''): Ran {
  return { status: 0, stdout, stderr };
}

/** What a refused command looks like: nothing on stdout, an error and what to do next. */
export function refused(status: number, message: string, hint?: string): Ran {
  return {
    status,
    stdout: '',
    stderr: `error: ${message}\n${hint === undefined ? '' : `hint: ${hint}\n`}`,
  };
}
