/** Conditions that test no operand: membership and consent, one record for each. */
import { sql, type SQL } from 'drizzle-orm';
import { fold } from '../../support/fold.ts';
import type { Predicate } from '../ast.ts';
import type { Catalogue, TimeContext } from '../catalogue.ts';
import { type Access, accessOf, hasRelated, type CompileContext } from './compile-context.ts';
import type { ContactRow } from '../contact-row.ts';
import { resolveRange } from '../moments.ts';
import { quoteName } from '../quote.ts';
import { getSegment } from '../references.ts';
import { rangeCondition } from './date.ts';
import { prepareTest, printWindow } from './index.ts';
import { valueContext } from './operator.ts';

type Bare = Exclude<Predicate, { readonly kind: 'test' }>;

export interface PredicateOperator<P extends Bare = Bare> {
  readonly kind: P['kind'];
  /** Canonical text. */
  readonly print: (predicate: P, catalogue: Catalogue) => string;
  /** A condition on contacts (alias c), never NULL. */
  readonly sql: (predicate: P, context: CompileContext) => SQL;
  /** The same in memory. */
  readonly holds: (predicate: P, row: ContactRow, time: TimeContext) => boolean;
  readonly example: string;
  readonly doc: string;
}

const JOINED = { table: sql`joined m`, key: sql`m.contact_id`, outer: sql`c.id` };

/**
 * That a membership `m` began by a cause `k` of which this holds. Causes are few, so that all
 * members are held against the list of those (300,000 members: 21 ms, 99 with a look at each one's
 * cause); of a few contacts each one's cause is looked at (1 ms, where the list has SQLite go
 * through an index of causes for each contact: 28 ms, 6.8 s with as many causes as members).
 */
const CAUSED: Readonly<Record<Access, (which: SQL) => SQL>> = {
  gather: (which) => sql`m.cause_id in (select k.id from causes k where ${which})`,
  probe: (which) => sql`exists (select 1 from causes k where k.id = m.cause_id and ${which})`,
};

export const PREDICATE_OPERATORS: {
  readonly [Kind in Bare['kind']]: PredicateOperator<Extract<Bare, { readonly kind: Kind }>>;
} = {
  inSegment: {
    kind: 'inSegment',
    print: ({ segment }, catalogue) => `in segment ${segmentName(segment, catalogue)}`,
    // rule: operator-in-segment
    sql: ({ segment }, context) =>
      hasRelated(
        {
          ...JOINED,
          within: [sql`m.segment_id = ${getSegment(context.catalogue, segment).id}`],
          where: [],
        },
        accessOf(context),
      ),
    holds: ({ segment }, { memberships }) =>
      memberships.some(({ segmentId }) => segmentId === segment),
    example: 'in segment churned',
    doc: 'is a member of the other segment, static, dynamic or pinned, as of this run',
  },
  joinedSegment: {
    kind: 'joinedSegment',
    print: ({ segment, window }, catalogue) =>
      `joined segment ${segmentName(segment, catalogue)} ${printWindow(window)}`,
    sql: ({ segment, window }, context) => {
      const { catalogue, time, dialect } = context;
      const { id } = getSegment(catalogue, segment);
      const access = accessOf(context);
      const isInRange = rangeCondition(sql`k.at`, resolveRange(window, 'instant', time), {
        dialect,
        nullable: false,
      });
      // rule: operator-joined-segment
      return hasRelated(
        {
          ...JOINED,
          within: [sql`m.segment_id = ${id}`],
          where: [CAUSED[access](sql`k.segment_id = ${id} and ${isInRange}`)],
        },
        access,
      );
    },
    holds: ({ segment, window }, { memberships }, time) => {
      const isWithin = prepareTest(window, valueContext('datetime', time));
      return memberships.some(({ segmentId, since }) => segmentId === segment && isWithin(since));
    },
    example: 'joined segment hot in last 7 days',
    doc: 'is a member now, and became one in the window',
  },
  suppressed: {
    kind: 'suppressed',
    print: ({ channel, reason }) => {
      const words = [channel, reason].filter((word) => word !== null).map(quoteName);
      return words.length === 0 ? 'suppressed' : `suppressed(${words.join(', ')})`;
    },
    sql: ({ channel, reason }, context) => {
      const { dialect } = context;
      // rule: operator-suppressed
      const where = [
        ...(channel === null ? [] : [dialect.keyEquals(sql`s.channel`, channel)]),
        ...(reason === null ? [] : [dialect.keyEquals(sql`s.reason`, reason)]),
      ];
      return hasRelated(
        { table: sql`suppressions s`, key: sql`s.contact_id`, outer: sql`c.id`, within: [], where },
        accessOf(context),
      );
    },
    holds: (wanted, { suppressions }) =>
      suppressions.some(
        ({ channel, reason }) => names(wanted.channel, channel) && names(wanted.reason, reason),
      ),
    example: 'suppressed(email, bounced)',
    doc: 'must not be reached in the channel, for the reason; either may be left out and means any',
  },
};

/** The record of a predicate. */
export function predicateOperatorOf(predicate: Bare): PredicateOperator {
  return PREDICATE_OPERATORS[predicate.kind] as unknown as PredicateOperator;
}

function segmentName(id: number, catalogue: Catalogue): string {
  return quoteName(getSegment(catalogue, id).alias);
}

/** Whether a name fits the wanted one; null means any. */
function names(wanted: string | null, actual: string): boolean {
  return wanted === null || fold(wanted) === fold(actual);
}
