import { loadCatalogue } from '../contact/fields.ts';
import { oddNamesOf } from '../contact/odd-names.ts';
import { withLostName } from '../contact/lost-names.ts';
import { timeContext } from '../contact/time-context.ts';
import {
  type Catalogue,
  conditionsOf,
  type ConditionVerdict,
  decodeAst,
  type EvaluateContext,
  explainFilter,
  type FilterAst,
  printFilter,
  recheckAst,
  type TimeContext,
  type Verdict,
} from '../filter/index.ts';
import type {
  Beginning,
  ContactPin,
  ContactSegmentRow,
  ReadTx,
  SegmentRow,
} from '../store/index.ts';
import { UserError } from '../support/errors.ts';
import { formatInstant } from '../support/instant.ts';
import { type ExplainedContact, type Identity, loadContact } from './explained-contact.ts';
import { isOver } from './removals.ts';
import { stalenessOf } from './staleness.ts';

/** Why a contact is in a segment or not, as of one instant. */
export interface Explanation {
  readonly segment: SegmentRow;
  readonly contact: Identity;
  readonly time: TimeContext;
  readonly membership: Beginning | null;
  readonly pin: ContactPin | null;
  /**
   * Null without a filter. The filter of a static segment is explained too, although it is not
   * used.
   */
  readonly filter: FilterAnswer | BrokenFilter | null;
  /**
   * What an update at this instant would do about this contact. Null when it would do nothing, when
   * no update builds this segment, or when the filter is broken.
   */
  readonly pending: 'join' | 'leave' | null;
  /**
   * The segments that the contact is in or pinned out of, including those that the filter refers
   * to.
   */
  readonly segments: readonly ContactSegmentRow[];
  /** Aliases by segment id, for the segments that the filter refers to. */
  readonly aliases: ReadonlyMap<number, string>;
  readonly warnings: readonly string[];
}

export interface FilterAnswer {
  readonly kind: 'answered';
  readonly text: string;
  readonly verdict: Verdict;
  /** The name of the contact's company, for company fields. */
  readonly company: string | null;
}

/**
 * A filter that can no longer be checked, for example because a field or segment is gone. Updates
 * of its segment fail.
 */
export interface BrokenFilter {
  readonly kind: 'broken';
  readonly error: UserError;
}

/**
 * Explains one contact's membership at `now` (epoch ms). A filter that no longer checks is part of
 * the answer and throws nothing.
 */
export async function explainContact(
  tx: ReadTx,
  segment: SegmentRow,
  contactId: number,
  now: number,
): Promise<Explanation> {
  const [time, catalogue, segments] = [
    await timeContext(tx, now),
    await loadCatalogue(tx),
    await tx.members.segmentsOf(contactId),
  ];
  const ast = await withLostName(tx, checkedFilter(segment, catalogue));
  const explained = await loadContact(tx, contactId, {
    ast: ast instanceof UserError ? null : ast,
    segments,
    catalogue,
    time,
  });
  const filter = answerOf(ast, explained, { time, catalogue });
  const membership = membershipIn(segment, segments);
  const pins = await tx.history.pinsOf(contactId);
  const pin = pins.find(({ segmentId }) => segmentId === segment.id) ?? null;
  return {
    segment,
    contact: explained.identity,
    time,
    membership,
    pin,
    filter,
    pending: pendingOf({ segment, filter, pin, isMember: membership !== null }, now),
    segments,
    aliases: new Map(catalogue.segments.map(({ id, alias }) => [id, alias])),
    warnings: [
      ...earlyWarning(segment, membership, now),
      ...(ast instanceof UserError || ast === null ? [] : await warningsOf(tx, ast, time)),
    ],
  };
}

/** Only dates are read as of the clock: what is stored is that of today. */
function earlyWarning(
  { alias, builtAt }: SegmentRow,
  membership: Explanation['membership'],
  now: number,
): string[] {
  if (Math.max(builtAt ?? now, membership?.since ?? now) <= now) return [];
  return [
    'this instant is past: dates are read as of it, all else is as it is stored by now; ' +
      `who was a member then: rollcall segments:members ${alias} --as-of ${formatInstant(now)}`,
  ];
}

async function warningsOf(
  tx: ReadTx,
  ast: FilterAst,
  time: TimeContext,
): Promise<readonly string[]> {
  return [
    ...(await oddNamesOf(tx, 'tell')(ast)),
    ...stalenessOf(ast, await tx.segments.list(), time),
  ];
}

/**
 * The filter as an update would check it, or the `UserError` that such an update would end with;
 * null without a filter.
 */
function checkedFilter(segment: SegmentRow, catalogue: Catalogue): FilterAst | UserError | null {
  if (segment.filter === null) return null;
  try {
    return recheckAst(decodeAst(segment.filter), catalogue, { self: segment.id }).ast;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

function answerOf(
  ast: FilterAst | UserError | null,
  { row, company }: ExplainedContact,
  context: EvaluateContext,
): Explanation['filter'] {
  if (ast instanceof UserError) return { kind: 'broken', error: ast };
  if (ast === null) return null;
  return {
    kind: 'answered',
    text: printFilter(ast, context.catalogue),
    verdict: explainFilter(ast, row, context),
    company,
  };
}

function membershipIn(
  { id }: SegmentRow,
  segments: readonly ContactSegmentRow[],
): Explanation['membership'] {
  const own = segments.find(({ segmentId }) => segmentId === id);
  return own?.isMember === true ? own : null;
}

/** Members are (those who match ∪ pinned in) − pinned out; a pin that has ended does not count. */
function pendingOf(
  {
    segment,
    filter,
    pin,
    isMember,
  }: Pick<Explanation, 'segment' | 'filter' | 'pin'> & { readonly isMember: boolean },
  now: number,
): Explanation['pending'] {
  if (segment.kind === 'static' || !segment.published || filter?.kind !== 'answered') return null;
  const holds = pin === null || isOver(pin, now) ? filter.verdict.holds : pin.kind === 'in';
  return holds === isMember ? null : holds ? 'join' : 'leave';
}

/**
 * The conditions that decide: if one of them alone had the opposite answer, so would the whole
 * filter. Each is listed once.
 */
export function decidingConditions(verdict: Verdict): ConditionVerdict[] {
  const deciding = conditionsOf(verdict).filter(({ decides }) => decides);
  return [...new Map(deciding.map((each) => [each.condition, each])).values()];
}
