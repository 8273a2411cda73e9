import { spawn, spawnSync } from 'node:child_process';
import { BIN, NOW } from './run.ts';

/**
 * `script` of util-linux makes a pseudo-terminal. Without it these tests are left out, loudly; in
 * CI that is a failure.
 */
export const HAS_TERMINAL = spawnSync('script', ['--version']).status === 0;
if (!HAS_TERMINAL) {
  const message = 'no `script` (util-linux): nothing is tried on a real terminal';
  if (process.env['CI'] === 'true') throw new Error(message);
  console.warn(message);
}

export interface OnTerminal {
  readonly folder: string;
  /** Its width; 0 as well, as wrappers of processes make it. */
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  /**
   * What is typed, each once the terminal shows what is awaited; an empty text is awaited by
   * nobody.
   */
  readonly typed?: readonly { readonly after: string; readonly keys: string }[];
}

export interface Shown {
  readonly status: number | null;
  /** All that the terminal got, standard output and standard error, lines ended by `\n`. */
  readonly screen: string;
}

export const CTRL_C = '\u0003';
export const CTRL_D = '\u0004';

/** Runs the built program on a real pseudo-terminal until its end. */
export async function onTerminal(
  args: readonly string[],
  { folder, columns = 80, env = {}, typed = [] }: OnTerminal,
): Promise<Shown> {
  const quoted = [process.execPath, BIN, '--now', NOW, ...args].map(
    (word) => `'${word.replaceAll("'", String.raw`'\''`)}'`,
  );
  const line = `stty cols ${columns} rows ${columns === 0 ? 0 : 24}; exec ${quoted.join(' ')}`;
  const terminal = {
    HOME: folder,
    PATH: '/usr/bin:/bin',
    SHELL: '/bin/sh',
    TERM: 'xterm',
    NO_COLOR: '1',
    ...env,
  };
  const child = spawn('script', ['-qec', line, '/dev/null'], {
    cwd: folder,
    env: terminal,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const waiting = [...typed];
  let screen = '';
  let seen = 0;
  const type = (): void => {
    for (
      let next = waiting[0];
      next !== undefined && screen.indexOf(next.after, seen) !== -1;
      next = waiting[0]
    ) {
      seen = screen.indexOf(next.after, seen) + next.after.length;
      child.stdin.write(next.keys);
      waiting.shift();
    }
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text.replaceAll('\r\n', '\n');
    type();
  });
  child.stdin.on('error', () => undefined); // the program may end before everything is typed
  type();
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, screen }));
  });
}

/** The texts that a progress line showed one after the other, without the spinner. */
export function progressShown(screen: string): string[] {
  const frames = screen
    .split(/\u001b\[[0-9;?]*[a-zA-Z]|[\r\n]/)
    .map((text) => text.replace(/^[\u2800-\u28ff-|/\\] ?/, '').trim())
    .filter((text) => text !== '');
  return frames.filter((text, index) => text !== frames[index - 1]);
}
