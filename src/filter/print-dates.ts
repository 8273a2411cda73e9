/** Dates, periods and durations in canonical text. */
import { assertNever } from '../support/errors.ts';
import type { Anchor, DateExpression, Period, Unit } from './ast.ts';

export function printDate({ anchor, steps }: DateExpression): string {
  return [
    printAnchor(anchor),
    ...steps.map(
      ({ count, unit }) => `${count < 0 ? '-' : '+'} ${printUnit(Math.abs(count), unit)}`,
    ),
  ].join(' ');
}

function printAnchor(anchor: Anchor): string {
  switch (anchor.kind) {
    case 'day':
      return anchor.day;
    case 'instant':
      return anchor.text;
    case 'start':
    case 'end':
      return `${anchor.kind} of ${anchor.of}`;
    case 'now':
    case 'today':
    case 'yesterday':
    case 'tomorrow':
      return anchor.kind;
    default:
      return assertNever(anchor);
  }
}

export function printPeriod(period: Period): string {
  switch (period.kind) {
    case 'calendar':
      return period.text;
    case 'this':
    case 'last':
    case 'next':
      return `${period.kind} ${period.unit}`;
    case 'today':
    case 'yesterday':
    case 'tomorrow':
      return period.kind;
    default:
      return assertNever(period);
  }
}

/** `1 day`, `30 days`. */
export function printUnit(count: number, unit: Unit): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
