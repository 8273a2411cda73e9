import type { TimeContext } from '../catalogue.ts';
import { dateExpressionOf } from './values.ts';
import { Cursor } from '../parse/cursor.ts';
import { FilterError } from '../problem/filter-error.ts';
import { parseValue } from '../parse/dates.ts';
import { type Moment, resolveDate } from '../moments.ts';

/**
 * Reads a date that stands alone, written as in filters: `2026-04-01`, `2026-04-01T10:00`,
 * `tomorrow`, `today + 30 days`, `end of month`. Undefined for any other text.
 */
export function readMoment(text: string, time: TimeContext): Moment | undefined {
  const source = { text, source: undefined };
  try {
    const cursor = new Cursor(source);
    const value = parseValue(cursor);
    if (value?.kind !== 'date' || cursor.peek().kind !== 'end') return undefined;
    return resolveDate(dateExpressionOf(value.date, { source }), time);
  } catch (error) {
    if (error instanceof FilterError) return undefined;
    throw error;
  }
}
