import type { SegmentRow, WriteTx } from '../store/index.ts';
import { type Action, savingOf } from './action.ts';
import { aliasFor, type Defined, definitionOf, withOptions } from './definition.ts';

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
  const standing = { ...definitionOf(segment), alias: aliasFor(alias ?? name) };
  const definition = withOptions(standing, { name, published: false });
  const saving = savingOf(action, note ?? `cloned from ${segment.alias}`);
  const id = await tx.segments.insert(definition, saving);
  return { id, alias: definition.alias, kind: segment.kind, changed: true, warnings: [] };
}
