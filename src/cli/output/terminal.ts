import type { OutStream } from '../io.ts';
import { prepareToMeasure } from './width.ts';
import { wrapped } from './wrap.ts';

const USUAL_WIDTH = 80;

/** How many columns a terminal has, 80 where it does not say; undefined off one. */
export function terminalWidth(stream: OutStream | undefined): number | undefined {
  if (stream?.isTTY !== true) return undefined;
  const { columns = 0 } = stream;
  return columns > 0 ? columns : USUAL_WIDTH;
}

/** A word before a message, `error:`, and how it looks. */
export interface Label {
  readonly word: string;
  readonly style: (text: string) => string;
}

/**
 * A message to people: on a terminal it is broken between words, further lines stand under the text
 * behind the label.
 */
export async function messageLines(
  text: string,
  width: number | undefined,
  label?: Label,
): Promise<string[]> {
  if (label === undefined) return wrapAt(0, text, width);
  const { word } = label;
  const [first = '', ...rest] = await wrapAt(word.length + 1, ` ${text}`, width, word);
  return [`${label.style(label.word)}${first.slice(label.word.length)}`, ...rest];
}

/**
 * A line of an answer: what follows stands under what the line says, behind its marks and names.
 */
export async function answerLines(line: string, width: number | undefined): Promise<string[]> {
  return wrapAt(hangingIndent(line, width ?? 0), line, width);
}

async function wrapAt(
  indent: number,
  line: string,
  width: number | undefined,
  lead = '',
): Promise<string[]> {
  if (width === undefined) return [lead + line];
  await prepareToMeasure([line]);
  return [...wrapped(line, { width, lead, indent: indent * 2 > width ? 0 : indent })];
}

/**
 * Where the last column begins that blanks set apart from the one before, in the first half of the
 * terminal.
 */
function hangingIndent(line: string, width: number): number {
  const half = line.slice(0, Math.floor(width / 2) + 1);
  const gap = /^.*\S {2,}(?=\S)/.exec(half);
  return gap?.[0].length ?? /^ */.exec(half)?.[0].length ?? 0;
}
