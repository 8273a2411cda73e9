import type { ReadTx, SegmentRow } from '../../store/index.ts';
import { componentsOf } from '../../support/components.ts';
import { EXIT, UserError } from '../../support/errors.ts';
import { negationsOf, usersOf } from '../references.ts';
import { readableTriggers, type TriggerDefinition } from './definition.ts';

/*
 * What may follow from what: a trigger from joining or leaving the segment that it watches, joining
 * from a trigger that adds and leaving from one that removes. Whoever joins a segment may join those
 * whose filters ask for its members, and leave those whose filters ask for others; and the other way
 * round.
 */

/** A trigger among others; one that is not stored yet has the id 0. */
export interface Linked {
  readonly id: number;
  readonly name: string;
  readonly does: TriggerDefinition;
}

/** Triggers in the order in which they set each other off, and those that set off themselves. */
export interface Order<T> {
  readonly ordered: readonly T[];
  readonly circular: ReadonlyMap<T, Circle>;
}

/** What sets off itself, from a trigger round to the same. */
export interface Circle {
  readonly segmentIds: readonly number[];
  /** In words, in order. */
  readonly steps: readonly string[];
}

const joining = (segment: number): number => 2 * segment;
const leaving = (segment: number): number => 2 * segment + 1;
const segmentOf = (node: number): number => Math.floor(node / 2);
const firing = (trigger: number): number => -1 - trigger;

/** Otherwise in the order in which they were made. */
export function orderTriggers<T extends Linked>(
  triggers: readonly T[],
  segments: readonly SegmentRow[],
): Order<T> {
  const isSetOff = triggers.some(({ does }) => 'segment' in does.when);
  if (!isSetOff) return { ordered: triggers, circular: new Map() };
  const nodes = [
    ...triggers.map(({ id }) => firing(id)),
    ...segments.flatMap(({ id }) => [joining(id), leaving(id)]),
  ].reverse();
  const follow = followers(triggers, segments);
  const components = componentsOf(nodes, follow).reverse();
  const byNode = new Map(triggers.map((trigger) => [firing(trigger.id), trigger]));
  const of = (component: readonly number[]): T[] =>
    component.flatMap((node) => byNode.get(node) ?? []);
  const words = wordsOf(triggers, segments);
  const circles = components.filter((component) => component.length > 1);
  return {
    ordered: components.flatMap(of),
    circular: new Map(
      circles.flatMap((component) =>
        of(component).map((one) => [one, circleFrom(firing(one.id), component, follow, words)]),
      ),
    ),
  };
}

type Follow = (node: number) => readonly number[];

/** The shortest way from a node of a component round to itself. */
function circleFrom(
  start: number,
  component: readonly number[],
  follow: Follow,
  words: (node: number) => string,
): Circle {
  const path = wayRound(start, new Set(component), follow);
  const segmentIds = component.filter((node) => node >= 0).map(segmentOf);
  return { segmentIds: [...new Set(segmentIds)], steps: path.map(words) };
}

function wayRound(start: number, among: ReadonlySet<number>, follow: Follow): readonly number[] {
  const ways = [[start]];
  const met = new Set<number>();
  for (const way of ways)
    for (const next of follow(way.at(-1) ?? start)) {
      if (next === start) return [...way, start];
      if (!among.has(next) || met.has(next)) continue;
      met.add(next);
      ways.push([...way, next]);
    }
  return [start];
}

function wordsOf(
  triggers: readonly Linked[],
  segments: readonly SegmentRow[],
): (node: number) => string {
  const names = new Map(triggers.map(({ id, name }) => [firing(id), `trigger ${name}`]));
  const aliases = new Map(segments.map(({ id, alias }) => [id, alias]));
  return (node) =>
    names.get(node) ??
    `${node === joining(segmentOf(node)) ? 'joining' : 'leaving'} ${aliases.get(segmentOf(node)) ?? ''}`;
}

/** What may follow from a node. */
function followers(triggers: readonly Linked[], segments: readonly SegmentRow[]): Follow {
  const fired = new Map<number, number[]>();
  const note = (node: number, follower: number): void => {
    fired.set(node, [...(fired.get(node) ?? []), follower]);
  };
  for (const { id, does } of triggers) {
    if (does.when.kind === 'joins') note(joining(does.when.segment), firing(id));
    if (does.when.kind === 'leaves') note(leaving(does.when.segment), firing(id));
    for (const segment of does.add) note(firing(id), joining(segment));
    for (const segment of does.remove) note(firing(id), leaving(segment));
  }
  return (node) => [
    ...(fired.get(node) ?? []),
    // rule: circle-filters
    ...(node < 0 ? [] : throughFilters(node, segments)),
  ];
}

/** Joining or leaving the segments whose filters name the one that somebody joins or leaves. */
function throughFilters(node: number, segments: readonly SegmentRow[]): number[] {
  const id = segmentOf(node);
  const isJoining = node === joining(id);
  // rule: circle-asleep
  const awake = usersOf(segments, id).filter(({ kind }) => kind === 'dynamic');
  return awake.flatMap((user) =>
    negationsOf(user, id).map((negated) =>
      isJoining === negated ? leaving(user.id) : joining(user.id),
    ),
  );
}

/** Refuses (1) a trigger that would set off itself. */
export function requireNoCircle(
  trigger: Linked,
  others: readonly Linked[],
  segments: readonly SegmentRow[],
): void {
  const circle = orderTriggers([...others, trigger], segments).circular.get(trigger);
  // rule: circle-refused
  if (circle !== undefined) throw circleOf(trigger, circle);
}

/** Refuses (1) a segment as it is to be, by whose filter a trigger would set off itself. */
export async function requireNoCircleBy(tx: ReadTx, changed: SegmentRow): Promise<void> {
  const triggers = readableTriggers(await tx.triggers.list());
  if (triggers.length === 0) return;
  const { id } = changed;
  const segments = (await tx.segments.list()).map((segment) =>
    segment.id === id ? changed : segment,
  );
  for (const [trigger, circle] of orderTriggers(triggers, segments).circular)
    // rule: circle-by-filter
    if (circle.segmentIds.includes(id)) throw circleOf(trigger, circle);
}

/** The error (1) for a trigger that sets off itself. */
export function circleOf({ name }: Linked, { steps }: Circle): UserError {
  return new UserError(
    'TRIGGER_CIRCLE',
    EXIT.refused,
    `trigger ${name} would set off itself: ${steps.join(' → ')}`,
    { hint: 'break it at one place: `rollcall triggers:list` shows what each of them does' },
  );
}
