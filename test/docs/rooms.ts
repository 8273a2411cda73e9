import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';

/** A picture of a folder: its rooms and what imports what. */
export interface Picture {
  /** From the root of the repository, with a slash at its end. */
  readonly folder: string;
  /** By the name of a room in the picture: the files and folders that it holds. */
  readonly rooms: ReadonlyMap<string, readonly string[]>;
  readonly arrows: readonly Arrow[];
}

/** The names of two rooms: the first imports from the second. */
export type Arrow = readonly [from: string, to: string];

const PICTURE = /^```mermaid\n%% rooms of (\S+)\n(.*?)^```$/gmsu;
const ROOM = /^ *(\w+)\["(.+)"\]$/gmu;
const ARROW = /^ *(\w+) --> (\w+(?: & \w+)*)$/gmu;

/** The pictures of a page: blocks of Mermaid that begin with `%% rooms of FOLDER`. */
export function picturesOf(page: string): Picture[] {
  return [...page.matchAll(PICTURE)].map(([, folder = '', text = '']) => ({
    folder,
    rooms: new Map(
      [...text.matchAll(ROOM)].map(([, name = '', held = '']) => [name, held.split(/<br>| · /u)]),
    ),
    arrows: [...text.matchAll(ARROW)].flatMap(([, from = '', to = '']) =>
      to.split(' & ').map((each): Arrow => [from, each]),
    ),
  }));
}

/** Which file imports which, both from the root of the repository. */
export function importsOf(root: string, folder: string): Arrow[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const from = posix.join(folder, file);
      const { importedFiles } = ts.preProcessFile(readFileSync(join(root, from), 'utf8'));
      return importedFiles
        .filter(({ fileName }) => fileName.startsWith('.'))
        .map(({ fileName }): Arrow => [from, posix.join(posix.dirname(from), fileName)]);
    });
}

/** The room that holds a file: the one that names it, or else the nearest folder around it. */
export function roomOf({ folder, rooms }: Picture, file: string): string | undefined {
  if (!file.startsWith(folder)) return undefined;
  const place = file.slice(folder.length);
  const [nearest] = [...rooms]
    .flatMap(([room, held]) => held.map((each) => ({ room, each })))
    .filter(({ each }) => each === place || (each.endsWith('/') && place.startsWith(each)))
    .sort((a, b) => b.each.length - a.each.length);
  return nearest?.room;
}

/** The rooms that arrows lead to from this one, by one or more steps. */
export function reachedFrom(room: string, arrows: readonly Arrow[]): ReadonlySet<string> {
  const reached = new Set<string>();
  const next = [room];
  for (let from = next.pop(); from !== undefined; from = next.pop()) {
    for (const [start, end] of arrows) {
      if (start !== from || reached.has(end)) continue;
      reached.add(end);
      next.push(end);
    }
  }
  return reached;
}
