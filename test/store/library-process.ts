import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';

const LIBRARY = new URL('../../dist/index.js', import.meta.url);

/** Somebody who owns nothing here; only root can become them. */
const NOBODY = 65_534;

function scriptWith(body: string): string[] {
  return [
    '--input-type=module',
    '--eval',
    `import { initStore, openStore } from ${JSON.stringify(LIBRARY.href)};\n${body}`,
  ];
}

/**
 * What a process of its own said: the JSON that its `body`, the rest of a module with the library
 * door open, writes.
 */
export function inOwnProcess(body: string, options: { readonly uid?: number } = {}): unknown {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    scriptWith(`process.umask(0o077);\n${body}`),
    {
      encoding: 'utf8',
      cwd: '/',
      ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
    },
  );
  if (stdout === '') throw new Error(`the process said nothing: ${stderr}`);
  return JSON.parse(stdout) as unknown;
}

/**
 * The same by somebody who is not the owner of our files: root as another user, who is refused;
 * anybody else as themselves.
 */
export function asStranger(body: string): unknown {
  return inOwnProcess(body, process.getuid?.() === 0 ? { uid: NOBODY } : {});
}

/** Whether a stranger can read this checkout at all, to run its code. */
export function strangersCanRun(): boolean {
  if (process.getuid?.() !== 0) return true;
  const { status } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', `await import(${JSON.stringify(LIBRARY.href)})`],
    { uid: NOBODY, gid: NOBODY, cwd: '/' },
  );
  return status === 0;
}

/**
 * Starts a process that goes on until it is killed; resolves when it has written its first line.
 */
export async function startProcess(body: string): Promise<ChildProcess> {
  accessSync(LIBRARY, constants.R_OK);
  const child = spawn(process.execPath, scriptWith(body), { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve, reject) => {
    child.stdout.once('data', resolve);
    child.once('exit', reject);
  });
  return child;
}

/** A body that does `work` and says what it returned, as `{ ok }`, or how it was refused. */
export function tellingOutcome(work: string): string {
  return `
    const tell = (outcome) => process.stdout.write(JSON.stringify(outcome));
    try {
      tell({ ok: (await (async () => { ${work} })()) ?? null });
    } catch (error) {
      tell({ name: error.name, code: error.code, exit: error.exit, message: error.message, hint: error.hint });
    }`;
}
