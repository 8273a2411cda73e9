/** The column form of each kind of leaf. What they mean for NULL and for none is as in SQL. */
import { BitSet } from '../../support/bit-set.ts';
import { assertNever } from '../../support/errors.ts';
import type { CatalogueField } from '../catalogue.ts';
import type { Operand, Predicate, Test } from '../ast.ts';
import { prepareTest } from '../operators/index.ts';
import { valueContext, type ValueTest } from '../operators/operator.ts';
import { TEXT_OPERATORS } from '../operators/text.ts';
import { getField, getSegment } from '../references.ts';
import { at, type ColumnForm } from './batch-view.ts';
import { figureForm } from './figures.ts';
import { tagsForm } from './tags.ts';
import { decided, rowsOfCodes } from './value-column.ts';
import type { FormContext } from './form-context.ts';

/** Why a leaf goes by SQL. */
export type NoForm =
  /** The time at which members joined is not handed over. */
  | 'joined'
  /** The last digit of a sum hangs on the order of the rows, which the database chooses. */
  | 'order';

/** `FilterError` when a field or segment no longer exists. */
export function columnForm(leaf: Predicate, context: FormContext): ColumnForm | NoForm {
  switch (leaf.kind) {
    case 'test':
      return operandForm(leaf.operand, leaf.test, context);
    case 'inSegment':
      return membersForm(leaf.segment, context);
    case 'joinedSegment':
      // rule: column-joined-segment
      return 'joined';
    case 'suppressed':
      return suppressedForm(leaf, context);
    default:
      return assertNever(leaf);
  }
}

function operandForm(operand: Operand, test: Test, context: FormContext): ColumnForm | NoForm {
  switch (operand.kind) {
    case 'field':
    case 'anniversary': {
      const field = getField(context.catalogue, operand.field);
      const type = operand.kind === 'anniversary' ? operand.kind : field.type;
      const passes = prepareTest(test, valueContext(type, context.time));
      return field.object === 'contact'
        ? contactForm(field, passes, context)
        : companyForm(field, passes, context);
    }
    case 'tags':
      return tagsForm(test, context);
    case 'aggregate':
      return figureForm(operand, test, context) ?? 'order';
    default:
      return assertNever(operand);
  }
}

function contactForm(
  { column }: CatalogueField,
  passes: ValueTest,
  { wants }: FormContext,
): ColumnForm {
  const place = wants.contactColumn(column);
  // rule: column-contact
  return () => (batch) => batch.contacts(place).rowsWhere(passes);
}

/** Decided once for each value. Who has no company has NULL in each of its fields. */
function companyForm(
  { column }: CatalogueField,
  passes: ValueTest,
  { wants }: FormContext,
): ColumnForm {
  const place = wants.companyColumn(column);
  return ({ companies }) => {
    let verdicts: Uint8Array | undefined;
    return (view) => {
      // rule: column-no-company
      verdicts ??= decided([...at(companies, place).values, null], passes);
      return rowsOfCodes(view.companies(place), verdicts);
    };
  };
}

function membersForm(segment: number, { catalogue, wants }: FormContext): ColumnForm {
  const place = wants.members(getSegment(catalogue, segment).id);
  // rule: column-in-segment
  return () => (view) => view.ownersOf(at(view.batch.members, place));
}

function suppressedForm(
  { channel, reason }: Extract<Predicate, { readonly kind: 'suppressed' }>,
  { wants, time }: FormContext,
): ColumnForm {
  wants.suppressions();
  const named = (text: string | null): ValueTest | undefined =>
    text === null
      ? undefined
      : TEXT_OPERATORS.textEquals.prepare({ kind: 'textEquals', text }, valueContext('text', time));
  const [isChannel, isReason] = [named(channel), named(reason)];
  return () => (view) => {
    const { channels, reasons } = view.suppressions;
    const rows = new BitSet(view.batch.suppressions.owners.length).complement();
    // rule: column-suppressed
    if (isChannel !== undefined) rows.keepAll(channels.rowsWhere(isChannel));
    if (isReason !== undefined) rows.keepAll(reasons.rowsWhere(isReason));
    return view.ownersOf(view.batch.suppressions, rows);
  };
}
