import { EXIT, UserError } from '../../support/errors.ts';
import { COUNTS, type CountedFrom } from './counted-dates.ts';
import { monthNamed } from './months.ts';

export type DateOrder = 'YMD' | 'DMY' | 'MDY';

/** How to read dates that do not begin with a year of four digits. */
export type DateFormat =
  | { readonly kind: 'order'; readonly order: DateOrder }
  | { readonly kind: 'counted'; readonly from: CountedFrom }
  | {
      readonly kind: 'pattern';
      readonly read: (
        date: string,
      ) => { readonly year: string; readonly month: string; readonly day: string } | undefined;
    };

const TOKENS: Readonly<
  Record<string, { readonly part: 'year' | 'month' | 'day'; readonly source: string }>
> = {
  YYYY: { part: 'year', source: '\\d{4}' },
  YY: { part: 'year', source: '\\d{2}' },
  MMM: { part: 'month', source: '[\\p{L}\\p{M}]+\\.?' },
  MM: { part: 'month', source: '\\d{2}' },
  M: { part: 'month', source: '\\d{1,2}' },
  DD: { part: 'day', source: '\\d{2}' },
  D: { part: 'day', source: '\\d{1,2}' },
};

/**
 * Reads `YMD`, `DMY`, `MDY`, `excel`, `unix`, `unix-ms`, or a pattern of YYYY or YY, MMM (a name),
 * MM or M, DD or D such as `DD/MM/YYYY`. `UserError` (2) for anything else.
 */
export function parseDateFormat(text: string): DateFormat {
  const given = text.trim().toUpperCase();
  const from = COUNTS.find((count) => count.toUpperCase() === given);
  if (from !== undefined) return { kind: 'counted', from };
  if (given === 'YMD' || given === 'DMY' || given === 'MDY') return { kind: 'order', order: given };
  const tokens = given.match(/[A-Z]+/g) ?? [];
  const parts = tokens.map((token) => TOKENS[token]?.part);
  if (parts.includes(undefined) || [...parts].sort().join() !== 'day,month,year')
    throw badFormat(text);
  const source = given.replace(/[A-Z]+|[^A-Z]/g, (token) => {
    const known = TOKENS[token];
    return known === undefined ? escaped(token) : `(?<${known.part}>${known.source})`;
  });
  return patternFormat(new RegExp(`^${source}$`, 'u'));
}

function patternFormat(pattern: RegExp): DateFormat {
  return {
    kind: 'pattern',
    read(date) {
      const { year, month, day } = pattern.exec(date)?.groups ?? {};
      if (year === undefined || month === undefined || day === undefined) return undefined;
      const number = /^\d/.test(month) ? month : monthNamed(month.replace('.', ''));
      return number === undefined
        ? undefined
        : { year: year.length === 2 ? centuryOf(year) + year : year, month: String(number), day };
    },
  };
}

/** The century of a year of two digits, as POSIX has it: 69 to 99 are 19xx, 00 to 68 are 20xx. */
function centuryOf(year: string): string {
  return Number(year) >= 69 ? '19' : '20';
}

function escaped(character: string): string {
  return character.replace(/[.*+?^${}()|[\]\\/]/, '\\$&');
}

function badFormat(text: string): UserError {
  return new UserError('BAD_DATE_FORMAT', EXIT.usage, `\`${text}\` is not a date format`, {
    hint: 'write YMD, DMY, MDY, excel, unix or unix-ms, or a pattern such as DD/MM/YYYY or D.M.YY',
  });
}
