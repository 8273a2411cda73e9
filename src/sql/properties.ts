/**
 * Reads properties of events: a JSON object as text, which other tools may have stored malformed.
 */

/**
 * The property as text: a string as it is, a number or boolean as JSON writes it; null for anything
 * else.
 */
export function propertyText(properties: string, name: string): string | null {
  const value = read(properties, name);
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

const NUMERIC = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

/**
 * The property as a number: a number, or a text that reads as one (imports from CSV store texts);
 * null for anything else.
 */
export function propertyNumber(properties: string, name: string): number | null {
  const value = read(properties, name);
  const number = typeof value === 'string' && NUMERIC.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

/** The day with which the property's text begins, `2026-03-15`; null for anything else. */
export function propertyDay(properties: string, name: string): string | null {
  const value = read(properties, name);
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}(?!\d)/.test(value)
    ? value.slice(0, 10)
    : null;
}

let lastText = '';
let lastObject: Readonly<Record<string, unknown>> = {};

/**
 * Keeps the object that was parsed last, because conditions often read several properties of one
 * event.
 */
function read(properties: string, name: string): unknown {
  if (properties !== lastText) {
    lastObject = parseObject(properties);
    lastText = properties;
  }
  return Object.hasOwn(lastObject, name) ? lastObject[name] : undefined;
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  // rule: total
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {};
  } catch {
    return {}; // malformed: the event has no properties
  }
}
