/** The same filters and people at another time. */
import type { FilterAst } from '../../src/filter/index.ts';
import type { Person } from '../filter/world.ts';

/** 146,097 days: the calendar and the days of the week repeat. */
export const YEARS_400_MS = 146_097 * 86_400_000;

/** Filters whose windows and offsets are exact durations from now. */
export const EXACT_FILTERS: readonly string[] = [
  'last_active_at in last 90 minutes',
  'created_at in next 30 days',
  'created_at > now - 1 day and not last_active_at between now - 2 weeks and now + 3 hours',
  'did page.hit in last 7 days',
  'not did `last` since now - 31 days',
  'count(purchase before now - 1 day) >= 1',
  'last(page.hit) in last 24 hours or first(purchase) < now - 7 days',
  'did purchase where (not occurred_at in last 3 days)',
  'joined segment hot in last 2 weeks',
  'last_active_at <= now or last_active_at = now + 1 minute',
];

/** Literal days, instants and periods 400 years later. */
export function shiftAst(ast: FilterAst): FilterAst {
  return JSON.parse(JSON.stringify(ast), (_, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    const node = value as Record<string, unknown>;
    if (node.kind === 'day') return { ...node, day: laterYear(String(node.day)) };
    if (node.kind === 'instant' || node.kind === 'calendar')
      return { ...node, text: laterYear(String(node.text)) };
    return node;
  }) as FilterAst;
}

/** Years that have no day 400 years later in the language. */
export function reachesTheEdge(part: unknown): boolean {
  return /9999|1000000000/.test(JSON.stringify(part));
}

/** Every instant so many ms later; days too when it is by 400 years. */
export function shiftPerson(person: Person, byMs: number): Person {
  const columns = (values: Person['contact'] = {}): NonNullable<Person['contact']> =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, shiftValue(name, value, byMs)]),
    );
  return {
    ...person,
    contact: columns(person.contact),
    company: person.company === undefined ? undefined : columns(person.company),
    events: (person.events ?? []).map((event) => ({
      ...event,
      occurredAt: (event.occurredAt ?? 0) + byMs,
      properties: shiftProperties(event.properties ?? null, byMs),
    })),
    memberships: (person.memberships ?? []).map(({ segmentId, since }) => ({
      segmentId,
      since: since === null ? null : since + byMs,
    })),
  };
}

function shiftValue(
  name: string,
  value: string | number | null,
  byMs: number,
): string | number | null {
  if (typeof value === 'number') return name.endsWith('_at') ? value + byMs : value;
  return byMs === YEARS_400_MS && value !== null && (name === 'birthday' || name === 'founded')
    ? laterYear(value)
    : value;
}

function shiftProperties(properties: string | null, byMs: number): string | null {
  return byMs === YEARS_400_MS
    ? (properties?.replace(
        /"(\d{4})(?=-\d{2}-\d{2})/g,
        (_, year: string) => `"${laterYear(year)}`,
      ) ?? null)
    : properties;
}

function laterYear(text: string): string {
  return text.replace(/^\d{4}/, (year) => String(Number(year) + 400).padStart(4, '0'));
}
