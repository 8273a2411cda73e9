import { toInstant } from '../contact/read-instant.ts';
import type { TimeContext } from '../filter/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { localText } from '../support/time.ts';

/**
 * Reads when a pin ends, as epoch ms, from an instant as people write it. A day means its first
 * instant; `never` is null. `UserError` (2): the text is no date, or the instant is over.
 */
export function readPinEnd(text: string, time: TimeContext): number | null {
  if (text.trim().toLowerCase() === 'never') return null;
  const until = toInstant(text, time);
  if (typeof until !== 'number') {
    throw new UserError('NOT_A_DATE', EXIT.usage, `\`--until ${text}\` is not a date`, {
      hint: "write 2026-04-01, 2026-04-01T10:00, 'today + 30 days', 'now + 6 hours' or never",
    });
  }
  if (until > time.now) return until;
  throw new UserError(
    'PAST',
    EXIT.usage,
    `\`--until ${text}\` is over: it means ${localText(until, time.zone)}`,
    { hint: 'name an instant to come; a day means its first instant' },
  );
}
