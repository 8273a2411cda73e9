import { readMoment, type TimeContext } from '../filter/index.ts';
import { formatInstant } from '../support/clock.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { startOfDay } from '../support/time.ts';

/**
 * When a pin ends, as epoch ms, from a date as filters write it; a day means its first instant. `never` is null. `UserError` (2):
 * no date, or one that is over.
 */
export function readPinEnd(text: string, time: TimeContext): number | null {
  if (text.trim().toLowerCase() === 'never') return null;
  const moment = readMoment(text, time);
  if (moment === undefined) {
    throw new UserError('NOT_A_DATE', EXIT.usage, `\`--until ${text}\` is not a date`, { hint: "write 2026-04-01, 2026-04-01T10:00, 'today + 30 days', 'now + 6 hours' or never" });
  }
  const until = moment.grain === 'day' ? startOfDay(moment.day, time.zone) : moment.at;
  if (until > time.now) return until;
  throw new UserError('PAST', EXIT.usage, `\`--until ${text}\` is over: it means ${formatInstant(until)}`, { hint: 'name an instant to come; a day means its first instant' });
}
