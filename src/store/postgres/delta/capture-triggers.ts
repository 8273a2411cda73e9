import type { CapturedFields } from './captured-fields.ts';
import { contactTriggers } from './contact-triggers.ts';
import { recordTriggers } from './record-triggers.ts';
import type { CaptureTrigger } from './trigger-text.ts';

/** The tables whose changes are logged. */
export const CAPTURED_TABLES = [
  'contacts',
  'companies',
  'tags',
  'contact_tags',
  'events',
  'suppressions',
  'pins',
] as const;

/** The triggers that a store with these fields must have, by their names. */
export function captureTriggers(fields: CapturedFields): Map<string, CaptureTrigger> {
  return new Map([...contactTriggers(fields), ...recordTriggers(fields)]);
}
