import { readMoment, type TimeContext } from '../filter/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { BEHIND_LAST_DAY, dayOf, startOfDay } from '../support/time.ts';
import { describeProblem, isProblem, type ValueProblem } from './values.ts';
import { parseDatetime } from './values/dates.ts';

/** How an instant may be written; shown when a text is none. */
const HINT =
  "write 2026-03-01, '2026-03-01 10:00', 2026-03-01T10:00:00+01:00, yesterday, " +
  "'today - 3 days' or '10 minutes ago'";

/** Reads an option such as `--as-of` with `toInstant`. `UserError` (2) if it is no instant. */
export function readInstant(option: string, text: string, time: TimeContext): number {
  const instant = toInstant(text, time);
  if (!isProblem(instant)) return instant;
  const isNone = instant.kind === 'notDatetime';
  const message = isNone
    ? `\`${option} ${text}\` is not an instant`
    : describeProblem(option, instant);
  throw new UserError('NOT_AN_INSTANT', EXIT.usage, message, { hint: HINT });
}

/**
 * Reads an option that asks for what was so at an instant, such as `--as-of`. Lists for people show
 * instants without their milliseconds, so a time that is given without them means its whole second:
 * what was so at its end, or by now. `UserError` (2) if it is no instant.
 */
export function readSecond(option: string, text: string, time: TimeContext): number {
  const instant = readInstant(option, text, time);
  // rule: whole-second
  if (!/\d:\d/.test(text) || /:\d{2}[.,]\d/.test(text) || instant > time.now) return instant;
  return Math.min(Math.floor(instant / 1000) * 1000 + 999, time.now);
}

/**
 * Reads an instant as people write it, as epoch ms: a date as in filters (`yesterday`, `now - 10
 * minutes`), `10 minutes ago`, or anything that a datetime field accepts, which includes everything
 * that is printed. A day means its first instant; a local time is in the store's zone.
 */
export function toInstant(text: string, time: TimeContext): number | ValueProblem {
  const moment = readMoment(steppedBack(text), time);
  if (moment === undefined) return parseDatetime(text, time);
  const day = moment.grain === 'day' ? moment.day : dayOf(moment.at, time.zone);
  // what comes after the year 9999 has no text that could be given back
  if (day === BEHIND_LAST_DAY) return { kind: 'notDatetime', text };
  return moment.grain === 'day' ? startOfDay(day, time.zone) : moment.at;
}

/** Rewrites `10 minutes ago` as filters write it. */
function steppedBack(text: string): string {
  return text.replace(/^\s*(\d+)\s+(\w+)\s+ago\s*$/i, 'now - $1 $2');
}
