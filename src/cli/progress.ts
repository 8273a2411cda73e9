import type { Io, OutStream } from './io.ts';
import { type ColourChoice, wantsColour } from './output/colour.ts';
import { visible } from './output/visible.ts';
import { prepareToMeasure, truncate } from './output/width.ts';

export type Work<T> = (report: (text: string) => void) => Promise<T>;

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
  const inLine = (text: string): string => truncate(visible(text), columnsOf(stream) - AROUND_TEXT);
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
    return await work((text) => {
      spinner.text = inLine(text);
    });
  } finally {
    stream.off('resize', onResize);
    spinner.stop();
  }
}

function isSeen({ stream, quiet, env }: Stage): boolean {
  const isPlain = env['TERM'] === 'dumb' || (env['CI'] ?? '') !== '';
  return !quiet && !isPlain && stream.isTTY === true && columnsOf(stream) >= NARROWEST;
}

function columnsOf({ columns = 0 }: OutStream): number {
  return columns;
}
