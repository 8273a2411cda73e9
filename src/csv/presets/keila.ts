import type { Preset } from './preset.ts';

export const KEILA: Preset = {
  name: 'keila',
  title: 'Keila',
  forms: [
    { title: 'contacts', signs: ['Email', 'First name', 'Last name', 'Status'], seen: true },
    { title: 'contacts', signs: ['Email', 'First name', 'Last name', 'Data'], seen: true },
  ],
  columns: {
    Email: 'email',
    'First name': 'first_name',
    'Last name': 'last_name',
    Status: 'status',
  },
  json: 'Data',
};
