import { CONSENT_FIELDS } from '../contact/consent.ts';
import { numberFormatter, textFormatter } from '../contact/values.ts';
import type { FieldRow, FieldType } from '../store/index.ts';
import type { WriteInstant } from '../support/local-instant.ts';
import { consentCell } from './consent/cells.ts';
import { guard, guardPhone, guardTags } from './guard.ts';
import type { ValueColumn } from './value-lines.ts';

/** How the cells of a file are written. */
export interface CellStyle {
  /** Without the marks that keep spreadsheets from running a text and imports from misreading it. */
  readonly isRaw: boolean;
  /** Replaces characters that would control a terminal, where one shows the text. */
  readonly shown?: ((text: string) => string) | undefined;
  readonly instant: WriteInstant;
}

type Rewrite = (text: string) => string;

/** The column of a field, whose value stands at this position of a row. */
export function fieldColumn(field: FieldRow, position: number, style: CellStyle): ValueColumn {
  const { alias, type } = field;
  const steps = type === 'multiselect' ? [textFormatter(type)] : [];
  if (CONSENT_FIELDS.includes(field)) steps.push(consentCell);
  return valueColumn({ header: alias, position, type, steps }, style);
}

interface ColumnOf {
  readonly header: string;
  readonly position: number;
  readonly type: FieldType;
  /** What becomes of a text before it is guarded, in this order. */
  readonly steps?: readonly Rewrite[];
}

/** A column of values of a type, under any name. Numbers and instants need no guard. */
export function valueColumn(
  { header, position, type, steps = [] }: ColumnOf,
  { isRaw, shown, instant }: CellStyle,
): ValueColumn {
  const all = [
    ...steps,
    ...(isRaw ? [] : [guardOf(type)]),
    ...(shown === undefined ? [] : [shown]),
  ];
  return {
    header: shown?.(header) ?? header,
    position,
    ofText: inTurn(all),
    ofNumber: numberFormatter(type, instant),
  };
}

/** What guards the texts of a type. */
export function guardOf(type: FieldType): Rewrite {
  if (type === 'phone') return guardPhone;
  return type === 'tags' ? guardTags : guard;
}

function inTurn([first, ...others]: readonly Rewrite[]): Rewrite {
  if (first === undefined) return (text) => text;
  if (others.length === 0) return first;
  return (text) => others.reduce((found, step) => step(found), first(text));
}
