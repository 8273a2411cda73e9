import type { AuditRow } from '../../store/index.ts';
import type { Format } from '../output/formats.ts';
import type { Column } from '../output/result.ts';

/** For people an object is called as `--object` takes it, and who did it has for whom. */
export function auditColumns(format: Format): readonly Column<AuditRow>[] {
  const inWords = format === 'table';
  return [
    { key: 'id', kind: 'number', of: (entry) => entry.id },
    { key: 'at', kind: 'instant', importance: 'needed', of: (entry) => entry.at },
    { key: 'by', importance: 'needed', of: (entry) => (inWords ? whoInWords(entry) : entry.by) },
    { key: 'command', fit: 'whole', importance: 'spare', of: (entry) => entry.command },
    { key: 'action', fit: 'whole', importance: 'needed', of: (entry) => entry.action },
    { key: 'object', fit: 'key', of: (entry) => (inWords ? objectName(entry) : entry.object) },
    { key: 'object_id', kind: 'number', inTable: false, of: (entry) => entry.objectId },
    {
      ...{ key: 'detail', kind: 'object', fit: 'wrap' },
      of: ({ detail }) => (inWords ? { ...detail, in_name_of: null } : detail),
    },
  ];
}

/** `root for ann` */
function whoInWords({ by, detail: { in_name_of: name } }: AuditRow): string | null {
  return typeof name === 'string' ? `${by ?? '-'} for ${name}` : by;
}

/** `segment:12` */
function objectName({ object, objectId }: AuditRow): string {
  return objectId === null ? object : `${object}:${objectId}`;
}
