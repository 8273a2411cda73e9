import type { ReadTx, SegmentRow } from '../../store/index.ts';
import { componentsOf } from '../../support/components.ts';
import { EXIT, UserError } from '../../support/errors.ts';
import { usersOf } from '../references.ts';
import { readableTriggers, type TriggerDefinition } from './definition.ts';

/*
 * What may follow from what: a trigger from joining or leaving the segment that it watches, joining
 * from a trigger that adds and leaving from one that removes, and either in a segment whose filter
 * names one that somebody joins or leaves.
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
  readonly circular: ReadonlyMap<T, readonly SegmentRow[]>;
}

const joining = (segment: number): number => 2 * segment;
const leaving = (segment: number): number => 2 * segment + 1;
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
  const components = componentsOf(nodes, followers(triggers, segments)).reverse();
  const byNode = new Map(triggers.map((trigger) => [firing(trigger.id), trigger]));
  const of = (component: readonly number[]): T[] =>
    component.flatMap((node) => byNode.get(node) ?? []);
  const circles = components.filter((component) => component.length > 1);
  return {
    ordered: components.flatMap(of),
    circular: new Map(
      circles.flatMap((circle) => of(circle).map((one) => [one, segmentsIn(circle, segments)])),
    ),
  };
}

function segmentsIn(
  component: readonly number[],
  segments: readonly SegmentRow[],
): readonly SegmentRow[] {
  return segments.filter(
    ({ id }) => component.includes(joining(id)) || component.includes(leaving(id)),
  );
}

/** What may follow from a node. */
function followers(
  triggers: readonly Linked[],
  segments: readonly SegmentRow[],
): (node: number) => readonly number[] {
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
    ...(node < 0
      ? []
      : usersOf(segments, Math.floor(node / 2)).flatMap(({ id }) => [joining(id), leaving(id)])),
  ];
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

/** Refuses (1) a filter by which a trigger would set off itself. */
export async function requireNoCircleBy(
  tx: ReadTx,
  { id }: SegmentRow,
  filter: string | null,
): Promise<void> {
  const triggers = readableTriggers(await tx.triggers.list());
  if (triggers.length === 0) return;
  const segments = (await tx.segments.list()).map((segment) =>
    segment.id === id ? { ...segment, filter } : segment,
  );
  for (const [trigger, circle] of orderTriggers(triggers, segments).circular)
    // rule: circle-by-filter
    if (circle.some((segment) => segment.id === id)) throw circleOf(trigger, circle);
}

/** The error (1) for a trigger that sets off itself. */
export function circleOf({ name }: Linked, segments: readonly SegmentRow[]): UserError {
  const aliases = segments.map(({ alias }) => alias).join(', ');
  return new UserError(
    'TRIGGER_CIRCLE',
    EXIT.refused,
    `trigger ${name} would set off itself, through ${aliases}`,
    { hint: '`rollcall triggers:list` and `rollcall segments:usage` show what follows from what' },
  );
}
