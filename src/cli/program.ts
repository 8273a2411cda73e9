import { EXIT, type ExitCode, UserError } from '../support/errors.ts';
import { nearest } from '../support/nearest.ts';
import type { Command } from './define-command.ts';
import { splitInvocation } from './invocation.ts';
import type { Io, Stores } from './io.ts';
import { streamTarget } from './output/target.ts';
import { parse } from './parser.ts';
import { commandNames, commandsCalled, findEntry } from './registry.ts';
import { runCommand } from './run-command.ts';

/** What `main` puts together for the program. */
export interface Composition {
  readonly stores: Stores;
  readonly version: string;
}

/**
 * Finds the command, loads it and nothing else, and runs it. Gives its exit code; throws what went
 * wrong.
 */
export async function runProgram(
  argv: readonly string[],
  io: Io,
  composition: Composition,
): Promise<ExitCode> {
  const { name: named, rest } = splitInvocation(argv);
  const name = named ?? 'help';
  const { command, summary } = await loadCommand(name, rest);
  const parsed = parse(command, rest);
  switch (parsed.kind) {
    case 'version':
      return print(`${composition.version}\n`, io);
    case 'help':
      return print(await helpText(named, command, summary), io);
    case 'call':
      return runCommand(command, parsed, io, composition.stores);
  }
}

async function helpText(
  named: string | undefined,
  command: Command,
  summary: string,
): Promise<string> {
  const { commandHelp, overview } = await import('./help.ts');
  return named === undefined ? overview() : commandHelp(command, summary);
}

async function loadCommand(
  name: string,
  rest: readonly string[],
): Promise<{ readonly command: Command; readonly summary: string }> {
  if (name === 'help')
    return { command: (await import('./help.ts')).default, summary: 'show help' };
  const found = findEntry(name);
  if (found === undefined) throw unknownCommand(name, rest);
  const { default: command } = await found.entry.load();
  return { command, summary: found.entry.summary };
}

async function print(text: string, io: Io): Promise<ExitCode> {
  const target = streamTarget(io.stdout, 'standard output');
  await target.write(text);
  await target.commit();
  return EXIT.done;
}

function unknownCommand(name: string, rest: readonly string[]): UserError {
  return new UserError('UNKNOWN_COMMAND', EXIT.usage, `unknown command \`${name}\``, {
    hint: commandHint(name, rest),
  });
}

/**
 * The nearest command; for `segments list` the one with the colon; for a namespace its
 * commands, for `import` those of that name.
 */
function commandHint(name: string, rest: readonly string[]): string {
  const names = commandNames();
  const joined = rest.map((token) => `${name}:${token}`).find((each) => names.includes(each));
  const near = joined ?? nearest(name, names)[0];
  if (near !== undefined) return `did you mean \`${near}\`?`;
  return commandsCalled(name) ?? '`rollcall help` shows all commands';
}
