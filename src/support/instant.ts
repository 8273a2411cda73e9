const RFC_3339 = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}(?::\d{2})?)(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/**
 * The instant of an RFC 3339 text, as epoch milliseconds; undefined if the text is none, or its day
 * does not exist (30 February). An offset is required, seconds are not. Fractions of a millisecond
 * are cut off.
 */
export function parseRfc3339(text: string): number | undefined {
  const [, date = '', time = '', fraction = '', zone = ''] = RFC_3339.exec(text) ?? [];
  const instant = Date.parse(`${date}T${time}${fraction.slice(0, 4)}${zone}`);
  const day = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(instant) || Number.isNaN(day) || time.startsWith('24')) return undefined;
  return new Date(day).toISOString().startsWith(date) ? instant : undefined;
}

/**
 * The farthest that a date can be from 1970, in milliseconds:
 * https://tc39.es/ecma262/#sec-time-values-and-time-range
 */
export const FARTHEST_INSTANT = 8.64e15;

/** Whether a date exists for this number; other tools can store any number. */
export function isInstant(epochMs: number): boolean {
  return Math.abs(epochMs) <= FARTHEST_INSTANT;
}

/**
 * Epoch milliseconds as RFC 3339 in UTC, `2026-03-01T10:00:00Z`; milliseconds only if they are not
 * zero. A number that is no instant is returned as it is.
 */
export function formatInstant(epochMs: number): string {
  if (!isInstant(epochMs)) return String(epochMs);
  return new Date(epochMs).toISOString().replace('.000Z', 'Z');
}
