import { formatInstant } from './instant.ts';

/**
 * Writes an instant (epoch ms) for people, in a form that every option that takes an instant
 * accepts.
 */
export type WriteInstant = (epochMs: number) => string;

/**
 * Writes instants as local time of a zone with its offset. If the name is no zone, in UTC, so that
 * reading the store still works.
 */
export async function instantWriter(zone: string): Promise<WriteInstant> {
  if (zone === 'UTC') return formatInstant;
  // loaded only when needed, because it holds the calendars
  const { isZone, localTexts } = await import('./time.ts');
  return isZone(zone) ? localTexts(zone) : formatInstant;
}
