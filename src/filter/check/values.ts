import { fold } from '../../support/fold.ts';
import { nearest } from '../../support/nearest.ts';
import { patternFault } from '../../support/regex.ts';
import { isDay, isInstantText } from '../../support/time.ts';
import type { Anchor, DateExpression, Period } from '../ast.ts';
import { fail, type CheckContext } from './context.ts';
import type { Resolved } from './operands.ts';
import { MOST_PATTERN_CHARACTERS } from '../../sql/pattern.ts';
import { grainOf } from '../moments.ts';
import type { Reader } from '../operators/operator.ts';
import { code } from '../problem/wording-parts.ts';
import type {
  ParsedAnchor,
  ParsedArguments,
  ParsedDate,
  ParsedPeriod,
  ParsedValue,
  Span,
} from '../parsed.ts';

export function literalsOf(parsed: ParsedArguments): readonly ParsedValue[] {
  if (parsed.kind === 'value') return [parsed.value];
  if (parsed.kind === 'pair') return [parsed.low, parsed.high];
  return parsed.kind === 'list' ? parsed.values : [];
}

type Tested = Omit<Resolved<never>, 'operand'>;

/**
 * Reads literals for one operand. `ofProperty` is true when its type was taken from the literal
 * itself.
 */
export function literalReader(operand: Tested, ofProperty: boolean, context: CheckContext): Reader {
  const wrong = (value: ParsedValue): never =>
    fail(
      {
        kind: 'wrongValue',
        operand: operand.label,
        type: ofProperty ? 'property' : operand.type,
        value: written(value, context),
        span: value.span,
      },
      context,
    );
  const text = (value: ParsedValue): string => (value.kind === 'text' ? value.text : wrong(value));
  const pattern = (value: ParsedValue): string => shortEnough(text(value), value.span, context);
  return {
    text,
    pattern,
    number: (value) => (value.kind === 'number' ? value.number : wrong(value)),
    boolean: (value) => (value.kind === 'boolean' ? value.value : wrong(value)),
    date: (value) => readDate(value, operand, context) ?? wrong(value),
    period: (period, span) => readPeriod(period, span, context),
    option: (value) => readOption(text(value), value.span, operand, context),
    regularExpression: (value) => {
      const expression = pattern(value);
      const reason = patternFault(expression);
      return reason === undefined
        ? expression
        : fail({ kind: 'badPattern', reason, span: value.span }, context);
    },
    duration: ({ count, unit, span }) => {
      if (holdsDays(operand) && (unit === 'minute' || unit === 'hour'))
        fail(
          { kind: 'instantOnDays', operand: operand.label, what: `a count of ${unit}s`, span },
          context,
        );
      return { count, unit };
    },
  };
}

function written(
  value: ParsedValue,
  { source }: CheckContext,
): { readonly kind: ParsedValue['kind']; readonly text: string } {
  return {
    kind: value.kind,
    text: value.kind === 'text' ? value.text : source.text.slice(value.span.start, value.span.end),
  };
}

function shortEnough(text: string, span: Span, context: CheckContext): string {
  return Array.from(text).length > MOST_PATTERN_CHARACTERS
    ? fail({ kind: 'patternTooLong', limit: MOST_PATTERN_CHARACTERS, span }, context)
    : text;
}

function holdsDays({ type }: Tested): boolean {
  return type === 'date' || type === 'anniversary';
}

/** The option in the field's own spelling; any text if the field lists no options. */
function readOption(
  text: string,
  span: Span,
  { label, type, options }: Tested,
  context: CheckContext,
): string {
  if (type === 'multiselect' && text.includes('|'))
    return fail({ kind: 'pipeInOption', option: text, span }, context);
  if (options.length === 0) return text;
  const known = options.find((option) => fold(option) === fold(text));
  if (known !== undefined) return known;
  const [near] = nearest(text, options);
  return fail(
    { kind: 'unknownOption', operand: label, option: text, nearest: near, options, span },
    context,
  );
}

function literalDate({ text, span }: { readonly text: string; readonly span: Span }): ParsedDate {
  return { anchor: { kind: 'literal', text, span }, steps: [], span };
}

function readDate(
  value: ParsedValue,
  operand: Tested,
  context: CheckContext,
): DateExpression | undefined {
  if (value.kind !== 'date' && value.kind !== 'text') return undefined;
  const parsed = value.kind === 'date' ? value.date : literalDate(value);
  const date = dateExpressionOf(parsed, context);
  if (holdsDays(operand) && grainOf(date) === 'instant')
    fail(
      {
        kind: 'instantOnDays',
        operand: operand.label,
        what: instantPart(parsed, date.anchor, context),
        span: parsed.span,
      },
      context,
    );
  return date;
}

/** `FilterError` when its literal is neither a day nor an instant. */
export function dateExpressionOf(
  { anchor, steps }: ParsedDate,
  context: Pick<CheckContext, 'source'>,
): DateExpression {
  return {
    anchor: readAnchor(anchor, context),
    steps: steps.map(({ count, unit }) => ({ count, unit })),
  };
}

/** The part of the date that makes it an instant. */
function instantPart(parsed: ParsedDate, anchor: Anchor, { source }: CheckContext): string {
  const anchored = grainOf({ anchor, steps: [] }) === 'instant';
  const step = anchored
    ? undefined
    : parsed.steps.find(({ unit }) => unit === 'minute' || unit === 'hour');
  const { span } = step ?? parsed.anchor;
  return code(source.text.slice(span.start, span.end));
}

function readAnchor(anchor: ParsedAnchor, context: Pick<CheckContext, 'source'>): Anchor {
  if (anchor.kind === 'start' || anchor.kind === 'end') return { kind: anchor.kind, of: anchor.of };
  if (anchor.kind !== 'literal') return { kind: anchor.kind };
  if (isDay(anchor.text)) return { kind: 'day', day: anchor.text };
  if (isInstantText(anchor.text)) return { kind: 'instant', text: shortInstant(anchor.text) };
  return fail(
    {
      kind: /^\d{4}(-\d{2})?$/.test(anchor.text) ? 'periodForDate' : 'badDate',
      text: anchor.text,
      span: anchor.span,
    },
    context,
  );
}

/**
 * The shortest spelling of an instant: `10:00:00.000` becomes `10:00`, `10:00:01.500` becomes
 * `10:00:01.5`.
 */
function shortInstant(text: string): string {
  return text
    .replace(/(\.\d*?)0+(?=Z|[+-]\d{2}:|$)/, '$1')
    .replace(/\.(?=Z|[+-]|$)/, '')
    .replace(/(T\d{2}:\d{2}):00(?=Z|[+-]|$)/, '$1');
}

function readPeriod(period: ParsedPeriod, span: Span, context: CheckContext): Period {
  if (period.kind !== 'literal') return period;
  const { text } = period;
  const valid =
    /^\d{4}$/.test(text) || (/^\d{4}-\d{2}$/.test(text) && isDay(`${text}-01`)) || isDay(text);
  return valid ? { kind: 'calendar', text } : fail({ kind: 'badPeriod', text, span }, context);
}
