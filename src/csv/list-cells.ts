import { isNullWord, parseTags, type TagChange, type ValueProblem } from '../contact/values.ts';
import { CLEAR, type FieldRow } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { fold } from '../support/fold.ts';
import { toNfc } from '../support/text.ts';
import { withoutBlanks } from '../support/blanks.ts';
import { cellText } from './cells.ts';

/** What stands between the values of one cell; undefined where nobody has said. */
export type Separator = string | undefined;

/** What systems put between values besides `|`, the most telling first. */
const USUAL_SEPARATORS = [' ::: ', ';', ',', '\n'];

/** `"VIP","Newsletter"`, as Mailchimp writes tags. */
const QUOTED_LIST = /^\s*"(?:[^"]|"")+"\s*(?:,\s*"(?:[^"]|"")+"\s*)*$/;

/** Nothing but what stands around tags and between them. */
const NOTHING = /^[\s,;|"]*$/;

/** Where a cell of tags stands, for messages, and whether it is a list in JSON. */
interface TagPlace {
  readonly column: string;
  readonly line: number;
  readonly isList?: boolean | undefined;
}

/** Reads `tags` cells. */
export class TagCells {
  readonly #separator: Separator;
  readonly #known: ReadonlySet<string>;

  /** `known` are the tags of the store. */
  constructor(separator: Separator, known: readonly string[]) {
    this.#separator = separator;
    this.#known = new Set(known.map(fold));
  }

  /**
   * The tags of a cell, or of a list in JSON. `UserError` (65), naming the line, for a cell with
   * commas that can be one tag or several.
   */
  read(cell: string, place: TagPlace): readonly TagChange[] | typeof CLEAR | ValueProblem {
    if (isNullWord(withoutBlanks(cell))) return CLEAR;
    const text = cellText(cell);
    // a list of no tags, as some systems write it
    if (NOTHING.test(text)) return [];
    const separator = this.#separatorIn(text, place);
    return parseTags(separator === '|' ? text : splitAt(separator, text).join('|'));
  }

  /** What stands between the tags of this text; `|` also where it is one tag. */
  #separatorIn(text: string, { column, line, isList = false }: TagPlace): string {
    if (text.includes('|') || isList) return '|';
    if (this.#separator !== undefined) return this.#separator;
    if (QUOTED_LIST.test(text)) return ',';
    if (/[,;]/.test(text) && !this.#isKnown(text)) throw oneOrSeveral(text, column, line);
    return '|';
  }

  #isKnown(text: string): boolean {
    return this.#known.has(fold(toNfc(text).trim().replace(/^-\s*/, '')));
  }
}

function oneOrSeveral(text: string, column: string, line: number): UserError {
  const message = `line ${line}: \`${text}\` in the column \`${column}\` can be one tag or several`;
  return new UserError('TAGS_UNDECIDED', EXIT.badInput, message, {
    hint:
      `--multi 'tags=${text.includes(',') ? ',' : ';'}' splits such cells, ` +
      "--multi 'tags=|' takes each for one tag",
  });
}

/**
 * The cell of a multiselect with `|` between its options, split at the separator, else at whatever
 * makes all parts options. A cell that nothing makes so is given back as it is.
 */
export function multiselectCell(
  cell: string,
  { options }: Pick<FieldRow, 'options'>,
  separator: Separator,
): string {
  if (cell.includes('|') || separator === '|') return cell;
  if (separator !== undefined) return splitAt(separator, cell).join('|');
  const known = new Set(options.map(fold));
  const isOption = (part: string): boolean => known.has(fold(toNfc(part).trim()));
  if (isOption(cell)) return cell;
  const readings = USUAL_SEPARATORS.map((each) => splitAt(each, cell));
  const found = readings.find((parts) => parts.length > 1 && parts.every(isOption));
  return found?.join('|') ?? cell;
}

/** The parts of a list, without blanks and empty ones; a part in quotes may hold the separator. */
export function splitAt(separator: string, text: string): string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest !== '') {
    const [whole = '', quoted] = /^\s*"((?:[^"]|"")*)"/.exec(rest) ?? [];
    const after = rest.slice(whole.length).trimStart();
    const isPart = quoted !== undefined && (after === '' || after.startsWith(separator.trim()));
    const end = rest.indexOf(separator, isPart ? whole.length : 0);
    const part = rest.slice(0, end < 0 ? undefined : end);
    parts.push(isPart ? quoted.replaceAll('""', '"') : part.trim());
    rest = end < 0 ? '' : rest.slice(end + separator.length);
  }
  return parts.filter((part) => part !== '');
}
