import { EXIT, UserError } from '../support/errors.ts';
import type { GlobalOptions } from './options/global-options.ts';
import type { InStream, Io, OutStream } from './io.ts';
import { messageLines, terminalWidth } from './output/terminal.ts';
import { visible } from './output/visible.ts';

/**
 * Asks on the terminal before something is destroyed, under what there is to know about it, a line
 * each. `--yes` answers; with `--no-interaction`, or
 * off a terminal, nobody is asked and the command is refused (2).
 */
export async function confirm(
  question: string,
  io: Io,
  {
    yes,
    noInteraction,
    about = [],
  }: Pick<GlobalOptions, 'yes' | 'noInteraction'> & { readonly about?: readonly string[] },
): Promise<void> {
  if (yes) return;
  if (!mayAsk(io, { yes, noInteraction })) {
    const why = noInteraction ? '--no-interaction asks nobody' : 'nobody is there to ask';
    throw new UserError('NOT_CONFIRMED', EXIT.usage, `${why}: ${question}`, {
      detail: about,
      hint: 'to go on without being asked, add --yes',
    });
  }
  const answer = await ask(await promptOf(question, about, io), io.stdin, io.stderr);
  if (!/^y(es)?$/i.test(answer.trim()))
    throw new UserError('DECLINED', EXIT.refused, 'not confirmed, nothing was changed');
}

/** With room for the answer behind it. */
async function promptOf(question: string, about: readonly string[], io: Io): Promise<string> {
  const width = terminalWidth(io.stderr);
  const lines: string[] = [];
  for (const text of [...about, `${question} [y/N]`])
    lines.push(...(await messageLines(visible(text), width)));
  return `${lines.join('\n')} `;
}

/** Whether somebody is there to ask who has not answered yet. */
export function mayAsk(
  io: Io,
  { yes, noInteraction }: Pick<GlobalOptions, 'yes' | 'noInteraction'>,
): boolean {
  return !yes && !noInteraction && isSomebodyThere(io);
}

/** A terminal on both sides, from which nothing was read to its end before: contacts, say. */
function isSomebodyThere({ stdin, stderr }: Pick<Io, 'stdin' | 'stderr'>): boolean {
  return stdin.isTTY === true && stderr.isTTY === true && !stdin.readableEnded && !stdin.destroyed;
}

/**
 * One line from the terminal; empty when it is closed. The terminal stays in its own mode, so that
 * Ctrl-C ends the process.
 */
async function ask(prompt: string, input: InStream, output: OutStream): Promise<string> {
  const { createInterface } = await import('node:readline');
  const lines = createInterface({ input, terminal: false });
  output.write(prompt);
  try {
    const answer = await new Promise<string | undefined>((resolve) => {
      lines.once('line', resolve);
      lines.once('close', () => resolve(undefined));
    });
    if (answer === undefined) output.write('\n'); // the cursor still stands behind the question
    return answer ?? '';
  } finally {
    lines.close();
  }
}
