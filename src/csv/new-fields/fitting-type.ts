import {
  type DateContext,
  dateOrderEvidence,
  isCleaned,
  isNoDate,
  isNullWord,
  isProblem,
  parseBoolean,
  parseDate,
  parseDatetime,
  parseEmail,
  parsePhone,
  parseUrl,
  readNumber,
} from '../../contact/values.ts';
import type { FieldType } from '../../store/index.ts';
import { withoutBlanks } from '../../support/blanks.ts';

/** A type that the values seen so far fit. */
interface Candidate {
  readonly type: FieldType;
  /** Whether this value fits too; it is asked of every value in turn. */
  fits(text: string): boolean;
  /** Whether what was seen can hardly be meant otherwise. */
  isMeant?(): boolean;
}

/** The cell that makes a text of a column. */
export interface Spoiler {
  readonly line: number;
  readonly text: string;
}

/**
 * Finds the type that all values of a column fit. Empty cells, NULL and days of zeros say nothing.
 * A value that another spelling would change, such as `007`, makes the field a text.
 */
export class FittingType {
  #candidates: readonly Candidate[];
  #hasValues = false;
  #fitting = 0;
  #spoiler: Spoiler | undefined;

  /** `isDated` where somebody has said how the dates of just this column are written. */
  constructor(context: DateContext, isDated: boolean) {
    const days = [
      dates('date', parseDate, context),
      dates('datetime', parseDatetime, context),
    ] as const;
    const others = [emails(), urls(), phones()];
    this.#candidates = isDated
      ? [...days, numbers(), booleans(), ...others]
      : [numbers(), booleans(), ...days, ...others];
  }

  see(cell: string, line: number): void {
    const text = withoutBlanks(cell);
    if (text === '' || isNullWord(text)) return;
    this.#hasValues ||= !isNoDate(text);
    if (this.#candidates.length === 0) return;
    this.#candidates = this.#candidates.filter((candidate) => candidate.fits(text));
    if (this.#candidates.length > 0) this.#fitting += 1;
    else if (this.#fitting > 0) this.#spoiler = { line, text };
  }

  /** The first cell that is not of the type that all before it were; undefined if there is none. */
  get spoiler(): Spoiler | undefined {
    return this.#spoiler;
  }

  /** Undefined for a column without values. */
  get type(): FieldType | undefined {
    if (!this.#hasValues) return undefined;
    return this.#candidates.find((candidate) => candidate.isMeant?.() !== false)?.type ?? 'text';
  }
}

/** Codes and phone numbers: their first characters say something, and a number has none of them. */
const WRITTEN_OUT = /^(?:[+'=]|\D*0\d)/;
const AROUND_UNIT = /[-−+()\d\s.,'’]/g;

/** Amounts have one unit, if any: of `5 €` and `7 $` it must not go. */
function numbers(): Candidate {
  let unit: string | undefined;
  return {
    type: 'number',
    fits(text) {
      const found = WRITTEN_OUT.test(text) ? undefined : readNumber(text);
      if (found === undefined || isProblem(found)) return false;
      if (!isCleaned(found)) return true;
      const own = text.replace(AROUND_UNIT, '');
      unit ??= own;
      return unit === own;
    },
  };
}

/** Words that are also the codes of something: `NO` is a country, `F` a sex. */
const DOUBTFUL = /^(?:[tfyn01]|no|si|sí|ja|on)$/i;

function booleans(): Candidate {
  const seen = { yes: false, no: false, plain: false };
  return {
    type: 'boolean',
    fits(text) {
      const found = parseBoolean(text);
      if (isProblem(found)) return false;
      seen[found === 1 ? 'yes' : 'no'] = true;
      seen.plain ||= !DOUBTFUL.test(text);
      return true;
    },
    isMeant: () => seen.plain || (seen.yes && seen.no),
  };
}

/**
 * A day that can be read in two ways is one all the same: what decides for all dates of a column
 * decides for it, or the import asks. Dates of which nothing can decide are none.
 */
function dates(
  type: 'date' | 'datetime',
  parse: typeof parseDate | typeof parseDatetime,
  context: DateContext,
): Candidate {
  const evidence = new Set<string>();
  return {
    type,
    fits(text) {
      if (isNoDate(text)) return true;
      const says = context.dateFormat === undefined ? dateOrderEvidence(text) : undefined;
      if (says !== undefined) evidence.add(says);
      if (evidence.size === 3) return false;
      const found = parse(text, context);
      return !isProblem(found) || found.kind === 'ambiguousDate';
    },
  };
}

function emails(): Candidate {
  return { type: 'email', fits: (text) => !isProblem(parseEmail(text)) };
}

function urls(): Candidate {
  return {
    type: 'url',
    fits: (text) => /^https?:\/\//i.test(text) && !isProblem(parseUrl(text)),
  };
}

/** In the form that is the same everywhere, perhaps behind the mark of a spreadsheet. */
const INTERNATIONAL = /^'?\+[\d ().-]*$/;
const FEWEST_DIGITS = 7;

function phones(): Candidate {
  return {
    type: 'phone',
    fits: (text) =>
      INTERNATIONAL.test(text) &&
      text.replace(/\D/g, '').length >= FEWEST_DIGITS &&
      !isProblem(parsePhone(text)),
  };
}
