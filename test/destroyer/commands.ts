import { COMMANDS } from '../../src/cli/registry.ts';
import { NOW } from './world.ts';
import { type Ran, ran } from './ran.ts';

/**
 * Commands that read, then those that look into everything, then those that write; each in formats
 * for people and for programs.
 */
export const READING: readonly (readonly string[])[] = [
  [
    'contacts:list',
    '--fields',
    'id,email,points,created_at,last_active_at,' +
      'a_number,a_boolean,a_date,a_datetime,a_select,a_multiselect,tags,company',
  ],
  ['contacts:list', '--where', 'points > 20 or did purchase in last 60 days or in segment rich'],
  ['contacts:list', '--where', 'a_datetime before now or a_date before today or not tagged "vip"'],
  ['contacts:list', '--search', 'segment:rich c1'],
  ['contacts:show', '1'],
  ['contacts:show', 'c1@example.org'],
  ['contacts:export'],
  ['contacts:segments', '1'],
  ['companies:list'],
  ['companies:show', '1'],
  ['companies:export'],
  ['events:list'],
  ['fields:list'],
  ['segments:list'],
  ['segments:show', 'rich'],
  ['segments:show', 'staff'],
  ['segments:members', 'rich'],
  ['segments:members', 'hand', '--as-of', '2026-02-28T12:00:00Z'],
  ['segments:explain', 'rich', '1'],
  ['segments:explain', 'buyers', '1'],
  ['segments:explain', 'young', '1'],
  ['segments:explain', 'staff', '1'],
  ['segments:explain', 'odd', '1'],
  ['segments:filters', 'richer'],
  ['segments:preview', 'a_date before today or points > 1 or property.campaign = "x"'],
  [
    'segments:preview',
    'did purchase where (property.campaign = "x") or company.founded before today',
  ],
  ['segments:export', 'rich'],
  ['segments:has', 'rich', '1'],
  ['segments:profile', 'buyers'],
  ['runs:list'],
  ['runs:show', 'last'],
  ['runs:show', '1'],
  ['status'],
  ['settings:list'],
  ['settings:get', 'timezone'],
];

export const DEEP_READING: readonly (readonly string[])[] = [
  ['doctor', '--deep'],
  ['segments:verify'],
  ['segments:update', '--dry-run'],
];
export const WRITING: readonly (readonly string[])[] = [
  ['segments:update', '-v'],
  ['segments:update', '--full'],
  ['segments:verify', '--repair'],
  ['doctor'],
];

/** What is wrong with how a command ended; undefined where nothing is. */
export async function judged(
  words: readonly string[],
  path: string,
  format: 'table' | 'json',
): Promise<string | undefined> {
  const [command = ''] = words;
  const isRaw = command.endsWith(':export');
  const formats = isRaw ? [] : ['--format', format];
  const done = await within(300_000, ran([...words, ...formats, '--db', path, '--now', NOW]));
  if (done === undefined) return 'does not end';
  return faultOf(done, await exitCodesOf(command), format === 'json' && !isRaw);
}

/** An engine's own words in what rollcall says: somewhere an exception was not thought of. */
const INTERNAL =
  /INTERNAL|this is a bug|TypeError|RangeError|SyntaxError|Invalid time value|Cannot read prop|is not a function|not iterable|\n\s+at /;

function faultOf(
  { exit, stdout, stderr }: Ran,
  allowed: readonly number[],
  isJson: boolean,
): string | undefined {
  const internal =
    INTERNAL.exec(stderr) ?? INTERNAL.exec(stdout.length > 1e6 ? stdout.slice(0, 1e6) : stdout);
  if (internal !== null) return `ends with ${exit} and says ${around(internal)}`;
  if (!allowed.includes(exit) || exit === 70) return `ends with ${exit}: ${stderr.slice(0, 300)}`;
  if (stdout.length > 50_000_000) return `writes ${stdout.length} characters`;
  return (
    wordsFault(exit, stderr, isJson) ?? (isJson && stdout !== '' ? jsonFault(stdout) : undefined)
  );
}

function wordsFault(exit: number, stderr: string, isJson: boolean): string | undefined {
  if (isJson)
    return stderr
      .split('\n')
      .filter((line) => line !== '')
      .map(jsonFault)
      .find((fault) => fault !== undefined);
  const errors = stderr.split('\n').filter((line) => line.startsWith('error:')).length;
  const isFailure = ![0, 1, 3, 4].includes(exit);
  if (isFailure && errors !== 1)
    return `ends with ${exit} and ${errors} errors: ${stderr.slice(0, 300)}`;
  if (errors === 1 && !stderr.includes('\nhint:')) return `gives no hint: ${stderr.slice(0, 300)}`;
  return undefined;
}

function jsonFault(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return `writes no JSON (${String(error)}): ${text.slice(0, 100)}`;
  }
}

function around({ index, input }: RegExpExecArray): string {
  return input.slice(Math.max(0, index - 200), index + 900);
}

async function exitCodesOf(command: string): Promise<readonly number[]> {
  return (await COMMANDS[command]?.load())?.default.exitCodes ?? [];
}

async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
