/** What a leaf reads, and whether reading it by columns pays. */
import { assertNever } from '../../support/errors.ts';
import type { Predicate, Test } from '../ast.ts';
import type { Catalogue } from '../catalogue.ts';
import { getField } from '../references.ts';

/*
 * Measured with bench/value-columns.js, in ns a contact, reading included: a leaf that is the only one
 * to read its column takes 70 to 390 by columns and 35 to 160 by SQL, each further leaf of the same
 * column 3 to 10 against as much again. SQL finds events of one type through the index of type and time, for
 * a tenth to a third of what it takes to read the instants of all types for all contacts. Regular
 * expressions and long lists take SQL longer than reading the column.
 */
const FEWEST_LEAVES = 2;
const FEWEST_LEAVES_OF_EVENTS = 4;
const LONG_LIST = 8;

/** The leaves that are the only ones to read what they read, and that SQL decides faster. */
export function leavesAlone(
  leaves: ReadonlyMap<string, Predicate>,
  catalogue: Catalogue,
): ReadonlySet<string> {
  const readers = new Map<string, string[]>();
  for (const [key, leaf] of leaves) {
    const source = sourceOf(leaf, catalogue);
    const others = readers.get(source);
    if (others === undefined) readers.set(source, [key]);
    else others.push(key);
  }
  // rule: column-alone
  const alone = [...readers].flatMap(([source, keys]) =>
    keys.length < (source === EVENTS ? FEWEST_LEAVES_OF_EVENTS : FEWEST_LEAVES) ? keys : [],
  );
  return new Set(alone.filter((key) => !isDearInSql(leaves.get(key))));
}

/** Of all types: their instants are read together. */
const EVENTS = 'events';

/** A column, or the rows that leaves share, as a text. */
function sourceOf(leaf: Predicate, catalogue: Catalogue): string {
  if (leaf.kind !== 'test') return leaf.kind;
  const { operand } = leaf;
  switch (operand.kind) {
    case 'field':
    case 'anniversary': {
      const { object, column } = getField(catalogue, operand.field);
      return object === 'company' ? object : `contact ${column}`;
    }
    case 'tags':
      return operand.kind;
    case 'aggregate':
      return EVENTS;
    default:
      return assertNever(operand);
  }
}

/** Membership and consent are found by key for each range of contacts, either way. */
function isDearInSql(leaf: Predicate | undefined): boolean {
  return leaf?.kind !== 'test' || (leaf.operand.kind === 'field' && isDearTest(leaf.test));
}

function isDearTest(test: Test): boolean {
  switch (test.kind) {
    case 'matches':
      return true;
    case 'textIn':
    case 'hasAny':
    case 'hasAll':
      return test.texts.length > LONG_LIST;
    default:
      return false;
  }
}
