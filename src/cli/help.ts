import { EXIT, UserError } from '../support/errors.ts';
import { nearest } from '../support/nearest.ts';
import { type Command, defineCommand } from './define-command.ts';
import { EXIT_MEANINGS, SIGNAL_MEANINGS } from './exit-codes.ts';
import { optionalArgument } from './options/options.ts';
import { makeParser } from './parser.ts';
import { COMMANDS, NAMESPACES, commandNames, commandsCalled, findEntry } from './registry.ts';
import { text } from './options/values.ts';

const WIDTH = 80;

/** `rollcall help`: the overview, the exit codes, or a command's help. */
export default defineCommand({
  name: 'help',
  description:
    'Shows all commands, the help of one of them, the filter language, or the exit codes.',
  arguments: { topic: optionalArgument('topic', 'a command, filters, or exit-codes', text) },
  options: {},
  examples: [
    'rollcall help',
    'rollcall help init',
    'rollcall help filters',
    'rollcall help exit-codes',
  ],
  exitCodes: [],
  store: 'none',
  result: 'raw',
  run: async (_context, { topic }) => ({ kind: 'raw', chunks: [await helpOn(topic)] }),
});

/** The topics beside commands, for who asks for one that is none. */
const TOPICS_HINT =
  'the topics are filters, exit-codes and every command; `rollcall help` shows the commands';

async function helpOn(topic: string | undefined): Promise<string> {
  if (topic === undefined) return overview();
  if (topic === 'filters') return (await import('./filters-topic.ts')).filtersTopic(WIDTH);
  if (topic === 'exit-codes')
    return `Exit codes:\n${exitLines({ ...EXIT_MEANINGS, ...SIGNAL_MEANINGS })}`;
  const found = findEntry(topic);
  if (found === undefined) throw unknownTopic(topic);
  return commandHelp((await found.entry.load()).default, found.entry.summary);
}

/** Every command with its summary, by namespace. */
export function overview(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const sections = Object.values(NAMESPACES).map(({ title, commands }) => {
    const lines = Object.entries(commands).map(
      ([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}\n`,
    );
    return `${title}:\n${lines.join('')}\n`;
  });
  return `Usage: rollcall COMMAND [options] [arguments]

Keeps contact segments true.

${sections.join('')}\`rollcall help COMMAND\` shows a command's own and the global options;
\`rollcall help filters\` shows the filter language;
\`rollcall help exit-codes\` shows what the exit codes mean.
`;
}

/** A command's whole help: usage, arguments, options, formats, examples, exit codes. */
export function commandHelp(command: Command, summary: string): string {
  const parser = makeParser(command, WIDTH).description(
    command.description ?? `${summary[0]?.toUpperCase() ?? ''}${summary.slice(1)}.`,
  );
  const examples = command.examples.flatMap(exampleLines).join('');
  const meanings = Object.fromEntries(command.exitCodes.map((code) => [code, EXIT_MEANINGS[code]]));
  const formats = command.formats
    .map((format) => (format === command.defaultFormat ? `${format} (default)` : format))
    .join(', ');
  return [
    parser.helpInformation(),
    `Formats: ${formats}\n`,
    `Examples:\n${examples}`,
    `Exit codes:\n${exitLines(meanings)}`,
  ].join('\n');
}

/** What stands in quotes belongs together, and an option with its value. */
const WORDS = /(?:--?[a-z][\w-]* (?!-))?(?:'[^']*'|"[^"]*"|[^\s'"])+/g;

/** A command line, which goes on behind a backslash where it is too long for one line. */
function exampleLines(example: string): string[] {
  const lines: string[] = [];
  for (const word of example.match(WORDS) ?? []) {
    const last = lines.pop();
    const longer = last === undefined ? `  ${word}` : `${last} ${word}`;
    const isFull = last !== undefined && longer.length + ' \\'.length > WIDTH;
    lines.push(...(isFull ? [last, `      ${word}`] : [longer]));
  }
  return lines.map((line, at) => `${line}${at < lines.length - 1 ? ' \\' : ''}\n`);
}

function exitLines(meanings: Readonly<Record<number, string>>): string {
  return Object.entries(meanings)
    .map(([code, meaning]) => `${code.padStart(5)}  ${meaning}\n`)
    .join('');
}

function unknownTopic(topic: string): UserError {
  const [near] = nearest(topic, [...commandNames(), 'filters', 'exit-codes']);
  return new UserError('UNKNOWN_COMMAND', EXIT.usage, `no help on \`${topic}\``, {
    hint: near === undefined ? (commandsCalled(topic) ?? TOPICS_HINT) : `did you mean \`${near}\`?`,
  });
}
