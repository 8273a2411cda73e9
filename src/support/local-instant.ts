import { formatInstant } from './instant.ts';

/**
 * Writes an instant (epoch ms) as people read it, and as every option that takes an instant reads
 * it.
 */
export type WriteInstant = (epochMs: number) => string;

/**
 * Instants as local time of a zone with its offset. For a name that is no zone it is UTC: reading
 * goes on.
 */
export async function instantWriter(zone: string): Promise<WriteInstant> {
  if (zone === 'UTC') return formatInstant;
  // calendars are loaded by those who need them
  const { isZone, localText } = await import('./time.ts');
  return isZone(zone) ? (epochMs) => localText(epochMs, zone) : formatInstant;
}
