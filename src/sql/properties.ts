/**
 * Properties of events: a JSON object in text, which SQL written by hand may have left malformed.
 */

/**
 * The property as text: a string itself, a number or boolean as JSON writes it; null for all else.
 */
export function propertyText(properties: string, name: string): string | null {
  const value = read(properties, name);
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

const NUMERIC = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

/**
 * The property as a number: one, or a text that reads as one (imports from CSV make texts); null
 * for all else.
 */
export function propertyNumber(properties: string, name: string): number | null {
  const value = read(properties, name);
  const number = typeof value === 'string' && NUMERIC.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

/** The day that the property's text begins with, `2026-03-15`; null for all else. */
export function propertyDay(properties: string, name: string): string | null {
  const value = read(properties, name);
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}(?!\d)/.test(value)
    ? value.slice(0, 10)
    : null;
}

let lastText = '';
let lastObject: Readonly<Record<string, unknown>> = {};

/** Conditions often read several properties of one event: the object parsed last is kept. */
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
