import type { Io, OutStream } from '../io.ts';

export const COLOUR_CHOICES = ['auto', 'always', 'never'] as const;
export type ColourChoice = (typeof COLOUR_CHOICES)[number];

/** What text may look like; each function is the identity where colour is off. */
export interface Styles {
  readonly heading: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly error: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly hint: (text: string) => string;
}

const same = (text: string): string => text;
export const PLAIN_STYLES: Styles = {
  heading: same,
  faint: same,
  error: same,
  warning: same,
  hint: same,
};

/**
 * Whether this stream gets colour: `--color` decides; else NO_COLOR (https://no-color.org: set and
 * not empty) forbids, FORCE_COLOR (set, not empty, not 0) demands, TERM=dumb forbids, and what is
 * left is whether it is a terminal.
 */
export function wantsColour(
  choice: ColourChoice,
  stream: OutStream | undefined,
  env: Io['env'],
): boolean {
  if (choice !== 'auto') return choice === 'always';
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  const force = env['FORCE_COLOR'] ?? '';
  if (force !== '') return force !== '0';
  return stream?.isTTY === true && env['TERM'] !== 'dumb';
}

export async function loadStyles(colour: boolean): Promise<Styles> {
  if (!colour) return PLAIN_STYLES;
  const { Chalk } = await import('chalk');
  const chalk = new Chalk({ level: 1 }); // chalk's own detection ignores NO_COLOR
  return {
    heading: chalk.bold,
    faint: chalk.dim,
    error: chalk.red.bold,
    warning: chalk.yellow.bold,
    hint: chalk.cyan,
  };
}
