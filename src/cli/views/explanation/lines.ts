import type { Verdict } from '../../../filter/index.ts';
import {
  decidingConditions,
  type Explanation,
  type FilterAnswer,
} from '../../../segment/explain.ts';
import { isOver } from '../../../segment/removals.ts';
import type { SegmentRow } from '../../../store/index.ts';
import { localText } from '../../../support/time.ts';
import { beginningText } from '../beginning.ts';
import { foundText, rangeText } from './words.ts';

/** Deeper nesting is told by a number. */
const DEEPEST_INDENT = 10;
const LONGEST = 200;
const MOST_NAMED = 10;

/** Why a contact is in a segment or not, for people. */
export function explanationLines(explanation: Explanation): string[] {
  const pairs = headOf(explanation);
  const width = Math.max(...pairs.map(([name]) => name.length));
  const lines = pairs.map(([name, text]) => `${name.padEnd(width)}  ${text}`);
  const { filter } = explanation;
  return filter?.kind === 'answered'
    ? [...lines, '', ...verdictLines(filter.verdict, 0, { answer: filter, explanation })]
    : lines;
}

type Pair = readonly [string, string];

function headOf(explanation: Explanation): Pair[] {
  const { segment, contact, time, membership, pending } = explanation;
  const local = (instant: number): string => localText(instant, time.zone);
  const next: Pair[] = pending === null ? [] : [['next update', `it will ${pending}`]];
  return [
    [
      'contact',
      [contact.id, contact.email, contact.name].filter((part) => part !== null).join(', '),
    ],
    ['segment', segmentText(segment, local)],
    ['as of', `${local(time.now)} (${time.zone})`],
    ['member', memberText(membership, time.now, local)],
    ...pinPairs(explanation, local),
    ...filterPairs(explanation),
    ...next,
  ];
}

function memberText(
  membership: Explanation['membership'],
  now: number,
  local: (instant: number) => string,
): string {
  if (membership === null) return 'no';
  const isLater = membership.since !== null && membership.since > now;
  return `${isLater ? 'by now' : 'yes'}, ${beginningText(membership, local)}`;
}

function segmentText(
  { alias, kind, published, builtAt }: SegmentRow,
  local: (instant: number) => string,
): string {
  const head = `${alias}, ${kind}${published ? '' : ', unpublished'}`;
  if (kind === 'static') return head;
  return builtAt === null ? `${head}, never built` : `${head}, built at ${local(builtAt)}`;
}

function pinPairs({ segment, pin, time }: Explanation, local: (instant: number) => string): Pair[] {
  if (pin === null) return segment.kind === 'static' ? [] : [['pin', 'none']];
  const until =
    pin.until === null
      ? ''
      : `, until ${local(pin.until)}${isOver(pin, time.now) ? ', which is over' : ''}`;
  return [
    [
      'pin',
      `${pin.kind}, since ${local(pin.createdAt)} via ` +
        `${pin.via}${pin.name === null ? '' : ` (${pin.name})`}${pin.by === null ? '' : ` by ${pin.by}`}${until}${pin.reason === null ? '' : `: ${pin.reason}`}`,
    ],
  ];
}

function filterPairs({ segment, filter }: Explanation): Pair[] {
  if (filter === null) return [['filter', 'none']];
  const name = segment.kind === 'static' ? 'sleeping filter' : 'filter';
  if (filter.kind === 'broken')
    return [
      [name, `no longer checks: ${filter.error.message}`],
      ...(filter.error.hint === undefined ? [] : [['', filter.error.hint] as const]),
    ];
  const { holds } = filter.verdict;
  return [
    [name, holds ? 'matches' : 'does not match'],
    [holds ? 'hangs on' : 'near miss', decidingText(filter.verdict)],
  ];
}

/** The conditions of which one alone would change the answer. */
function decidingText(verdict: Verdict): string {
  const deciding = decidingConditions(verdict).map(({ condition }) => short(condition));
  if (deciding.length === 0)
    return 'no single condition: none of them alone would change the answer';
  const rest = deciding.length - MOST_NAMED;
  return (rest > 0 ? [...deciding.slice(0, MOST_NAMED), `${rest} more`] : deciding).join('; ');
}

interface Told {
  readonly answer: FilterAnswer;
  readonly explanation: Explanation;
}

/** A node with its answer in front; below it what the contact has, and the nodes in it. */
function verdictLines(verdict: Verdict, depth: number, told: Told): string[] {
  const line = (text: string): string =>
    `${verdict.holds ? 'true ' : 'false'}  ${indented(text, depth)}`;
  switch (verdict.kind) {
    case 'and':
    case 'or':
      return [
        line(verdict.kind === 'and' ? 'all of' : 'any of'),
        ...verdict.verdicts.flatMap((inner) => verdictLines(inner, depth + 1, told)),
      ];
    case 'not':
      return [line('not'), ...verdictLines(verdict.verdict, depth + 1, told)];
    case 'constant':
      return [line('always so')];
    case 'condition':
      return [line(short(verdict.condition)), ...evidenceLines(verdict, depth, told)];
  }
}

/** What the contact has of what a condition asks about, and what its dates mean now. */
function evidenceLines(
  { evidence }: Extract<Verdict, { readonly kind: 'condition' }>,
  depth: number,
  told: Told,
): string[] {
  const { zone } = told.explanation.time;
  const below = [
    foundText(evidence.found, told),
    ...evidence.dates.map(({ text, range }) => `${text}: ${rangeText(range, zone)}`),
  ];
  return below.map((text) => `       ${indented(`  ${short(text)}`, depth)}`);
}

function indented(text: string, depth: number): string {
  return depth <= DEEPEST_INDENT
    ? '  '.repeat(depth) + text
    : `${'  '.repeat(DEEPEST_INDENT)}(level ${depth}) ${text}`;
}

function short(text: string): string {
  const characters = Array.from(text.slice(0, 2 * LONGEST + 2));
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST).join('')}…` : text;
}
