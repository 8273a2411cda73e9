import type { AuditRow } from '../../store/index.ts';
import type { Column } from '../output/result.ts';

export const auditColumns: readonly Column<AuditRow>[] = [
  { key: 'id', kind: 'number', of: (entry) => entry.id },
  { key: 'at', kind: 'instant', of: (entry) => entry.at },
  { key: 'by', fit: 'key', of: (entry) => entry.by },
  { key: 'command', fit: 'key', of: (entry) => entry.command },
  { key: 'action', fit: 'key', of: (entry) => entry.action },
  { key: 'object', fit: 'key', of: ({ object }) => object },
  { key: 'object_id', kind: 'number', header: 'of', of: (entry) => entry.objectId },
  { key: 'detail', kind: 'object', isSpare: true, of: (entry) => entry.detail },
];
