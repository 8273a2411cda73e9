/** What can be wrong with a filter, as data. `wording.ts` turns each into words. */
import type { FieldType } from '../catalogue.ts';
import type { Name, Span } from '../parsed.ts';

/** The types that operators know: those of fields, and two of the language's own operands. */
export type OperandType = FieldType | 'anniversary' | 'property';

/** A problem. `span` is its place in the text; undefined for a stored filter, which has no text. */
export type Problem = ProblemKind & { readonly span?: Span };

type ProblemKind = TokenProblem | GrammarProblem | NameProblem | ValueProblem | StoredProblem;

export type TokenProblem =
  | { readonly kind: 'unterminated'; readonly quote: string }
  | { readonly kind: 'badEscape'; readonly escape: string }
  | { readonly kind: 'emptyName' }
  | { readonly kind: 'badNumber'; readonly text: string }
  | { readonly kind: 'numberTooLarge'; readonly text: string }
  | { readonly kind: 'lostDigits'; readonly text: string }
  | { readonly kind: 'strayCharacter'; readonly text: string };

export type GrammarProblem =
  | {
      readonly kind: 'expected';
      readonly expected: Expected;
      readonly after: string;
      readonly found: string;
    }
  | {
      readonly kind: 'expectedTest';
      readonly operand: string;
      readonly name: Name | undefined;
      readonly type: OperandType | undefined;
      readonly allowed: readonly string[];
      readonly found: string;
    }
  | {
      readonly kind: 'expectedValue';
      readonly operand: string;
      readonly name: Name | undefined;
      readonly type: OperandType | undefined;
      readonly operator: string;
      readonly found: string;
    }
  | { readonly kind: 'reservedWord'; readonly word: string }
  | { readonly kind: 'noNotForm'; readonly operator: string; readonly operand: string }
  | { readonly kind: 'unclosed' }
  | { readonly kind: 'tooDeep'; readonly limit: number }
  | { readonly kind: 'tooManyConditions'; readonly limit: number }
  | { readonly kind: 'tooManyValues'; readonly limit: number };

/** What the grammar wanted at this place. */
export type Expected =
  | 'condition'
  | 'joint' // and, or, the end
  | 'closing'
  | 'list'
  | 'listJoint'
  | 'betweenAnd'
  | 'startsWith'
  | 'empty'
  | 'has'
  | 'count'
  | 'unit'
  | 'date'
  | 'dayUnit'
  | 'of'
  | 'period'
  | 'window'
  | 'segmentWord'
  | 'segmentName'
  | 'eventType'
  | 'eventTest'
  | 'valueOfEvents'
  | 'tag'
  | 'channel'
  | 'reason'
  | 'fieldName';

export type NameProblem =
  | {
      readonly kind: 'unknownField';
      readonly name: string;
      readonly nearest: string | undefined;
      readonly known: number;
    }
  | {
      readonly kind: 'unknownEventField';
      readonly name: string;
      readonly nearest: string | undefined;
      readonly ofContact: boolean;
    }
  | { readonly kind: 'eventFieldOutside'; readonly name: string }
  | { readonly kind: 'notOfAnEvent'; readonly what: string }
  | {
      readonly kind: 'unknownSegment';
      readonly alias: string;
      readonly nearest: string | undefined;
      readonly known: number;
    }
  | { readonly kind: 'unpublishedSegment'; readonly alias: string }
  | { readonly kind: 'cycle'; readonly path: readonly string[] }
  | { readonly kind: 'notADateField'; readonly name: string; readonly type: FieldType };

export type ValueProblem =
  | {
      readonly kind: 'operatorNotOfType';
      readonly operator: string;
      readonly operand: string;
      readonly type: OperandType;
      readonly allowed: readonly string[];
    }
  | {
      readonly kind: 'wrongValue';
      readonly operand: string;
      readonly type: OperandType;
      readonly value: WrittenValue;
    }
  | { readonly kind: 'mixedValues' }
  | {
      readonly kind: 'unknownOption';
      readonly operand: string;
      readonly option: string;
      readonly nearest: string | undefined;
      readonly options: readonly string[];
    }
  | { readonly kind: 'pipeInOption'; readonly option: string }
  | { readonly kind: 'badDate'; readonly text: string }
  | { readonly kind: 'periodForDate'; readonly text: string }
  | { readonly kind: 'instantOnDays'; readonly operand: string; readonly what: string }
  | { readonly kind: 'badPeriod'; readonly text: string }
  | { readonly kind: 'badPattern'; readonly reason: string }
  | { readonly kind: 'patternTooLong'; readonly limit: number };

/** A value as the user wrote it, for the hint. */
export interface WrittenValue {
  readonly kind: 'text' | 'number' | 'boolean' | 'word' | 'date';
  readonly text: string;
}

/** A stored definition that the present catalogue cannot read. */
export type StoredProblem =
  | { readonly kind: 'lostField'; readonly id: number; readonly name?: string }
  | { readonly kind: 'lostSegment'; readonly id: number; readonly name?: string }
  | { readonly kind: 'badStoredFilter'; readonly reason: string };
