import type { Preset } from './preset.ts';

export const SYSTEME: Preset = {
  name: 'systeme',
  title: 'systeme.io',
  forms: [
    { title: 'contacts', signs: ['Email', 'First name', 'Surname', 'Date registered'], seen: true },
  ],
  columns: {
    Email: 'email',
    'First name': 'first_name',
    Surname: 'last_name',
    'Phone number': 'phone',
    Country: 'country',
    Tags: { to: 'tags', separator: ',' },
    'Date registered': 'created_at',
  },
  notes: ['The file has no column of consent: who unsubscribed there is exported apart.'],
};
