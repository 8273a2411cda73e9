/** Figures of a contact's events, by columns. */
import { BitSet } from '../../support/bit-set.ts';
import type { Column, EventColumn } from '../../sql/columns.ts';
import type { EventSet, EventTest, Operand, Test } from '../ast.ts';
import type { TimeContext } from '../catalogue.ts';
import { AGGREGATE_OPERATORS, type Aggregate } from '../operators/aggregates.ts';
import { resolveRange } from '../moments.ts';
import { prepareEventTest } from '../operators/event-tests.ts';
import { prepareTest } from '../operators/index.ts';
import { valueContext } from '../operators/operator.ts';
import { leavesOf } from '../walk.ts';
import type { ColumnForm, EventRows } from './batch-view.ts';
import { combineRows } from './combine.ts';
import type { FormContext } from './form-context.ts';

/** None where the figure hangs on the order of the events. */
export function figureForm(
  { of, events }: Extract<Operand, { readonly kind: 'aggregate' }>,
  test: Test,
  { wants, time }: FormContext,
): ColumnForm | undefined {
  const { type, reads, ofNone, step } = AGGREGATE_OPERATORS[of];
  if (step === null) return undefined;
  const passes = prepareTest(test, valueContext(type, time));
  const selection = prepareSelection(events, time);
  const place = wants.events(
    events.type,
    [...selection.columns, ...(reads === 'one' ? [] : [reads])],
    firstInstantOf(events, time),
  );
  // rule: column-of-none
  const holdsOfNone = passes(ofNone);
  return () => (view) => {
    const rows = view.events(place);
    const numbers = reads === 'one' ? rows.ones : rows.column(reads).values;
    const others = contactsByFigure(
      view.size,
      rows,
      { selected: selection.of(rows), numbers },
      { step, isWanted: (figure) => passes(figure) !== holdsOfNone },
    );
    return holdsOfNone ? others.complement() : others;
  };
}

/** No event before this belongs to the set. */
function firstInstantOf({ window }: EventSet, time: TimeContext): number {
  const from = window === null ? null : resolveRange(window, 'instant', time).from;
  return typeof from === 'number' ? from : Number.NEGATIVE_INFINITY;
}

/** Which events of a type belong to a set. */
interface Selection {
  readonly columns: readonly EventColumn[];
  readonly of: (rows: EventRows) => BitSet;
}

function prepareSelection({ window, where }: EventSet, time: TimeContext): Selection {
  const isWithin =
    window === null ? undefined : prepareTest(window, valueContext('datetime', time));
  const tests = new Map(
    (where === null ? [] : leavesOf<EventTest>(where)).map((leaf) => [
      leaf,
      prepareEventTest(leaf, time),
    ]),
  );
  return {
    columns: [
      ...(window === null ? [] : (['occurredAt'] as const)),
      ...[...tests.values()].map(({ column }) => column),
    ],
    of: (rows) => {
      // rule: column-window
      const within =
        isWithin === undefined
          ? new BitSet(rows.size).complement()
          : rows.column('occurredAt').rowsWhere(isWithin);
      if (where === null) return within;
      const matching = combineRows<EventTest>(where, rows.size, (leaf) => {
        const prepared = tests.get(leaf);
        if (prepared === undefined) throw new Error('a test of events was not prepared');
        return rows.column(prepared.column).rowsWhere(prepared.passes, within);
      });
      // rule: column-where
      matching.keepAll(within);
      return matching;
    },
  };
}

interface Figure {
  readonly step: NonNullable<Aggregate['step']>;
  readonly isWanted: (figure: number) => boolean;
}

/**
 * The contacts with a wanted figure of the selected events, of which there is at least one. Events
 * without a number count for nothing.
 */
function contactsByFigure(
  size: number,
  { owners }: EventRows,
  { selected, numbers }: { readonly selected: BitSet; readonly numbers: Column },
  { step, isWanted }: Figure,
): BitSet {
  const contacts = new BitSet(size);
  let owner = -1;
  let figure = 0;
  for (let row = 0; row < owners.length; row += 1) {
    // rule: column-no-value
    const number = selected.has(row) ? numbers[row] : null;
    if (typeof number !== 'number') continue;
    const contact = owners[row] ?? 0;
    if (contact === owner) figure = step(figure, number);
    else {
      if (owner >= 0 && isWanted(figure)) contacts.add(owner);
      owner = contact;
      figure = number;
    }
  }
  if (owner >= 0 && isWanted(figure)) contacts.add(owner);
  return contacts;
}
