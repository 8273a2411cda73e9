import type { ReadTx, SegmentRow, WriteTx } from '../store/index.ts';
import { type Action, savingOf } from './action.ts';
import { aliasFor, type Defined, definitionOf } from './definition.ts';
import { usersOf } from './references.ts';

/**
 * Makes a segment with the definition of another, unpublished and without members. `UserError`: no
 * alias can be made of the name (2); it is taken (1).
 */
export async function cloneSegment(
  tx: WriteTx,
  segment: SegmentRow,
  {
    name,
    alias,
    note,
  }: {
    readonly name: string;
    readonly alias?: string | undefined;
    readonly note?: string | undefined;
  },
  action: Action,
): Promise<Defined> {
  const definition = {
    ...definitionOf(segment),
    ...{ name: name.trim(), alias: aliasFor(alias ?? name), published: false },
  };
  const saving = savingOf(action, note ?? `cloned from ${segment.alias}`);
  const id = await tx.segments.insert(definition, saving);
  return { id, alias: definition.alias, kind: segment.kind, changed: true, warnings: [] };
}

/** What refers to a segment. */
export interface Use {
  readonly kind: 'filter';
  /** The alias of the segment whose filter names it. */
  readonly name: string;
}

export async function usesOf(tx: ReadTx, segment: SegmentRow): Promise<readonly Use[]> {
  const users = usersOf(await tx.segments.list(), segment.id);
  return users.map(({ alias }) => ({ kind: 'filter', name: alias }));
}
