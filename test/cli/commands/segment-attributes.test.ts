import { beforeEach, expect, test } from 'vitest';
import {
  SEGMENT_ATTRIBUTES,
  type SegmentAttribute,
} from '../../../src/store/segment-attributes.ts';
import { type Crm, makeCrm } from './crm.ts';

/*
 * Whatever stands in SEGMENT_ATTRIBUTES is an option of segments:create and segments:edit, stays through other changes,
 * and is told: one rule for all attributes, those of tomorrow too.
 */

interface Sample {
  /** On the command line. */
  readonly words: readonly string[];
  readonly value: unknown;
}

/** Another value than the default. */
function sampleOf(attribute: SegmentAttribute): Sample {
  switch (attribute.type) {
    case 'text':
      return { words: [longFlag(attribute.option), 'some words'], value: 'some words' };
    case 'switch':
      return switched(attribute.option, !attribute.default);
    case 'choice': {
      const word = attribute.words.find((each) => each !== attribute.default) ?? '';
      return { words: [longFlag(attribute.option), word], value: word };
    }
  }
}

/** What makes it the default again. */
function undone(attribute: SegmentAttribute): readonly string[] {
  switch (attribute.type) {
    case 'text':
      return [longFlag(attribute.option), ''];
    case 'switch':
      return switched(attribute.option, attribute.default).words;
    case 'choice':
      return [longFlag(attribute.option), attribute.default];
  }
}

const switched = ([on, off]: readonly [string, string], value: boolean): Sample => ({
  words: [value ? on : off],
  value,
});
const longFlag = (flags: string): string => /--[\w-]+/.exec(flags)?.[0] ?? '';

let crm: Crm;
beforeEach(() => {
  crm = makeCrm();
});

const create = (...words: readonly string[]) =>
  crm.ok('segments:create', 'Hot', '--where', 'points > 5', ...words);
const shown = (): unknown => crm.json('segments:show', 'hot');
const listed = (): unknown => (crm.json('segments:list') as unknown[])[0];

const attributes: [string, SegmentAttribute][] = Object.entries(SEGMENT_ATTRIBUTES);

test('a segment of which nothing is said has the defaults', () => {
  create();
  expect(shown()).toMatchObject(
    Object.fromEntries(attributes.map(([, { column, default: usual }]) => [column, usual])),
  );
});

test.each(attributes)('%s is given, kept through other changes, and cleared', (_, attribute) => {
  const { column, isListed = false } = attribute;
  const { words, value } = sampleOf(attribute);
  create(...words);
  expect(shown()).toMatchObject({ [column]: value });
  crm.ok('segments:edit', 'hot', '--name', 'Hotter');
  crm.ok('segments:filters:set', 'hot', 'points > 6');
  expect(shown()).toMatchObject({ name: 'Hotter', [column]: value });
  expect(column in (listed() as object)).toBe(isListed);
  if (isListed) expect(listed()).toMatchObject({ [column]: value });
  crm.ok('segments:edit', 'hot', ...undone(attribute));
  expect(shown()).toMatchObject({ [column]: attribute.default });
});

test.each(attributes)('%s changes nothing beside itself', (_, attribute) => {
  create();
  const before = shown() as Record<string, unknown>;
  const { words, value } = sampleOf(attribute);
  crm.ok('segments:edit', 'hot', ...words);
  expect(shown()).toEqual({ ...before, [attribute.column]: value });
});

test.each(attributes)('%s has a line in segments:show', (_, attribute) => {
  create(...sampleOf(attribute).words);
  expect(crm.ok('segments:show', 'hot')).toMatch(
    new RegExp(`^${attribute.column.replaceAll('_', ' ')} `, 'm'),
  );
});
