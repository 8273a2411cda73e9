import type { Preset } from './preset.ts';

export const ACTIVECAMPAIGN: Preset = {
  name: 'activecampaign',
  title: 'ActiveCampaign',
  forms: [{ title: 'contacts', signs: ['Email', 'Tags', 'Status'], seen: true }],
  columns: {
    Email: 'email',
    'First Name': 'first_name',
    'Last Name': 'last_name',
    Phone: 'phone',
    'Job Title': 'position',
    Organization: 'company',
    Account: 'company',
    Tags: { to: 'tags', separator: ',' },
    Status: 'status',
    'Date Created': 'created_at',
  },
};
