/** Whether texts fit a pattern, without regard to case. */
import type { PatternPart } from '../../sql/pattern.ts';
import { fold } from '../../support/fold.ts';
import type { ValueTest } from './operator.ts';

/**
 * Whether the whole value fits the parts. `%` and `_` count code points, as databases do; half a
 * surrogate pair is a letter of its own.
 */
export function prepareFit(parts: readonly PatternPart[]): ValueTest {
  const fits = prepareRuns(runsOf(parts).map(runOf));
  return (value) => typeof value === 'string' && fits(fold(beforeNul(value)));
}

/** The text up to its first NUL character, where databases end it when they look for a pattern. */
export function beforeNul(text: string): string {
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

/** What stands between two `any`: texts, and letters that may be any one. */
type Run = readonly Exclude<PatternPart, { readonly kind: 'any' }>[];

/** The parts cut at each `any`: one run more than there are of these. */
function runsOf(parts: readonly PatternPart[]): Run[] {
  const cuts = parts.flatMap(({ kind }, index) => (kind === 'any' ? [index] : []));
  return [-1, ...cuts].map((cut, index) =>
    parts.slice(cut + 1, cuts[index] ?? parts.length).filter((part) => part.kind !== 'any'),
  );
}

/** How a run is looked for in a folded text. Places are between letters, never within a pair. */
interface RunSearch {
  /** Where it ends if it begins at this place; -1 if it does not stand there. */
  readonly endFrom: (text: string, start: number) => number;
  /** Where the first one ends that begins at this place or after it; -1 if there is none. */
  readonly endAfter: (text: string, place: number) => number;
  /** Whether the text ends with it, and it begins at this place or after it. */
  readonly isLast: (text: string, place: number) => boolean;
}

/**
 * The first run stands at the start and the last at the end; those between follow each other, and
 * where one fits at several places the first leaves most room for the others.
 */
function prepareRuns(runs: readonly RunSearch[]): (text: string) => boolean {
  const [first, ...others] = runs;
  const last = others.pop();
  if (first === undefined) throw new Error('a pattern has a run');
  if (last === undefined) return (text) => first.endFrom(text, 0) === text.length;
  return (text) => {
    let place = first.endFrom(text, 0);
    for (const run of others) {
      if (place < 0) return false;
      place = run.endAfter(text, place);
    }
    return place >= 0 && last.isLast(text, place);
  };
}

function runOf(run: Run): RunSearch {
  const texts = run.flatMap((part) => (part.kind === 'text' ? [part.text] : []));
  // half a surrogate pair would be found within a whole one
  const isText = texts.length === run.length && texts.every((text) => !/\p{Surrogate}/u.test(text));
  return isText ? textRun(texts.map(fold).join('')) : lettersRun(run);
}

function textRun(wanted: string): RunSearch {
  return {
    endFrom: (text, start) => (text.startsWith(wanted, start) ? start + wanted.length : -1),
    endAfter: (text, place) => {
      const start = text.indexOf(wanted, place);
      return start < 0 ? -1 : start + wanted.length;
    },
    isLast: (text, place) => text.length - wanted.length >= place && text.endsWith(wanted),
  };
}

const ANY_LETTER = -1;

function lettersRun(run: Run): RunSearch {
  const wanted = run.flatMap((part) =>
    part.kind === 'text'
      ? Array.from(fold(part.text), (letter) => letter.codePointAt(0) ?? 0)
      : [ANY_LETTER],
  );
  const endFrom = (text: string, start: number): number => endOfLetters(text, start, wanted);
  const first = headOf(wanted);
  return {
    endFrom,
    endAfter: (text, place) => {
      let start = text.indexOf(first, place);
      while (start >= 0 && start < text.length) {
        const end = endFrom(text, start);
        if (end >= 0) return end;
        start = text.indexOf(first, start + widthAt(text, start));
      }
      return -1;
    },
    isLast: (text, place) => {
      const start = startOfLast(text, wanted.length);
      return start >= place && endFrom(text, start) === text.length;
    },
  };
}

function endOfLetters(text: string, start: number, wanted: readonly number[]): number {
  let place = start;
  for (const letter of wanted) {
    const found = text.codePointAt(place);
    if (found === undefined || (letter !== ANY_LETTER && letter !== found)) return -1;
    place += found > 0xffff ? 2 : 1;
  }
  return place;
}

/** The first letter, to look for; none where it may be any one, or half a surrogate pair. */
function headOf([first = ANY_LETTER]: readonly number[]): string {
  const letter = first === ANY_LETTER ? '' : String.fromCodePoint(first);
  return /\p{Surrogate}/u.test(letter) ? '' : letter;
}

/** How many units the letter at this place has; 1 behind the end. */
function widthAt(text: string, place: number): number {
  return (text.codePointAt(place) ?? 0) > 0xffff ? 2 : 1;
}

/** Where the last `count` letters begin; -1 if there are not so many. */
function startOfLast(text: string, count: number): number {
  let place = text.length;
  for (let left = count; left > 0; left -= 1) {
    if (place === 0) return -1;
    place -= widthAt(text, place - 2) === 2 ? 2 : 1;
  }
  return place;
}
