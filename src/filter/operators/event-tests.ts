/** Tests of one event, by the column in which it keeps what is tested. */
import { propertyDay, propertyNumber, propertyText } from '../../sql/properties.ts';
import { assertNever } from '../../support/errors.ts';
import type { EventTest } from '../ast.ts';
import type { TimeContext } from '../catalogue.ts';
import type { EventRow } from '../contact-row.ts';
import { prepareTest, propertyKind } from './index.ts';
import { valueContext, type ValueTest } from './operator.ts';

export interface PreparedEventTest {
  readonly column: Exclude<keyof EventRow, 'type'>;
  /** Decides what stands in that column. */
  readonly passes: ValueTest;
}

export function prepareEventTest(
  { operand, test }: EventTest,
  time: TimeContext,
): PreparedEventTest {
  switch (operand.kind) {
    case 'subject':
      return { column: 'subject', passes: prepareTest(test, valueContext('text', time)) };
    case 'value':
      return { column: 'value', passes: prepareTest(test, valueContext('number', time)) };
    case 'occurredAt':
      return { column: 'occurredAt', passes: prepareTest(test, valueContext('datetime', time)) };
    case 'property': {
      const kind = propertyKind(test);
      const read = { text: propertyText, number: propertyNumber, date: propertyDay }[kind];
      const passes = prepareTest(test, valueContext(kind, time));
      return {
        column: 'properties',
        passes: (properties) =>
          passes(typeof properties === 'string' ? read(properties, operand.name) : null),
      };
    }
    default:
      return assertNever(operand);
  }
}
