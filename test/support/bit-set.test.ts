import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BitSet } from '../../src/support/bit-set.ts';

const sets = fc.nat(100).chain((size) =>
  fc.record({
    size: fc.constant(size),
    one: fc.uniqueArray(fc.nat(Math.max(0, size - 1)), { maxLength: size }),
    other: fc.uniqueArray(fc.nat(Math.max(0, size - 1)), { maxLength: size }),
  }),
);

function setOf(size: number, members: readonly number[]): BitSet {
  const set = new BitSet(size);
  for (const member of members) set.add(member);
  return set;
}

function membersOf(set: BitSet): number[] {
  const members: number[] = [];
  set.forEach((member) => members.push(member));
  return members;
}

test('sets of bits are sets of numbers', () => {
  fc.assert(
    fc.property(sets, ({ size, one, other }) => {
      const all = Array.from({ length: size }, (_, number) => number);
      const [inOne, inOther] = [new Set(one), new Set(other)];
      const [either, both] = [setOf(size, one), setOf(size, one)];
      either.addAll(setOf(size, other));
      both.keepAll(setOf(size, other));
      expect({
        has: all.filter((number) => setOf(size, one).has(number)),
        either: membersOf(either),
        both: membersOf(both),
        others: membersOf(setOf(size, one).complement()),
        copy: membersOf(setOf(size, one).copy()),
        counts: [setOf(size, one).count(), setOf(size, one).countIn(setOf(size, other))],
      }).toEqual({
        has: all.filter((number) => inOne.has(number)),
        either: all.filter((number) => inOne.has(number) || inOther.has(number)),
        both: all.filter((number) => inOne.has(number) && inOther.has(number)),
        others: all.filter((number) => !inOne.has(number)),
        copy: all.filter((number) => inOne.has(number)),
        counts: [inOne.size, all.filter((each) => inOne.has(each) && inOther.has(each)).length],
      });
    }),
  );
});
