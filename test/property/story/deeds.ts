import fc from 'fast-check';
import { DEFINITION_DEEDS, TRIGGER_DEEDS } from './deeds-definitions.ts';
import { IMPORT_DEEDS } from './deeds-imports.ts';
import { MEMBER_DEEDS } from './deeds-members.ts';
import { PEOPLE_DEEDS } from './deeds-people.ts';
import { SQL_DEEDS } from './deeds-sql.ts';
import { TIME_DEEDS } from './deeds-time.ts';
import type { Deed, Deeds, Step } from './story.ts';

const DEEDS: Deeds = {
  ...PEOPLE_DEEDS,
  ...MEMBER_DEEDS,
  ...DEFINITION_DEEDS,
  ...TRIGGER_DEEDS,
  ...IMPORT_DEEDS,
  ...SQL_DEEDS,
  ...TIME_DEEDS,
};

export function deedCalled(name: string): Deed {
  const deed = DEEDS[name];
  if (deed === undefined) throw new Error(`nobody does ${name}`);
  return deed;
}

/** So many steps, in which all that can be done occurs by its weight. */
export function stories(steps: number): fc.Arbitrary<readonly Step[]> {
  const deed = fc.oneof(
    ...Object.entries(DEEDS).map(([name, { weight }]) => ({
      weight,
      arbitrary: fc.constant(name),
    })),
  );
  const step = fc.record({ deed, numbers: fc.tuple(fc.nat(100), fc.nat(100), fc.nat(100)) });
  return fc.array(step, { minLength: steps, maxLength: steps, size: 'max' });
}
