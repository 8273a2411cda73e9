/**
 * Functions that filters and unique fields need and SQL lacks. The adapter registers them on each
 * connection as deterministic, under these names. None of them throws, whatever a row holds.
 */
import { fold } from '../support/fold.ts';
import { FIELD_TYPES } from './field-types.ts';
import { propertyDay, propertyNumber, propertyText } from './properties.ts';
import { matchesPattern } from '../support/regex.ts';
import { uniqueKey } from './unique-key.ts';

type Value = string | number | bigint | Buffer | null;

export const SQL_FUNCTIONS = {
  /** The text folded, so that all its cases are equal. */
  fold: (text: Value): string | null => (typeof text === 'string' ? fold(text) : null),
  /** What a value of a unique field of this type is compared by. */
  unique_key: (type: Value, value: Value): Value =>
    typeof value === 'string'
      ? uniqueKey(FIELD_TYPES.find((known) => known === type) ?? 'text', value)
      : value,
  /** 1 when the RE2 pattern occurs in the text. */
  re_match: (pattern: Value, text: Value): number =>
    typeof pattern === 'string' && typeof text === 'string' && matchesPattern(pattern, text)
      ? 1
      : 0,
  /** A property from an event's JSON, as text, number or day. */
  event_text: (properties: Value, name: Value): string | null =>
    propertyText(asText(properties), asText(name)),
  event_number: (properties: Value, name: Value): number | null =>
    propertyNumber(asText(properties), asText(name)),
  event_day: (properties: Value, name: Value): string | null =>
    propertyDay(asText(properties), asText(name)),
} as const;

function asText(value: Value): string {
  return typeof value === 'string' ? value : '';
}
