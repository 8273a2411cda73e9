import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type Arrow, importsOf, type Picture, picturesOf, reachedFrom, roomOf } from './rooms.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PICTURES = picturesOf(readFileSync(`${ROOT}docs/architecture.md`, 'utf8'));

/** Between rooms, each once. */
function arrowsBetween(picture: Picture): Map<string, Arrow> {
  const arrows = importsOf(ROOT, picture.folder).flatMap(([from, to]) => {
    const [start, end] = [roomOf(picture, from), roomOf(picture, to)];
    if (start === undefined || end === undefined || start === end) return [];
    return [[`${start} --> ${end}`, [start, end]] as const];
  });
  return new Map(arrows);
}

test('the page of the architecture has pictures of the house and of its largest rooms', () => {
  expect(PICTURES.map(({ folder }) => folder)).toEqual([
    'src/',
    'src/cli/',
    'src/filter/',
    'src/store/sql/',
    'src/store/sqlite/',
    'src/store/postgres/',
  ]);
});

describe.each(PICTURES.map((picture) => [picture.folder, picture] as const))(
  'the picture of %s',
  (folder, picture) => {
    const real = arrowsBetween(picture);

    test('has a room for every file', () => {
      const files = importsOf(ROOT, folder).flatMap((each) => [...each]);
      const within = files.filter((file) => file.startsWith(folder));
      expect(within.filter((file) => roomOf(picture, file) === undefined)).toEqual([]);
    });

    test('has no room or place that is not there', () => {
      const files = importsOf(ROOT, folder).flatMap((each) => [...each]);
      const held = [...picture.rooms.values()].flat();
      const isThere = (each: string): boolean =>
        files.some((file) => file === folder + each || file.startsWith(folder + each));
      expect(held.filter((each) => !isThere(each))).toEqual([]);
    });

    test('draws only what is imported', () => {
      const drawn = picture.arrows.map(([from, to]) => `${from} --> ${to}`);
      expect(drawn.filter((arrow) => !real.has(arrow))).toEqual([]);
    });

    test('draws, or leads by way of other rooms to, all that is imported', () => {
      const missing = [...real.values()].filter(
        ([from, to]) => !reachedFrom(from, picture.arrows).has(to),
      );
      expect(missing.map(([from, to]) => `${from} --> ${to}`)).toEqual([]);
    });

    test('has no circle', () => {
      const inCircle = [...picture.rooms.keys()].filter((room) =>
        reachedFrom(room, picture.arrows).has(room),
      );
      expect(inCircle).toEqual([]);
    });
  },
);
