import { EXIT, UserError } from './errors.ts';
import { instantOf, isDay, isInstantText, startOfDay } from './time.ts';

/**
 * What a person wrote as an instant, as epoch ms: a day is its first instant, a local time is one of `zone`.
 * `option` is where it was written, for the `UserError` (2).
 */
export function readInstant(option: string, text: string, zone: string): number {
  if (isDay(text)) return startOfDay(text, zone);
  if (isInstantText(text)) return instantOf(text, zone);
  throw new UserError('NOT_AN_INSTANT', EXIT.usage, `\`${option} ${text}\` is not an instant`, { hint: 'write 2026-03-01, 2026-03-01T10:00 or 2026-03-01T10:00:00Z' });
}
