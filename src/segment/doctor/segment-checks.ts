import { counted, grouped } from '../../support/text.ts';
import { finding, type Finding, type SegmentRow, type UnheededPins } from '../../store/index.ts';
import type { Check, Examined } from './check.ts';

/**
 * Members, counters and pins. Whether the members are the right ones is `segments:verify`'s
 * question.
 */
export const SEGMENT_CHECKS: readonly Check[] = [
  {
    id: 'members',
    title: 'every membership has its contact, and the counters count them',
    find: findMiscounted,
  },
  { id: 'pins', title: 'members follow the pins', find: findUnheeded },
];

async function findMiscounted(examined: Examined): Promise<readonly Finding[]> {
  const counts = new Map(
    (await examined.health.memberships()).map((count) => [count.segmentId, count]),
  );
  const none = { members: 0, anonymous: 0, gone: 0, goneLogged: 0 };
  const ofSegments = examined.segments.map((segment) => ({
    segment,
    actual: counts.get(segment.id) ?? none,
  }));
  const known = new Set(examined.segments.map((segment) => segment.id));
  const orphaned = [...counts.values()].filter((count) => !known.has(count.segmentId));
  const lost = ofSegments
    .filter(({ actual }) => actual.gone > actual.goneLogged)
    .map(({ segment, actual }) => ({
      segment: segment.alias,
      memberships: actual.gone - actual.goneLogged,
    }));
  const pending = ofSegments.reduce((total, { actual }) => total + actual.goneLogged, 0);
  return [
    ...(orphaned.length === 0
      ? []
      : [
          finding(
            'warning',
            `memberships of ${counted(orphaned.length, 'segment')} that ${orphaned.length === 1 ? 'does' : 'do'} not exist`,
            {
              count: sum(orphaned.map((count) => count.members)),
              examples: orphaned
                .slice(0, 3)
                .map(({ segmentId, members }) => ({ segment_id: segmentId, memberships: members })),
              hint: await examined.health.membershipRemedy('segment'),
            },
          ),
        ]),
    ...(lost.length === 0
      ? []
      : [
          finding(
            'error',
            `memberships of contacts that do not exist, in ${counted(lost.length, 'segment')}`,
            {
              count: sum(lost.map((each) => each.memberships)),
              examples: lost.slice(0, 3),
              hint: `${await examined.health.membershipRemedy('contact')} && ${examined.command('segments:verify --repair')}`,
            },
          ),
        ]),
    ...(pending === 0
      ? []
      : [
          finding(
            'note',
            `${counted(pending, 'membership')} of contacts that were deleted: the next update takes them along`,
            { count: pending, hint: examined.command('segments:update') },
          ),
        ]),
    ...ofSegments.flatMap(({ segment, actual }) => describeDrift(segment, actual, examined)),
  ];
}

/**
 * Contacts deleted behind our back are counted until they are swept; nobody knows any more whether
 * they were anonymous.
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
  return [
    finding(
      'warning',
      `segment ${segment.alias} says ${figures(segment.members, segment.anonymous)}; there are ${figures(actual.members, actual.anonymous)}`,
      {
        examples: [example],
        hint: command('segments:verify --repair'),
      },
    ),
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
    const message = `${who} pinned into segment ${alias}, which is static: a pin makes nobody a member there`;
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
