/**
 * People made to measure: for each literal and each bound of a filter one whose value meets it,
 * misses it by the least step, or differs in case only. Random people hardly ever stand there, and
 * there the faults are.
 */
import type {
  DateTest,
  EventTest,
  FilterAst,
  Operand,
  Predicate,
  Test,
  TimeContext,
} from '../../src/filter/index.ts';
import { resolveRange } from '../../src/filter/moments.ts';
import { isDateTest } from '../../src/filter/operators/index.ts';
import { numbersOf } from '../../src/filter/operators/number.ts';
import { leavesOf } from '../../src/filter/walk.ts';
import { CATALOGUE, type Person } from '../filter/world.ts';

type Value = string | number;
type Event = NonNullable<Person['events']>[number];

/** At most `most` of them, spread over all the filters. */
export function tailored(filters: readonly FilterAst[], time: TimeContext, most = 40): Person[] {
  const everyone = filters.flatMap((ast) =>
    leavesOf<Predicate>(ast).flatMap((leaf) => peopleFor(leaf, time)),
  );
  const stride = Math.max(1, Math.ceil(everyone.length / most));
  return everyone.filter((_, index) => index % stride === 0);
}

function peopleFor(predicate: Predicate, time: TimeContext): Person[] {
  switch (predicate.kind) {
    case 'test':
      return operandPeople(predicate.operand, predicate.test, time);
    case 'inSegment':
      return [{ memberships: [{ segmentId: predicate.segment, since: time.now }] }];
    case 'joinedSegment':
      return instantsNear(predicate.window, time).map((since) => ({
        memberships: [{ segmentId: predicate.segment, since }],
      }));
    case 'suppressed':
      return [
        {
          suppressions: [
            {
              channel: (predicate.channel ?? 'email').toUpperCase(),
              reason: predicate.reason ?? 'bounced',
            },
          ],
        },
      ];
  }
}

function operandPeople(operand: Operand, test: Test, time: TimeContext): Person[] {
  if (operand.kind === 'tags') return textsNear(test).map((tag) => ({ tags: [tag] }));
  if (operand.kind === 'aggregate')
    return eventLists(operand, test, time).map((events) => ({ events }));
  const field = CATALOGUE.fields.find(({ id }) => id === operand.field)!;
  const values =
    operand.kind === 'anniversary'
      ? daysNear(test as DateTest, time).flatMap(yearsEarlier)
      : valuesNear(test, field.type, time);
  return values.map((value) =>
    field.object === 'contact'
      ? { contact: { [field.column]: value } }
      : { company: { [field.column]: value } },
  );
}

function valuesNear(test: Test, type: string, time: TimeContext): Value[] {
  if (isDateTest(test))
    return type === 'datetime' ? instantsNear(test, time) : daysNear(test, time);
  if (test.kind === 'hasAny' || test.kind === 'hasAll')
    return [`|${test.texts.join('|')}|`.toUpperCase(), ...test.texts.map((text) => `|${text}|`)];
  const numbers = numbersOf(test);
  return numbers.length > 0
    ? numbers.flatMap((number) => [number, number - 1, number + 1, -number])
    : test.kind === 'booleanEquals'
      ? [0, 1]
      : textsNear(test);
}

function instantsNear(test: DateTest, time: TimeContext): number[] {
  const { from, until } = resolveRange(test, 'instant', time);
  return [from, until]
    .filter((bound) => bound !== null)
    .flatMap((bound) => [-2, -1, 0, 1].map((step) => Number(bound) + step));
}

function daysNear(test: DateTest, time: TimeContext): string[] {
  const { from, until } = resolveRange(test, 'day', time);
  const bounds = [from, until]
    .filter((bound) => bound !== null)
    .map((bound) => Date.parse(`${String(bound).replace('9999-12-32', '9999-12-31')}T00:00:00Z`));
  return [
    ...bounds.flatMap((bound) =>
      [-1, 0, 1].map((step) => new Date(bound + step * 86_400_000).toISOString()),
    ),
    '2024-02-29',
    '2024-02-28',
  ]
    .filter((day) => /^\d{4}-/.test(day))
    .map((day) => day.slice(0, 10));
}

/** The same day in the year, in that year, one and four years before. */
function yearsEarlier(day: string): string[] {
  return [0, 1, 4].map(
    (years) => String(Math.max(0, Number(day.slice(0, 4)) - years)).padStart(4, '0') + day.slice(4),
  );
}

/**
 * Each literal as it is, in other cases, with something around it, with letters that look like its
 * own.
 */
function textsNear(test: Test): string[] {
  const literals =
    'text' in test
      ? [test.text]
      : 'texts' in test
        ? test.texts
        : 'pattern' in test
          ? [test.pattern, test.pattern.replace(/\\([%_\\])/g, '$1')]
          : [];
  return [
    ...literals,
    ...literals
      .filter((text) => /[%_]/.test(text))
      .map((text) => text.replaceAll('%', '').replaceAll('_', 'é')),
  ].flatMap((text) => [
    text,
    text.toUpperCase(),
    text.toLowerCase(),
    `x${text}`,
    `${text}x`,
    text.slice(1),
    text.slice(0, -1),
    text.replaceAll('k', '\u{212a}').replaceAll('s', 'ſ'),
  ]);
}

function eventLists(
  { of, events: { type, where, window } }: Extract<Operand, { kind: 'aggregate' }>,
  test: Test,
  time: TimeContext,
): Event[][] {
  const leaves = where === null ? [] : leavesOf<EventTest>(where);
  const instants = [
    ...(window === null ? [] : instantsNear(window, time)),
    ...(isDateTest(test) ? instantsNear(test, time) : []),
    time.now,
  ];
  const events = [{ type }, ...leaves.flatMap((leaf) => eventsFor(leaf, type, time))];
  const single = [
    ...events.map((event) => [{ occurredAt: time.now, ...event }]),
    ...instants.map((occurredAt) => [{ ...(events.at(-1) ?? { type }), occurredAt }]),
  ];
  const numbers = numbersOf(test);
  if (of === 'count')
    return [
      ...single,
      ...numbers
        .filter((number) => number >= 0 && number <= 5)
        .flatMap((number) =>
          [number - 1, number, number + 1].map((length) =>
            Array.from({ length: Math.max(0, Math.floor(length)) }, () => ({
              ...(events.at(-1) ?? { type }),
              occurredAt: time.now,
            })),
          ),
        ),
    ];
  const occurredAt = time.now;
  return [
    ...single,
    ...numbers.flatMap((value) =>
      [{ value }, { value: 1 }, {}].map((second, index) => [
        { type, value, occurredAt },
        ...(index === 0 ? [] : [{ type, ...second, occurredAt }]),
      ]),
    ),
  ];
}

function eventsFor({ operand, test }: EventTest, type: string, time: TimeContext): Event[] {
  switch (operand.kind) {
    case 'subject':
      return valuesNear(test, 'text', time).map((subject) => ({ type, subject: String(subject) }));
    case 'value':
      return valuesNear(test, 'number', time).flatMap((value) =>
        typeof value === 'number' ? [{ type, value }] : [],
      );
    case 'occurredAt':
      return valuesNear(test, 'datetime', time).flatMap((occurredAt) =>
        typeof occurredAt === 'number' ? [{ type, occurredAt }] : [],
      );
    case 'property':
      return valuesNear(test, 'date', time).flatMap((value) => [
        { type, properties: JSON.stringify({ [operand.name]: value }) },
        { type, properties: JSON.stringify({ [operand.name]: String(value) }) },
      ]);
  }
}
