import type { Preset } from './preset.ts';

/** `2024-03-05 10:11:12.345678 +0000 UTC`, as Go writes an instant. */
const GO_INSTANT = [/^(\S+ \d+:\d+:\d+)(?:\.\d+)? ([+-]\d{4}) \S+$/, '$1$2'] as const;

export const LISTMONK: Preset = {
  name: 'listmonk',
  title: 'listmonk',
  forms: [
    { title: 'export', signs: ['uuid', 'email', 'name', 'attributes', 'status'], seen: true },
    { title: 'import file', signs: ['email', 'name', 'attributes'], seen: true },
  ],
  columns: {
    email: 'email',
    status: { to: 'status', words: { disabled: 'manual' } },
    created_at: { to: 'created_at', replace: GO_INSTANT },
  },
  json: 'attributes',
  notes: ['Each key of `attributes` is read as a column of its own, such as `attributes.city`.'],
};
