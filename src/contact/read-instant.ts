import { readMoment, type TimeContext } from '../filter/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { startOfDay } from '../support/time.ts';
import { describeProblem, isProblem, type ValueProblem } from './values.ts';
import { parseDatetime } from './values/dates.ts';

/** How an instant may be written, for whoever wrote something else. */
const HINT =
  "write 2026-03-01, '2026-03-01 10:00', 2026-03-01T10:00:00+01:00, yesterday, 'today - 3 days' or '10 minutes ago'";

/** `toInstant` for an option, `--as-of` say. `UserError` (2) where it names none. */
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
 * What a person wrote as an instant, as epoch ms: a date as filters write it (`yesterday`,
 * `now - 10 minutes`), `10 minutes ago`, or whatever a field of dates with times takes, so also all
 * that is printed. A day is its first instant, a local time is one of the zone.
 */
export function toInstant(text: string, time: TimeContext): number | ValueProblem {
  const moment = readMoment(steppedBack(text), time);
  if (moment === undefined) return parseDatetime(text, time);
  return moment.grain === 'day' ? startOfDay(moment.day, time.zone) : moment.at;
}

/** `10 minutes ago` as filters write it. */
function steppedBack(text: string): string {
  return text.replace(/^\s*(\d+)\s+(\w+)\s+ago\s*$/i, 'now - $1 $2');
}
