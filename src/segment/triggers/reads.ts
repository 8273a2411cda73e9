import { getField } from '../../contact/fields.ts';
import { decodeAst, type EventSet } from '../../filter/index.ts';
import type { ReadTx, Reads } from '../../store/index.ts';
import { fold } from '../../support/fold.ts';
import { eventsIn } from './definition.ts';

const NOTHING: Reads = { profile: [], company: false, tags: false, consent: false, eventTypes: [] };

/** The events that a trigger fires for, as it keeps them. */
export function getEvents(filter: string): EventSet {
  const events = eventsIn(decodeAst(filter));
  if (events === undefined) throw new Error('a trigger without events');
  return events;
}

/** Of what is logged, the events of a type. */
export function readsOfEvents({ type }: EventSet): Reads {
  return { ...NOTHING, eventTypes: [fold(type)] };
}

/** Of what is logged, points. */
export async function readsOfPoints(tx: ReadTx): Promise<Reads> {
  return { ...NOTHING, profile: [getField(await tx.fields.list(), 'contact', 'points').id] };
}
