import { CommanderError, Command as Parser, Option as ParserOption } from 'commander';
import { nearest } from '../support/nearest.ts';
import type { Command, Given } from './define-command.ts';
import { GLOBAL_OPTIONS } from './options/global-options.ts';
import { type Option, usage } from './options/options.ts';

/** What was typed behind a command's name. */
export type Parsed =
  | { readonly kind: 'call'; readonly given: Given; readonly globals: Given['options'] }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' };

/**
 * Sorts the arguments of one command. `UserError` (2): unknown option, missing value, too many or
 * too few arguments.
 */
export function parse(command: Command, argv: readonly string[]): Parsed {
  const options: Record<string, string[]> = {};
  const globals: Record<string, string[]> = {};
  const parser = makeParser(command, 80, { options, globals });
  try {
    parser.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.helpDisplayed') return { kind: 'help' };
    if (error.code === 'commander.version') return { kind: 'version' };
    throw toUsageError(error, parser, command.name);
  }
  const names = Object.keys(command.arguments);
  const operands = names.map((name, index) => [name, operandsAt(parser, index)] as const);
  return { kind: 'call', given: { arguments: Object.fromEntries(operands), options }, globals };
}

/** What was given for an argument: commander has a text, an array of them, or undefined. */
function operandsAt(parser: Parser, index: number): readonly string[] {
  const given = parser.processedArgs[index] as string | readonly string[] | undefined;
  return typeof given === 'string' ? [given] : (given ?? []);
}

type Collected = Record<string, string[]>;

/** The parser of one command, with the global options; also what its help is printed from. */
export function makeParser(
  command: Command,
  width: number,
  into: { readonly options: Collected; readonly globals: Collected } = { options: {}, globals: {} },
): Parser {
  const parser = new Parser(`rollcall ${command.name}`)
    .exitOverride()
    .configureOutput({
      writeOut: () => undefined,
      writeErr: () => undefined,
      getOutHelpWidth: () => width,
    })
    .showSuggestionAfterError(false)
    .action(() => undefined);
  for (const argument of Object.values(command.arguments))
    parser.argument(argument.form, argument.description);
  for (const [name, option] of Object.entries(command.options))
    addOption(parser, option, (into.options[name] = []));
  parser.optionsGroup('Global options:');
  for (const [name, option] of Object.entries(GLOBAL_OPTIONS))
    addOption(parser, option, (into.globals[name] = []));
  // a command's own --version is of what it shows
  const isTaken = parser.options.some(({ long }) => long === '--version');
  return parser
    .version('', isTaken ? '-V' : '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help');
}

/** Values go into `given` as they are met; what commander itself would keep of them is not used. */
function addOption(parser: Parser, option: Option<unknown>, given: string[]): void {
  for (const [index, flags] of option.flags.entries()) {
    const parserOption = new ParserOption(
      flags,
      index === 0 ? option.description : (option.opposite ?? ''),
    );
    // Commander calls this for options without a value too, then with undefined.
    parserOption.argParser((value: string | undefined) => given.push(value ?? flags));
    parser.addOption(parserOption);
  }
}

function toUsageError(error: CommanderError, parser: Parser, name: string): Error {
  const message = error.message
    .replace(/^error: /, '')
    .replace(/'([^']*)'/g, '`$1`')
    .replace(/\.$/, '');
  const help = `\`rollcall ${name} --help\` shows what it takes`;
  if (error.code === 'commander.excessArguments') return tooManyArguments(parser, help);
  if (error.code !== 'commander.unknownOption') return usage(message, help);
  const [, flag = ''] = /'(.*)'/s.exec(error.message) ?? [];
  const [bare = ''] = flag.split('=', 1);
  const known = parser.options.flatMap((option) =>
    [option.short, option.long].filter((each) => each !== undefined),
  );
  if (known.includes(bare)) return usage(`\`${bare}\` takes no value`, help);
  const [near] = bare.startsWith('--') ? nearest(bare, [...known, '--help']) : [];
  return usage(
    `unknown option \`${flag}\``,
    near === undefined ? help : `did you mean \`${near}\`? ${help}`,
  );
}

/** Who writes `contacts:edit ann@example.org points=50` left out an option. */
function tooManyArguments(parser: Parser, help: string): Error {
  const { args, options, registeredArguments } = parser;
  const taken = registeredArguments.length;
  const isValue = args.slice(taken).some((arg) => arg.includes('='));
  const takesSet = options.some(({ long }) => long === '--set');
  return usage(
    `too many arguments: ${args.length} where it takes ${taken === 0 ? 'none' : taken}`,
    isValue && takesSet ? 'a value is given by --set FIELD=VALUE' : help,
  );
}
