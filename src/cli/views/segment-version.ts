import type { VersionText } from '../../segment/versions.ts';
import { mapAttributes } from '../../store/index.ts';
import { type Column, record, type RecordResult } from '../output/result.ts';

/** A definition that a segment had; attributes that nobody kept are empty. */
export function versionResult(version: VersionText): RecordResult {
  return record({ row: version, columns, id: ({ version: number }) => number });
}

const columns: readonly Column<VersionText>[] = [
  { key: 'version', kind: 'number', of: ({ version }) => version },
  { key: 'name', of: ({ name }) => name },
  { key: 'alias', of: ({ about }) => about?.alias ?? null },
  { key: 'type', of: ({ kind }) => kind },
  ...attributeColumns(),
  { key: 'filter', of: ({ filterText }) => filterText },
  { key: 'saved_at', kind: 'instant', of: ({ savedAt }) => savedAt },
  { key: 'by', of: ({ by }) => by },
  { key: 'changed', kind: 'list', of: ({ changed }) => changed },
  { key: 'note', of: ({ note }) => note },
];

function attributeColumns(): Column<VersionText>[] {
  const made = mapAttributes(({ column, type }, key): Column<VersionText> => {
    const kind = type === 'switch' ? 'boolean' : 'text';
    return { key: column, kind, of: ({ about }) => about?.[key] ?? null };
  });
  return Object.values(made);
}
