import { fold } from '../../support/fold.ts';
import { nearest } from '../../support/nearest.ts';
import type { EventOperand, EventSet, Operand } from '../ast.ts';
import { fieldName, findField, type Catalogue, type CatalogueField } from '../catalogue.ts';
import { fail, type CheckContext } from './context.ts';
import { fieldFromElsewhere } from '../names-elsewhere.ts';
import { AGGREGATE_OPERATORS } from '../operators/aggregates.ts';
import type { Name, ParsedEvents, ParsedOperand } from '../parsed.ts';
import type { OperandType, Problem } from '../problem/problem.ts';

/** An operand with everything that its tests need to know; `label` is its name in the text. */
export interface Resolved<Kind> {
  readonly operand: Kind;
  readonly type: OperandType;
  readonly label: string;
  readonly options: readonly string[];
}

export function resolveOperand(
  operand: ParsedOperand,
  context: CheckContext,
  checkEvents: (events: ParsedEvents, context: CheckContext) => EventSet,
): Resolved<Operand> {
  switch (operand.kind) {
    case 'name':
      return resolveField(operand.name, context);
    case 'anniversary':
      return resolveAnniversary(operand.name, context);
    case 'aggregate': {
      const events = checkEvents(operand.events, context);
      return {
        operand: { kind: 'aggregate', of: operand.of, events },
        type: AGGREGATE_OPERATORS[operand.of].type,
        label: `${operand.of}(…)`,
        options: [],
      };
    }
  }
}

function resolveField(name: Name, context: CheckContext): Resolved<Operand> {
  const field = fold(name.text) === 'tags' ? undefined : requireField(name, context);
  if (field === undefined || field.type === 'tags')
    return { operand: { kind: 'tags' }, type: 'tags', label: name.text, options: [] };
  return {
    operand: { kind: 'field', field: field.id },
    type: field.type,
    label: name.text,
    options: field.options,
  };
}

/**
 * The type of an operand as far as its text shows, before anything is checked; undefined for an
 * unknown field.
 */
export function typeOfText(operand: string, catalogue: Catalogue): OperandType | undefined {
  if (fold(operand) === 'tags') return 'tags';
  if (/^(count|sum|avg|min|max)\s*\(/i.test(operand)) return 'number';
  if (/^(first|last)\s*\(/i.test(operand)) return 'datetime';
  if (/^anniversary\s*\(/i.test(operand)) return 'anniversary';
  return findField(catalogue, operand.replaceAll('`', ''))?.type;
}

function requireField(name: Name, context: CheckContext): CatalogueField {
  return (
    findField(context.catalogue, name.text) ?? fail(unknownField(name, context.catalogue), context)
  );
}

/** The problem to report for a name that no field has. */
export function unknownField({ text, span }: Name, catalogue: Catalogue): Problem {
  if (eventOperand(text) !== undefined) return { kind: 'eventFieldOutside', name: text, span };
  // both are fields of contacts in `fields:list`
  const known = [...new Set([...catalogue.fields.map(fieldName), 'tags', 'company'])];
  const elsewhere = fieldFromElsewhere(text);
  const near =
    known.find((name) => name === elsewhere) ?? nearest(text, known)[0] ?? ofCompany(text, known);
  return { kind: 'unknownField', name: text, nearest: near, known: known.length, span };
}

function ofCompany(text: string, known: readonly string[]): string | undefined {
  return known.find((name) => fold(name) === `company.${fold(text)}`);
}

function resolveAnniversary(name: Name, context: CheckContext): Resolved<Operand> {
  const { text, span } = name;
  const { id, type } = requireField(name, context);
  if (type !== 'date') return fail({ kind: 'notADateField', name: text, type, span }, context);
  return {
    operand: { kind: 'anniversary', field: id },
    type: 'anniversary',
    label: `anniversary(${text})`,
    options: [],
  };
}

export function resolveEventOperand(
  operand: ParsedOperand,
  context: CheckContext,
): Resolved<EventOperand> {
  if (operand.kind !== 'name')
    return fail(
      {
        kind: 'notOfAnEvent',
        what: `\`${operand.kind === 'anniversary' ? 'anniversary' : operand.of}(…)\``,
        span: operand.span,
      },
      context,
    );
  const { text } = operand.name;
  const known = eventOperand(text);
  if (known === undefined) return failUnknown(operand.name, context);
  return { operand: known, type: EVENT_TYPES[known.kind], label: text, options: [] };
}

function failUnknown({ text, span }: Name, context: CheckContext): never {
  const [near] = nearest(text, Object.keys(EVENT_FIELDS));
  const ofContact = findField(context.catalogue, text) !== undefined;
  return fail({ kind: 'unknownEventField', name: text, nearest: near, ofContact, span }, context);
}

const PROPERTY = 'property.';
const EVENT_FIELDS: Readonly<Record<string, EventOperand>> = {
  subject: { kind: 'subject' },
  value: { kind: 'value' },
  occurred_at: { kind: 'occurredAt' },
};
const EVENT_TYPES: Readonly<Record<EventOperand['kind'], OperandType>> = {
  subject: 'text',
  value: 'number',
  occurredAt: 'datetime',
  property: 'property',
};

/** Names of properties keep their case, because JSON is case-sensitive. */
export function eventOperand(name: string): EventOperand | undefined {
  const wanted = fold(name);
  if (Object.hasOwn(EVENT_FIELDS, wanted)) return EVENT_FIELDS[wanted];
  const isProperty = wanted.startsWith(PROPERTY) && name.length > PROPERTY.length;
  return isProperty ? { kind: 'property', name: name.slice(PROPERTY.length) } : undefined;
}
