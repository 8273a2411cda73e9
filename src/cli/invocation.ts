import { nearest } from '../support/nearest.ts';
import { GLOBAL_OPTIONS } from './options/global-options.ts';
import { usage } from './options/options.ts';

/**
 * The command that was called, and all other arguments: options before its name count as if they
 * stood behind it.
 */
export interface Invocation {
  readonly name: string | undefined;
  readonly rest: readonly string[];
}

/** Flag → whether a value follows it. */
const FLAGS = new Map<string, boolean>([
  ['-h', false],
  ['--help', false],
  ['-V', false],
  ['--version', false],
]);
for (const { flags } of Object.values(GLOBAL_OPTIONS)) {
  for (const name of flags.join(' ').match(/(?<![\w-])--?[a-zA-Z][\w-]*/g) ?? [])
    FLAGS.set(name, flags.join(' ').includes('<'));
}

/** Finds the command's name: the first argument that is no global option and no value of one. */
export function splitInvocation(argv: readonly string[]): Invocation {
  let index = 0;
  while (index < argv.length) {
    const token = argv[index] ?? '';
    if (!token.startsWith('-') || token === '-')
      return { name: token, rest: [...argv.slice(0, index), ...argv.slice(index + 1)] };
    index += token.startsWith('--') ? lengthOfLong(token) : lengthOfShort(token);
  }
  return { name: undefined, rest: argv };
}

function lengthOfLong(token: string): number {
  const [name = ''] = token.split('=', 1);
  const takesValue = FLAGS.get(name);
  if (takesValue === undefined) throw unknownGlobal(name);
  return takesValue && name === token ? 2 : 1;
}

/** `-q`, `-o FILE`, `-oFILE`, and clusters such as `-qn`. */
function lengthOfShort(token: string): number {
  for (let index = 1; index < token.length; index++) {
    const name = `-${token[index] ?? ''}`;
    const takesValue = FLAGS.get(name);
    if (takesValue === undefined) throw unknownGlobal(name);
    if (takesValue) return index === token.length - 1 ? 2 : 1;
  }
  return 1;
}

function unknownGlobal(name: string): Error {
  // any letter is near any other
  const [near] = name.startsWith('--') ? nearest(name, FLAGS.keys()) : [];
  const hint =
    near === undefined
      ? "a command's own options stand behind its name: `rollcall help COMMAND` shows both kinds"
      : `did you mean \`${near}\`?`;
  return usage(`unknown option \`${name}\``, hint);
}
