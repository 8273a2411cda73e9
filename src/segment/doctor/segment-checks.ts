import { counted, grouped } from '../../support/text.ts';
import {
  finding,
  type Finding,
  type MembershipCount,
  type SegmentRow,
  type Trouble,
  type UnheededPins,
} from '../../store/index.ts';
import type { Check, Examined } from './check.ts';

/**
 * Checks of members, counters and pins. Whether the members are the right ones is for
 * `segments:verify` to find out.
 */
export const SEGMENT_CHECKS: readonly Check[] = [
  {
    id: 'members',
    title: 'every membership has its contact, and the counters count them',
    find: findMiscounted,
  },
  {
    id: 'causes',
    title: 'memberships, their ends and pins have their causes, and these count them',
    find: findCauseTroubles,
  },
  { id: 'pins', title: 'members follow the pins', find: findUnheeded },
];

async function findCauseTroubles({ health, command }: Examined): Promise<readonly Finding[]> {
  const { lost, elsewhere, miscounted } = await health.causes();
  const worded = (trouble: Trouble, one: string, many: string, hint?: string): Finding[] => {
    const { count } = trouble;
    if (count === 0) return [];
    const message = `${counted(count, 'cause')} ${count === 1 ? one : many}`;
    return [finding('warning', message, { ...trouble, hint: hint ?? trouble.remedy })];
  };
  const ends = 'memberships, ends and pins';
  return [
    ...worded(lost, `of ${ends} is lost`, `of ${ends} are lost`),
    ...worded(elsewhere, `has ${ends} of other segments`, `have ${ends} of other segments`),
    ...worded(
      miscounted,
      'does not count what points there',
      'do not count what points there',
      command('segments:verify --repair'),
    ),
  ];
}

async function findMiscounted(examined: Examined): Promise<readonly Finding[]> {
  const counts = new Map(
    (await examined.health.memberships()).map((count) => [count.segmentId, count]),
  );
  const known = new Set(examined.segments.map((segment) => segment.id));
  const none = { members: 0, anonymous: 0, gone: 0, goneLogged: 0 };
  const ofSegments = examined.segments.map((segment) => ({
    segment,
    actual: counts.get(segment.id) ?? none,
  }));
  const orphaned = [...counts.values()].filter((count) => !known.has(count.segmentId));
  const ofLost = orphaned.filter(({ isLost }) => isLost);
  return [
    ...(ofLost.length === 0 ? [] : [describeLost(ofLost, examined)]),
    ...(ofLost.length === orphaned.length ? [] : [await describeOrphaned(orphaned, examined)]),
    ...(await describeGone(ofSegments, examined)),
    ...ofSegments.flatMap(({ segment, actual }) => describeDrift(segment, actual, examined)),
  ];
}

function describeLost(lost: readonly MembershipCount[], { command }: Examined): Finding {
  const what = `memberships of ${counted(lost.length, 'segment')} that SQL deleted`;
  return finding('note', `${what}: the next update takes them along`, {
    count: sum(lost.map(({ members }) => members)),
    examples: examplesOf(lost),
    hint: command('segments:update'),
  });
}

function examplesOf(counts: readonly MembershipCount[]) {
  return counts
    .slice(0, 3)
    .map(({ segmentId, members }) => ({ segment_id: segmentId, memberships: members }));
}

async function describeOrphaned(
  all: readonly MembershipCount[],
  { health, command }: Examined,
): Promise<Finding> {
  const orphaned = all.filter(({ isLost }) => !isLost);
  const remedy = await health.membershipRemedy('segment');
  const doOrDoes = orphaned.length === 1 ? 'does' : 'do';
  return finding(
    'warning',
    `memberships of ${counted(orphaned.length, 'segment')} that ${doOrDoes} not exist`,
    {
      count: sum(orphaned.map((count) => count.members)),
      examples: examplesOf(orphaned),
      hint: orphaned.length < all.length ? `${command('segments:update')} && ${remedy}` : remedy,
    },
  );
}

interface CountedSegment {
  readonly segment: SegmentRow;
  readonly actual: Pick<MembershipCount, 'gone' | 'goneLogged'>;
}

/**
 * Memberships of contacts that no longer exist. If the log does not record the deletion, no update
 * removes them.
 */
async function describeGone(
  ofSegments: readonly CountedSegment[],
  { health, command }: Examined,
): Promise<Finding[]> {
  const found: Finding[] = [];
  const lost = ofSegments
    .filter(({ actual }) => actual.gone > actual.goneLogged)
    .map(({ segment, actual }) => ({
      segment: segment.alias,
      memberships: actual.gone - actual.goneLogged,
    }));
  if (lost.length > 0) {
    const remedy = await health.membershipRemedy('contact');
    const affected = counted(lost.length, 'segment');
    const message = `memberships of contacts that do not exist, in ${affected}`;
    found.push(
      finding('error', message, {
        count: sum(lost.map((each) => each.memberships)),
        examples: lost.slice(0, 3),
        hint: `${remedy} && ${command('segments:verify --repair')}`,
      }),
    );
  }
  const pending = sum(ofSegments.map(({ actual }) => actual.goneLogged));
  if (pending > 0) found.push(describePending(pending, command));
  return found;
}

function describePending(count: number, command: Examined['command']): Finding {
  const what = `${counted(count, 'membership')} of contacts that were deleted`;
  const hint = command('segments:update');
  return finding('note', `${what}: the next update takes them along`, { count, hint });
}

/**
 * Compares the counters with the memberships. Contacts that another tool deleted count until they
 * are swept; whether they were anonymous can no longer be known.
 */
function describeDrift(
  segment: SegmentRow,
  actual: { readonly members: number; readonly anonymous: number; readonly gone: number },
  { command }: Examined,
): Finding[] {
  const tooMany = segment.anonymous - actual.anonymous;
  if (segment.members === actual.members && tooMany >= 0 && tooMany <= actual.gone) return [];
  const figures = (members: number, anonymous: number): string =>
    `${counted(members, 'member')}, ${grouped(anonymous)} anonymous`;
  const example = {
    segment: segment.alias,
    members: segment.members,
    members_counted: actual.members,
    anonymous: segment.anonymous,
    anonymous_counted: actual.anonymous,
  };
  const said = figures(segment.members, segment.anonymous);
  const there = figures(actual.members, actual.anonymous);
  return [
    finding('warning', `segment ${segment.alias} says ${said}; there are ${there}`, {
      examples: [example],
      hint: command('segments:verify --repair'),
    }),
  ];
}

async function findUnheeded({ health, segments, command }: Examined): Promise<readonly Finding[]> {
  return (await health.pins()).flatMap((pins) => {
    const segment = segments.find(({ id }) => id === pins.segmentId);
    return segment === undefined ? [] : [describePins(pins, segment, command)];
  });
}

function describePins(
  pins: UnheededPins,
  { alias }: SegmentRow,
  command: Examined['command'],
): Finding {
  const who = counted(pins.count, 'contact');
  const contacts = pins.examples.map((example) => String(example['contact_id'])).join(' ');
  if (pins.segmentKind === 'static' && pins.kind === 'in') {
    const hint = command(`segments:unpin ${alias} ${contacts}`);
    const message =
      `${who} pinned into segment ${alias}, which is static: ` +
      `a pin makes nobody a member there`;
    return finding('warning', message, { ...pins, hint });
  }
  const repair =
    pins.segmentKind === 'static'
      ? `segments:remove ${alias} ${contacts}`
      : 'segments:verify --repair';
  const what = pins.kind === 'in' ? 'pinned into' : 'pinned out of';
  const against = pins.kind === 'in' ? 'not' : 'still';
  const message = `${who} ${what} segment ${alias} and ${against} among its members`;
  return finding('error', message, { ...pins, hint: command(repair) });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
