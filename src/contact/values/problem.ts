import { assertNever } from '../../support/errors.ts';
import { type Cleaned, isCleaned } from './cleaned.ts';
import type { CountedFrom } from './counted-dates.ts';

/** Why a text is no value of its field. `text` is the text as given. */
export type ValueProblem =
  | {
      readonly kind:
        | 'notNumber'
        | 'numberTooLarge'
        | 'lostDigits'
        | 'notBoolean'
        | 'notDate'
        | 'twoDigitYear'
        | 'timeInDate'
        | 'notDatetime'
        | 'ambiguousDate'
        | 'notEmail'
        | 'twoEmails'
        | 'notUrl'
        | 'notPhone'
        | 'damagedPhone'
        | 'nulCharacter';
      readonly text: string;
    }
  | {
      readonly kind: 'ambiguousNumber';
      readonly text: string;
      readonly readings: readonly [number, number];
    }
  | { readonly kind: 'countedDate'; readonly text: string; readonly from: CountedFrom }
  | {
      readonly kind: 'notOption';
      readonly text: string;
      readonly options: readonly string[];
      readonly near: string | undefined;
    }
  | { readonly kind: 'badTag'; readonly text: string; readonly tag: string };

/** Whether a reader found a problem instead of a value. */
export function isProblem<T extends string | number | symbol | null | readonly unknown[] | Cleaned>(
  found: T | ValueProblem,
): found is ValueProblem {
  return typeof found === 'object' && found !== null && 'kind' in found && !isCleaned(found);
}

const LONGEST_EXCERPT = 40;
const MOST_OPTIONS = 8;

/**
 * The problem in words, after the field's label: ``Birthday: `31/02/2020` is not a date
 * (YYYY-MM-DD)``.
 */
export function describeProblem(label: string, problem: ValueProblem): string {
  return `${label}: ${problemInWords(problem)}`;
}

/** What is wrong, without what it is wrong for. */
export function problemInWords(problem: ValueProblem): string {
  const given = `\`${excerpt(problem.text)}\``;
  switch (problem.kind) {
    case 'notNumber':
      return `${given} is not a number`;
    case 'numberTooLarge':
      return `${given} is too large a number`;
    case 'lostDigits':
      return `${given} has more digits than a number keeps: make the field text, it keeps them all`;
    case 'ambiguousNumber':
      return `${given} can be ${problem.readings[0]} or ${problem.readings[1]}: write one of these`;
    case 'notBoolean':
      return `${given} is neither yes nor no`;
    case 'notDate':
      return `${given} is not a date (YYYY-MM-DD)`;
    case 'twoDigitYear':
      return `${given} has a year of two digits: write YYYY-MM-DD`;
    case 'timeInDate':
      return `${given} has a time of day, this field only keeps a date`;
    case 'notDatetime':
      return `${given} is not a date with a time (YYYY-MM-DD HH:MM)`;
    case 'ambiguousDate':
      return `${given} can be day first or month first: write YYYY-MM-DD`;
    case 'countedDate':
      return `${given} ${COUNTED_BY[problem.from]}: imports read it with --date-format ${problem.from}`;
    case 'twoEmails':
      return `${given} holds more than one e-mail address: keep one`;
    case 'notEmail':
      return `${given} is not an e-mail address`;
    case 'notUrl':
      return `${given} is not a web address`;
    case 'notPhone':
      return `${given} is not a phone number`;
    case 'damagedPhone':
      return (
        `${given} is what a spreadsheet left of a phone number: ` +
        'make its column text there, and export again'
      );
    case 'nulCharacter':
      return `${given} holds a NUL character`;
    case 'notOption':
      return `${given} is not an option (${nearOption(problem)})`;
    case 'badTag':
      return (
        `\`${excerpt(problem.tag)}\` cannot be a tag: ` +
        'a tag is not empty, does not begin with - and has no | in it'
      );
    default:
      return assertNever(problem);
  }
}

const COUNTED_BY: Readonly<Record<CountedFrom, string>> = {
  excel: 'looks like an Excel serial',
  unix: 'looks like seconds since 1970',
  'unix-ms': 'looks like milliseconds since 1970',
};

function nearOption({
  near,
  options,
}: Extract<ValueProblem, { readonly kind: 'notOption' }>): string {
  return near === undefined ? optionList(options) : `did you mean \`${near}\`?`;
}

/** Whether the words of a problem have all options that there are. */
export function namesAllOptions(problem: ValueProblem): boolean {
  const { kind } = problem;
  return kind === 'notOption' && problem.near === undefined && isShort(problem.options);
}

const isShort = (options: readonly string[]): boolean => options.length <= MOST_OPTIONS;

function optionList(options: readonly string[]): string {
  const shown = options.slice(0, MOST_OPTIONS).join(', ');
  return isShort(options) ? shown : `${shown}, …`;
}

/** A cell as messages show it: on one line and shortened. */
export function excerpt(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
  const characters = Array.from(line.slice(0, 2 * LONGEST_EXCERPT + 2));
  return characters.length > LONGEST_EXCERPT
    ? `${characters.slice(0, LONGEST_EXCERPT).join('')}…`
    : line;
}
