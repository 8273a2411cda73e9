import type { Preset } from './preset.ts';

export const KIT: Preset = {
  name: 'kit',
  title: 'Kit',
  forms: [
    { title: 'subscribers', signs: ['first_name', 'email', 'created_at', 'status'], seen: true },
  ],
  columns: {
    first_name: 'first_name',
    email: 'email',
    created_at: 'created_at',
    tags: { to: 'tags', separator: ',' },
    status: { to: 'status', words: { complained: 'manual', inactive: 'manual' } },
  },
};
