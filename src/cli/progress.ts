import type { Ora } from 'ora';
import type { Io, OutStream } from './io.ts';
import { type ColourChoice, wantsColour } from './output/colour.ts';
import { visible } from './output/visible.ts';
import { prepareToMeasure, truncate, widthOf } from './output/width.ts';

/** Says what is being done, and what is known of it, the most important first. */
export type Report = (label: string, facts?: readonly string[]) => void;

export type Work<T> = (report: Report) => Promise<T>;

interface Stage {
  readonly stream: OutStream;
  readonly quiet: boolean;
  readonly env: Io['env'];
  readonly colour?: ColourChoice;
}

/**
 * A line on a narrower terminal says nothing; on one of 0 columns, as wrappers of processes make
 * it, the spinner would never end to clear its line.
 */
const NARROWEST = 10;
/** The spinner and a blank before the text, and the column in which the cursor stands. */
const AROUND_TEXT = 3;
/** What stands before facts says at least in so many columns what they are about. */
const SHORTEST_LABEL = 14;
const BETWEEN = ': ';

/**
 * Does the work behind a spinner on a terminal, silently elsewhere. The spinner leaves the cursor
 * and the input alone: otherwise it would install signal handlers, and a signal must end this
 * process at once.
 */
export async function withProgress<T>(label: string, work: Work<T>, stage: Stage): Promise<T> {
  if (!isSeen(stage)) return work(() => undefined);
  const { stream, colour = 'auto', env } = stage;
  const { default: ora } = await import('ora');
  await prepareToMeasure(['…']);
  const inLine = (...[said, facts = []]: Parameters<Report>): string =>
    progressLine(visible(said), facts.map(visible), columnsOf(stream) - AROUND_TEXT);
  // its own detection ignores NO_COLOR and --color
  const color = wantsColour(colour, stream, env) ? 'cyan' : false;
  const look = {
    text: inLine(label),
    color,
    stream,
    isEnabled: true,
    hideCursor: false,
    discardStdin: false,
  } as const;
  const spinner = ora(look).start();
  const onResize = (): void => {
    if (columnsOf(stream) < NARROWEST) spinner.stop();
  };
  stream.on('resize', onResize);
  try {
    return await work(reportTo(spinner, label, inLine));
  } finally {
    stream.off('resize', onResize);
    spinner.stop();
  }
}

/** Work that lets no timer run until it is done is named before it begins. */
function reportTo(
  spinner: Ora,
  label: string,
  inLine: (...said: Parameters<Report>) => string,
): Report {
  let shown = label;
  return (said, facts) => {
    spinner.text = inLine(said, facts);
    if (said !== shown && spinner.isSpinning) spinner.render();
    shown = said;
  };
}

/**
 * As many of the facts as fit behind the label, which is cut before they are; by themselves where
 * the label would say nothing, and the label alone where no fact has room.
 */
export function progressLine(label: string, facts: readonly string[], width: number): string {
  const beside = factsWithin(facts, width - SHORTEST_LABEL - BETWEEN.length);
  if (beside !== '')
    return `${truncate(label, width - widthOf(beside) - BETWEEN.length)}${BETWEEN}${beside}`;
  const alone = factsWithin(facts, width);
  return alone === '' ? truncate(label, width) : alone;
}

function factsWithin(facts: readonly string[], width: number): string {
  const lines = facts.map((_, index) => facts.slice(0, index + 1).join(', '));
  return lines.findLast((line) => widthOf(line) <= width) ?? '';
}

function isSeen({ stream, quiet, env }: Stage): boolean {
  const isPlain = env['TERM'] === 'dumb' || (env['CI'] ?? '') !== '';
  return !quiet && !isPlain && stream.isTTY === true && columnsOf(stream) >= NARROWEST;
}

function columnsOf({ columns = 0 }: OutStream): number {
  return columns;
}
