import type { Preset } from './preset.ts';

export const LINKEDIN: Preset = {
  name: 'linkedin',
  title: 'LinkedIn',
  forms: [
    { title: 'connections', signs: ['First Name', 'Email Address', 'Connected On'], seen: true },
  ],
  columns: {
    'First Name': 'first_name',
    'Last Name': 'last_name',
    'Email Address': 'email',
    Company: 'company',
    Position: 'position',
  },
  preamble: true,
  notes: ['The header is found behind the notes at the beginning of the file.'],
};
