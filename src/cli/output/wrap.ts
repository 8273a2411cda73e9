import { endOfCommand } from './command-lines.ts';
import { startOf, widthOf } from './width.ts';

export interface Wrapping {
  /** How many columns a line may take. */
  readonly width: number;
  /** How far the lines after the first stand to the right. */
  readonly indent?: number;
  /** What the first line begins with; the first word stays behind it, however long that is. */
  readonly lead?: string;
  /** Break words that are longer than a line; else they stick out, so that they can be copied. */
  readonly breaksWords?: boolean;
}

/**
 * The lines of a text that is broken between words, one by one. `prepareToMeasure` was called with
 * the text.
 */
export function* wrapped(
  text: string,
  { width, indent = 0, lead = '', breaksWords = false }: Wrapping,
): Generator<string> {
  const margin = ' '.repeat(indent);
  let line = lead;
  for (const { blanks, word } of wordsOf(text)) {
    const joined = line + blanks + word;
    if (line === lead || widthOf(joined, width) <= width) {
      line = joined;
    } else {
      yield line;
      line = margin + word;
    }
    while (breaksWords && widthOf(line, width) > width) {
      // a wide character in one column
      const start = startOf(line, width) || startOf(line, width + 1);
      yield start;
      line = margin + line.slice(start.length);
    }
  }
  yield line;
}

/** Commands that messages give to be copied, behind a colon, a bracket or `with`. */
const COMMAND = /(?<=(?:: |\(|with ))(?:rollcall|sqlite3|chmod|chown|find|mv|rm|cd) /y;
/** A pipeline is one of them. */
const BEHIND_COMMAND = /; |\)(?:[ ,;.]|$)/y;

/**
 * What stands between backticks belongs to one word, and so does a command: it can be copied whole.
 */
function* wordsOf(text: string): Generator<{ readonly blanks: string; readonly word: string }> {
  let at = 0;
  while (at < text.length) {
    const start = at;
    while (text[at] === ' ') at++;
    COMMAND.lastIndex = at;
    const end = COMMAND.test(text)
      ? endOfWord(text, endOfCommand(text, at, BEHIND_COMMAND))
      : endOfWord(text, at);
    yield { blanks: text.slice(start, at), word: text.slice(at, end) };
    at = end;
  }
}

function endOfWord(text: string, start: number): number {
  let at = start;
  for (; at < text.length && text[at] !== ' '; at++) {
    const close = text[at] === '`' ? text.indexOf('`', at + 1) : -1;
    if (close !== -1) at = close;
  }
  return at;
}
